package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.holdfast.app.CheckPlanJson;
import org.holdfast.app.DrillOutcomes;
import org.holdfast.app.SourcesNow;
import org.holdfast.config.Settings;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillPlace;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.SourceNow;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.engine.Account;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.Client;
import org.holdfast.engine.DatabaseForm;
import org.holdfast.engine.DrillDatabase;
import org.holdfast.engine.Inspection;
import org.holdfast.engine.ParallelRestore;
import org.holdfast.engine.SchemaProof;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.TargetCommand;
import org.holdfast.engine.TargetServer;
import org.holdfast.engine.ThrowawayCluster;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Cancelled;

/**
 * One drill from its claim to its record: fetch and hash, a place to restore into, restore, checks,
 * and the place destroyed. What a drill makes is noted in its row before it is made: should this
 * server stop, a cluster is removed by the next server on this machine, a database by any. A drill
 * whose server stopped is not taken up again: it is ABORTED, and asked for anew.
 */
@ApplicationScoped
public class DrillRunner {
    private static final Logger LOG = Logger.getLogger(DrillRunner.class.getName());

    /** With these it was a server that ended and not the restore. */
    private static final Set<String> STOPPED = Set.of("DRILL-SERVER-STOPPED", "IDENTITY-LOST");

    private static final int LONGEST_GLOBALS = 64 << 20;
    private static final int SHOWN = 5;
    private static final int LONGEST_OUTPUT = 8000;

    @Inject private Leases leases;
    @Inject private DrillOutcomes outcomes;
    @Inject private Drills drills;
    @Inject private Snapshots snapshots;
    @Inject private TargetEnvironments targets;
    @Inject private RestoreSteps steps;
    @Inject private SourcesNow sources;
    @Inject private Fetch fetch;
    @Inject private HeldIdentities identities;
    @Inject private Toolbox tools;
    @Inject private Settings settings;
    @Inject private ThisServer server;
    @Inject private Clock clock;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** The server goes down: what runs here is ended, and its places are destroyed. */
    void stop() {
        watches.forEach(w -> w.cancel().now("The server was stopped."));
    }

    void run(Lease lease) {
        try (Watch watch = new Watch(leases, lease, tools.scheduler())) {
            watches.add(watch);
            Work work = new Work(watch);
            try {
                work.go();
            } catch (Throwable e) {
                work.ended(e);
            } finally {
                watches.remove(watch);
                identities.forget(lease.id());
            }
        }
        leases.release(lease);
    }

    // --- what a drill left -------------------------------------------------------------------

    /** Destroys what an ended drill left: kept for inspection, or by a server that stopped. */
    void destroyLeft(UUID id) {
        RestoreDrill drill = drills.find(id).orElseThrow();
        try {
            String done =
                    drill.place() == DrillPlace.THROWAWAY
                            ? destroyCluster(drill)
                            : dropDatabase(drill);
            leases.log(id, "INFO", done);
            outcomes.destroyed(id, done);
        } catch (IOException | RuntimeException e) {
            String why = "Not destroyed yet: " + e.getMessage();
            if (outcomes.notDestroyed(id, why)) {
                LOG.log(Level.WARNING, "Something of drill " + drill.number() + " is left.", e);
                leases.log(id, "WARN", why);
            }
        }
    }

    private String destroyCluster(RestoreDrill drill) throws IOException {
        Path directory = Path.of(drill.clusterDirectory());
        boolean ran = ThrowawayCluster.runs(directory);
        boolean there = Files.isDirectory(directory);
        ThrowawayCluster.destroy(directory, anyServer());
        return there
                ? "The throw-away cluster "
                        + directory
                        + (ran ? " was ended and removed." : " was removed.")
                : "Nothing was left of the throw-away cluster " + directory + ".";
    }

    private Client anyServer() {
        return tools.clients().forCluster(0, true);
    }

