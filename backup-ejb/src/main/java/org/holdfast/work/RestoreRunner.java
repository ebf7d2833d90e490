package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.Clearance;
import org.holdfast.app.RestoreOutcomes;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.engine.Aside;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.Client;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.TargetLock;
import org.holdfast.engine.TargetServer;
import org.holdfast.pipeline.Cancelled;

/**
 * One restore from its claim to its record: the {@link Way} of its mode does the work. Until the
 * swap, or the COMMIT of one in place, the target serves what it served before; whatever breaks
 * before that leaves it so.
 */
@ApplicationScoped
public class RestoreRunner {
    private static final Logger LOG = Logger.getLogger(RestoreRunner.class.getName());

    @Inject private Leases leases;
    @Inject private RestoreOutcomes outcomes;
    @Inject private RestoreRequests requests;
    @Inject private Snapshots snapshots;
    @Inject private TargetEnvironments targets;
    @Inject private Clearance clearance;
    @Inject private RestoreSteps steps;
    @Inject private Fetch fetch;
    @Inject private HeldIdentities identities;
    @Inject private Toolbox tools;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** The server goes down: what runs here is ended, the targets stay as they were. */
    void stop() {
        watches.forEach(w -> w.cancel().now("The server was stopped."));
    }

    void run(Lease lease) {
        try (Watch watch = new Watch(leases, lease, tools.scheduler())) {
            watches.add(watch);
            RestoreJob job = null;
            Way way = null;
            try {
                job = job(watch);
                way = way(job);
                Outcome outcome = work(job, way);
                watch.end();
                outcomes.finish(lease.id(), lease.attempt(), outcome, job.checks);
            } catch (Throwable e) {
                ended(watch, job, way, e);
            } finally {
                watches.remove(watch);
                identities.forget(lease.id());
            }
        }
    }

    private RestoreJob job(Watch watch) {
        RestoreRequest request = requests.find(watch.lease().id()).orElseThrow();
        TargetEnvironment target = targets.find(request.targetId()).orElseThrow();
        return new RestoreJob(
                watch,
                tools,
                request,
                snapshots.find(request.snapshotId()).orElseThrow(),
                target,
                url(request, target));
    }

    private Way way(RestoreJob job) {
        if (job.request.dryRun()) {
            return new DryRun(job, steps, fetch);
        }
        return switch (job.request.mode()) {
            case ASIDE_SWAP, NEW_NAME -> new BesideThenSwap(job, steps, fetch, requests::now);
            case IN_PLACE_CLEAN, IN_PLACE_SCHEMA -> new OverThePresent(job, steps, fetch);
        };
    }

