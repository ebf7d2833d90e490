package org.holdfast.domain.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which copies of one source go, and which stay by which rule. A pure answer from facts: it is
 * asked to show what would happen, to mark, and once more before anything is removed.
 *
 * <p>It errs towards keeping. A copy whose date lies in the future is refused: it stays, and it
 * counts as the newest of nothing, so that a clock that was wrong once cannot push the good ones
 * out. A generation is counted by periods that have a copy, not by the calendar, so that nothing
 * goes because no new backups come. Imports are counted among themselves: many that are brought in
 * push no backup out that Holdfast made, nor stand for one.
 */
public final class Expiry {
    private Expiry() {}

    /** How much a copy is worth when the last ones are counted, best first. */
    public enum Standing {
        /** Its snapshot was verified or restored, and the copy can be read. */
        PROVED,
        /** Can be read, as far as is known. */
        READABLE,
        /** Suspect, or found corrupt. */
        DOUBTFUL,
        /** Never arrived in this store. */
        ABSENT
    }

    /**
     * One snapshot in one store.
     *
     * @param store its name
     * @param takenAt the moment whose state is held
     * @param hold the legal hold's reason
     * @param use what needs the snapshot now, e.g. {@code restore 0193…}
     * @param byHand whether a person had it marked
     * @param imported whether it was made elsewhere and brought in
     */
    public record Copy(
            UUID snapshot,
            String store,
            Instant takenAt,
            Standing standing,
            Optional<String> hold,
            Optional<String> use,
            boolean byHand,
            boolean imported) {
        boolean readable() {
            return switch (standing) {
                case PROVED, READABLE -> true;
                case DOUBTFUL, ABSENT -> false;
            };
        }
    }

    /** Why a copy stays or goes. */
    public enum Why {
        /** A person asked for it. */
        BY_HAND(false),
        /** No rule wants it any more. */
        NO_RULE(false),
        HOLD(true),
        IN_USE(true),
        FUTURE(true),
        LAST_VERIFIED(true),
        DAYS(true),
        COUNT(true),
        DAILY(true),
        WEEKLY(true),
        MONTHLY(true),
        YEARLY(true),
        /** Another store's rule wants the snapshot, and has no copy that can be read. */
        ONLY_COPY(true);

        private final boolean stays;

        Why(boolean stays) {
            this.stays = stays;
        }

        public boolean stays() {
            return stays;
        }
    }

    /**
     * @param words the rule in words, e.g. {@code newest of its week, 2 of 4}
     */
    public record Verdict(Copy copy, Why why, String words) {
        public boolean goes() {
            return !why.stays();
        }
    }

    /**
     * Decides on all copies of one source together.
     *
     * @param copies every one that a store has or should have, of all stores
     * @param rules by store name; every store of the copies has one
     * @param now the catalog's time
     * @return in the order of {@code copies}
     */
    public static List<Verdict> decide(
            List<Copy> copies, Map<String, Retention.Rule> rules, Instant now) {
        Map<Copy, Verdict> decided = new HashMap<>();
        copies.stream()
                .collect(
                        Collectors.groupingBy(
                                Copy::store, Collectors.partitioningBy(Copy::imported)))
                .forEach(
                        (store, held) ->
                                held.values()
                                        .forEach(
                                                alike ->
                                                        new InStore(rules.get(store), alike, now)
                                                                .into(decided)));
        copies.stream()
                .collect(Collectors.groupingBy(Copy::snapshot))
                .values()
                .forEach(held -> keepWhatIsOnlyHere(held, decided));
        return copies.stream().map(decided::get).toList();
    }

    /** A snapshot that stays somewhere must be readable somewhere. */
    private static void keepWhatIsOnlyHere(List<Copy> copies, Map<Copy, Verdict> decided) {
        List<Copy> staying = copies.stream().filter(c -> !decided.get(c).goes()).toList();
        if (staying.isEmpty() || staying.stream().anyMatch(Copy::readable)) {
            return;
        }
        String store = staying.get(0).store();
        copies.stream()
                .filter(Copy::readable)
                .filter(c -> decided.get(c).why() == Why.NO_RULE)
                .forEach(
                        c ->
                                decided.put(
                                        c,
                                        new Verdict(
                                                c,
                                                Why.ONLY_COPY,
                                                "store "
                                                        + store
                                                        + " is to keep it and has no copy that can be read")));
    }

