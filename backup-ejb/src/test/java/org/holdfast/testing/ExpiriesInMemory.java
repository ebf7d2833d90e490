package org.holdfast.testing;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;

/** What was seen, by subject; kinds are not told apart. */
public final class ExpiriesInMemory implements Expiries {
    private final Map<String, AlertFacts.Expiring> noted = new ConcurrentSkipListMap<>();
    private final Set<String> still = new TreeSet<>();
    private final Map<String, RuntimeException> refused = new HashMap<>();

    /** What is seen of this subject from now on is not noted, but thrown; of no other. */
    public void refuse(String subject, RuntimeException with) {
        refused.clear();
        refused.put(subject, with);
    }

    @Override
    public void seen(AlertKind kind, String subject, String what, Optional<Term> term) {
        if (refused.containsKey(subject)) {
            throw refused.get(subject);
        }
        noted.remove(subject);
        term.ifPresent(
                t ->
                        noted.put(
                                subject,
                                new AlertFacts.Expiring(
                                        kind, subject, what, t.until(), t.from(), Instant.now())));
    }

    @Override
    public void still(AlertKind kind, String subject) {
        still.add(subject);
    }

    @Override
    public void onlyHosts(Collection<String> subjects) {
        noted.keySet().removeIf(s -> s.startsWith(HOSTS) && !subjects.contains(s));
    }

    @Override
    public Map<String, AlertFacts.Expiring> ends(
            AlertKind kind, Collection<String> subjects, Instant now) {
        return noted.values().stream()
                .filter(it -> it.kind() == kind && subjects.contains(it.subject()))
                .filter(it -> !it.endedUnseen(now))
                .collect(Collectors.toMap(AlertFacts.Expiring::subject, Function.identity()));
    }

    @Override
    public List<AlertFacts.Expiring> known(Instant now) {
        return List.copyOf(noted.values());
    }

    public Map<String, Instant> ends() {
        Map<String, Instant> ends = new TreeMap<>();
        noted.forEach((subject, it) -> ends.put(subject, it.at()));
        return ends;
    }

    /** What was said to hold without being looked at. */
    public Set<String> still() {
        return still;
    }
}
