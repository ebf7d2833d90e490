package org.holdfast.work;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.storage.ObjectKey;

/**
 * Claims rows, renews the claims, and writes down how far the work is. Time is the database's
 * clock, so servers whose clocks differ agree; each method is a transaction of its own.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class Leases {
    /** How long a claim holds without being renewed. */
    static final Duration TERM = Duration.ofSeconds(30);

    private static final String UNTIL =
            "clock_timestamp() + interval '" + TERM.toSeconds() + " seconds'";

    private static final String IDENTITY_HERE_OR_GONE =
            "(identity_holder IS NULL OR identity_holder = ?2"
                    + " OR identity_until < clock_timestamp())";

    /** Looks come in their time: no clock has jumped since the one before. */
    private static final String STEADY =
            "EXISTS (SELECT 1 FROM retention_looks l WHERE l.steady AND l.looked_at BETWEEN clock_timestamp() - interval '2 hours' AND clock_timestamp())";

    /** One put off by a clock that was ahead is not left until then. */
    private static final String DROP_NOW =
            "(drop_try_at IS NULL OR drop_try_at NOT BETWEEN clock_timestamp() AND clock_timestamp() + interval '15 minutes')"
                    + " AND (lease_until IS NULL OR lease_until < clock_timestamp())";

    @PersistenceContext private EntityManager em;

    /** What renewing a lease told. */
    public enum Renewal {
        HELD,
        /** Still held, and a person asked for the work to be cancelled. */
        CANCEL,
        /** Another worker has it, or the row ended: nothing more may be written. */
        LOST
    }

    /**
     * The oldest row that waits, or whose worker stopped renewing; empty where there is none.
     * Imports come after all backups: what they bring is old already.
     */
    public Optional<Lease> claim(Lease.Kind kind, String owner) {
        String waits =
                switch (kind) {
                    case BACKUP -> "state = 'QUEUED' AND not_before <= clock_timestamp()";
                    case RESTORE -> "status = 'QUEUED' AND " + IDENTITY_HERE_OR_GONE;
                    case READING -> "state = 'QUEUED'";
                    case DRILL -> "status = 'PLANNED' AND " + IDENTITY_HERE_OR_GONE;
                };
        String order =
                switch (kind) {
                    case BACKUP ->
                            "EXISTS (SELECT 1 FROM imports i WHERE i.run_id = backup_runs.id), queued_at";
                    case RESTORE, READING, DRILL -> "queued_at";
                };
        String state = kind.stateColumn();
        Query claiming =
                em.createNativeQuery(
                                "UPDATE %1$s SET %2$s = 'RUNNING', attempt = attempt + 1, lease_owner = ?1, lease_until = %3$s, started_at = coalesce(started_at, clock_timestamp()) WHERE id = (SELECT id FROM %1$s WHERE (%4$s) OR (%2$s = 'RUNNING' AND lease_until < clock_timestamp()) ORDER BY %5$s FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id, attempt"
                                        .formatted(kind.table(), state, UNTIL, waits, order))
                        .setParameter(1, owner);
        switch (kind) {
            case RESTORE, DRILL -> claiming.setParameter(2, owner);
            case BACKUP, READING -> {}
        }
        List<?> rows = claiming.getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row -> {
                            Object[] columns = (Object[]) row;
                            return new Lease(
                                    kind,
                                    UUID.fromString(columns[0].toString()),
                                    ((Number) columns[1]).intValue());
                        });
    }

    /** Prolongs the lease and stores how far the work is. */
    public Renewal renew(Lease lease, Status status) {
        String columns =
                switch (lease.kind()) {
                    case BACKUP -> "raw_bytes = ?1, estimate_bytes = ?2, stored_bytes = ?6";
                    case RESTORE, READING, DRILL -> "done_bytes = ?1, total_bytes = ?2";
                };
        Query update =
                em.createNativeQuery(
                                "UPDATE %s SET %s, phase = ?3, lease_until = %s WHERE id = ?4 AND attempt = ?5 AND %s = 'RUNNING' RETURNING cancel_requested"
                                        .formatted(
                                                lease.kind().table(),
                                                columns,
                                                UNTIL,
                                                lease.kind().stateColumn()))
                        .setParameter(
                                1,
                                lease.kind() == Lease.Kind.READING
                                        ? status.phaseBytes()
                                        : status.rawBytes())
                        .setParameter(2, status.estimateBytes())
                        .setParameter(3, status.phase())
                        .setParameter(4, lease.id())
                        .setParameter(5, lease.attempt());
        if (lease.kind() == Lease.Kind.BACKUP) {
            update.setParameter(6, status.storedBytes());
        }
        List<?> rows = update.getResultList();
        if (rows.isEmpty()) {
            return Renewal.LOST;
        }
        if (status.phaseId() != 0) {
            em.createNativeQuery(
                            "UPDATE work_phases SET bytes = ?1, total_bytes = ?2 WHERE id = ?3 AND finished_at IS NULL")
                    .setParameter(1, status.phaseBytes())
                    .setParameter(2, status.phaseTotal())
                    .setParameter(3, status.phaseId())
                    .executeUpdate();
        }
        return (Boolean) rows.get(0) ? Renewal.CANCEL : Renewal.HELD;
    }

    /** How far the work is; all sizes in bytes. */
    public record Status(
            String phase,
            long phaseId,
            long phaseBytes,
            long phaseTotal,
            long rawBytes,
            long storedBytes,
            long estimateBytes) {}

    /** Begins a measured phase; the one before it must have ended. */
    public long beginPhase(Lease lease, String name, long totalBytes) {
        return ((Number)
                        em.createNativeQuery(
                                        "INSERT INTO work_phases (work_id, attempt, name, total_bytes) VALUES (?1, ?2, ?3, ?4) RETURNING id")
                                .setParameter(1, lease.id())
                                .setParameter(2, lease.attempt())
                                .setParameter(3, name)
                                .setParameter(4, totalBytes)
                                .getSingleResult())
                .longValue();
    }

    public void endPhase(long phaseId, long bytes) {
        em.createNativeQuery(
                        "UPDATE work_phases SET finished_at = clock_timestamp(), bytes = ?1 WHERE id = ?2 AND finished_at IS NULL")
                .setParameter(1, bytes)
                .setParameter(2, phaseId)
                .executeUpdate();
    }

    /** Ends what a lost worker left open, so that no phase seems to go on for ever. */
    public void endOpenPhases(UUID workId) {
        em.createNativeQuery(
                        "UPDATE work_phases SET finished_at = clock_timestamp() WHERE work_id = ?1 AND finished_at IS NULL")
                .setParameter(1, workId)
                .executeUpdate();
    }

    /**
     * @param level INFO, WARN or ERROR
     */
    public void log(UUID workId, String level, String text) {
        em.createNativeQuery("INSERT INTO work_log (work_id, level, text) VALUES (?1, ?2, ?3)")
                .setParameter(1, workId)
                .setParameter(2, level)
                .setParameter(3, text)
                .executeUpdate();
    }

    /** How long a server is believed to hold an identity without saying so again. */
    public static final Duration IDENTITY_TERM = Duration.ofSeconds(60);

    /**
     * Says that the identities given for these restores and drills are still here.
     *
     * @return those of them that have not ended
     */
    public Set<UUID> renewIdentities(String owner, Set<UUID> work) {
        Set<UUID> waiting = new HashSet<>();
        for (UUID id : work) {
            renewIdentity("backup_restores", "'AWAITING_APPROVAL', 'QUEUED', 'RUNNING'", id, owner)
                    .or(() -> renewIdentity("drills", "'PLANNED', 'RUNNING'", id, owner))
                    .ifPresent(waiting::add);
        }
        return waiting;
    }

    private Optional<UUID> renewIdentity(String table, String states, UUID id, String owner) {
        return one(
                "UPDATE "
                        + table
                        + " SET identity_until = clock_timestamp() + interval '"
                        + IDENTITY_TERM.toSeconds()
                        + " seconds' WHERE id = '"
                        + id
                        + "' AND identity_holder = ?1 AND status IN ("
                        + states
                        + ") RETURNING id",
                owner);
    }

    /** Takes one restore whose undo was asked for; holds it like a lease without an attempt. */
    public Optional<UUID> claimUndo(String owner) {
        return one(
                "UPDATE backup_restores SET lease_owner = ?1, lease_until = "
                        + UNTIL
                        + ", phase = 'undo' WHERE id = (SELECT id FROM backup_restores WHERE undo_requested_by IS NOT NULL AND status = 'COMPLETED' AND (lease_until IS NULL OR lease_until < clock_timestamp() OR phase IS NULL) ORDER BY queued_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id",
                owner);
    }

    /** Prolongs the claim of an undo; false where another worker has it. */
    public boolean prolongUndo(UUID id, String owner) {
        return prolong("backup_restores", id, owner);
    }

    /** Takes one copy that is due to be tried again, of a store and a snapshot still in use. */
    public Optional<UUID> claimCopy(String owner) {
        return one(
                "UPDATE snapshot_copies SET lease_owner = ?1, lease_until = "
                        + UNTIL
                        + " WHERE id = (SELECT c.id FROM snapshot_copies c JOIN stores t ON t.id = c.store_id AND NOT t.retired JOIN snapshots s ON s.id = c.snapshot_id AND s.rung <> 'EXPIRED' WHERE c.state = 'FAILED' AND c.doomed_at IS NULL AND c.next_try_at <= clock_timestamp() AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp()) ORDER BY c.next_try_at FOR UPDATE OF c SKIP LOCKED LIMIT 1) RETURNING id",
                owner);
    }

    private static final String TO_LOCK =
            "UPDATE snapshot_copies SET lease_owner = ?1, lease_until = "
                    + UNTIL
                    + " WHERE id = (SELECT c.id FROM snapshot_copies c WHERE c.lock_try_at <="
                    + " clock_timestamp() AND c.state IN ('UPLOADED', 'VERIFIED') AND (c.lease_until"
                    + " IS NULL OR c.lease_until < clock_timestamp()) %s ORDER BY c.lock_try_at FOR"
                    + " UPDATE OF c SKIP LOCKED LIMIT 1) RETURNING id";

    /** Takes one copy that is to be locked in its store. */
    public Optional<UUID> claimLock(String owner) {
        return one(TO_LOCK.formatted(""), owner);
    }

    /** Lets an hour go by before a copy is looked at again. */
    public void putOffLock(UUID copyId) {
        em.createNativeQuery(
                        "UPDATE snapshot_copies SET lock_try_at = clock_timestamp() + interval '1 hour' WHERE id = ?1")
                .setParameter(1, copyId)
                .executeUpdate();
    }

    /** Takes one copy of a snapshot that is to be locked in its store. */
    public Optional<UUID> claimLockOf(UUID snapshotId, String owner) {
        List<?> rows =
                em.createNativeQuery(TO_LOCK.formatted("AND c.snapshot_id = ?2"))
                        .setParameter(1, owner)
                        .setParameter(2, snapshotId)
                        .getResultList();
        return rows.stream().findFirst().map(id -> UUID.fromString(id.toString()));
    }

    /** Prolongs the claim of a copy; false where another worker has it. */
    public boolean prolongCopy(UUID id, String owner) {
        return prolong("snapshot_copies", id, owner);
    }

    private boolean prolong(String table, UUID id, String owner) {
        return em.createNativeQuery(
                                "UPDATE %s SET lease_until = %s WHERE id = ?1 AND lease_owner = ?2"
                                        .formatted(table, UNTIL))
                        .setParameter(1, id)
                        .setParameter(2, owner)
                        .executeUpdate()
                == 1;
    }

    /** Gives a copy back; of one that another worker has meanwhile the claim stays. */
    public void releaseCopy(UUID copyId, String owner) {
        em.createNativeQuery(
                        "UPDATE snapshot_copies SET lease_until = NULL WHERE id = ?1 AND lease_owner = ?2")
                .setParameter(1, copyId)
                .setParameter(2, owner)
                .executeUpdate();
    }

    /** How long a copy that was read back is left alone. */
    private static final String READ_AGAIN = "interval '7 days'";

    private static final String NEXT_READING =
            """
            WITH next AS (
                SELECT c.id, c.snapshot_id, c.store_id, c.stored_bytes
                FROM stores t
                LEFT JOIN store_checks k ON k.store_id = t.id
                LEFT JOIN store_readings b ON b.store_id = t.id
                CROSS JOIN LATERAL (
                    SELECT x.id, x.snapshot_id, x.store_id, x.verified_at, s.stored_bytes
                    FROM snapshot_copies x
                    JOIN snapshots s ON s.id = x.snapshot_id AND s.rung <> 'EXPIRED'
                    JOIN backup_runs r ON r.id = s.id AND r.state NOT IN ('QUEUED', 'RUNNING')
                    WHERE x.store_id = t.id AND x.state IN ('UPLOADED', 'VERIFIED')
                      AND x.doomed_at IS NULL
                      AND (x.verified_at IS NULL OR x.verified_at < clock_timestamp() - %s)
                      AND x.uploaded_at < clock_timestamp() - interval '1 day'
                      AND NOT EXISTS (
                          SELECT 1 FROM copy_readings g WHERE g.copy_id = x.id
                          AND (g.state <> 'DONE' OR g.finished_at > clock_timestamp() - interval '6 hours'))
                    ORDER BY x.verified_at NULLS FIRST LIMIT 1) c
                WHERE NOT t.retired AND k.failing_since IS NULL
                  AND coalesce(b.rest_until, '-infinity') <= clock_timestamp()
                  AND NOT EXISTS (SELECT 1 FROM copy_readings g WHERE g.state <> 'DONE' AND g.asked_by IS NULL)
                  AND NOT EXISTS (SELECT 1 FROM backup_runs r WHERE r.state = 'RUNNING')
                  AND NOT EXISTS (SELECT 1 FROM backup_restores r WHERE r.status = 'RUNNING')
                ORDER BY c.verified_at NULLS FIRST LIMIT 1),
            charged AS (
                INSERT INTO store_readings (store_id, rest_until)
                SELECT store_id, clock_timestamp() + stored_bytes / CAST(?1 AS double precision) * interval '1 day'
                FROM next
                ON CONFLICT (store_id) DO UPDATE SET rest_until = excluded.rest_until)
            INSERT INTO copy_readings (copy_id, snapshot_id, store_id, total_bytes)
            SELECT id, snapshot_id, store_id, stored_bytes FROM next
            ON CONFLICT DO NOTHING"""
                    .formatted(READ_AGAIN);

    /**
     * Queues the copy that has not been read back for the longest time, where its store's budget
     * allows one, none goes on, and no backup or restore is at work. What it reads is charged now:
     * a server that is killed again and again cannot read more than the budget.
     *
     * @param bytesADay from each store, above 0
     * @return whether one was queued
     */
    public boolean planReading(long bytesADay) {
        return em.createNativeQuery(NEXT_READING)
                        .setParameter(1, (double) bytesADay)
                        .executeUpdate()
                == 1;
    }

    /**
     * Whether the hourly look at the rules is this server's to make. One that does not come in its
     * time after the one before, because a clock jumped or no server ran for days, is noted and
     * nothing more: from it, time has to go on for an hour before anything is marked or removed.
     */
    public boolean claimLook() {
        List<?> rows =
                em.createNativeQuery(
                                "UPDATE retention_looks SET steady = looked_at > clock_timestamp() - interval '3 days' AND looked_at <= clock_timestamp(), looked_at = clock_timestamp() WHERE looked_at <= clock_timestamp() - interval '1 hour' OR looked_at > clock_timestamp() RETURNING steady")
                        .getResultList();
        return !rows.isEmpty() && (Boolean) rows.get(0);
    }

    /** A copy that is to be removed from its store now. */
    public record Removal(UUID copyId, UUID snapshotId) {}

    /** Takes one marked copy whose grace is over; none while looks do not come in their time. */
    public Optional<Removal> claimRemoval(String owner) {
        List<?> rows =
                em.createNativeQuery(
                                "UPDATE snapshot_copies SET lease_owner = ?1, lease_until = "
                                        + UNTIL
                                        + " WHERE id = (SELECT c.id FROM snapshot_copies c WHERE c.doomed_at IS NOT NULL AND c.state <> 'REMOVED' AND c.remove_after <= clock_timestamp() AND (c.remove_try_at IS NULL OR c.remove_try_at <= clock_timestamp()) AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp()) AND "
                                        + STEADY
                                        + " ORDER BY c.remove_after FOR UPDATE OF c SKIP LOCKED LIMIT 1) RETURNING id, snapshot_id")
                        .setParameter(1, owner)
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row -> {
                            Object[] columns = (Object[]) row;
                            return new Removal(
                                    UUID.fromString(columns[0].toString()),
                                    UUID.fromString(columns[1].toString()));
                        });
    }

    /** Takes one store that was not looked through for a day. */
    public Optional<UUID> claimSweep(String owner) {
        em.createNativeQuery(
                        "INSERT INTO store_sweeps (store_id) SELECT id FROM stores ON CONFLICT DO NOTHING")
                .executeUpdate();
        return one(
                "UPDATE store_sweeps SET lease_owner = ?1, lease_until = "
                        + UNTIL
                        + " WHERE store_id = (SELECT w.store_id FROM store_sweeps w JOIN stores t ON t.id = w.store_id AND NOT t.retired WHERE (w.swept_at IS NULL OR w.swept_at < clock_timestamp() - interval '1 day') AND w.lease_until < clock_timestamp() AND "
                        + STEADY
                        + " ORDER BY w.swept_at NULLS FIRST FOR UPDATE OF w SKIP LOCKED LIMIT 1) RETURNING store_id",
                owner);
    }

    /** Prolongs the claim of a store; false where another worker has it. */
    public boolean prolongSweep(UUID storeId, String owner) {
        return em.createNativeQuery(
                                "UPDATE store_sweeps SET lease_until = "
                                        + UNTIL
                                        + " WHERE store_id = ?1 AND lease_owner = ?2")
                        .setParameter(1, storeId)
                        .setParameter(2, owner)
                        .executeUpdate()
                == 1;
    }

    /**
     * @param failure why it came to nothing, to be tried again in an hour; null: it did not
     */
    public void swept(UUID storeId, String failure) {
        em.createNativeQuery(
                        "UPDATE store_sweeps SET failure = CAST(?2 AS text), swept_at = CASE WHEN CAST(?2 AS text) IS NULL THEN clock_timestamp() ELSE swept_at END, lease_until = clock_timestamp() + CASE WHEN CAST(?2 AS text) IS NULL THEN interval '0' ELSE interval '1 hour' END WHERE store_id = ?1")
                .setParameter(1, storeId)
                .setParameter(2, failure)
                .executeUpdate();
    }

    /**
     * Takes one restore, completed or undone, whose kept database's time is over; none while looks
     * do not come in their time.
     */
    public Optional<UUID> claimKept(String owner) {
        return one(
                "UPDATE backup_restores SET lease_owner = ?1, lease_until = "
                        + UNTIL
                        + ", drop_try_at = clock_timestamp() + interval '15 minutes' WHERE id = (SELECT id FROM backup_restores WHERE kept_until < clock_timestamp() AND status IN ('COMPLETED', 'UNDONE') AND undo_requested_by IS NULL AND "
                        + DROP_NOW
                        + " AND "
                        + STEADY
                        + " ORDER BY drop_try_at NULLS FIRST, kept_until FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id",
                owner);
    }

    /** Takes one restore that came to nothing and may have left its database aside. */
    public Optional<UUID> claimAside(String owner) {
        return one(
                "UPDATE backup_restores SET lease_owner = ?1, lease_until = clock_timestamp() + interval '5 minutes', drop_try_at = clock_timestamp() + interval '5 minutes' WHERE id = (SELECT id FROM backup_restores WHERE aside_database IS NOT NULL AND status IN ('FAILED', 'CANCELLED', 'UNDONE') AND "
                        + DROP_NOW
                        + " ORDER BY drop_try_at NULLS FIRST, queued_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id",
                owner);
    }

    /**
     * Takes one drill that has ended and left its place, where this machine can destroy it: nobody
     * asked for it to be kept, or its time is over, or somebody wants it gone.
     *
     * @param machine of the throw-away clusters here
     */
    public Optional<UUID> claimLeftByDrill(String owner, String machine) {
        List<?> rows =
                em.createNativeQuery(
                                "UPDATE drills SET lease_owner = ?1, lease_until = clock_timestamp() + interval '15 minutes' WHERE id = (SELECT id FROM drills WHERE destroyed_at IS NULL AND status NOT IN ('PLANNED', 'RUNNING') AND (cluster_directory IS NOT NULL OR drill_database IS NOT NULL) AND (cluster_server = ?2 OR drill_database IS NOT NULL) AND (kept_until IS NULL OR kept_until < clock_timestamp() OR destroy_requested_by IS NOT NULL) AND (lease_until IS NULL OR lease_until < clock_timestamp()) ORDER BY queued_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id")
                        .setParameter(1, owner)
                        .setParameter(2, machine)
                        .getResultList();
        return rows.stream().findFirst().map(id -> UUID.fromString(id.toString()));
    }

    /** Lets go of a drill that has ended, so that what it left can be destroyed at once. */
    public void release(Lease lease) {
        em.createNativeQuery(
                        "UPDATE drills SET lease_until = NULL WHERE id = ?1 AND attempt = ?2 AND status NOT IN ('PLANNED', 'RUNNING')")
                .setParameter(1, lease.id())
                .setParameter(2, lease.attempt())
                .executeUpdate();
    }

    /** What may lie in a store below a key, without a manifest. */
    public record Leftover(UUID storeId, ObjectKey prefix, UUID runId) {}

    /** Notes that a store was not swept, so that it will be once it answers. */
    public void leave(Leftover left) {
        em.createNativeQuery(
                        "INSERT INTO store_leftovers (store_id, key_prefix, run_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .setParameter(1, left.storeId())
                .setParameter(2, left.prefix().value())
                .setParameter(3, left.runId())
                .executeUpdate();
    }

    /** Takes one store and key to be swept; of a run that still goes on none is taken. */
    public Optional<Leftover> claimLeftover(String owner) {
        List<?> rows =
                em.createNativeQuery(
                                "UPDATE store_leftovers SET lease_owner = ?1, lease_until = clock_timestamp() + interval '2 minutes' WHERE (store_id, key_prefix) = (SELECT l.store_id, l.key_prefix FROM store_leftovers l JOIN backup_runs r ON r.id = l.run_id WHERE r.state NOT IN ('QUEUED', 'RUNNING') AND l.lease_until < clock_timestamp() ORDER BY l.lease_until FOR UPDATE OF l SKIP LOCKED LIMIT 1) RETURNING store_id, key_prefix, run_id")
                        .setParameter(1, owner)
                        .getResultList();
        return rows.stream()
                .findFirst()
                .map(
                        row -> {
                            Object[] columns = (Object[]) row;
                            return new Leftover(
                                    UUID.fromString(columns[0].toString()),
                                    new ObjectKey(columns[1].toString()),
                                    UUID.fromString(columns[2].toString()));
                        });
    }

    public void sweptLeftover(Leftover left) {
        em.createNativeQuery("DELETE FROM store_leftovers WHERE store_id = ?1 AND key_prefix = ?2")
                .setParameter(1, left.storeId())
                .setParameter(2, left.prefix().value())
                .executeUpdate();
    }

    private Optional<UUID> one(String sql, String owner) {
        List<?> rows = em.createNativeQuery(sql).setParameter(1, owner).getResultList();
        return rows.stream().findFirst().map(id -> UUID.fromString(id.toString()));
    }
}
