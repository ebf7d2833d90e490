package org.holdfast.testing;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Sha256;

/** Drills and the chain of their records, in memory. */
public final class DrillsInMemory implements Drills, DrillRecords {
    private final Map<UUID, RestoreDrill> drills = new LinkedHashMap<>();
    private final Map<UUID, List<DrillCheck>> checks = new LinkedHashMap<>();
    private final Map<UUID, DrillIssue> issues = new LinkedHashMap<>();
    private final List<SignOff> signOffs = new ArrayList<>();
    private final List<Sealed> records = new ArrayList<>();

    /** An implementation of which only some methods are asked for; the others fail. */
    public static <T> T only(Class<T> type, Map<String, Function<Object[], Object>> methods) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            Function<Object[], Object> known = methods.get(method.getName());
                            if (known == null) {
                                throw new UnsupportedOperationException(method.getName());
                            }
                            return known.apply(arguments);
                        }));
    }

    @Override
    public void add(RestoreDrill drill) {
        drills.put(drill.id(), drill);
    }

    @Override
    public String nextNumber(int year) {
        return "D-" + year + "-" + (drills.size() + 1);
    }

    @Override
    public Optional<RestoreDrill> find(UUID id) {
        return Optional.ofNullable(drills.get(id));
    }

    @Override
    public Optional<RestoreDrill> lock(UUID id) {
        return find(id);
    }

    @Override
    public List<Name> names(Collection<UUID> ids) {
        return drills.values().stream()
                .filter(d -> ids.contains(d.id()))
                .map(
                        d ->
                                new Name(
                                        d.id(),
                                        d.number(),
                                        d.sourceId(),
                                        d.sourceName(),
                                        d.requestedAt()))
                .toList();
    }

    @Override
    public List<Database> databases() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<DrillCheck> checks(UUID drillId) {
        return checks.getOrDefault(drillId, List.of());
    }

    @Override
    public void addChecks(UUID drillId, List<DrillCheck> made) {
        checks.put(drillId, made);
    }

    @Override
    public List<UUID> retests(UUID drillId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasSlot(UUID planId, Instant slot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Page<Row> page(Filter filter, Optional<String> cursor, int max) {
        List<RestoreDrill> found =
                drills.values().stream()
                        .filter(d -> filter.source().filter(s -> !s.equals(d.sourceId())).isEmpty())
                        .filter(d -> filter.from().filter(d.requestedAt()::isBefore).isEmpty())
                        .filter(
                                d ->
                                        filter.until()
                                                .filter(u -> !d.requestedAt().isBefore(u))
                                                .isEmpty())
                        .sorted(
                                Comparator.comparing(RestoreDrill::requestedAt)
                                        .thenComparing(RestoreDrill::id)
                                        .reversed())
                        .toList();
        int from = cursor.map(Integer::parseInt).orElse(0);
        int to = Math.min(found.size(), from + max);
        return new Page<>(
                found.subList(from, to).stream().map(d -> row(d, checks(d.id()).size())).toList(),
                Optional.of(Integer.toString(to)).filter(c -> to < found.size()));
    }

    @Override
    public List<OfMonth> months(Optional<UUID> source, Instant from) {
        throw new UnsupportedOperationException();
    }

    /**
     * @param checks how many were made
     */
    public static Row row(RestoreDrill d, int checks) {
        return new Row(
                d.id(),
                d.number(),
                d.planId(),
                d.planName(),
                d.status(),
                d.verdict(),
                d.cause(),
                d.sourceId(),
                d.sourceName(),
                d.snapshotId(),
                d.takenAt(),
                d.place(),
                d.targetName(),
                d.requestedBy(),
                d.requestedAt(),
                d.startedAt(),
                d.finishedAt(),
                d.phase(),
                d.doneBytes(),
                d.totalBytes(),
                d.rto().toSeconds(),
                d.rpo().toSeconds(),
                d.dataAge().map(java.time.Duration::toSeconds).orElse(null),
                d.took().map(java.time.Duration::toSeconds).orElse(null),
                d.failureReason(),
                d.keptUntil(),
                d.destroyedAt(),
                checks,
                0,
                0);
    }

    @Override
    public void add(DrillIssue issue) {
        issues.put(issue.id(), issue);
    }

    @Override
    public Optional<DrillIssue> lockIssue(UUID id) {
        return Optional.ofNullable(issues.get(id));
    }

    @Override
    public List<DrillIssue> issues(UUID drillId) {
        return issues.values().stream().filter(i -> i.drillId().equals(drillId)).toList();
    }

    @Override
    public void add(SignOff said) {
        signOffs.add(said);
    }

    @Override
    public List<SignOff> signOffs(UUID drillId) {
        return signOffs.stream().filter(s -> s.drillId().equals(drillId)).toList();
    }

    // --- the chain ---------------------------------------------------------------------------

    @Override
    public Sealed append(
            UUID drillId, Instant at, String document, Function<Link, String> envelope) {
        Link before = records.isEmpty() ? null : records.get(records.size() - 1).link();
        Link link =
                Link.behind(
                        records.size(),
                        before == null ? Link.GENESIS : before.hash(),
                        drillId,
                        at,
                        Sha256.of(document));
        Sealed whole = new Sealed(link, document, envelope.apply(link));
        records.add(whole);
        return whole;
    }

    @Override
    public Optional<Sealed> newest(UUID drillId) {
        List<Sealed> all = of(drillId);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    @Override
    public List<Sealed> of(UUID drillId) {
        return records.stream().filter(r -> r.link().drillId().equals(drillId)).toList();
    }

    @Override
    public List<Link> links(long after, long last, int max) {
        return records.stream()
                .map(Sealed::link)
                .filter(l -> l.seq() > after && l.seq() <= last)
                .limit(max)
                .toList();
    }

    @Override
    public List<UUID> unsealed(Collection<UUID> ids) {
        return drills.values().stream()
                .filter(d -> ids.contains(d.id()))
                .filter(d -> d.unsealed(newest(d.id()).map(last -> last.link().at())))
                .map(RestoreDrill::id)
                .toList();
    }

    @Override
    public List<UUID> unsealed(int max) {
        throw new UnsupportedOperationException();
    }
}