    private String dropDatabase(RestoreDrill drill) throws IOException {
        TargetEnvironment target = targets.find(drill.targetId()).orElseThrow();
        String source = drill.drillDatabase();
        try (TargetServer at = TargetServer.open(targets.url(target), new Cancel())) {
            return DrillDatabase.named(at, source, drill.id()).drop()
                    ? "Database " + source + " was dropped."
                    : "There was no database " + source + " any more.";
        }
    }

    private Account account() {
        return Account.forServers(settings.drillUser());
    }

    // --- one drill ---------------------------------------------------------------------------

    private final class Work {
        private final Watch watch;
        private final Instant begun = clock.instant();
        private DrillJob job;
        private Ground ground;
        private Inspection inspection;
        private boolean stays;

        Work(Watch watch) {
            this.watch = watch;
        }

        void go() throws IOException {
            RestoreDrill drill = drills.find(watch.lease().id()).orElseThrow();
            if (watch.lease().attempt() > 1) {
                throw new Refused(
                        "DRILL-SERVER-STOPPED",
                        "The server that ran the drill stopped without a word.",
                        "What it left is destroyed; ask for the drill again.");
            }
            job =
                    new DrillJob(
                            watch,
                            tools,
                            drill,
                            CheckPlanJson.read(drill.checks()),
                            snapshots.find(drill.snapshotId()).orElseThrow());
            requireHeld(outcomes.began(drill.id(), job.attempt()));
            watch.info(
                    "Drill "
                            + drill.number()
                            + ": backup "
                            + job.snapshot.id()
                            + " of "
                            + job.snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS)
                            + " into "
                            + (drill.place() == DrillPlace.THROWAWAY
                                    ? "a throw-away cluster."
                                    : "a database of its own on the server of "
                                            + drill.targetName()
                                            + "."));
            watch.estimate(job.manifest.bytes().raw());
            watch.phase("prepare", 0);
            if (drill.identityGiven()) {
                identities.requireHeld(drill.id(), "drill");
            }
            if (drill.place() == DrillPlace.THROWAWAY) {
                inCluster();
            } else {
                onTarget();
            }
        }

        private void inCluster() throws IOException {
            Client programs =
                    tools.clients()
                            .forCluster(
                                    job.manifest.source().serverMajor(), job.drill.newerMajor());
            Client client = client(programs.version());
            try (Payload payload = fetch.dump(job, programs.version(), client);
                    Ground made = cluster(programs)) {
                ground = made;
                bring(payload, client, programs);
            }
        }

        private Ground cluster(Client programs) throws IOException {
            watch.phase("cluster", 0);
            boolean set = settings.drillDir().isPresent();
            Account account = account();
            Path base =
                    ThrowawayCluster.base(
                            settings.drillDir().orElse(settings.dataDir().resolve("drills")),
                            set,
                            account);
            runsAs(account, base);
            Path directory = base.resolve(job.id().toString());
            requireHeld(
                    outcomes.goesIntoCluster(
                            job.id(), job.attempt(), server.machine(), directory.toString()));
            ThrowawayCluster cluster =
                    ThrowawayCluster.make(
                            new ThrowawayCluster.Order(
                                    directory,
                                    programs,
                                    account,
                                    job.manifest.bytes().raw(),
                                    job.manifest.tables().stream()
                                            .mapToLong(Manifest.Table::bytes)
                                            .sum(),
                                    job.manifest.source().extensions().keySet()),
                            watch.cancel());
            try {
                return new Cluster(cluster, job, watch.cancel());
            } catch (IOException | RuntimeException e) {
                cluster.close();
                throw e;
            }
        }

