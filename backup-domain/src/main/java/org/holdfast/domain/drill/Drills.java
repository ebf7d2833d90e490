package org.holdfast.domain.drill;

import java.time.Instant;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;

/** The drills, what they found, and what people said of them. */
public interface Drills {
    void add(RestoreDrill drill);

    /** The next of a year, e.g. {@code D-2026-17}; no two are the same, and none is left out. */
    String nextNumber(int year);

    Optional<RestoreDrill> find(UUID id);

    /** The row locked until the transaction ends. */
    Optional<RestoreDrill> lock(UUID id);

    /**
     * The same, for what a person names.
     *
     * @throws Refused NOT-FOUND
     */
    default RestoreDrill locked(UUID id) {
        return lock(id).orElseThrow(() -> Refused.notFound("drill", id));
    }

    /**
     * @throws Refused NOT-FOUND
     */
    default RestoreDrill named(UUID id) {
        return find(id).orElseThrow(() -> Refused.notFound("drill", id));
    }

    /** What tells a drill from others. */
    record Name(UUID id, String number, UUID sourceId, String source, Instant requestedAt) {}

    /** Of some drills, in no order. */
    List<Name> names(Collection<UUID> ids);

    /**
     * A database that drills are of, or can be.
     *
     * @param inUse false where it is retired: its drills are there and no new one comes
     */
    record Database(UUID id, String name, boolean inUse) {}

    /** Those in use, and the retired ones that have drills, by name. */
    List<Database> databases();

    /** Checks in the order they were made. */
    List<DrillCheck> checks(UUID drillId);

    void addChecks(UUID drillId, List<DrillCheck> checks);

    /** Those that look again at what this one found, oldest first. */
    List<UUID> retests(UUID drillId);

    /** Whether a drill of this slot of a plan is there. */
    boolean hasSlot(UUID planId, Instant slot);

    /**
     * Which drills a list shows; what is empty does not restrict.
     *
     * @param from of {@code requestedAt}, inclusive
     * @param until of {@code requestedAt}, exclusive
     */
    record Filter(
            Optional<UUID> source,
            Optional<UUID> plan,
            Optional<UUID> snapshot,
            Set<DrillState> states,
            Set<DrillVerdict> verdicts,
            Optional<Instant> from,
            Optional<Instant> until) {
        public static final Filter ALL =
                new Filter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Set.of(),
                        Set.of(),
                        Optional.empty(),
                        Optional.empty());

        public Filter ofSource(UUID id) {
            return new Filter(Optional.of(id), plan, snapshot, states, verdicts, from, until);
        }

        public Filter ofPlan(UUID id) {
            return new Filter(source, Optional.of(id), snapshot, states, verdicts, from, until);
        }

        public Filter ofSnapshot(UUID id) {
            return new Filter(source, plan, Optional.of(id), states, verdicts, from, until);
        }

        public Filter in(Set<DrillState> some) {
            return new Filter(source, plan, snapshot, some, verdicts, from, until);
        }

        public Filter ended(Set<DrillVerdict> some) {
            return new Filter(source, plan, snapshot, states, some, from, until);
        }

        public Filter since(Instant moment) {
            return new Filter(source, plan, snapshot, states, verdicts, Optional.of(moment), until);
        }

        public Filter before(Instant moment) {
            return new Filter(source, plan, snapshot, states, verdicts, from, Optional.of(moment));
        }
    }

    /**
     * A drill in a list. Times and texts are null where they are not known yet.
     *
     * @param dataAgeSeconds null before it began
     * @param tookSeconds null where it did not come to its checks
     * @param checks how many were made
     * @param notPassed how many of them did not pass
     * @param openIssues how many are not closed
     */
    record Row(
            UUID id,
            String number,
            UUID planId,
            String planName,
            DrillState status,
            DrillVerdict verdict,
            DrillCause cause,
            UUID sourceId,
            String source,
            UUID snapshotId,
            Instant takenAt,
            DrillPlace place,
            String target,
            String requestedBy,
            Instant requestedAt,
            Instant startedAt,
            Instant finishedAt,
            String phase,
            long doneBytes,
            long totalBytes,
            long rtoSeconds,
            long rpoSeconds,
            Long dataAgeSeconds,
            Long tookSeconds,
            String failureReason,
            Instant keptUntil,
            Instant destroyedAt,
            int checks,
            int notPassed,
            int openIssues) {}

    /** Newest first by keyset. */
    Page<Row> page(Filter filter, Optional<String> cursor, int max);

    /**
     * How many drills of a source ended so.
     *
     * @param month of {@code requestedAt}, UTC
     */
    record OfMonth(UUID source, YearMonth month, DrillVerdict verdict, long count) {}

    /**
     * Those that ended, trials left out, which count for nothing.
     *
     * @param source empty: of all
     * @param from of {@code requestedAt}, inclusive
     */
    List<OfMonth> months(Optional<UUID> source, Instant from);

    void add(DrillIssue issue);

    Optional<DrillIssue> lockIssue(UUID id);

    /** Of one drill, oldest first. */
    List<DrillIssue> issues(UUID drillId);

    void add(SignOff said);

    /** Of one drill, oldest first. */
    List<SignOff> signOffs(UUID drillId);
}
