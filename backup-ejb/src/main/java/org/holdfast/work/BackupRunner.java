package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.app.BackupOutcomes.CopyCheck;
import org.holdfast.app.BackupOutcomes.CopyResult;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.snapshot.ImportOrders;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.RecoveryFacts;
import org.holdfast.domain.snapshot.RecoveryKit;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.Outgoing;
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
    private static final Logger LOG = Logger.getLogger(BackupRunner.class.getName());

    @Inject private Leases leases;
    @Inject private BackupOutcomes outcomes;
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private PolicyInForce policy;
    @Inject private Toolbox tools;
    @Inject private TakeOver takeOver;
    @Inject private Dump dump;
    @Inject private ImportDump importing;
    @Inject private ImportOrders imports;
    @Inject private Verification verification;
    @Inject private LockRunner locks;
    @Inject private ThisServer server;

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
            watch.info("Cancelled. There is no backup of it.");
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
        BackupRun run = runs.find(watch.lease().id()).orElseThrow();
        Source source = sources.find(run.sourceId()).orElseThrow();
        watch.info(
                "Attempt "
                        + watch.lease().attempt()
                        + (imports.find(run.id()).isPresent()
                                ? ": importing a dump as one of " + source.name()
                                : ": backing up " + source.name() + " from " + source.redactedUrl())
                        + ".");
        try (Stores stores = open(source)) {
            BackupJob job = new BackupJob(watch, run, source, sources.url(source), stores);
            if (snapshots.find(run.id()).isPresent() || takeUp(job)) {
                watch.info("The manifest was already committed; going on with the verification.");
            } else {
                make(job);
            }
            locks.ofSnapshot(run.id(), server.name());
            verify(job);
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

    /**
     * Adopts what an earlier attempt committed to a store, or removes what it left.
     *
     * @return whether there is a snapshot now
     */
    private boolean takeUp(BackupJob job) {
        for (int attempt = 1; attempt < job.attempt(); attempt++) {
            ObjectKey prefix = job.prefixOf(attempt);
            Optional<TakeOver.Committed> found = takeOver.committed(job.stores, prefix);
            if (found.isPresent()) {
                job.watch.info(
                        "Attempt " + attempt + " had committed its manifest; it is taken over.");
                commit(job, prefix, found.get().manifest(), found.get().copies());
                return true;
            }
            int removed = sweep(job, prefix);
            if (removed > 0) {
                job.watch.info(
                        "Removed "
                                + removed
                                + " objects that attempt "
                                + attempt
                                + " left without a manifest.");
            }
        }
        return false;
    }

    private void make(BackupJob job) throws IOException {
        boolean committed = false;
        try {
            if (job.stores.none()) {
                throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, job.stores.lostWords());
            }
            String manifest = seal(job, save(job));
            List<CopyResult> copies = new ArrayList<>();
            job.stores.liveIds().forEach(id -> copies.add(new CopyResult(id, Optional.empty())));
            job.stores
                    .lost()
                    .forEach((id, why) -> copies.add(new CopyResult(id, Optional.of(why))));
            commit(job, job.prefix(), manifest, copies);
            committed = true;
        } finally {
            if (!committed && !job.watch.lost()) {
                sweep(job, job.prefix());
            }
        }
    }

    /** Dumps the source, or brings a dump in that was made elsewhere. */
    private Manifest save(BackupJob job) throws IOException {
        Optional<ImportOrder> order = imports.find(job.run.id());
        return order.isPresent() ? importing.save(job, order.get()) : dump.save(job);
    }

    /** Recovery kit and signature, the manifest last: from then on it is a backup. */
    private String seal(BackupJob job, Manifest dumped) throws IOException {
        job.watch.phase("commit", 0);
        Signer signer = tools.signer();
        RecoveryKit kit =
                new RecoveryKit(
                        RecoveryFacts.of(
                                dumped,
                                tools.locked(dumped.recipients()),
                                signer.publicPem(),
                                signer.fingerprint()));
        List<Manifest.StoredObject> objects = new ArrayList<>(dumped.objects());
        objects.add(send(job, SnapshotKeys.RECOVER_MD, bytes(kit.instructions())));
        objects.add(send(job, SnapshotKeys.RECOVER_SH, bytes(kit.script())));
        String manifest = ManifestJson.write(dumped.withObjects(objects));
        send(job, SnapshotKeys.SIGNATURE, signer.sign(bytes(manifest)));
        job.watch.cancel().check();
        send(job, SnapshotKeys.MANIFEST, bytes(manifest));
        return manifest;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Manifest.StoredObject send(BackupJob job, String name, byte[] bytes)
            throws IOException {
        job.keep(
                Outgoing.send(
                        job.stores.live(),
                        job.prefix().resolve(name),
                        bytes,
                        Outgoing.Tuning.standard().stall(),
                        tools.executor()));
        return new Manifest.StoredObject(name, bytes.length, Sha256.of(bytes));
    }

    private void commit(BackupJob job, ObjectKey prefix, String text, List<CopyResult> copies) {
        Manifest manifest = ManifestJson.read(text);
        boolean current =
                outcomes.committed(
                        job.run.id(),
                        job.attempt(),
                        new BackupOutcomes.Committed(
                                prefix,
                                manifest.takenAt(),
                                manifest.bytes().raw(),
                                manifest.bytes().stored(),
                                manifest.source().serverMajor(),
                                text,
                                copies));
        if (!current) {
            job.watch.cancel().now("Another worker has taken over.");
        }
    }

    /** Removes what lies below a key; a store that does not answer is swept when it does. */
    private int sweep(BackupJob job, ObjectKey prefix) {
        Stores.Swept swept = job.stores.sweep(prefix);
        swept.unswept()
                .forEach(
                        (id, name) -> {
                            try {
                                leases.leave(new Leases.Leftover(id, prefix, job.run.id()));
                                job.watch.warn(
                                        "Store "
                                                + name
                                                + " could not be cleaned up now; it will be when it answers.");
                            } catch (RuntimeException e) {
                                LOG.log(Level.WARNING, "Not swept, and not noted: " + prefix, e);
                            }
                        });
        return swept.objects();
    }

    private void verify(BackupJob job) throws IOException {
        Snapshot snapshot = snapshots.find(job.run.id()).orElseThrow();
        List<CopyCheck> checks = new ArrayList<>();
        String unverified = verification.run(job.watch, snapshot, job.stores, checks);
        job.watch.end();
        job.watch.info("Done.");
        outcomes.finished(job.run.id(), job.attempt(), checks, unverified);
    }
}
