package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.app.BackupOutcomes.CopyCheck;
import org.holdfast.app.BackupOutcomes.CopyResult;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.RecoveryFacts;
import org.holdfast.domain.snapshot.RecoveryKit;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.ContentProof;
import org.holdfast.engine.PgDump;
import org.holdfast.engine.PgDumpGlobals;
import org.holdfast.engine.SourceFacts;
import org.holdfast.engine.SourceSession;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.BranchOutcome;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.Outgoing;
import org.holdfast.pipeline.Recipient;
import org.holdfast.pipeline.Signer;

/**
 * One backup from the first connection to the verified snapshot: dump, globals, recovery kit,
 * signature, manifest, then read everything back.
 *
 * <p>Each attempt writes below a key of its own, so that a worker which comes to life again after
 * its lease was lost cannot touch what its successor wrote.
 */
@ApplicationScoped
public class BackupRunner {
    @Inject private Leases leases;
    @Inject private BackupOutcomes outcomes;
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private PolicyInForce policy;
    @Inject private Toolbox tools;
    @Inject private Verification verification;
    @Inject private Clock clock;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** The server goes down: what runs here is ended cleanly and queued again. */
    void stop() {
        watches.forEach(w -> w.cancel().now("The server was stopped."));
    }

    void run(Lease lease) {
        try (Watch watch = new Watch(leases, lease, tools.scheduler())) {
            watches.add(watch);
            try {
                work(watch);
            } catch (Throwable e) {
                ended(watch, e);
            } finally {
                watches.remove(watch);
            }
        }
    }

    private void ended(Watch watch, Throwable e) {
        Lease lease = watch.lease();
        if (watch.lost()) {
            return;
        }
        if (snapshots.find(lease.id()).isPresent()) {
            if (e instanceof Cancelled && !watch.byPerson()) {
                // The server goes down; whoever claims the run next goes on with the verification.
                return;
            }
            String why =
                    watch.byPerson()
                            ? "The verification was cancelled."
                            : "The verification did not end: " + words(e);
            watch.warn(why);
            watch.end();
            outcomes.finished(lease.id(), lease.attempt(), List.of(), why);
            return;
        }
        if (watch.byPerson()) {
            watch.info("Cancelled. Nothing of it is left in any store.");
            watch.end();
            outcomes.cancelled(lease.id(), lease.attempt());
            return;
        }
        Failure failure = failure(e);
        watch.error(failure.words());
        watch.end();
        outcomes.failed(
                lease.id(), lease.attempt(), failure.code(), failure.words(), failure.passing());
    }

    private static String words(Throwable e) {
        return failure(e).words();
    }

    private static Failure failure(Throwable e) {
        return e instanceof Cancelled
                ? new Failure("SERVER_STOPPED", "The server was stopped.", true)
                : Failure.of(e, "SOURCE");
    }

    private void work(Watch watch) throws IOException {
        Lease lease = watch.lease();
        BackupRun run = runs.find(lease.id()).orElseThrow();
        Source source = sources.find(run.sourceId()).orElseThrow();
        watch.info(
                "Attempt "
                        + lease.attempt()
                        + ": backing up "
                        + source.name()
                        + " from "
                        + source.redactedUrl()
                        + ".");
        try (Stores stores = open(source)) {
            Optional<Snapshot> snapshot = snapshots.find(run.id());
            if (snapshot.isEmpty() && lease.attempt() > 1) {
                snapshot = takeUp(watch, run, source, stores);
            }
            if (snapshot.isEmpty()) {
                make(watch, run, source, stores);
            } else {
                watch.info("The manifest was already committed; going on with the verification.");
            }
            verify(watch, run.id(), stores);
        }
    }

    private Stores open(Source source) {
        List<String> wanted = policy.now().of(source.name()).stores();
        List<StorageLocation> chosen =
                locations.active().stream()
                        .filter(s -> wanted.isEmpty() || wanted.contains(s.name()))
                        .toList();
        if (chosen.isEmpty()) {
            throw new Refused(
                    "STORES-MISSING",
                    "The policy of source " + source.name() + " names no store that is there.",
                    "Name stores that exist, or none to use them all.");
        }
        Stores stores = new Stores();
        for (StorageLocation place : chosen) {
            try {
                stores.add(place, blobStores.open(locations.access(place)));
            } catch (RuntimeException e) {
                stores.cannotOpen(place, e.getMessage());
            }
        }
        return stores;
    }

    private static ObjectKey keyOf(BackupRun run, Source source, int attempt) {
        ObjectKey first = SnapshotKeys.of(source.name(), run.queuedAt(), run.id());
        return attempt == 1 ? first : new ObjectKey(first.value() + "." + attempt);
    }

    // --- after a lost worker -----------------------------------------------------------------