    private Outcome work(RestoreJob job, Way way) throws IOException {
        job.watch.info(
                (job.request.dryRun() ? "Dry run: " : "")
                        + "snapshot "
                        + job.snapshot.id()
                        + " of "
                        + job.snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS)
                        + " into "
                        + job.url.redacted()
                        + ", mode "
                        + job.request.mode()
                        + ".");
        job.watch.estimate(job.manifest.bytes().raw());
        job.watch.phase("prepare", 0);
        if (job.attempt() == 1) {
            clearance.require(job.request, job.snapshot, job.target);
            if (job.request.identityGiven()) {
                identities.requireHeld(job.request.id(), "restore");
            }
        }
        try (TargetServer server = TargetServer.open(job.url, job.watch.cancel())) {
            if (job.attempt() > 1) {
                job.watch.warn(
                        "An earlier attempt stopped without a word; putting right what it left.");
                return way.afterLostWorker(server);
            }
            return way.go(server, client(job, server));
        }
    }

    private Client client(RestoreJob job, TargetServer server) {
        ServerVersion madeBy = ServerVersion.of(job.manifest.tools().get("pg_dump"));
        Client client = tools.clients().forRestore(server.version(), madeBy);
        job.learned("server", server.version().toString());
        job.learned("client", client.version().toString());
        job.watch.info(
                "Target server is PostgreSQL "
                        + server.version()
                        + "; restoring with pg_restore "
                        + client.version()
                        + ".");
        if (server.version().major() > job.manifest.source().serverMajor()) {
            job.watch.warn(
                    "The snapshot is of PostgreSQL "
                            + job.manifest.source().serverVersion()
                            + ": this restore is an upgrade.");
        }
        return client;
    }

    private void ended(Watch watch, RestoreJob job, Way way, Throwable e) {
        if (watch.lost()) {
            return;
        }
        Failure failure =
                e instanceof Cancelled
                        ? new Failure("SERVER_STOPPED", "The server was stopped.", true)
                        : Failure.of(e, "TARGET");
        if (job != null && job.attempt() > 1 && !watch.byPerson() && mayPass(failure)) {
            // Only the target's server knows what the lost worker left. The lease runs out, and
            // whoever claims it next asks again; until then nothing is claimed of the target.
            watch.warn(failure.words() + " It is tried again until the target's server answers.");
            return;
        }
        Way.Left left = way == null ? Way.Left.unbegun(watch.lease().attempt()) : way.cleanUp();
        if (left.undecided()) {
            watch.warn(
                    failure.words()
                            + " Whether the restored database took its place is seen when the"
                            + " target's server answers.");
            return;
        }
        Outcome outcome = outcome(watch, failure, left);
        if (job != null) {
            steps.learn(job);
        }
        watch.end();
        outcomes.finish(
                watch.lease().id(),
                watch.lease().attempt(),
                outcome,
                job == null ? List.of() : job.checks);
    }

    private static boolean mayPass(Failure failure) {
        return failure.passing() || failure.code().equals("TARGET-LOCKED");
    }

    private static Outcome outcome(Watch watch, Failure failure, Way.Left left) {
        if (left.completed().isPresent()) {
            watch.warn(failure.words() + " " + left.sentence());
            return left.completed().get();
        }
        if (watch.byPerson()) {
            watch.info("Cancelled. " + left.sentence());
            return new Outcome.Cancelled("Cancelled. " + left.sentence());
        }
        watch.error(failure.words());
        return new Outcome.Failed(failure.code(), failure.words() + " " + left.sentence());
    }

    // --- afterwards --------------------------------------------------------------------------

    /**
     * Takes a swap back; one that a lost worker took back without saying so counts as done.
     *
     * @param owner who claimed it
     */
    void undo(UUID id, String owner) {
        RestoreRequest request = requests.find(id).orElseThrow();
        TargetEnvironment target = targets.find(request.targetId()).orElseThrow();
        if (request.undoRequestedBy() == null) {
            return;
        }
        try (Hold hold = new Hold(tools.scheduler(), () -> leases.prolongUndo(id, owner))) {
            if (!request.undoBegun()) {
                clearance.requireUndo(request);
            }
            try (TargetServer server = TargetServer.open(url(request, target), new Cancel());
                    TargetLock lock = server.lock(RestoreSteps.PATIENCE)) {
                hold.requireHeld();
                Aside aside = server.aside(id);
                if (!aside.undone()) {
                    clearance.requireUndo(request);
                    lock.requireHeld();
                    if (!outcomes.undoBegins(id)) {
                        return;
                    }
                    aside.undo(true);
                }
                tookBack(id, target, aside, lock.held());
            }
        } catch (Cancelled e) {
            LOG.log(Level.FINE, "Undo of " + id, e);
        } catch (IOException | Refused e) {
            undoFailed(id, e);
        }
    }

    private void undoFailed(UUID id, Exception e) {
        if (!mayPass(Failure.of(e, "TARGET"))) {
            String words = "The undo failed: " + e.getMessage();
            if (outcomes.undoFailed(id, words)) {
                leases.log(id, "ERROR", words);
            }
            return;
        }
        // Whether it was done only the target's server knows, and the database may be closed to all
        // until then: whoever claims the undo next sees, and puts it right.
        String why = "The undo is tried again until the target's server answers: " + e.getMessage();
        if (outcomes.undoWaits(id, why)) {
            leases.log(id, "WARN", why);
        }
    }

    /**
     * @param locked whether the target is this worker's still
     */
    private void tookBack(UUID id, TargetEnvironment target, Aside aside, boolean locked) {
        String servedSince = aside.names().aside();
        Instant until = target.keptUntil(requests.now());
        String words =
                "Undone: "
                        + target.name()
                        + (locked
                                ? " serves the database again that it had before the restore."
                                : " was given back the database that it had before the restore. The"
                                        + " lock on it was lost meanwhile, so another Holdfast may"
                                        + " have worked on it since: look at what it serves.")
                        + " What served since is kept as "
                        + servedSince
                        + " until "
                        + until
                        + ".";
        if (outcomes.undone(id, words, servedSince, until)) {
            leases.log(id, locked ? "INFO" : "WARN", words);
        }
    }

    /**
     * Drops a kept database whose time is over: the old one, or after an undo the one that served
     * in between.
     */
    void dropKept(UUID id) {
        RestoreRequest request = requests.find(id).orElseThrow();
        String kept = request.keptDatabase();
        if (kept == null) {
            return;
        }
        TargetEnvironment target = targets.find(request.targetId()).orElseThrow();
        try (TargetServer server = TargetServer.open(url(request, target), new Cancel());
                TargetLock lock = server.lock()) {
            if (request.leftElsewhere(server.systemIdentifier())) {
                keptStays(
                        id,
                        kept,
                        "the URL of target "
                                + target.name()
                                + " leads to another server by now than the one that has it. Drop"
                                + " it there.");
                return;
            }
            lock.requireHeld();
            boolean found = server.aside(id).dropKept(kept);
            if (!outcomes.keptDropped(id, kept, found)) {
                return;
            }
            if (found) {
                leases.log(
                        id, "INFO", "Dropped the kept database " + kept + ": its time was over.");
            } else {
                leases.log(
                        id,
                        "WARN",
                        "The time of the kept database "
                                + kept
                                + " is over; there is none of that name on the server of "
                                + target.name()
                                + ". Somebody dropped or renamed it, or an earlier try dropped it"
                                + " and broke off before it could say so.");
            }
        } catch (IOException | Refused e) {
            keptStays(id, kept, e.getMessage());
        }
    }

    private void keptStays(UUID id, String kept, String why) {
        if (outcomes.keptStays(id, kept, why)) {
            leases.log(id, "WARN", "The kept database could not be dropped: " + why);
        }
    }

    /**
     * Drops what a restore that came to nothing made aside, where it could not be dropped at once.
     */
    void dropAside(UUID id) {
        RestoreRequest request = requests.find(id).orElseThrow();
        TargetEnvironment target = targets.find(request.targetId()).orElseThrow();
        try (TargetServer server = TargetServer.open(url(request, target), new Cancel());
                TargetLock lock = server.lock()) {
            if (request.leftElsewhere(server.systemIdentifier())) {
                LOG.log(
                        Level.FINE,
                        "Left where it is, on another server: " + request.asideDatabase());
                return;
            }
            Aside aside = server.aside(id);
            aside.recover();
            lock.requireHeld();
            boolean dropped = aside.dropAside();
            if (dropped) {
                leases.log(
                        id,
                        "INFO",
                        "Dropped " + request.asideDatabase() + ", which had been left aside.");
            }
            outcomes.asideDropped(id, dropped);
        } catch (IOException | Refused e) {
            LOG.log(Level.FINE, "Left for the next look: " + request.asideDatabase(), e);
        }
    }

    /** Of the database that holds the snapshot, or was to hold it. */
    private PostgresUrl url(RestoreRequest request, TargetEnvironment target) {
        PostgresUrl configured = targets.url(target);
        return request.mode() == RestoreMode.NEW_NAME
                ? configured.withDatabase(request.newName())
                : configured;
    }
}
