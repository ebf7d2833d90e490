package org.holdfast.work;

import java.io.IOException;
import java.util.Optional;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.Client;
import org.holdfast.engine.Grants;
import org.holdfast.engine.InPlace;
import org.holdfast.engine.TargetLock;
import org.holdfast.engine.TargetServer;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Incoming;

/** Over the database that is there, in one transaction and without a kept copy. */
final class OverThePresent implements Way {
    private static final String EITHER =
            "It is one transaction, so the target is either as it was or wholly restored; look before you ask again.";

    private final RestoreJob job;
    private final RestoreSteps steps;
    private final Fetch fetch;
    private InPlace.End end = new InPlace.End();

    OverThePresent(RestoreJob job, RestoreSteps steps, Fetch fetch) {
        this.job = job;
        this.steps = steps;
        this.fetch = fetch;
    }

    @Override
    public Outcome go(TargetServer server, Client client) throws IOException {
        steps.requireNotSource(job, server);
        steps.requireNoProtectedTwin(job, server);
        try (TargetLock lock = server.lock(RestoreSteps.PATIENCE)) {
            requireFit(server);
            try (Payload payload = fetch.dump(job, server.version(), client);
                    WorkDir dir = job.tools.workDir()) {
                steps.globals(job, server);
                job.watch.phase("restore", job.manifest.bytes().raw());
                lock.requireHeld();
                endSessions(server);
                Grants grants = grants(client, dir);
                endSessions(server);
                replace(server, payload, dir);
                steps.give(job, Optional.of(grants), server, job.url);
            }
            steps.check(job, job.url);
            steps.command(job, job.url);
            steps.learn(job);
            return done();
        }
    }

    /** One may hold up the reading of grants, and others come while those are read. */
    private void endSessions(TargetServer server) throws IOException {
        if (job.request.mayEndSessions()) {
            server.endSessions();
        }
    }

    /** What is replaced in place takes its grants with it: no copy of them is kept. */
    private Grants grants(Client client, WorkDir dir) throws IOException {
        return steps.grants(job, client, dir)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "GRANTS-UNREAD",
                                        "The grants in "
                                                + job.url.database()
                                                + " could not be read, and a restore in place"
                                                + " would lose them.",
                                        "See the log for the reason, or use ASIDE_SWAP, which keeps"
                                                + " the old database."));
    }

    private void requireFit(TargetServer server) throws IOException {
        if (!server.exists()) {
            throw new Refused(
                    "RESTORE-MODE",
                    "Database "
                            + job.url.database()
                            + " does not exist, so nothing can be restored in place.",
                    "Use ASIDE_SWAP, which makes it.");
        }
        int sessions = server.sessions().size();
        if (!job.request.mayEndSessions() && sessions > 0) {
            throw new Refused(
                    "TARGET-SESSIONS",
                    sessions + " connections are open on " + job.url.database() + ".",
                    "Stop the applications, or acknowledge that their connections are ended.");
        }
        if (job.manifest.format() != DumpFormat.CUSTOM) {
            throw new Refused(
                    "RESTORE-MODE",
                    "A plain SQL export cannot be restored in place.",
                    "Use ASIDE_SWAP or NEW_NAME.");
        }
    }

    private void replace(TargetServer server, Payload payload, WorkDir dir) throws IOException {
        Optional<String> owner = server.owner().filter(current -> !current.equals(job.url.user()));
        end = InPlace.marked(server, job.request.id());
        try (Incoming.Opened plain = payload.open(job.tools.executor())) {
            Moving moving = new Moving(plain, job.watch);
            Client psql = steps.psql(job, server);
            if (job.request.mode() == RestoreMode.IN_PLACE_SCHEMA) {
                InPlace.replace(psql, job.url, owner, moving, dir, job.watch.cancel(), end);
            } else {
                InPlace.clean(psql, job.url, owner, moving, dir, job.watch.cancel(), end);
            }
        }
    }

    private Outcome done() {
        String sentence =
                "Database "
                        + job.url.database()
                        + " on "
                        + job.target.name()
                        + " was replaced in place, in one transaction, by "
                        + job.content()
                        + ". There is no kept copy.";
        job.watch.info(sentence);
        return new Outcome.Completed(sentence, null, null, job.proved());
    }

    @Override
    public Outcome afterLostWorker(TargetServer server) throws IOException {
        try (TargetLock lock = server.lock(RestoreSteps.PATIENCE)) {
            boolean committed = InPlace.committed(server, job.request.id());
            lock.requireHeld();
            return new Outcome.Failed(
                    "SERVER_STOPPED",
                    committed
                            ? "The server stopped after the restore in place was committed: "
                                    + job.target.name()
                                    + " holds the snapshot. The log shows whether grants were"
                                    + " carried over, rows compared and the target's command run;"
                                    + " what is missing there has to be done by hand."
                            : "The server stopped during the restore in place, before it was"
                                    + " committed. "
                                    + job.asItWas()
                                    + ". Ask for the restore again.");
        }
    }

    @Override
    public Left cleanUp() {
        String asItWas = job.asItWas() + ".";
        if (end.isCommitted() || !end.isUnseen() && job.attempt() == 1) {
            return left(end.isCommitted(), false, asItWas);
        }
        try (TargetServer server = TargetServer.open(job.url, new Cancel())) {
            return left(InPlace.committed(server, job.request.id()), false, asItWas);
        } catch (IOException | RuntimeException e) {
            job.watch.warn("Whether it was committed could not be seen: " + e.getMessage());
            return left(false, true, asItWas);
        }
    }

    /**
     * @param unseen whether COMMIT may have been done, by a lost worker too
     * @param asItWas how the target is where nothing was committed
     */
    static Left left(boolean committed, boolean unseen, String asItWas) {
        if (committed) {
            return new Left(
                    "The target holds the snapshot already: the restore in place was committed before. There is no kept copy.");
        }
        return new Left(unseen ? EITHER : asItWas);
    }
}
