package org.holdfast.metrics;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.RestoreState;
import org.holdfast.domain.shared.Beat;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.History;
import org.holdfast.domain.snapshot.RunState;
import org.holdfast.domain.snapshot.Snapshots;

/**
 * The figures under {@code /metrics}. The catalog is read every 15 seconds and not at every scrape,
 * so that no number of scrapers is a burden; ages go on by the clock in between.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Figures {
    /** What takes less is done each time. */
    private static final long QUICK = Duration.ofMillis(150).toNanos();

    private static final List<String> STATUSES =
            List.of(
                    "QUEUED",
                    "RUNNING",
                    "UPLOADED",
                    "VERIFIED",
                    "RESTORED",
                    "FAILED",
                    "CANCELLED",
                    "SUSPECT",
                    "EXPIRED");

    @Inject private MetricRegistry registry;
    @Inject private History history;
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private RestoreRequests restores;
    @Inject private PolicyInForce policy;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private final Map<String, Long> backupsByStatus = new ConcurrentHashMap<>();
    private final Map<RestoreState, Long> restoresByState = new ConcurrentHashMap<>();
    private final Map<String, Snapshots.Proved> lastGood = new ConcurrentHashMap<>();
    private volatile long countAgain = System.nanoTime();
    private volatile Instant oldestQueued;
    private volatile Instant readAt;
    private Beat beat;

    @PostConstruct
    void register() {
        readAt = clock.instant();
        beat = new Beat("The figures", executor, clock, this::read);
        for (String status : STATUSES) {
            registry.gauge(
                    about("holdfast_backups", "Backups by status", "none"),
                    () -> backupsByStatus.getOrDefault(status, 0L),
                    new Tag("status", status));
        }
        for (RestoreState state : RestoreState.values()) {
            registry.gauge(
                    about("holdfast_restores", "Restores by status", "none"),
                    () -> restoresByState.getOrDefault(state, 0L),
                    new Tag("status", state.name()));
        }
        registry.gauge(
                about(
                        "holdfast_backup_queue_age_seconds",
                        "How long the longest waiting backup has been due; 0 where none waits",
                        "seconds"),
                () -> oldestQueued == null ? 0L : age(oldestQueued));
        registry.gauge(
                about(
                        "holdfast_rpo_seconds",
                        "Recovery point objective of the policy in force",
                        "seconds"),
                () -> policy.now().rpoMinutes() * 60L);
        registry.gauge(
                about(
                        "holdfast_catalog_read_age_seconds",
                        "How old these figures are; rises while the catalog does not answer",
                        "seconds"),
                () -> age(readAt));
        beat.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void tick() {
        beat.fire();
    }

    private void read() {
        countBackups();
        Map<RestoreState, Long> counted = restores.countByState();
        for (RestoreState state : RestoreState.values()) {
            restoresByState.put(state, counted.getOrDefault(state, 0L));
        }
        Instant now = clock.instant();
        oldestQueued =
                runs.active().stream()
                        .filter(run -> run.state() == RunState.QUEUED)
                        .map(BackupRun::notBefore)
                        .filter(due -> !due.isAfter(now))
                        .min(Instant::compareTo)
                        .orElse(null);
        snapshots.newestProved().forEach(this::keep);
        readAt = clock.instant();
    }

    /** Of many runs this takes a while: then it comes less often, and stays a hundredth of it. */
    private void countBackups() {
        long begun = System.nanoTime();
        if (begun - countAgain < 0) {
            return;
        }
        Map<String, Long> backups = history.countByStatus();
        for (String status : STATUSES) {
            backupsByStatus.put(status, backups.getOrDefault(status, 0L));
        }
        long took = System.nanoTime() - begun;
        countAgain = begun + (took < QUICK ? 0 : 100 * took);
    }

    private void keep(Snapshots.Proved good) {
        String source = good.source();
        if (lastGood.put(source, good) != null) {
            return;
        }
        Tag tag = new Tag("source", source);
        registry.gauge(
                about(
                        "holdfast_backup_age_seconds",
                        "Age of the content of the newest backup that was read back whole",
                        "seconds"),
                () -> age(lastGood.get(source).takenAt()),
                tag);
        registry.gauge(
                about("holdfast_backup_raw_bytes", "Size of that backup's dump", "bytes"),
                () -> lastGood.get(source).rawBytes(),
                tag);
        registry.gauge(
                about("holdfast_backup_stored_bytes", "Its size in each store", "bytes"),
                () -> lastGood.get(source).storedBytes(),
                tag);
    }

    /** How long ago the timer fired last. */
    public Duration silence() {
        return beat.silence();
    }

    private long age(Instant then) {
        return Math.max(0, Duration.between(then, clock.instant()).toSeconds());
    }

    private static Metadata about(String name, String description, String unit) {
        return Metadata.builder()
                .withName(name)
                .withDescription(description)
                .withUnit(unit)
                .build();
    }
}
