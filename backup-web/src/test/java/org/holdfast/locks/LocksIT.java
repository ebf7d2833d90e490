package org.holdfast.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.ejb.EJBException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.testing.InContainer;
import org.holdfast.work.Lease;
import org.holdfast.work.Leases;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Inside of the server: who holds a row, and who has to wait, or to give up. */
@ExtendWith({InContainer.class, ArquillianExtension.class})
class LocksIT {
    private static final int JOBS = 1000;
    private static final int CLAIMERS = 8;

    @Inject private Sources sources;
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private TargetEnvironments targets;
    @Inject private RestoreRequests restores;
    @EJB private Leases leases;
    @EJB private BackupOutcomes outcomes;
    @EJB private Transactions transactions;
    @Resource private ManagedExecutorService executor;

    @Resource(lookup = "java:app/jdbc/holdfast")
    private DataSource catalog;

    @Deployment
    static WebArchive war() {
        return InContainer.war(LocksIT.class, InContainer.class);
    }

    /** What a test does in one transaction. */
    public interface Act<T> {
        T now() throws Exception;
    }

    /**
     * Transactions by the container. Payara's interceptor of {@code @Transactional} keeps what it
     * has to give back in a field that all threads share, so a UserTransaction around repositories
     * is now and then refused its commit while a timer's thread uses the same repository.
     */
    @Stateless
    public static class Transactions {
        @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
        public <T> T around(Act<T> act) {
            try {
                return act.now();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new EJBException(e);
            }
        }
    }

    private <T> T inTransaction(Act<T> act) {
        return transactions.around(act);
    }

    @BeforeEach
    void nothing_waits() throws SQLException {
        if (catalog != null) {
            sql(
                    "UPDATE backup_runs SET state = 'FAILED' WHERE state IN ('QUEUED', 'RUNNING')",
                    "UPDATE backup_restores SET status = 'FAILED' WHERE status IN ('AWAITING_APPROVAL', 'QUEUED', 'RUNNING')");
        }
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = catalog.getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    private BackupRun queued() {
        BackupRun run =
                new BackupRun(
                        sources.byName("shop").orElseThrow(),
                        "test",
                        DumpFormat.CUSTOM,
                        RowProof.COUNTS,
                        "test",
                        Instant.now().minusSeconds(1));
        runs.add(run);
        return run;
    }

    @Test
    void of_a_thousand_jobs_each_is_claimed_once() throws Exception {
        Set<UUID> queued =
                inTransaction(
                        () -> {
                            Set<UUID> ids = new HashSet<>();
                            for (int i = 0; i < JOBS; i++) {
                                ids.add(queued().id());
                            }
                            return ids;
                        });

        List<Future<List<Lease>>> claimers = new ArrayList<>();
        for (int i = 0; i < CLAIMERS; i++) {
            String owner = "claimer " + i;
            claimers.add(executor.submit(() -> claimAll(owner)));
        }
        List<Lease> claimed = new ArrayList<>();
        for (Future<List<Lease>> claimer : claimers) {
            claimed.addAll(claimer.get(2, TimeUnit.MINUTES));
        }

        assertEquals(JOBS, claimed.size());
        Set<UUID> ids = new HashSet<>();
        claimed.forEach(
                lease -> {
                    ids.add(lease.id());
                    assertEquals(1, lease.attempt());
                });
        assertEquals(queued, ids);
    }

    /** Each job ends when it was claimed: else a slow machine lets the first leases run out. */
    private List<Lease> claimAll(String owner) throws SQLException {
        List<Lease> mine = new ArrayList<>();
        for (Optional<Lease> lease = leases.claim(Lease.Kind.BACKUP, owner);
                lease.isPresent();
                lease = leases.claim(Lease.Kind.BACKUP, owner)) {
            mine.add(lease.get());
            sql("UPDATE backup_runs SET state = 'FAILED' WHERE id = '" + lease.get().id() + "'");
        }
        return mine;
    }

    @Test
    void an_attempt_that_lost_its_lease_writes_nothing() throws Exception {
        UUID id = inTransaction(() -> queued().id());
        Lease stale = leases.claim(Lease.Kind.BACKUP, "slow").orElseThrow();
        assertEquals(id, stale.id());
        assertTrue(leases.claim(Lease.Kind.BACKUP, "quick").isEmpty());
        sql(
                "UPDATE backup_runs SET lease_until = clock_timestamp() - interval '1 second' WHERE id = '"
                        + id
                        + "'");

        Lease fresh = leases.claim(Lease.Kind.BACKUP, "quick").orElseThrow();

        assertEquals(id, fresh.id());
        assertEquals(2, fresh.attempt());
        assertFalse(outcomes.failed(id, stale.attempt(), "LATE", "too late", false));
        assertFalse(outcomes.cancelled(id, stale.attempt()));
        assertTrue(outcomes.failed(id, fresh.attempt(), "DUMP", "its own end", false));
        assertEquals("its own end", runs.find(id).orElseThrow().failureText());
    }

    @Test
    void a_second_request_waits_for_the_targets_row() throws Exception {
        TargetEnvironment staging = targets.byName("staging").orElseThrow();
        Future<Boolean> second =
                inTransaction(
                        () -> {
                            targets.lock(staging.id()).orElseThrow();
                            Future<Boolean> waiting =
                                    executor.submit(
                                            () ->
                                                    inTransaction(
                                                            () ->
                                                                    targets.lock(staging.id())
                                                                            .isPresent()));
                            awaitLockWait();
                            assertFalse(waiting.isDone());
                            return waiting;
                        });
        assertTrue(second.get(30, TimeUnit.SECONDS));
    }

    /** Until the catalog says that somebody waits for a row. */
    private void awaitLockWait() throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        try (Connection connection = catalog.getConnection();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < end) {
                try (ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM pg_locks WHERE NOT granted")) {
                    rows.next();
                    if (rows.getInt(1) > 0) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("Nobody waited for the target's row within 30 s.");
    }

    @Test
    void behind_the_lock_the_catalog_itself_takes_one_active_restore_per_target() throws Exception {
        Snapshot snapshot =
                inTransaction(
                        () -> {
                            BackupRun run = queued();
                            run.cancel(Instant.now());
                            Snapshot made =
                                    new Snapshot(
                                            run,
                                            SnapshotKeys.of("shop", Instant.now(), run.id()),
                                            Instant.now(),
                                            1,
                                            1,
                                            15,
                                            "{}",
                                            Instant.now());
                            made.verified(Instant.now());
                            snapshots.add(made);
                            return made;
                        });
        TargetEnvironment staging = targets.byName("staging").orElseThrow();
        inTransaction(() -> add(snapshot, staging));

        assertThrows(Exception.class, () -> inTransaction(() -> add(snapshot, staging)));

        assertEquals(
                1, restores.page(Optional.of(snapshot.id()), Optional.empty(), 10).items().size());
    }

    private UUID add(Snapshot snapshot, TargetEnvironment target) {
        RestoreRequest request =
                new RestoreRequest(
                        snapshot,
                        target,
                        new RestoreRequest.Plan(
                                RestoreMode.ASIDE_SWAP,
                                false,
                                false,
                                null,
                                "test " + Ids.next(),
                                List.of()),
                        "test",
                        Instant.now());
        restores.add(request);
        return request.id();
    }
}
