package org.holdfast.domain.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.shared.Names;

/** Whether a policy can keep what it promises, even if everything goes right. */
public final class Fit {
    /**
     * How far ahead gaps are looked for: a week and a day, so that weekly schedules show theirs.
     */
    private static final Duration AHEAD = Duration.ofDays(8);

    private static final int LEAST_SLOTS = 3;
    private static final int MOST_SLOTS = 2000;
    private static final int NAMED = 5;

    private Fit() {}

    /**
     * The promises that the schedules cannot keep, one sentence for each schedule.
     *
     * @param sources names of the databases that are backed up
     */
    public static List<String> doubts(Policy policy, Collection<String> sources, Instant now) {
        Map<String, List<String>> bySchedule = new TreeMap<>();
        Map<String, Duration> gaps = new TreeMap<>();
        Map<String, List<String>> late = new TreeMap<>();
        for (String source : sources.stream().sorted().toList()) {
            Schedule schedule = policy.scheduleOf(source);
            String words = schedule.words();
            if (!gaps.containsKey(words)) {
                longestGap(schedule, now).ifPresent(gap -> gaps.put(words, gap));
            }
            Duration gap = gaps.get(words);
            if (gap == null) {
                continue;
            }
            if (gap.toMinutes() > policy.rpoMinutes()) {
                bySchedule.computeIfAbsent(words, w -> new ArrayList<>()).add(source);
            }
            policy.freshnessOf(source)
                    .filter(promised -> promised.compareTo(gap) < 0)
                    .ifPresent(
                            promised ->
                                    late.computeIfAbsent(
                                                    words
                                                            + ", yet a backup counts as late after "
                                                            + words(promised),
                                                    w -> new ArrayList<>())
                                            .add(source));
        }
        List<String> doubts = new ArrayList<>();
        bySchedule.forEach(
                (words, names) ->
                        doubts.add(
                                "The RPO is "
                                        + words(Duration.ofMinutes(policy.rpoMinutes()))
                                        + ", but up to "
                                        + words(gaps.get(words))
                                        + " pass between two backups of "
                                        + Names.some(names, NAMED)
                                        + " ("
                                        + words
                                        + ")."));
        late.forEach(
                (words, names) ->
                        doubts.add(
                                "Backups of " + Names.some(names, NAMED) + " come " + words + "."));
        return List.copyOf(doubts);
    }

    /** The longest time between two slots that follow each other; empty where there are not two. */
    public static Optional<Duration> longestGap(Schedule schedule, Instant now) {
        Optional<Duration> longest = Optional.empty();
        Optional<Instant> before = schedule.next(now);
        for (int slots = 1; before.isPresent() && slots < MOST_SLOTS; slots++) {
            Optional<Instant> next = schedule.next(before.get());
            if (next.isEmpty()) {
                break;
            }
            Duration gap = Duration.between(before.get(), next.get());
            if (longest.isEmpty() || gap.compareTo(longest.get()) > 0) {
                longest = Optional.of(gap);
            }
            before = next;
            if (slots >= LEAST_SLOTS && before.get().isAfter(now.plus(AHEAD))) {
                break;
            }
        }
        return longest;
    }

    /**
     * A duration as people say it: {@code 45 min}, {@code 8 h}, {@code 26 h 5 min}, {@code 3 days}.
     */
    public static String words(Duration time) {
        long minutes = Math.max(0, time.toMinutes());
        if (minutes < 60) {
            return minutes + " min";
        }
        if (minutes >= 2880) {
            return minutes / 1440
                    + " days"
                    + (minutes % 1440 < 60 ? "" : " " + minutes % 1440 / 60 + " h");
        }
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
}