    /** The copies of one store, all imports or none. */
    private static final class InStore {
        private static final Comparator<Copy> NEWEST_FIRST =
                Comparator.comparing(Copy::takenAt).thenComparing(Copy::snapshot).reversed();

        private final Retention.Rule rule;
        private final List<Copy> all;
        private final Instant now;

        /** Those that are counted, newest first. */
        private final List<Copy> counted;

        private final Map<Copy, Verdict> kept = new HashMap<>();

        InStore(Retention.Rule rule, List<Copy> all, Instant now) {
            this.rule = rule;
            this.all = all;
            this.now = now;
            this.counted =
                    all.stream()
                            .filter(c -> !c.byHand() && !c.takenAt().isAfter(now))
                            .sorted(NEWEST_FIRST)
                            .toList();
        }

        void into(Map<Copy, Verdict> decided) {
            lastVerified();
            days();
            newest();
            generation(rule.daily(), Why.DAILY, "day", date -> date);
            generation(
                    rule.weekly(),
                    Why.WEEKLY,
                    "week",
                    date ->
                            date.get(IsoFields.WEEK_BASED_YEAR) * 100
                                    + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            generation(rule.monthly(), Why.MONTHLY, "month", YearMonth::from);
            generation(rule.yearly(), Why.YEARLY, "year", LocalDate::getYear);
            all.forEach(c -> decided.put(c, verdict(c)));
        }

        private Verdict verdict(Copy copy) {
            if (copy.hold().isPresent()) {
                return new Verdict(copy, Why.HOLD, "legal hold: " + copy.hold().get());
            }
            if (copy.use().isPresent()) {
                return new Verdict(copy, Why.IN_USE, "in use by " + copy.use().get());
            }
            if (copy.byHand()) {
                return new Verdict(copy, Why.BY_HAND, "deleted by hand");
            }
            if (copy.takenAt().isAfter(now)) {
                return new Verdict(
                        copy,
                        Why.FUTURE,
                        "its date, " + copy.takenAt() + ", lies in the future: a clock was wrong");
            }
            Verdict wanted = kept.get(copy);
            return wanted == null
                    ? new Verdict(copy, Why.NO_RULE, "no rule keeps it: " + rule.words())
                    : wanted;
        }

        private void keep(Copy copy, Why why, String words) {
            kept.putIfAbsent(
                    copy,
                    new Verdict(copy, why, copy.imported() ? words + ", among imports" : words));
        }

        /** The best of what there is, where there are fewer than so many verified ones. */
        private void lastVerified() {
            List<Copy> last = new ArrayList<>();
            for (Standing standing : Standing.values()) {
                counted.stream()
                        .filter(c -> c.standing() == standing && standing != Standing.ABSENT)
                        .limit(Math.max(0, rule.verified() - last.size()))
                        .forEach(last::add);
            }
            for (Copy copy : last) {
                keep(
                        copy,
                        Why.LAST_VERIFIED,
                        copy.standing() == Standing.PROVED
                                ? "one of the last " + rule.verified() + " verified"
                                : "fewer than "
                                        + rule.verified()
                                        + " are verified, this is one of the last");
            }
        }

        private void days() {
            Instant from = now.minus(Duration.ofDays(rule.days()));
            for (Copy copy : counted) {
                if (rule.days() > 0 && !copy.takenAt().isBefore(from)) {
                    keep(
                            copy,
                            Why.DAYS,
                            "not older than "
                                    + rule.days()
                                    + (rule.days() == 1 ? " day" : " days"));
                }
            }
        }

        private void newest() {
            counted.stream()
                    .filter(Copy::readable)
                    .limit(rule.count())
                    .forEach(c -> keep(c, Why.COUNT, "one of the newest " + rule.count()));
        }

        private void generation(
                int most, Why why, String period, Function<LocalDate, Object> periodOf) {
            Set<Object> seen = new HashSet<>();
            for (Copy copy : counted) {
                if (seen.size() == most) {
                    return;
                }
                if (copy.readable()
                        && seen.add(
                                periodOf.apply(
                                        LocalDate.ofInstant(copy.takenAt(), ZoneOffset.UTC)))) {
                    keep(copy, why, "newest of its " + period + ", " + seen.size() + " of " + most);
                }
            }
        }
    }
}
