package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.holdfast.app.ProtectedTwins;
import org.holdfast.app.RestoreOutcomes;
import org.holdfast.app.SourcesNow;
import org.holdfast.config.Settings;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.ContentProof;
import org.holdfast.engine.Grants;
import org.holdfast.engine.ParallelRestore;
import org.holdfast.engine.PgRestore;
import org.holdfast.engine.Psql;
import org.holdfast.engine.ServerFailure;
import org.holdfast.engine.TableSizes;
import org.holdfast.engine.TargetCommand;
import org.holdfast.engine.TargetServer;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.Incoming;

/** The steps that ways of restoring share; each is told to the watch where it takes long. */
@ApplicationScoped
class RestoreSteps {
    /** For the target's lock: dropping what an earlier restore left holds it for a moment. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int WORST_SHOWN = 5;

    @Inject private RestoreOutcomes outcomes;
    @Inject private SourcesNow sources;
    @Inject private ProtectedTwins twins;
    @Inject private Settings settings;
    @Inject private Fetch fetch;

    /** Writes down what was learned so far. */
    void learn(RestoreJob job) {
        outcomes.learned(job.request.id(), job.attempt(), job.learned());
    }

    /** Writes down which database will be made, so that a successor knows what to clean up. */
    void requireGoesInto(RestoreJob job, String database, TargetServer server) throws Cancelled {
        if (!outcomes.goesInto(
                job.request.id(), job.attempt(), database, server.systemIdentifier())) {
            throw new Cancelled("Another worker has taken over.");
        }
    }

    /** Into the source only while that is allowed, and so that it is kept. */
    void requireNotSource(RestoreJob job, TargetServer server) {
        if (!sources.isSource(job.snapshot, job.manifest, job.url, server.systemIdentifier())) {
            return;
        }
        if (!settings.allowSourceRestore()) {
            throw refused(Impact.isTheSource(job.manifest, job.target));
        }
        if (job.request.mode().inPlace()) {
            throw refused(Impact.neverInPlace(job.manifest, job.target));
        }
        job.watch.warn(
                job.target.name()
                        + " is the source itself: it is restored because ALLOW_SOURCE_RESTORE is"
                        + " true.");
    }

    private static Refused refused(Impact.Finding finding) {
        return new Refused(finding.code(), finding.text(), finding.remedy());
    }

    /** Once more, for what has become of targets since the restore was asked for. */
    void requireNoProtectedTwin(RestoreJob job, TargetServer server) {
        twins.against(job.target, server.systemIdentifier())
                .ifPresent(
                        f -> {
                            throw refused(f);
                        });
    }

    /** The client for SQL of a dump's choosing. */
    Client psql(Bringing job, TargetServer server) {
        return job.tools.clients().restrictedPsql(server.version());
    }

    // --- roles and tablespaces ---------------------------------------------------------------

    /** Roles and tablespaces of the source, where they were asked for and are allowed. */
    void globals(RestoreJob job, TargetServer server) throws IOException {
        if (!job.request.includeGlobals()) {
            return;
        }
        if (!settings.allowGlobalsRestore()) {
            throw new Refused(
                    "GLOBALS-REFUSED",
                    "Roles and tablespaces are restored only where ALLOW_GLOBALS_RESTORE is 1.",
                    "Leave globals out, or set ALLOW_GLOBALS_RESTORE=1 and restart Holdfast.");
        }
        Edit begun =
                plain -> {
                    job.globals(RestoreJob.Globals.BEGUN);
                    return plain;
                };
        if (globals(job, server, job.url, begun).isPresent()) {
            job.globals(RestoreJob.Globals.RESTORED);
        }
    }

    /** What is done to the text of globals before it is run. */
    interface Edit {
        InputStream of(InputStream plain) throws IOException;
    }

    /**
     * The same, without asking whether it is allowed.
     *
     * @return what psql complained of; empty where the snapshot has no globals
     */
    Optional<String> globals(Bringing job, TargetServer server, PostgresUrl into, Edit edit)
            throws IOException {
        Optional<Manifest.StoredObject> object =
                job.manifest.objects().stream()
                        .filter(o -> o.name().equals(SnapshotKeys.GLOBALS))
                        .findFirst();
        if (object.isEmpty()) {
            job.watch.warn("The snapshot has no globals; none were restored.");
            return Optional.empty();
        }
        job.watch.phase("globals", 0);
        Client psql = psql(job, server);
        String said =
                fetch.fromACopy(
                        job,
                        object.get(),
                        (store, incoming) -> run(job, psql, into, edit, store, incoming));
        job.watch.info(
                said.isBlank()
                        ? "Roles and tablespaces were restored."
                        : "Roles and tablespaces were restored; what was there already or could not be made: "
                                + said);
        return Optional.of(said);
    }

