package org.holdfast.work;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.Schedules;
import org.holdfast.app.WorkQueued;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.shared.Beat;

/**
 * Timers knock and commits knock; who works is decided by the lease in the row. A knock that finds
 * nothing does nothing, and a lost knock is made up for by the next.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Knocks {
    private static final Logger LOG = Logger.getLogger(Knocks.class.getName());

    /** Work of one kind that goes on at a time on this server. */
    private static final int AT_ONCE = 2;

    @Inject private Leases leases;
    @Inject private Settings settings;
    @Inject private BackupRunner backups;
    @Inject private RestoreRunner restores;
    @Inject private CopyRunner copies;
    @Inject private LockRunner locks;
    @Inject private DrillRunner drills;
    @Inject private ReadingRunner readings;
    @Inject private Schedules schedules;
    @Resource private TimerService timers;
    @Resource private ManagedExecutorService executor;

    @Inject private ThisServer server;
    @Inject private Clock clock;
    @Inject private Pulse pulse;

    private String owner;
    private final Map<Lease.Kind, Set<UUID>> running =
            Map.of(
                    Lease.Kind.BACKUP, ConcurrentHashMap.newKeySet(),
                    Lease.Kind.RESTORE, ConcurrentHashMap.newKeySet(),
                    Lease.Kind.READING, ConcurrentHashMap.newKeySet(),
                    Lease.Kind.DRILL, ConcurrentHashMap.newKeySet());
    private Beat poll;
    private Beat tidy;
    private Beat drop;
    private Beat schedule;

    @PostConstruct
    void start() {
        owner = server.name();
        poll = new Beat("Queued work", executor, clock, this::knock);
        tidy = new Beat("Copies to be made and leftovers", executor, clock, this::tidyUp);
        drop = new Beat("What restores left", executor, clock, this::drop);
        schedule = new Beat("The schedules", executor, clock, this::follow);
        timers.createIntervalTimer(
                settings.restoreWorkerPollMs(),
                settings.restoreWorkerPollMs(),
                new TimerConfig("poll", false));
        LOG.info(
                "BackupWorker "
                        + (settings.backupWorkerEnabled()
                                ? "started"
                                : "is off: BACKUP_WORKER_ENABLED=false")
                        + " as "
                        + owner);
        LOG.info(
                "RestoreWorker "
                        + (settings.restoreWorkerEnabled()
                                ? "started, polling every " + settings.restoreWorkerPollMs() + " ms"
                                : "is off: RESTORE_WORKER_ENABLED=false")
                        + " as "
                        + owner);
    }

    @PreDestroy
    void stop() {
        backups.stop();
        restores.stop();
        readings.stop();
        drills.stop();
    }

    @Timeout
    void poll(Timer timer) {
        poll.fire();
    }

    /** Something was queued and committed: no need to wait for the next poll. */
    public void queued(@Observes(during = TransactionPhase.AFTER_SUCCESS) WorkQueued event) {
        try {
            executor.execute(this::knockNow);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "The next poll will find it.", e);
        }
    }

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void tidy() {
        tidy.fire();
        drop.fire();
    }

    private void tidyUp() {
        if (settings.backupWorkerEnabled()) {
            each(() -> leases.claimCopy(owner), id -> copies.run(id, owner));
            each(() -> leases.claimLock(owner), id -> locks.run(id, owner));
            each(() -> leases.claimLeftover(owner), copies::sweep);
            if (settings.scrubBytesPerDay() > 0
                    && leases.planReading(settings.scrubBytesPerDay())) {
                knockNow();
            }
        }
    }

    /** Apart from the copies: a target's server that does not answer costs each try its time. */
    private void drop() {
        if (settings.restoreWorkerEnabled()) {
            each(() -> leases.claimKept(owner), restores::dropKept);
            each(() -> leases.claimAside(owner), restores::dropAside);
        }
    }

    /** Looks which sources are due; the slots are the policy's, this only has to come often. */
    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void schedule() {
        schedule.fire();
    }

    private void follow() {
        if (settings.backupSchedulerEnabled()) {
            schedules.behind().forEach(this::look);
            pulse.beat(AlertFacts.Duty.SCHEDULER);
        }
    }

    /** What is wrong with one source must not keep the others from being looked at. */
    private void look(UUID source) {
        try {
            schedules.due(source);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "A schedule could not be followed; the next knock tries again.",
                    e);
        }
    }

    /** Each at most once: what comes a second time is left to the next beat. */
    private static <T> void each(Supplier<Optional<T>> claim, Consumer<T> work) {
        Set<T> done = new HashSet<>();
        for (Optional<T> next = claim.get();
                next.isPresent() && done.add(next.get());
                next = claim.get()) {
            work.accept(next.get());
        }
    }

    private void knock() {
        if (settings.backupWorkerEnabled()) {
            claim(Lease.Kind.BACKUP, backups::run);
            claim(Lease.Kind.READING, readings::run);
            pulse.beat(AlertFacts.Duty.BACKUP_WORKER);
        }
        if (settings.restoreWorkerEnabled()) {
            claim(Lease.Kind.RESTORE, restores::run);
            claim(Lease.Kind.DRILL, drills::run);
            for (Optional<UUID> left = leases.claimLeftByDrill(owner, server.machine());
                    left.isPresent();
                    left = leases.claimLeftByDrill(owner, server.machine())) {
                UUID id = left.get();
                inBackground(() -> drills.destroyLeft(id), () -> {});
            }
            for (Optional<UUID> undo = leases.claimUndo(owner);
                    undo.isPresent();
                    undo = leases.claimUndo(owner)) {
                UUID id = undo.get();
                inBackground(() -> restores.undo(id, owner), () -> {});
            }
            pulse.beat(AlertFacts.Duty.RESTORE_WORKER);
        }
    }

    /** Does not wait for the beat; what it cannot find now, the beat finds. */
    private void knockNow() {
        try {
            knock();
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, "The next poll will find it.", e);
        }
    }

    private void claim(Lease.Kind kind, Consumer<Lease> runner) {
        Set<UUID> mine = running.get(kind);
        while (mine.size() < AT_ONCE) {
            Optional<Lease> claimed = leases.claim(kind, owner);
            if (claimed.isEmpty()) {
                return;
            }
            Lease lease = claimed.get();
            mine.add(lease.id());
            inBackground(
                    () -> {
                        try {
                            runner.accept(lease);
                        } finally {
                            mine.remove(lease.id());
                        }
                        knockNow();
                    },
                    () -> mine.remove(lease.id()));
        }
    }

    /** Not named start as well: Payara finds the callback above by its name alone. */
    private void inBackground(Runnable work, Runnable onRejection) {
        try {
            executor.execute(
                    () -> {
                        try {
                            work.run();
                        } catch (RuntimeException e) {
                            LOG.log(Level.SEVERE, "A worker broke; its lease will expire.", e);
                        }
                    });
        } catch (RejectedExecutionException e) {
            onRejection.run();
            LOG.log(Level.WARNING, "No thread for the work; its lease will expire.", e);
        }
    }
}
