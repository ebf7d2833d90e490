package org.holdfast.work;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.shared.Refused;
import org.holdfast.engine.Aside;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.Client;
import org.holdfast.engine.DatabaseForm;
import org.holdfast.engine.TargetLock;
import org.holdfast.engine.TargetServer;

/**
 * Into a new database, which takes its name when everything was found right: the target's name,
 * whose old database is kept, or in mode NEW_NAME one that nothing has yet.
 */
final class BesideThenSwap implements Way {
    private final RestoreJob job;
    private final RestoreSteps steps;
    private final Fetch fetch;
    private final Supplier<Instant> now;

    /** Whether there may be something to clean up: of this attempt, or of a lost one. */
    private boolean touched;

    private boolean swapping;

    /**
     * @param now the clock by which what is kept will be dropped
     */
    BesideThenSwap(RestoreJob job, RestoreSteps steps, Fetch fetch, Supplier<Instant> now) {
        this.job = job;
        this.steps = steps;
        this.fetch = fetch;
        this.now = now;
        this.touched = job.attempt() > 1;
    }

    @Override
    public Outcome go(TargetServer server, Client client) throws IOException {
        steps.requireNotSource(job, server);
        steps.requireNoProtectedTwin(job, server);
        try (TargetLock lock = server.lock(RestoreSteps.PATIENCE)) {
            requireFree(server);
            Aside aside = server.aside(job.request.id());
            steps.requireGoesInto(job, aside.names().aside(), server);
            try (Payload payload = fetch.dump(job, server.version(), client)) {
                steps.globals(job, server);
                requireFree(server);
                make(aside, server);
                aside.hasten(payload.kept() ? steps.connections() : 1);
                steps.restore(job, server, client, aside.url(), payload);
            }
            job.watch.phase("grants", 0);
            aside.asUsual();
            aside.handOver();
            if (server.exists()) {
                steps.carryGrants(job, server, client, aside.url());
            }
            steps.check(job, aside.url());
            aside.dress();
            steps.command(job, aside.url());
            lock.requireHeld();
            job.watch.cancel().check();
            job.watch.phase("swap", 0);
            swapping = true;
            Optional<String> kept = aside.swap(job.request.mayEndSessions());
            steps.learn(job);
            return swapped(kept);
        }
    }

    private void requireFree(TargetServer server) throws IOException {
        if (job.request.mode() == RestoreMode.NEW_NAME && server.exists()) {
            throw new Refused(
                    "RESTORE-NEW-NAME",
                    "Database " + job.url.database() + " exists already on the target's server.",
                    "Give the name of a database that does not exist yet.");
        }
    }

    private void make(Aside aside, TargetServer server) throws IOException {
        job.watch.phase("create", 0);
        touched = true;
        DatabaseForm recorded = DatabaseForm.recorded(job.manifest.source());
        aside.create(server.exists() ? server.form().orElse(recorded) : recorded);
        job.watch.info(
                "Made database "
                        + aside.names().aside()
                        + "; "
                        + job.target.name()
                        + " keeps serving.");
    }

    private Outcome swapped(Optional<String> kept) {
        Instant until = kept.map(k -> until()).orElse(null);
        String sentence =
                "Database "
                        + job.url.database()
                        + " of target "
                        + job.target.name()
                        + " holds "
                        + job.content()
                        + "."
                        + kept.map(
                                        k ->
                                                " The old database is kept as "
                                                        + k
                                                        + " until "
                                                        + until
                                                        + ".")
                                .orElse("");
        job.watch.info(sentence);
        return new Outcome.Completed(sentence, kept.orElse(null), until, job.proved());
    }

    private Instant until() {
        return job.target.keptUntil(now.get());
    }

    @Override
    public Outcome afterLostWorker(TargetServer server) throws IOException {
        try (TargetLock lock = server.lock(RestoreSteps.PATIENCE)) {
            Aside aside = server.aside(job.request.id());
            return switch (aside.recover()) {
                case SWAPPED ->
                        swappedBefore(
                                aside,
                                "The swap was made before the server stopped; "
                                        + job.target.name()
                                        + " holds the snapshot.");
                case ASIDE, NOTHING -> {
                    lock.requireHeld();
                    aside.dropAside();
                    yield new Outcome.Failed(
                            "SERVER_STOPPED",
                            "The server stopped during the restore. "
                                    + job.asItWas()
                                    + "; what had been made aside is removed. Ask for the restore"
                                    + " again.");
                }
            };
        }
    }

    private Outcome.Completed swappedBefore(Aside aside, String sentence) throws IOException {
        Optional<String> kept = aside.kept();
        return new Outcome.Completed(
                sentence, kept.orElse(null), kept.map(k -> until()).orElse(null), false);
    }

    @Override
    public Left cleanUp() {
        if (!touched) {
            return new Left(job.asItWas() + ".");
        }
        try (TargetServer server = TargetServer.open(job.url, new Cancel())) {
            Aside aside = server.aside(job.request.id());
            if (aside.recover() == Aside.State.SWAPPED) {
                return new Left(
                        swappedBefore(
                                aside,
                                "The swap was made, and then the work broke off; "
                                        + job.target.name()
                                        + " holds the snapshot."));
            }
            aside.dropAside();
            return new Left(job.asItWas() + ".");
        } catch (IOException | RuntimeException e) {
            job.watch.warn("Could not clean up: " + e.getMessage());
            return new Left(
                    "What state the target is in could not be seen ("
                            + e.getMessage()
                            + "). Holdfast removes the database it made aside as soon as the target's server answers.",
                    Optional.empty(),
                    swapping);
        }
    }
}