        private void runsAs(Account account, Path base) {
            job.learned("account", account.words());
            List<Path> others = account.otherServers(base);
            if (!others.isEmpty()) {
                job.learned(
                        "accountAlsoRuns",
                        others.stream()
                                .limit(SHOWN)
                                .map(Path::toString)
                                .collect(Collectors.joining(", ")));
                watch.warn(
                        "The drill's server runs as "
                                + account.words()
                                + ", and so do "
                                + others.size()
                                + " other PostgreSQL servers ("
                                + others.get(0)
                                + (others.size() > 1 ? ", …" : "")
                                + "): code that a backup carries could reach their files. Name an"
                                + " account that owns nothing else in HOLDFAST_DRILL_USER.");
            }
        }

        private void onTarget() throws IOException {
            TargetEnvironment target = targets.find(job.drill.targetId()).orElseThrow();
            if (target.production()) {
                throw new Refused(
                        "DRILL-PRODUCTION",
                        "Target " + target.name() + " is marked production by now.",
                        "Drill in a throw-away cluster, or on a staging server.");
            }
            try (TargetServer at = TargetServer.open(targets.url(target), watch.cancel())) {
                requireApart(at, target);
                Client client = client(at.version());
                try (Payload payload = fetch.dump(job, at.version(), client)) {
                    watch.phase("create", 0);
                    DrillDatabase database =
                            DrillDatabase.of(at, job.manifest.source().database(), job.id());
                    requireHeld(
                            outcomes.goesIntoDatabase(
                                    job.id(), job.attempt(), database.url().database()));
                    DatabaseForm form = DatabaseForm.recorded(job.manifest.source());
                    ground = new Beside(at, database, form);
                    database.create(form);
                    bring(payload, client, client);
                }
            }
        }

        /** By the identifier that a cluster carries for ever, and not by any name. */
        private void requireApart(TargetServer at, TargetEnvironment target) throws Cancelled {
            if (isSourcesServer(at, target)) {
                throw new Refused(
                        "DRILL-PRODUCTION",
                        "The server of target "
                                + target.name()
                                + " is the very server that the backup's source is on (system"
                                + " identifier "
                                + at.systemIdentifier()
                                + ").",
                        "Drill in a throw-away cluster, or on another server.");
            }
            for (TargetEnvironment other : targets.active()) {
                if (!other.production()) {
                    continue;
                }
                try (TargetServer live = TargetServer.open(targets.url(other), watch.cancel())) {
                    if (live.systemIdentifier().equals(at.systemIdentifier())) {
                        throw new Refused(
                                "DRILL-PRODUCTION",
                                "The server of target "
                                        + target.name()
                                        + " is that of production target "
                                        + other.name()
                                        + " (system identifier "
                                        + at.systemIdentifier()
                                        + ").",
                                "Drill in a throw-away cluster, or on another server.");
                    }
                } catch (Cancelled e) {
                    throw e;
                } catch (IOException e) {
                    throw new Refused(
                            "DRILL-APART",
                            "Production target "
                                    + other.name()
                                    + " could not be asked for its system identifier, so nobody can"
                                    + " tell that the server of target "
                                    + target.name()
                                    + " is another: "
                                    + e.getMessage(),
                            "Drill in a throw-away cluster, or again once the production target"
                                    + " answers; retire a target that is gone.");
                }
            }
        }

        private boolean isSourcesServer(TargetServer at, TargetEnvironment target) {
            if (job.manifest.imported().isEmpty()) {
                return job.manifest.source().systemIdentifier().equals(at.systemIdentifier());
            }
            Optional<SourceNow> now = sources.of(job.snapshot.sourceId());
            if (now.filter(s -> s.isOn(targets.url(target), at.systemIdentifier())).isPresent()) {
                return true;
            }
            if (now.flatMap(SourceNow::systemIdentifier).isEmpty()) {
                throw new Refused(
                        "DRILL-APART",
                        "The backup is an imported dump, which tells of no server, and source "
                                + job.manifest.source().name()
                                + " could not be asked for its system identifier: nobody can tell"
                                + " that the server of target "
                                + target.name()
                                + " is another.",
                        "Drill in a throw-away cluster, or again once the source answers.");
            }
            return false;
        }

