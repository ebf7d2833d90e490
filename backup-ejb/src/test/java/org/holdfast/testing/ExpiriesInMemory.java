package org.holdfast.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;

/** What was seen, by subject; kinds are not told apart. */
public final class ExpiriesInMemory implements Expiries {
    private static final Duration NEWS = Duration.ofDays(2);
    private static final Duration GONE = Duration.ofHours(2);

    private record Noted(AlertFacts.Expiring it, String by, Instant seen) {}

    private final Map<String, Noted> noted = new ConcurrentSkipListMap<>();
    private final Map<String, RuntimeException> refused = new HashMap<>();
    private volatile Instant now = Instant.now();

    /** Until then it is the moment at which the test began. */
    public void now(Instant moment) {
        now = moment;
    }

    /** What is seen of this subject from now on is not noted, but thrown; of no other. */
    public void refuse(String subject, RuntimeException with) {
        refused.clear();
        refused.put(subject, with);
    }

    @Override
    public void seen(Thing thing, Optional<Term> term) {
        if (refused.containsKey(thing.subject())) {
            throw refused.get(thing.subject());
        }
        noted.remove(thing.subject());
        term.ifPresent(
                t ->
                        noted.put(
                                thing.subject(),
                                new Noted(
                                        new AlertFacts.Expiring(
                                                thing.kind(),
                                                thing.subject(),
                                                thing.what(),
                                                t.until(),
                                                t.from(),
                                                Optional.of(now),
                                                Optional.empty(),
                                                thing.verified()),
                                        thing.by(),
                                        now)));
    }

    @Override
    public void still(AlertKind kind, String subject) {
        noted.computeIfPresent(subject, (s, before) -> new Noted(before.it(), before.by(), now));
    }

    @Override
    public void onlyHosts(Collection<String> subjects, String by) {
        noted.entrySet()
                .removeIf(
                        e ->
                                e.getKey().startsWith(HOSTS)
                                        && !subjects.contains(e.getKey())
                                        && (e.getValue().by().equals(by)
                                                || e.getValue().seen().isBefore(now.minus(GONE))));
    }

    @Override
    public Map<String, AlertFacts.Expiring> ends(
            AlertKind kind, Collection<String> subjects, Instant at) {
        return known(at).stream()
                .filter(it -> it.kind() == kind && subjects.contains(it.subject()))
                .filter(it -> !it.endedUnseen(at))
                .collect(Collectors.toMap(AlertFacts.Expiring::subject, Function.identity()));
    }

    @Override
    public List<AlertFacts.Expiring> known(Instant at) {
        return noted.values().stream()
                .filter(n -> n.seen().isAfter(at.minus(NEWS)))
                .map(Noted::it)
                .toList();
    }

    public Map<String, Instant> ends() {
        Map<String, Instant> ends = new TreeMap<>();
        noted.forEach((subject, n) -> ends.put(subject, n.it().at()));
        return ends;
    }
}
