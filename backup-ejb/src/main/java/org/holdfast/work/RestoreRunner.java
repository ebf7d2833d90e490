package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.app.ManifestJson;
import org.holdfast.app.RestoreOutcomes;
import org.holdfast.config.Settings;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.Aside;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.ContentProof;
import org.holdfast.engine.DatabaseForm;
import org.holdfast.engine.Grants;
import org.holdfast.engine.InPlace;
import org.holdfast.engine.ParallelRestore;
import org.holdfast.engine.PgRestore;
import org.holdfast.engine.PlainSql;
import org.holdfast.engine.Psql;
import org.holdfast.engine.ServerFailure;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.TargetCommand;
import org.holdfast.engine.TargetLock;
import org.holdfast.engine.TargetServer;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Incoming;
import org.holdfast.pipeline.Recipient;

/**
 * One restore: fetch and hash, restore aside, check, run the target's command, swap in last. Until
 * the swap the target serves what it served before; whatever breaks leaves it so.
 */
@ApplicationScoped
public class RestoreRunner {
    /** Below this a parallel restore costs more than it brings. */
    private static final long WORTH_JOBS = 32L << 20;

    /** Left free in scratch. */
    private static final long SPARE = 64L << 20;

    private static final int WORST_SHOWN = 5;

    @Inject private Leases leases;
    @Inject private RestoreOutcomes outcomes;
    @Inject private BackupOutcomes backupOutcomes;
    @Inject private RestoreRequests requests;
    @Inject private Snapshots snapshots;
    @Inject private TargetEnvironments targets;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private Settings settings;
    @Inject private Toolbox tools;
    @Inject private Clock clock;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** The server goes down: what runs here is ended, the targets stay as they were. */
    void stop() {
        watches.forEach(w -> w.cancel().now("The server was stopped."));
    }

    void run(Lease lease) {
        try (Watch watch = new Watch(leases, lease, tools.scheduler())) {
            watches.add(watch);
            Job job = null;
            try {
                job = new Job(watch);
                Outcome outcome = job.work();
                watch.end();
                outcomes.finish(lease.id(), lease.attempt(), outcome, job.checks);
            } catch (Throwable e) {
                ended(watch, job, e);
            } finally {
                watches.remove(watch);
            }
        }
    }

    private void ended(Watch watch, Job job, Throwable e) {
        if (watch.lost()) {
            return;
        }
        Lease lease = watch.lease();
        String left = job == null ? "" : job.cleanUp();
        Outcome outcome;
        if (watch.byPerson()) {
            watch.info("Cancelled. " + left);
            outcome = new Outcome.Cancelled("Cancelled. " + left);
        } else {
            Failure failure =
                    e instanceof Cancelled
                            ? new Failure("SERVER_STOPPED", "The server was stopped.", true)
                            : Failure.of(e, "TARGET");
            watch.error(failure.words());
            outcome = new Outcome.Failed(failure.code(), failure.words() + " " + left);
        }
        watch.end();
        outcomes.finish(lease.id(), lease.attempt(), outcome, job == null ? List.of() : job.checks);
    }

    // --- one restore -------------------------------------------------------------------------

    private final class Job {
        private final Watch watch;
        private final RestoreRequest request;
        private final Snapshot snapshot;
        private final Manifest manifest;
        private final TargetEnvironment target;
        private final PostgresUrl url;
        private final List<Check> checks = new ArrayList<>();
        private final JsonObjectBuilder learned = Json.createObjectBuilder();
        private boolean touched;
        private boolean replaced;

        private Job(Watch watch) {
            this.watch = watch;
            this.request = requests.find(watch.lease().id()).orElseThrow();
            this.snapshot = snapshots.find(request.snapshotId()).orElseThrow();
            this.manifest = ManifestJson.read(snapshot.manifest());
            this.target = targets.find(request.targetId()).orElseThrow();
            PostgresUrl configured = targets.url(target);
            this.url =
                    request.mode() == RestoreMode.NEW_NAME
                            ? configured.withDatabase(request.newName())
                            : configured;
        }