        private Client client(ServerVersion into) {
            ServerVersion madeBy = ServerVersion.of(job.manifest.tools().get("pg_dump"));
            Client client = tools.clients().forRestore(into, madeBy);
            job.learned("server", into.toString());
            job.learned("client", client.version().toString());
            return client;
        }

        private void bring(Payload payload, Client client, Client programs) throws IOException {
            job.learned("place", job.drill.place().name());
            job.learned("systemIdentifier", ground.server().systemIdentifier());
            job.learned("sourceSystemIdentifier", job.manifest.source().systemIdentifier());
            job.learned("database", ground.url().database());
            learn();
            inspection = new Inspection(ground.url(), job.manifest, job.plan, watch.cancel());
            long restoring = System.nanoTime();
            if (ground.ours()) {
                globals();
            }
            steps.restore(job, ground.server(), client, ground.url(), payload);
            inspection.found(
                    CheckKind.RESTORED,
                    "restored without an error",
                    "pg_restore "
                            + client.version()
                            + " into PostgreSQL "
                            + ground.server().version(),
                    "no error",
                    "none",
                    DrillCheck.Verdict.PASSED,
                    Duration.ofNanos(System.nanoTime() - restoring));
            look(payload, client, programs);
            cleanUp();
            judge();
        }

        private void globals() throws IOException {
            long begun = System.nanoTime();
            String said;
            DrillCheck.Verdict verdict;
            try {
                Optional<String> complaints =
                        steps.globals(job, ground.server(), ground.url(), Work::inPlace);
                if (complaints.isEmpty()) {
                    return;
                }
                said = complaints.get().isBlank() ? "all there" : complaints.get();
                verdict =
                        complaints.get().isBlank()
                                ? DrillCheck.Verdict.PASSED
                                : DrillCheck.Verdict.WARNED;
            } catch (Refused e) {
                said = e.getMessage() + " " + e.remedy();
                verdict = DrillCheck.Verdict.NOT_RUN;
                watch.warn("Roles and tablespaces were not restored: " + said);
            }
            inspection.found(
                    CheckKind.ROLES,
                    "roles and tablespaces of the source",
                    "globals.sql, without passwords",
                    "made without an error",
                    said,
                    verdict,
                    Duration.ofNanos(System.nanoTime() - begun));
        }

        /** Tablespaces are made inside of the cluster, and not where the source has them. */
        private static InputStream inPlace(InputStream globals) throws IOException {
            String text = new String(globals.readNBytes(LONGEST_GLOBALS), StandardCharsets.UTF_8);
            if (globals.read() >= 0) {
                throw new IOException("The globals have more than " + LONGEST_GLOBALS + " bytes.");
            }
            String edited =
                    text.lines()
                            // the guard against commands of the client is put around it anew
                            .filter(line -> !line.matches("\\\\(un)?restrict .*"))
                            .map(
                                    line ->
                                            line.startsWith("CREATE TABLESPACE ")
                                                    ? line.replaceFirst(
                                                            " LOCATION '(?:[^']|'')*';$",
                                                            " LOCATION '';")
                                                    : line)
                            .collect(Collectors.joining("\n", "", "\n"));
            return new ByteArrayInputStream(edited.getBytes(StandardCharsets.UTF_8));
        }

        private void look(Payload payload, Client client, Client programs) throws IOException {
            watch.phase("check", 0);
            inspection.content(
                    (done, all, table) -> {
                        /* the phase is enough */
                    });
            schema(payload, client);
            inspection.indexes();
            inspection.extensions();
            inspection.collations();
            inspection.migrations();
            inspection.keyTables();
            inspection.rowSecurity();
            inspection.roles();
            if (!job.plan.verificationSql().isBlank()) {
                inspection.verification(ground.reader());
            }
            inspection.canary(job.drill.rpo());
            smokeTest();
            try (WorkDir dir = tools.workDir()) {
                inspection.amcheck(programs, settings.restoreJobs(), dir);
            }
            times();
        }