    /** Hashed first, then run statement by statement; gives what psql complained of. */
    private static String run(
            Bringing job,
            Client psql,
            PostgresUrl into,
            Edit edit,
            BlobStore store,
            Incoming incoming)
            throws IOException {
        ObjectKey key = job.snapshot.key().resolve(SnapshotKeys.GLOBALS);
        try (store) {
            try (InputStream stored = store.read(key)) {
                incoming.verify(stored, (r, read) -> {}, job.watch::cancelled);
            }
            try (WorkDir dir = job.tools.workDir();
                    Psql run =
                            Psql.startGoingOn(
                                    psql, into.withDatabase("postgres"), dir, job.watch.cancel());
                    Incoming.Opened plain = incoming.open(store.read(key), job.tools.executor())) {
                run.feed(edit.of(plain));
                run.requireSuccess();
                return run.lastWords();
            }
        }
    }

    // --- content -----------------------------------------------------------------------------

    /** How many connections load rows and make indexes, where it can be more than one. */
    int connections() {
        return settings.restoreJobs();
    }

    void restore(
            Bringing job, TargetServer server, Client client, PostgresUrl into, Payload payload)
            throws IOException {
        job.watch.phase("restore", job.manifest.bytes().raw());
        PgRestore restore = PgRestore.into(client, into);
        try (WorkDir dir = job.tools.workDir()) {
            if (job.manifest.format() == DumpFormat.PLAIN_GZ) {
                try (Psql psql = Psql.start(psql(job, server), into, dir, job.watch.cancel());
                        Incoming.Opened plain = payload.open(job.tools.executor())) {
                    psql.feed(new Moving(plain, job.watch));
                    psql.requireSuccess();
                }
            } else if (payload.kept()) {
                parallel(job, client, into, payload, dir);
            } else {
                try (ChildProcess child = restore.start(dir, job.watch.cancel());
                        Incoming.Opened plain = payload.open(job.tools.executor())) {
                    child.feed(new Moving(plain, job.watch));
                    child.requireSuccess();
                }
            }
        }
        job.watch.info("Restored without an error.");
    }

    /** The schema, then rows and indexes over several connections, then what remains. */
    private void parallel(
            Bringing job, Client client, PostgresUrl into, Payload payload, WorkDir dir)
            throws IOException {
        ParallelRestore restore =
                new ParallelRestore(client, into, payload.head(), dir, job.watch.cancel());
        restore.schema();
        TableSizes sizes = new TableSizes();
        job.manifest.tables().forEach(t -> sizes.with(t.schema(), t.name(), t.bytes()));
        restore.rows(
                settings.restoreJobs(),
                sizes,
                job.manifest.bytes().raw(),
                () -> payload.open(job.tools.executor()),
                new Rows(job.watch),
                job.tools.executor());
        restore.indexes(settings.restoreJobs());
    }

    /** With the last row the phase of the indexes begins. */
    private record Rows(Watch watch) implements ParallelRestore.Loading {
        @Override
        public void at(long position) {
            watch.moved(position);
        }

        @Override
        public void done(int connections) {
            watch.info(
                    "Rows loaded over "
                            + connections
                            + (connections == 1 ? " connection." : " connections."));
            watch.phase("index", 0);
        }
    }

    // --- grants ------------------------------------------------------------------------------

    /** Gives the restored database at {@code to} the grants that the present one has now. */
    void carryGrants(RestoreJob job, TargetServer server, Client client, PostgresUrl to)
            throws IOException {
        try (WorkDir dir = job.tools.workDir()) {
            give(job, grants(job, client, dir), server, to);
        }
    }