        Outcome work() throws IOException {
            watch.info(
                    (request.dryRun() ? "Dry run: " : "")
                            + "snapshot "
                            + snapshot.id()
                            + " of "
                            + snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS)
                            + " into "
                            + url.redacted()
                            + ", mode "
                            + request.mode()
                            + ".");
            watch.estimate(manifest.bytes().raw());
            watch.phase("prepare", 0);
            try (TargetServer server = TargetServer.open(url, watch.cancel())) {
                if (watch.lease().attempt() > 1) {
                    return afterLostWorker(server);
                }
                Client client = client(server);
                if (request.dryRun()) {
                    return dryRun(server, client);
                }
                requireNotSource(server);
                try (TargetLock lock = server.lock()) {
                    return switch (request.mode()) {
                        case ASIDE_SWAP, NEW_NAME -> aside(server, client, lock);
                        case IN_PLACE_CLEAN, IN_PLACE_SCHEMA -> inPlace(server, client, lock);
                    };
                }
            }
        }

        private Client client(TargetServer server) {
            ServerVersion madeBy = ServerVersion.of(manifest.tools().get("pg_dump"));
            Client client = tools.clients().forRestore(server.version(), madeBy);
            learned.add("server", server.version().toString())
                    .add("client", client.version().toString());
            watch.info(
                    "Target server is PostgreSQL "
                            + server.version()
                            + "; restoring with pg_restore "
                            + client.version()
                            + ".");
            if (server.version().major() > manifest.source().serverMajor()) {
                watch.warn(
                        "The snapshot is of PostgreSQL "
                                + manifest.source().serverVersion()
                                + ": this restore is an upgrade.");
            }
            return client;
        }

        private void requireNotSource(TargetServer server) {
            if (manifest.source().systemIdentifier().equals(server.systemIdentifier())
                    && manifest.source().database().equals(url.database())) {
                throw new Refused(
                        "TARGET-IS-SOURCE",
                        "Target "
                                + target.name()
                                + " is the very database this snapshot was taken from.",
                        "Restore into another database.");
            }
        }

        // --- dry run ---

        private Outcome dryRun(TargetServer server, Client client) throws IOException {
            watch.phase("read", manifest.bytes().raw());
            if (manifest.format() == DumpFormat.PLAIN_GZ) {
                fetchPlain(server).close();
            } else {
                try (WorkDir dir = tools.workDir()) {
                    fromACopy(
                            (store, incoming) -> {
                                try (ChildProcess reader =
                                                PgRestore.readToEnd(client)
                                                        .start(dir, watch.cancel());
                                        Incoming.Opened plain =
                                                incoming.open(
                                                        store.read(dumpKey()), tools.executor())) {
                                    reader.feed(new Moving(plain, watch));
                                    reader.requireSuccess();
                                } finally {
                                    store.close();
                                }
                                return null;
                            });
                }
            }
            learn();
            return new Outcome.Completed(
                    "Dry run: the archive was decrypted and read to its end; nothing was applied to "
                            + target.name()
                            + ".",
                    null,
                    null,
                    false);
        }

        // --- aside and swap ---