        private void schema(Payload payload, Client client) throws IOException {
            try (WorkDir scratch = tools.scratch()) {
                Optional<ParallelRestore.Head> head = head(payload, client, scratch);
                inspection.schema(head.map(ParallelRestore.Head::contents));
                inspection.definitions(
                        client, head.map(ParallelRestore.Head::file), scratch, ground.reference());
            }
        }

        private Optional<ParallelRestore.Head> head(Payload payload, Client client, WorkDir scratch)
                throws IOException {
            if (job.manifest.format() == DumpFormat.PLAIN_GZ) {
                return Optional.empty();
            }
            if (payload.kept()) {
                return Optional.of(payload.head());
            }
            return Optional.of(
                    ParallelRestore.head(
                            client, () -> payload.open(tools.executor()), scratch, watch.cancel()));
        }

        private void smokeTest() throws IOException {
            if (job.plan.smokeTest().isEmpty()) {
                return;
            }
            String name = job.plan.smokeTest().get();
            Settings.DrillCommand command = settings.drillCommands().get(name);
            if (command == null) {
                inspection.found(
                        CheckKind.SMOKE_TEST,
                        "smoke test " + name,
                        name,
                        "exit code 0",
                        "This server has no DRILL_COMMAND of that name.",
                        DrillCheck.Verdict.NOT_RUN,
                        Duration.ZERO);
                return;
            }
            TargetCommand.Result result;
            try (WorkDir dir = tools.workDir()) {
                result =
                        TargetCommand.run(
                                command.words(),
                                ground.url(),
                                command.limit(),
                                dir,
                                watch.cancel());
            }
            String output = result.output();
            String shown =
                    output.length() <= LONGEST_OUTPUT
                            ? output
                            : "…" + output.substring(output.length() - LONGEST_OUTPUT);
            inspection.found(
                    CheckKind.SMOKE_TEST,
                    "smoke test " + name,
                    String.join(" ", command.words()),
                    "exit code 0 within " + command.limit().toSeconds() + " s",
                    (result.timedOut()
                                    ? "ended after " + command.limit().toSeconds() + " s"
                                    : "exit code " + result.exitCode())
                            + (shown.isBlank() ? "" : ": " + shown.strip()),
                    result.succeeded() ? DrillCheck.Verdict.PASSED : DrillCheck.Verdict.FAILED,
                    result.took());
        }

        /** Against what the policy promised; what was not demanded only warns. */
        private void times() {
            Duration took = took();
            promise(
                    CheckKind.RTO,
                    "time to recover",
                    "the drill's own time",
                    job.drill.rto(),
                    took);
            promise(
                    CheckKind.RPO,
                    "age of the data",
                    "from the backup's moment to the start of the drill",
                    job.drill.rpo(),
                    Duration.between(job.snapshot.takenAt(), begun));
        }

        private void promise(
                CheckKind kind, String name, String text, Duration promised, Duration measured) {
            boolean kept = measured.compareTo(promised) <= 0;
            inspection.found(
                    kind,
                    name,
                    text,
                    "at most " + promised.toSeconds() + " s",
                    measured.toSeconds() + " s",
                    kept
                            ? DrillCheck.Verdict.PASSED
                            : job.plan.demands(kind)
                                    ? DrillCheck.Verdict.FAILED
                                    : DrillCheck.Verdict.WARNED,
                    Duration.ZERO);
        }

        private Duration took() {
            return Duration.between(begun, clock.instant());
        }

        private Duration checked;

        private void cleanUp() throws IOException {
            checked = took();
            if (!job.drill.keep().isZero()) {
                stays = true;
                ground.leave();
                Instant until = clock.instant().plus(job.drill.keep());
                outcomes.kept(job.id(), until, ground.instructions());
                watch.info("Left for inspection until " + until.truncatedTo(ChronoUnit.SECONDS));
                return;
            }
            watch.phase("clean-up", 0);
            destroyGround();
        }