    /** Adopts what an earlier attempt committed to a store, or removes what it left. */
    private Optional<Snapshot> takeUp(Watch watch, BackupRun run, Source source, Stores stores) {
        Signer signer = tools.signer();
        for (int attempt = 1; attempt < watch.lease().attempt(); attempt++) {
            ObjectKey prefix = keyOf(run, source, attempt);
            Optional<String> manifest = committedText(stores, prefix, signer);
            if (manifest.isPresent()) {
                watch.info("Attempt " + attempt + " had committed its manifest; it is taken over.");
                adopt(watch, prefix, manifest.get(), stores, signer);
                return snapshots.find(run.id());
            }
            int removed = stores.sweep(prefix);
            if (removed > 0) {
                watch.info(
                        "Removed "
                                + removed
                                + " objects that attempt "
                                + attempt
                                + " left without a manifest.");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> committedText(Stores stores, ObjectKey prefix, Signer signer) {
        for (BlobStore store : stores.live()) {
            Optional<String> text = committedText(store, prefix, signer);
            if (text.isPresent()) {
                return text;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> committedText(
            BlobStore store, ObjectKey prefix, Signer signer) {
        try {
            if (store.stat(prefix.resolve(SnapshotKeys.MANIFEST)).isEmpty()) {
                return Optional.empty();
            }
            byte[] manifest = Stores.read(store, prefix.resolve(SnapshotKeys.MANIFEST));
            byte[] signature = Stores.read(store, prefix.resolve(SnapshotKeys.SIGNATURE));
            return Signer.verify(signer.publicPem(), manifest, signature)
                    ? Optional.of(new String(manifest, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void adopt(Watch watch, ObjectKey prefix, String text, Stores stores, Signer signer) {
        Manifest manifest = ManifestJson.read(text);
        List<CopyResult> copies = new ArrayList<>();
        for (BlobStore store : stores.live()) {
            boolean there = committedText(store, prefix, signer).filter(text::equals).isPresent();
            copies.add(
                    new CopyResult(
                            stores.idOf(store),
                            there
                                    ? Optional.empty()
                                    : Optional.of("The earlier attempt did not reach it.")));
        }
        stores.lost().forEach((id, why) -> copies.add(new CopyResult(id, Optional.of(why))));
        commit(watch, prefix, manifest, text, copies);
    }

    // --- making ------------------------------------------------------------------------------

    private void make(Watch watch, BackupRun run, Source source, Stores stores) throws IOException {
        ObjectKey prefix = keyOf(run, source, watch.lease().attempt());
        boolean committed = false;
        try {
            if (stores.none()) {
                throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, stores.lostWords());
            }
            Made made = dump(watch, run, source, stores, prefix);
            String text = seal(watch, run, source, stores, prefix, made);
            List<CopyResult> copies = new ArrayList<>();
            stores.liveIds().forEach(id -> copies.add(new CopyResult(id, Optional.empty())));
            stores.lost().forEach((id, why) -> copies.add(new CopyResult(id, Optional.of(why))));
            commit(watch, prefix, made.manifest(), text, copies);
            committed = true;
        } finally {
            if (!committed && !watch.lost()) {
                stores.sweep(prefix);
            }
        }
    }

    /** What was dumped, its manifest not yet written. */
    private record Made(Manifest manifest, RecoveryFacts kit) {}

    private Made dump(Watch watch, BackupRun run, Source source, Stores stores, ObjectKey prefix)
            throws IOException {
        Instant startedAt = clock.instant();
        List<Recipient> recipients = tools.recipients();
        try (WorkDir dir = tools.workDir();
                SourceSession session = SourceSession.open(sources.url(source), watch.cancel())) {
            Instant takenAt = clock.instant();
            SourceFacts facts = session.facts();
            Client client = tools.clients().forDump(facts.version());
            watch.estimate(estimate(source, facts));
            watch.info(
                    "PostgreSQL "
                            + facts.version()
                            + ", database "
                            + facts.database()
                            + ", "
                            + facts.tables()
                            + " tables; dumped by pg_dump "
                            + client.version()
                            + " under its own exported snapshot.");
            facts.collationVersion()
                    .filter(then -> !facts.collationNow().map(then::equals).orElse(true))
                    .ifPresent(
                            then ->
                                    watch.warn(
                                            "The operating system's collation has changed since the database was made ("
                                                    + then
                                                    + " to "
                                                    + facts.collationNow().get()
                                                    + "): text indexes may be out of order. Reindex the source."));
            watch.phase("dump", estimate(source, facts));
            CompletableFuture<ContentProof> proof = prove(watch, run, session);
            try {
                Outgoing.Stored stored =
                        payload(
                                watch,
                                stores,
                                prefix.resolve(run.format().objectName()),
                                recipients,
                                () ->
                                        (run.format() == DumpFormat.CUSTOM
                                                        ? PgDump.of(client, sources.url(source))
                                                        : PgDump.of(client, sources.url(source))
                                                                .plain())
                                                .under(session.snapshotId())
                                                .start(dir, watch.cancel()));
                watch.info(
                        "Dumped "
                                + stored.rawBytes()
                                + " bytes, stored "
                                + stored.storedBytes()
                                + " in "
                                + stores.live().stream()
                                        .map(BlobStore::name)
                                        .collect(Collectors.joining(" and "))
                                + ".");
                List<Manifest.StoredObject> objects = new ArrayList<>();
                objects.add(
                        new Manifest.StoredObject(
                                run.format().objectName(), stored.storedBytes(), stored.sha256()));
                globals(watch, source, stores, prefix, client, dir, recipients)
                        .ifPresent(objects::add);
                if (run.rowProof() != org.holdfast.domain.policy.RowProof.OFF && !proof.isDone()) {
                    watch.phase("count", 0);
                }
                ContentProof content = await(proof);
                Manifest manifest =
                        manifest(
                                run,
                                source,
                                facts,
                                client,
                                takenAt,
                                startedAt,
                                stored,
                                objects,
                                recipients,
                                content);
                return new Made(manifest, kit(manifest));
            } catch (Throwable e) {
                watch.cancel().now("The dump has failed.");
                throw e;
            }
        }
    }

    /** Last time's size where it still fits the tables' size, else that. */
    private long estimate(Source source, SourceFacts facts) {
        return snapshots
                .newest(source.id())
                .map(Snapshot::rawBytes)
                .filter(raw -> raw > facts.dumpBytes() / 2 && raw < facts.dumpBytes() * 2)
                .orElse(facts.dumpBytes());
    }

    private CompletableFuture<ContentProof> prove(
            Watch watch, BackupRun run, SourceSession session) {
        CompletableFuture<ContentProof> proof = new CompletableFuture<>();
        tools.executor()
                .execute(
                        () -> {
                            try {
                                proof.complete(
                                        session.proof(run.rowProof(), ContentProof.Progress.NONE));
                            } catch (Throwable e) {
                                proof.completeExceptionally(e);
                            }
                        });
        return proof;
    }

    private static ContentProof await(CompletableFuture<ContentProof> proof) throws IOException {
        try {
            return proof.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e.getCause() instanceof RuntimeException broken
                    ? broken
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("The server was stopped.");
        }
    }

    /** Starts a child whose output is the payload. */
    private interface Start {
        ChildProcess child() throws IOException;
    }

    private Outgoing.Stored payload(
            Watch watch, Stores stores, ObjectKey key, List<Recipient> recipients, Start start)
            throws IOException {
        try (ChildProcess child = start.child();
                Outgoing out =
                        Outgoing.begin(
                                stores.live(),
                                key,
                                recipients,
                                Outgoing.Tuning.standard(),
                                tools.executor())) {
            out.transfer(
                    child.stream(),
                    (raw, stored) -> {
                        watch.moved(raw);
                        watch.sizes(raw, stored);
                    },
                    watch::cancelled);
            child.requireSuccess();
            Outgoing.Stored stored = out.seal();
            List<BranchOutcome> copies = out.publish();
            keep(watch, stores, copies);
            return stored;
        }
    }

    private void keep(Watch watch, Stores stores, List<BranchOutcome> copies) throws StoreFailure {
        for (BranchOutcome copy : copies) {
            if (copy instanceof BranchOutcome.Lost lost) {
                watch.warn(
                        "Store "
                                + lost.store()
                                + " is lost for this run: "
                                + lost.why().getMessage());
            }
        }
        stores.keep(copies);
        if (stores.none()) {
            StoreFailure.Kind kind =
                    copies.stream()
                            .filter(BranchOutcome.Lost.class::isInstance)
                            .map(c -> ((BranchOutcome.Lost) c).why().kind())
                            .reduce((a, b) -> a == b ? a : StoreFailure.Kind.UNREACHABLE)
                            .orElse(StoreFailure.Kind.UNREACHABLE);
            throw new StoreFailure(kind, "No store is left: " + stores.lostWords());
        }
    }

    /** Roles and tablespaces; a server that does not give them away does not lose the backup. */
    private Optional<Manifest.StoredObject> globals(
            Watch watch,
            Source source,
            Stores stores,
            ObjectKey prefix,
            Client client,
            WorkDir dir,
            List<Recipient> recipients)
            throws IOException {
        watch.phase("globals", 0);
        try (ChildProcess child =
                        PgDumpGlobals.of(client, sources.url(source)).start(dir, watch.cancel());
                Outgoing out =
                        Outgoing.begin(
                                stores.live(),
                                prefix.resolve(SnapshotKeys.GLOBALS),
                                recipients,
                                Outgoing.Tuning.standard(),
                                tools.executor())) {
            out.transfer(child.stream(), (raw, stored) -> watch.moved(raw), watch::cancelled);
            child.requireSuccess();
            Outgoing.Stored stored = out.seal();
            keep(watch, stores, out.publish());
            return Optional.of(
                    new Manifest.StoredObject(
                            SnapshotKeys.GLOBALS, stored.storedBytes(), stored.sha256()));
        } catch (ChildFailed e) {
            if (e.connectionLost()) {
                throw e;
            }
            watch.warn("Roles and tablespaces were not saved: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Manifest manifest(
            BackupRun run,
            Source source,
            SourceFacts facts,
            Client client,
            Instant takenAt,
            Instant startedAt,
            Outgoing.Stored stored,
            List<Manifest.StoredObject> objects,
            List<Recipient> recipients,
            ContentProof content) {
        Map<String, String> used = new TreeMap<>();
        used.put("holdfast", version());
        used.put("pg_dump", client.version().toString());
        used.put("zstd", com.github.luben.zstd.util.ZstdVersion.VERSION);
        used.put("age", "v1");
        return new Manifest(
                1,
                run.id(),
                facts.origin(source.name(), sources.url(source)),
                used,
                run.format(),
                run.requestedBy(),
                run.policyVersion(),
                takenAt,
                startedAt,
                clock.instant(),
                new Manifest.Bytes(
                        stored.rawBytes(), stored.compressedBytes(), stored.storedBytes()),
                objects,
                recipients.stream().map(Recipient::value).toList(),
                run.rowProof(),
                content.tables(),
                content.lastValues(),
                content.largeObjects());
    }

    private static String version() {
        String version = BackupRunner.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private RecoveryFacts kit(Manifest manifest) {
        Signer signer = tools.signer();
        return RecoveryFacts.of(manifest, signer.publicPem(), signer.fingerprint());
    }

    /** Recovery kit and signature, the manifest last: from then on it is a backup. */
    private String seal(
            Watch watch, BackupRun run, Source source, Stores stores, ObjectKey prefix, Made made)
            throws IOException {
        watch.phase("commit", 0);
        List<Manifest.StoredObject> objects = new ArrayList<>(made.manifest().objects());
        objects.add(
                send(
                        watch,
                        stores,
                        prefix,
                        SnapshotKeys.RECOVER_MD,
                        new RecoveryKit(made.kit()).instructions()));
        objects.add(
                send(
                        watch,
                        stores,
                        prefix,
                        SnapshotKeys.RECOVER_SH,
                        new RecoveryKit(made.kit()).script()));
        String text = ManifestJson.write(made.manifest().withObjects(objects));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(watch, stores, prefix, SnapshotKeys.SIGNATURE, tools.signer().sign(bytes));
        watch.cancel().check();
        send(watch, stores, prefix, SnapshotKeys.MANIFEST, bytes);
        return text;
    }

    private Manifest.StoredObject send(
            Watch watch, Stores stores, ObjectKey prefix, String name, String text)
            throws IOException {
        return send(watch, stores, prefix, name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Manifest.StoredObject send(
            Watch watch, Stores stores, ObjectKey prefix, String name, byte[] bytes)
            throws IOException {
        keep(
                watch,
                stores,
                Outgoing.send(
                        stores.live(),
                        prefix.resolve(name),
                        bytes,
                        Outgoing.Tuning.standard().stall(),
                        tools.executor()));
        return new Manifest.StoredObject(name, bytes.length, Sha256.of(bytes));
    }

    private void commit(
            Watch watch, ObjectKey prefix, Manifest m, String text, List<CopyResult> copies) {
        Lease lease = watch.lease();
        boolean current =
                outcomes.committed(
                        lease.id(),
                        lease.attempt(),
                        new BackupOutcomes.Committed(
                                prefix,
                                m.takenAt(),
                                m.bytes().raw(),
                                m.bytes().stored(),
                                m.source().serverMajor(),
                                text,
                                copies));
        if (!current) {
            watch.cancel().now("Another worker has taken over.");
        }
    }

    // --- reading back ------------------------------------------------------------------------

    private void verify(Watch watch, UUID id, Stores stores) throws IOException {
        Snapshot snapshot = snapshots.find(id).orElseThrow();
        List<CopyCheck> checks = new ArrayList<>();
        String unverified = verification.run(watch, snapshot, stores, checks);
        watch.end();
        watch.info("Done.");
        outcomes.finished(id, watch.lease().attempt(), checks, unverified);
    }
}