        private Outcome aside(TargetServer server, Client client, TargetLock lock)
                throws IOException {
            boolean existed = server.exists();
            if (request.mode() == RestoreMode.NEW_NAME && existed) {
                throw new Refused(
                        "RESTORE-NEW-NAME",
                        "Database " + url.database() + " exists already on the target's server.",
                        "Give the name of a database that does not exist yet.");
            }
            Aside aside = server.aside(request.id());
            if (!outcomes.goesInto(request.id(), watch.lease().attempt(), aside.names().aside())) {
                throw new Cancelled("Another worker has taken over.");
            }
            try (Payload payload = fetch(server, client)) {
                globals(server);
                watch.phase("create", 0);
                touched = true;
                DatabaseForm recorded = DatabaseForm.recorded(manifest.source());
                DatabaseForm form = existed ? server.form().orElse(recorded) : recorded;
                aside.create(form);
                watch.info(
                        "Made database "
                                + aside.names().aside()
                                + "; "
                                + target.name()
                                + " keeps serving.");
                restore(server, client, aside.url(), payload);
                aside.handOver();
            }
            if (existed) {
                try (WorkDir dir = tools.workDir()) {
                    give(grants(client, dir), server, aside.url());
                }
            }
            check(aside.url());
            aside.dress();
            command(aside.url());
            lock.requireHeld();
            watch.cancel().check();
            watch.phase("swap", 0);
            Optional<String> kept = aside.swap(request.mayEndSessions());
            learn();
            Instant until =
                    kept.isPresent()
                            ? clock.instant().plus(target.kept()).truncatedTo(ChronoUnit.SECONDS)
                            : null;
            String sentence =
                    "Database "
                            + url.database()
                            + " of target "
                            + target.name()
                            + " holds "
                            + manifest.source().name()
                            + " as of "
                            + snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS)
                            + "."
                            + kept.map(
                                            k ->
                                                    " The old database is kept as "
                                                            + k
                                                            + " until "
                                                            + until
                                                            + ".")
                                    .orElse("");
            watch.info(sentence);
            return new Outcome.Completed(sentence, kept.orElse(null), until, proved());
        }

        private Optional<String> owner(TargetServer server) throws IOException {
            return server.owner().filter(owner -> !owner.equals(url.user()));
        }

        private boolean proved() {
            return manifest.rowProof() != RowProof.OFF
                    && !checks.isEmpty()
                    && checks.stream().allMatch(Check::passed);
        }

        // --- in place ---

        private Outcome inPlace(TargetServer server, Client client, TargetLock lock)
                throws IOException {
            if (!server.exists()) {
                throw new Refused(
                        "RESTORE-MODE",
                        "Database "
                                + url.database()
                                + " does not exist, so nothing can be restored in place.",
                        "Use ASIDE_SWAP, which makes it.");
            }
            if (!request.mayEndSessions() && !server.sessions().isEmpty()) {
                throw new Refused(
                        "TARGET-SESSIONS",
                        server.sessions().size()
                                + " connections are open on "
                                + url.database()
                                + ".",
                        "Stop the applications, or acknowledge that their connections are ended.");
            }
            if (manifest.format() != DumpFormat.CUSTOM) {
                throw new Refused(
                        "RESTORE-MODE",
                        "A plain SQL export cannot be restored in place.",
                        "Use ASIDE_SWAP or NEW_NAME.");
            }
            try (Payload payload = fetch(server, client);
                    WorkDir dir = tools.workDir()) {
                globals(server);
                watch.phase("restore", manifest.bytes().raw());
                lock.requireHeld();
                Optional<Grants> grants = grants(client, dir);
                if (request.mayEndSessions()) {
                    server.endSessions();
                }
                try (Incoming.Opened plain = payload.open(dumpKey(), tools)) {
                    Moving moving = new Moving(plain, watch);
                    Client psql = tools.clients().restrictedPsql(server.version());
                    if (request.mode() == RestoreMode.IN_PLACE_SCHEMA) {
                        InPlace.replace(psql, url, owner(server), moving, dir, watch.cancel());
                    } else {
                        InPlace.clean(psql, url, owner(server), moving, dir, watch.cancel());
                    }
                }
                replaced = true;
                give(grants, server, url);
            }
            check(url);
            command(url);
            learn();
            String sentence =
                    "Database "
                            + url.database()
                            + " on "
                            + target.name()
                            + " was replaced in place, in one transaction, by "
                            + manifest.source().name()
                            + " as of "
                            + snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS)
                            + ". There is no kept copy.";
            watch.info(sentence);
            return new Outcome.Completed(sentence, null, null, proved());
        }

        // --- after a lost worker ---

        /** Whatever the earlier attempt had done, the target serves, and the record says what. */
        private Outcome afterLostWorker(TargetServer server) throws IOException {
            watch.warn("An earlier attempt stopped without a word; putting right what it left.");
            if (request.dryRun()) {
                return new Outcome.Failed(
                        "SERVER_STOPPED",
                        "The server stopped during the dry run. Nothing was applied. Ask for it again.");
            }
            if (request.mode().inPlace()) {
                return new Outcome.Failed(
                        "SERVER_STOPPED",
                        "The server stopped during the restore in place. It is one transaction, so the target is either as it was or wholly restored; look before you ask again.");
            }
            try (TargetLock lock = server.lock()) {
                Aside aside = server.aside(request.id());
                return switch (aside.recover()) {
                    case SWAPPED -> {
                        Optional<String> kept = aside.kept();
                        yield new Outcome.Completed(
                                "The swap was made before the server stopped; "
                                        + target.name()
                                        + " holds the snapshot.",
                                kept.orElse(null),
                                kept.isPresent() ? clock.instant().plus(target.kept()) : null,
                                false);
                    }
                    case ASIDE, NOTHING -> {
                        aside.dropAside();
                        lock.requireHeld();
                        yield new Outcome.Failed(
                                "SERVER_STOPPED",
                                "The server stopped during the restore. The target is as it was; what had been made aside is removed. Ask for the restore again.");
                    }
                };
            }
        }

        /** After a failure or a cancel; says in what state the target is. */
        String cleanUp() {
            if (replaced) {
                return "The target holds the snapshot already: the restore in place was committed before. There is no kept copy.";
            }
            if (!touched || request.mode().inPlace()) {
                return "The target is as it was.";
            }
            try (TargetServer server = TargetServer.open(url, new Cancel())) {
                Aside aside = server.aside(request.id());
                if (aside.recover() == Aside.State.SWAPPED) {
                    return "The swap was made before: the target holds the snapshot"
                            + aside.kept()
                                    .map(k -> ", the old database is kept as " + k + ".")
                                    .orElse(".");
                }
                aside.dropAside();
                return "The target is as it was.";
            } catch (IOException | RuntimeException e) {
                watch.warn("Could not clean up: " + e.getMessage());
                return "The target is as it was; the database "
                        + request.asideDatabase()
                        + " could not be removed: "
                        + e.getMessage();
            }
        }

        // --- steps ---

        /** Decides by what there is room for, and says so. */
        private Payload fetch(TargetServer server, Client client) throws IOException {
            if (manifest.format() == DumpFormat.PLAIN_GZ) {
                return fetchPlain(server);
            }
            int jobs = request.mode().inPlace() ? 1 : settings.restoreJobs();
            WorkDir scratch = tools.scratch();
            boolean given = false;
            try {
                // not by Files.getFileStore: it fails where / is no mount point, as in a chroot
                long room = scratch.path().toFile().getUsableSpace();
                long raw = manifest.bytes().raw();
                long stored = manifest.object(manifest.format().objectName()).size();
                String space = room + " bytes free in scratch, " + (stored + SPARE) + " needed.";
                boolean kept = jobs > 1 && raw >= WORTH_JOBS && room > stored + SPARE;
                String why =
                        kept
                                ? jobs + " connections, from an encrypted scratch file: " + space
                                : "One connection, streamed: "
                                        + (jobs == 1
                                                ? "one is configured or asked for by the mode."
                                                : raw < WORTH_JOBS
                                                        ? "the dump is small (" + raw + " bytes)."
                                                        : space);
                learned.add("jobs", kept ? jobs : 1).add("jobsReason", why);
                watch.info(why);
                watch.phase("fetch", stored);
                Payload payload =
                        fromACopy(
                                kept
                                        ? (store, incoming) -> keep(store, incoming, scratch)
                                        : this::readThrough);
                try {
                    requireNoCreate(client, payload);
                } catch (IOException | RuntimeException e) {
                    payload.close();
                    throw e;
                }
                given = payload.kept();
                return payload;
            } finally {
                if (!given) {
                    scratch.close();
                }
            }
        }

        private Payload keep(BlobStore store, Incoming incoming, WorkDir scratch)
                throws IOException {
            Path object = scratch.path().resolve(manifest.format().objectName());
            incoming.keep(
                    store.read(dumpKey()),
                    object,
                    (r, read) -> watch.moved(read),
                    watch::cancelled,
                    tools.executor());
            return Payload.kept(scratch, object, store, incoming);
        }

        private Payload readThrough(BlobStore store, Incoming incoming) throws IOException {
            try (var stored = store.read(dumpKey())) {
                incoming.verify(stored, (r, read) -> watch.moved(read), watch::cancelled);
            }
            return Payload.streamed(store, incoming);
        }

        /** Plain SQL is read to its trailer line before a first byte of it is sent anywhere. */
        private Payload fetchPlain(TargetServer server) throws IOException {
            tools.clients().restrictedPsql(server.version());
            learned.add("jobs", 1).add("jobsReason", "Plain SQL goes through one psql.");
            watch.phase("fetch", snapshot.storedBytes());
            return fromACopy(
                    (store, incoming) -> {
                        PlainSql.Check whole = new PlainSql.Check();
                        try (Incoming.Opened plain =
                                incoming.open(store.read(dumpKey()), tools.executor())) {
                            new Moving(plain, watch).transferTo(whole);
                        }
                        whole.requireComplete(settings.allowCreateInDump());
                        return Payload.streamed(store, incoming);
                    });
        }

        /** Roles and tablespaces of the source, where they were asked for and are allowed. */
        private void globals(TargetServer server) throws IOException {
            if (!request.includeGlobals()) {
                return;
            }
            if (!settings.allowGlobalsRestore()) {
                throw new Refused(
                        "GLOBALS-REFUSED",
                        "Roles and tablespaces are restored only where ALLOW_GLOBALS_RESTORE is 1.",
                        "Leave globals out, or set ALLOW_GLOBALS_RESTORE=1 and restart Holdfast.");
            }
            Optional<Manifest.StoredObject> object =
                    manifest.objects().stream()
                            .filter(o -> o.name().equals(SnapshotKeys.GLOBALS))
                            .findFirst();
            if (object.isEmpty()) {
                watch.warn("The snapshot has no globals; none were restored.");
                return;
            }
            watch.phase("globals", 0);
            Client psql = tools.clients().restrictedPsql(server.version());
            String said =
                    fromACopy(
                            object.get(),
                            (store, incoming) -> {
                                try (var stored =
                                        store.read(snapshot.key().resolve(SnapshotKeys.GLOBALS))) {
                                    incoming.verify(stored, (r, read) -> {}, watch::cancelled);
                                }
                                try (WorkDir dir = tools.workDir();
                                        Psql run =
                                                Psql.startGoingOn(
                                                        psql,
                                                        url.withDatabase("postgres"),
                                                        dir,
                                                        watch.cancel());
                                        Incoming.Opened plain =
                                                incoming.open(
                                                        store.read(
                                                                snapshot.key()
                                                                        .resolve(
                                                                                SnapshotKeys
                                                                                        .GLOBALS)),
                                                        tools.executor())) {
                                    run.feed(plain);
                                    run.requireSuccess();
                                    return run.lastWords();
                                } finally {
                                    store.close();
                                }
                            });
            watch.info(
                    said.isBlank()
                            ? "Roles and tablespaces were restored."
                            : "Roles and tablespaces were restored; what was there already or could not be made: "
                                    + said);
        }

        /** A snapshot holds no grants: the roles of the target may afterwards what they may now. */
        private Optional<Grants> grants(Client client, WorkDir dir) throws IOException {
            try {
                return Optional.of(Grants.of(client, url, dir, watch.cancel()));
            } catch (ChildFailed e) {
                watch.warn(
                        "The grants of the present database could not be read: " + e.getMessage());
                return Optional.empty();
            }
        }

        private void give(Optional<Grants> grants, TargetServer server, PostgresUrl to)
                throws IOException {
            if (grants.isEmpty() || grants.get().count() == 0) {
                return;
            }
            String left;
            try {
                Client psql = tools.clients().restrictedPsql(server.version());
                left = grants.get().give(psql, to, watch.cancel());
            } catch (ChildFailed | Refused e) {
                watch.warn("Grants were not carried over: " + e.getMessage());
                return;
            }
            watch.info(
                    "Grants on "
                            + grants.get().count()
                            + " objects were carried over from the present database"
                            + (left.isBlank() ? "." : "; not these: " + left));
        }

        /** Migrations or a smoke test, against the restored database, before it serves. */
        private void command(PostgresUrl restored) throws IOException {
            if (target.command().isEmpty()) {
                return;
            }
            watch.phase("command", 0);
            TargetCommand.Result result;
            try (WorkDir dir = tools.workDir()) {
                result =
                        TargetCommand.run(
                                target.command(),
                                restored,
                                target.commandLimit(),
                                dir,
                                watch.cancel());
            }
            learned.add(
                    "command",
                    Json.createObjectBuilder()
                            .add("argv", Json.createArrayBuilder(target.command()))
                            .add("exitCode", result.exitCode())
                            .add("timedOut", result.timedOut())
                            .add("seconds", result.took().toMillis() / 1000.0)
                            .add("output", result.output()));
            learn();
            if (!result.succeeded()) {
                throw new Refused(
                        "COMMAND-FAILED",
                        "The target's command "
                                + target.command().get(0)
                                + (result.timedOut()
                                        ? " took longer than "
                                                + target.commandLimit().toSeconds()
                                                + " s."
                                        : " ended with exit code " + result.exitCode() + "."),
                        "Its output is in the record; mend what it says and ask for the restore again.");
            }
            watch.info(
                    "The target's command "
                            + target.command().get(0)
                            + " succeeded in "
                            + result.took().toSeconds()
                            + " s.");
        }

        /** A dump made with --create would leave the database it was sent to. */
        private void requireNoCreate(Client client, Payload payload) throws IOException {
            if (settings.allowCreateInDump()) {
                return;
            }
            try (WorkDir dir = tools.workDir()) {
                Path head = head(client, payload, dir);
                if (ParallelRestore.contents(client, head, dir, watch.cancel()).stream()
                        .anyMatch(entry -> entry.matches("\\d+; \\d+ \\d+ DATABASE .*"))) {
                    throw new Refused(
                            "CREATE-IN-DUMP",
                            "The dump contains CREATE DATABASE.",
                            "Dump it without --create, or set ALLOW_CREATE_IN_DUMP=1 and restart Holdfast.");
                }
            }
        }

        private Path head(Client client, Payload payload, WorkDir dir) throws IOException {
            return ParallelRestore.head(
                    client, () -> payload.open(dumpKey(), tools), dir, watch.cancel());
        }

        private void restore(TargetServer server, Client client, PostgresUrl into, Payload payload)
                throws IOException {
            watch.phase("restore", manifest.bytes().raw());
            PgRestore restore = PgRestore.into(client, into);
            try (WorkDir dir = tools.workDir()) {
                if (manifest.format() == DumpFormat.PLAIN_GZ) {
                    try (Psql psql =
                                    Psql.start(
                                            tools.clients().restrictedPsql(server.version()),
                                            into,
                                            dir,
                                            watch.cancel());
                            Incoming.Opened plain = payload.open(dumpKey(), tools)) {
                        psql.feed(new Moving(plain, watch));
                        psql.requireSuccess();
                    }
                } else if (payload.kept()) {
                    parallel(client, into, payload, dir);
                } else {
                    try (ChildProcess child = restore.start(dir, watch.cancel());
                            Incoming.Opened plain = payload.open(dumpKey(), tools)) {
                        child.feed(new Moving(plain, watch));
                        child.requireSuccess();
                    }
                }
            }
            watch.info("Restored without an error.");
        }

        private void parallel(Client client, PostgresUrl into, Payload payload, WorkDir dir)
                throws IOException {
            ParallelRestore restore =
                    new ParallelRestore(
                            client, into, head(client, payload, dir), dir, watch.cancel());
            restore.schema();
            int used =
                    restore.rows(
                            settings.restoreJobs(),
                            manifest.tables().stream()
                                    .collect(
                                            Collectors.toMap(
                                                    t -> t.schema() + " " + t.name(),
                                                    Manifest.Table::bytes)),
                            manifest.bytes().raw(),
                            () -> payload.open(dumpKey(), tools),
                            watch::moved,
                            tools.executor());
            watch.info("Rows loaded over " + used + (used == 1 ? " connection." : " connections."));
            watch.phase("index", 0);
            restore.indexes(settings.restoreJobs());
        }

        private void check(PostgresUrl restored) throws IOException {
            if (manifest.rowProof() == RowProof.OFF) {
                watch.warn(
                        "The snapshot carries no row counts, so the restored rows were not compared.");
                return;
            }
            watch.phase("check", 0);
            try {
                ContentProof.of(
                                restored,
                                manifest.rowProof(),
                                ContentProof.Progress.NONE,
                                watch.cancel())
                        .against(manifest)
                        .forEach(found -> checks.add(known(found)));
            } catch (ServerFailure e) {
                if (e.kind() != ServerFailure.Kind.DENIED) {
                    throw e;
                }
                watch.warn("The restored rows could not be compared: " + e.getMessage());
                return;
            }
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
                                        .map(
                                                c ->
                                                        c.name()
                                                                + ": expected "
                                                                + c.expected()
                                                                + ", found "
                                                                + c.actual())
                                        .collect(Collectors.joining("; "))
                                + ".",
                        "Do not use this snapshot; verify it again and look at its source.");
            }
            watch.info(
                    checks.size()
                            + " checks passed: "
                            + (manifest.rowProof() == RowProof.HASHES
                                    ? "rows and their hashes"
                                    : "row counts")
                            + " of every table equal the snapshot's.");
        }

        /** With --clean, what the snapshot does not know stays: that is no contradiction. */
        private Check known(Check found) {
            return request.mode() == RestoreMode.IN_PLACE_CLEAN
                            && found.expected().equals(ContentProof.NO_TABLE)
                    ? new Check(found.name(), "kept, not in the snapshot", found.actual(), true)
                    : found;
        }

        private void learn() {
            outcomes.learned(request.id(), watch.lease().attempt(), learned.build().toString());
        }

        private org.holdfast.domain.storage.ObjectKey dumpKey() {
            return snapshot.key().resolve(manifest.format().objectName());
        }

        /** Tries the readable copies, directories first, until one is sound. */
        private <T> T fromACopy(Use<T> use) throws IOException {
            return fromACopy(manifest.object(manifest.format().objectName()), use);
        }

        private <T> T fromACopy(Manifest.StoredObject object, Use<T> use) throws IOException {
            Map<UUID, StorageLocation> places =
                    locations.all().stream().collect(Collectors.toMap(StorageLocation::id, s -> s));
            List<StorageLocation> holding =
                    snapshots.copies(snapshot.id()).stream()
                            .filter(SnapshotCopy::readable)
                            .map(c -> places.get(c.storeId()))
                            .sorted(Comparator.comparing(StorageLocation::kind))
                            .toList();
            Incoming incoming =
                    Incoming.of(
                            object.name(),
                            new Hashed(object.size(), object.sha256()),
                            tools.identities(),
                            manifest.recipients().stream().map(Recipient::new).toList());
            IOException last =
                    new StoreFailure(
                            StoreFailure.Kind.MISSING,
                            "Snapshot " + snapshot.id() + " has no readable copy in any store.");
            for (StorageLocation place : holding) {
                BlobStore store = blobStores.open(locations.access(place));
                boolean used = false;
                try {
                    T result = use.apply(store, incoming);
                    used = true;
                    watch.info(
                            "Read from store "
                                    + place.name()
                                    + "; the hash of the ciphertext is equal to the manifest's.");
                    learned.add("store", place.name());
                    return result;
                } catch (CorruptObject e) {
                    watch.error("Store " + place.name() + ": " + e.getMessage());
                    backupOutcomes.foundCorrupt(
                            snapshot.id(),
                            place.id(),
                            "Store " + place.name() + ": " + e.getMessage());
                    last = e;
                } catch (StoreFailure e) {
                    watch.warn(e.getMessage());
                    last = e;
                } finally {
                    if (!used) {
                        store.close();
                    }
                }
            }
            throw last;
        }
    }

    /** Does something with one copy. */
    private interface Use<T> {
        T apply(BlobStore store, Incoming incoming) throws IOException;
    }

    // --- afterwards --------------------------------------------------------------------------

    /** Takes a swap back. */
    void undo(UUID id) {
        RestoreRequest request = requests.find(id).orElseThrow();
        TargetEnvironment target = targets.find(request.targetId()).orElseThrow();
        try (TargetServer server = TargetServer.open(targets.url(target), new Cancel());
                TargetLock lock = server.lock()) {
            Aside aside = server.aside(id);
            aside.undo(true);
            lock.requireHeld();
            leases.log(id, "INFO", "Undone: the old database serves again.");
            outcomes.undone(
                    id,
                    "Undone: "
                            + target.name()
                            + " serves the database again that it had before the restore.");
            aside.dropAside();
        } catch (IOException | Refused e) {
            leases.log(id, "ERROR", "The undo failed: " + e.getMessage());
            outcomes.undoFailed(id, "The undo failed: " + e.getMessage());
        }
    }

    /** Drops a kept database whose time is over. */
    void dropKept(UUID id) {
        RestoreRequest request = requests.find(id).orElseThrow();
        TargetEnvironment target = targets.find(request.targetId()).orElseThrow();
        try (TargetServer server = TargetServer.open(targets.url(target), new Cancel());
                TargetLock lock = server.lock()) {
            server.aside(id).dropKept();
            lock.requireHeld();
            leases.log(
                    id,
                    "INFO",
                    "Dropped the kept database " + request.keptDatabase() + ": its time was over.");
            outcomes.keptDropped(id, request.keptDatabase());
        } catch (IOException | Refused e) {
            leases.log(id, "WARN", "The kept database could not be dropped: " + e.getMessage());
        }
    }
}