        private void destroyGround() {
            try {
                String done = ground.destroy();
                watch.info(done);
                outcomes.destroyed(job.id(), done);
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "Something of drill " + job.drill.number() + " is left.", e);
                watch.warn("Not destroyed yet: " + e.getMessage());
                outcomes.notDestroyed(job.id(), "Not destroyed yet: " + e.getMessage());
            }
            ground = null;
        }

        private void judge() {
            List<DrillCheck> checks = inspection.checks();
            DrillVerdict verdict = DrillVerdict.of(checks, job.plan.demanded());
            boolean proved =
                    job.manifest.rowProof() != RowProof.OFF
                            && checks.stream()
                                    .filter(c -> c.kind() == CheckKind.CONTENT)
                                    .allMatch(c -> c.verdict() == DrillCheck.Verdict.PASSED);
            String why = why(checks, verdict);
            if (verdict == DrillVerdict.PASSED) {
                watch.info(checks.size() + " checks; all that were demanded passed.");
            } else {
                watch.warn(verdict + ": " + why);
            }
            learn();
            watch.end();
            outcomes.judged(
                    job.id(),
                    job.attempt(),
                    new DrillOutcomes.Judged(verdict, checked, why, checks, proved));
        }

        private String why(List<DrillCheck> checks, DrillVerdict verdict) {
            if (verdict == DrillVerdict.PASSED) {
                return null;
            }
            List<DrillCheck> wrong =
                    checks.stream()
                            .filter(
                                    c ->
                                            verdict == DrillVerdict.FAILED
                                                    ? c.verdict() == DrillCheck.Verdict.FAILED
                                                    : c.demanded()
                                                            && c.verdict()
                                                                    != DrillCheck.Verdict.PASSED)
                            .toList();
            if (wrong.isEmpty()) {
                return "Not every check that was demanded was made.";
            }
            return wrong.size()
                    + " of "
                    + checks.size()
                    + " checks: "
                    + wrong.stream()
                            .limit(SHOWN)
                            .map(
                                    c ->
                                            c.name()
                                                    + ": expected "
                                                    + c.expected()
                                                    + ", found "
                                                    + c.actual())
                            .collect(Collectors.joining("; "))
                    + ".";
        }

        private void learn() {
            outcomes.learned(job.id(), job.attempt(), job.learned());
        }

        private void requireHeld(boolean held) throws Cancelled {
            if (!held) {
                throw new Cancelled("Another worker has taken over.");
            }
        }

        // --- the end that was not meant ------------------------------------------------------

        void ended(Throwable e) {
            if (watch.lost()) {
                // Whoever has taken over, or finds the row without a worker, removes what is here.
                abandon();
                return;
            }
            Failure failure =
                    e instanceof Cancelled
                            ? new Failure("SERVER_STOPPED", "The server was stopped.", true)
                            : Failure.of(e, "TARGET");
            boolean aborted =
                    watch.byPerson() || e instanceof Cancelled || STOPPED.contains(failure.code());
            String code = watch.byPerson() ? "DRILL-CANCELLED" : failure.code();
            String words = watch.byPerson() ? "Cancelled." : failure.words();
            if (aborted) {
                watch.warn(words);
            } else {
                watch.error(words);
            }
            if (ground != null && !stays) {
                watch.phase("clean-up", 0);
                destroyGround();
            }
            watch.end();
            List<DrillCheck> checks = List.of();
            if (job != null) {
                learn();
                checks = checks(failure, aborted);
            }
            outcomes.cameToNothing(
                    watch.lease().id(), watch.lease().attempt(), aborted, code, words, checks);
        }

        /** What was found until then; a restore that broke is itself what was found. */
        private List<DrillCheck> checks(Failure failure, boolean aborted) {
            if (inspection == null) {
                return List.of();
            }
            boolean restored =
                    inspection.checks().stream().anyMatch(c -> c.kind() == CheckKind.RESTORED);
            if (!aborted && !restored) {
                inspection.found(
                        CheckKind.RESTORED,
                        "restored without an error",
                        "pg_restore",
                        "no error",
                        failure.words(),
                        DrillCheck.Verdict.FAILED,
                        took());
            }
            return inspection.checks();
        }

        private void abandon() {
            if (ground != null && !stays) {
                try {
                    ground.destroy();
                } catch (IOException | RuntimeException left) {
                    LOG.log(Level.WARNING, "Something of a lost drill is left.", left);
                }
            }
        }
    }

    // --- the two grounds ---------------------------------------------------------------------

    /** A cluster of its own. */
    private static final class Cluster implements Ground {
        private static final Set<String> TAKEN =
                Set.of("postgres", "template0", "template1", "holdfast_schema");

        private final ThrowawayCluster cluster;
        private final DatabaseForm form;
        private final PostgresUrl url;
        private final TargetServer server;
        private final Cancel cancel;

        Cluster(ThrowawayCluster cluster, DrillJob job, Cancel cancel) throws IOException {
            this.cluster = cluster;
            this.cancel = cancel;
            String name = job.manifest.source().database();
            this.form = DatabaseForm.recorded(job.manifest.source());
            this.url =
                    cluster.database(TAKEN.contains(name) ? name + "_drill" : name, form, cancel);
            this.server = TargetServer.open(url, cancel);
        }

        @Override
        public PostgresUrl url() {
            return url;
        }

        @Override
        public TargetServer server() {
            return server;
        }

        @Override
        public PostgresUrl reader() throws IOException {
            return cluster.reader(url.database(), cancel);
        }

        @Override
        public SchemaProof.Reference reference() {
            return new SchemaProof.Reference() {
                private PostgresUrl made;

                @Override
                public PostgresUrl make() throws IOException {
                    made = cluster.database("holdfast_schema", form, cancel);
                    return made;
                }

                @Override
                public void drop() throws IOException {
                    cluster.drop(made, cancel);
                }
            };
        }

        @Override
        public boolean ours() {
            return true;
        }

        @Override
        public String instructions() {
            return cluster.instructions(url.database());
        }

        @Override
        public void leave() {
            server.close();
        }

        @Override
        public String destroy() throws IOException {
            server.close();
            cluster.close();
            return "The throw-away cluster " + cluster.directory() + " was ended and removed.";
        }
    }

    /** A database on a target's server. */
    private static final class Beside implements Ground {
        private final TargetServer server;
        private final DrillDatabase database;
        private final DatabaseForm form;

        Beside(TargetServer server, DrillDatabase database, DatabaseForm form) {
            this.server = server;
            this.database = database;
            this.form = form;
        }

        @Override
        public PostgresUrl url() {
            return database.url();
        }

        @Override
        public TargetServer server() {
            return server;
        }

        @Override
        public PostgresUrl reader() {
            return database.url();
        }

        @Override
        public SchemaProof.Reference reference() {
            DrillDatabase beside = database.reference();
            return new SchemaProof.Reference() {
                @Override
                public PostgresUrl make() throws IOException {
                    beside.create(form);
                    return beside.url();
                }

                @Override
                public void drop() throws IOException {
                    beside.drop();
                }
            };
        }

        @Override
        public boolean ours() {
            return false;
        }

        @Override
        public String instructions() {
            return "Database "
                    + database.url().database()
                    + " on "
                    + database.url().host()
                    + ":"
                    + database.url().port();
        }

        @Override
        public void leave() {
            // its server's connection is closed by whoever opened it
        }

        @Override
        public String destroy() throws IOException {
            return database.drop()
                    ? "Database " + database.url().database() + " was dropped."
                    : "There was no database " + database.url().database() + ".";
        }
    }
}