    /** A snapshot holds no grants: the roles of the target may afterwards what they may now. */
    Optional<Grants> grants(RestoreJob job, Client client, WorkDir dir) throws IOException {
        try {
            return Optional.of(Grants.of(client, job.url, dir, job.watch.cancel()));
        } catch (ChildFailed e) {
            job.watch.warn(
                    "The grants of the present database could not be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    void give(RestoreJob job, Optional<Grants> grants, TargetServer server, PostgresUrl to)
            throws IOException {
        if (grants.isEmpty() || grants.get().count() == 0) {
            return;
        }
        String left;
        try {
            left = grants.get().give(psql(job, server), to, job.watch.cancel());
        } catch (ChildFailed | Refused e) {
            job.watch.warn("Grants were not carried over: " + e.getMessage());
            return;
        }
        job.watch.info(
                "Grants on "
                        + grants.get().count()
                        + " objects were carried over from the present database"
                        + (left.isBlank() ? "." : "; not these: " + left));
    }

    // --- proof -------------------------------------------------------------------------------

    /** Compares every table's rows with what the manifest recorded of them. */
    void check(RestoreJob job, PostgresUrl restored) throws IOException {
        RowProof proof = job.manifest.rowProof();
        if (proof == RowProof.OFF) {
            job.watch.warn(
                    job.manifest.imported().isPresent()
                            ? "The dump was made elsewhere and imported: nothing was counted then, so"
                                    + " the restored rows were not compared."
                            : "The snapshot carries no row counts, so the restored rows were not"
                                    + " compared.");
            return;
        }
        job.watch.phase("check", 0);
        try {
            ContentProof.of(restored, proof, ContentProof.Progress.NONE, job.watch.cancel())
                    .against(job.manifest)
                    .forEach(found -> job.checks.add(known(job, found)));
        } catch (ServerFailure e) {
            if (e.kind() != ServerFailure.Kind.DENIED) {
                throw e;
            }
            job.watch.warn("The restored rows could not be compared: " + e.getMessage());
            return;
        }
        requireAllPassed(job.checks);
        job.watch.info(
                job.checks.size()
                        + " checks passed: "
                        + (proof == RowProof.HASHES ? "rows and their hashes" : "row counts")
                        + " of every table equal the snapshot's.");
    }

    private static void requireAllPassed(List<Check> checks) {
        List<Check> failed = checks.stream().filter(c -> !c.passed()).toList();
        if (!failed.isEmpty()) {
            throw new Refused(
                    "RESTORE-PROOF",
                    failed.size()
                            + " of "
                            + checks.size()
                            + " checks failed: "
                            + failed.stream()
                                    .limit(WORST_SHOWN)
                                    .map(RestoreSteps::words)
                                    .collect(Collectors.joining("; "))
                            + ".",
                    "Do not use this snapshot; verify it again and look at its source.");
        }
    }

    private static String words(Check check) {
        return check.name() + ": expected " + check.expected() + ", found " + check.actual();
    }

    /** With --clean, what the snapshot does not know stays: that is no contradiction. */
    private static Check known(RestoreJob job, Check found) {
        return job.request.mode() == RestoreMode.IN_PLACE_CLEAN
                        && found.expected().equals(ContentProof.NO_TABLE)
                ? new Check(found.name(), "kept, not in the snapshot", found.actual(), true)
                : found;
    }

    // --- the target's command ----------------------------------------------------------------

    /** Migrations or a smoke test, against the restored database, before it serves. */
    void command(RestoreJob job, PostgresUrl restored) throws IOException {
        TargetEnvironment target = job.target;
        if (target.command().isEmpty()) {
            return;
        }
        job.watch.phase("command", 0);
        TargetCommand.Result result;
        try (WorkDir dir = job.tools.workDir()) {
            result =
                    TargetCommand.run(
                            target.command(),
                            restored,
                            target.commandLimit(),
                            dir,
                            job.watch.cancel());
        }
        job.learned(
                "command",
                Json.createObjectBuilder()
                        .add("argv", Json.createArrayBuilder(target.command()))
                        .add("exitCode", result.exitCode())
                        .add("timedOut", result.timedOut())
                        .add("seconds", result.took().toMillis() / 1000.0)
                        .add("output", result.output())
                        .build());
        learn(job);
        String program = "The target's command " + target.command().get(0);
        if (!result.succeeded()) {
            throw new Refused(
                    "COMMAND-FAILED",
                    program
                            + (result.timedOut()
                                    ? " took longer than "
                                            + target.commandLimit().toSeconds()
                                            + " s."
                                    : " ended with exit code " + result.exitCode() + "."),
                    "Its output is in the record; mend what it says and ask for the restore again.");
        }
        job.watch.info(program + " succeeded in " + result.took().toSeconds() + " s.");
    }
}
