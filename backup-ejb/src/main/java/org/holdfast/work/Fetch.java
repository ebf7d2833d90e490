package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.Client;
import org.holdfast.engine.ParallelRestore;
import org.holdfast.engine.PlainSql;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Incoming;
import org.holdfast.pipeline.Recipient;

/**
 * Brings a snapshot's objects from the store that has a sound copy. The whole ciphertext is hashed
 * before the first byte of what is in it is sent anywhere.
 */
@ApplicationScoped
class Fetch {
    /** Below this a parallel restore costs more than it brings. */
    private static final long WORTH_JOBS = 32L << 20;

    /** Left free in scratch. */
    private static final long SPARE = 64L << 20;

    @Inject private HeldIdentities identities;
    @Inject private BackupOutcomes outcomes;
    @Inject private Snapshots snapshots;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private Settings settings;
    @Inject private Clock clock;

    /** Does something with one copy. */
    interface Use<T> {
        T apply(BlobStore store, Incoming incoming) throws IOException;
    }

    /** The dump: in a scratch file for several jobs where that is worth it, else to be streamed. */
    Payload dump(Bringing job, ServerVersion server, Client client) throws IOException {
        if (job.manifest.format() == DumpFormat.PLAIN_GZ) {
            return plain(job, server);
        }
        WorkDir scratch = job.tools.scratch();
        boolean given = false;
        try {
            boolean kept = worthKeeping(job, scratch);
            job.watch.phase("fetch", dumpSize(job));
            Payload payload =
                    fromACopy(
                            job,
                            (store, incoming) ->
                                    kept
                                            ? keep(job, client, store, incoming, scratch)
                                            : readThrough(job, client, store, incoming, scratch));
            given = kept;
            return payload;
        } finally {
            if (!given) {
                scratch.close();
            }
        }
    }

    private static long dumpSize(Bringing job) {
        return job.manifest.object(job.manifest.format().objectName()).size();
    }

    /** Decides by what there is room for, and says so. */
    private boolean worthKeeping(Bringing job, WorkDir scratch) {
        int jobs = job.jobs(settings.restoreJobs());
        // not by Files.getFileStore: it fails where / is no mount point, as in a chroot
        long room = scratch.path().toFile().getUsableSpace();
        long raw = job.manifest.bytes().raw();
        long needed = dumpSize(job) + SPARE;
        String space =
                String.format(
                        Locale.ENGLISH, "%,d bytes free in scratch, %,d needed.", room, needed);
        boolean kept = jobs > 1 && raw >= WORTH_JOBS && room > needed;
        String why;
        if (kept) {
            why = jobs + " connections, from an encrypted scratch file: " + space;
        } else if (jobs == 1) {
            why = "One connection, streamed: one is configured or asked for by the mode.";
        } else if (raw < WORTH_JOBS) {
            why =
                    String.format(
                            Locale.ENGLISH,
                            "One connection, streamed: the dump is small (%,d bytes).",
                            raw);
        } else {
            why = "One connection, streamed: " + space;
        }
        jobs(job, kept ? jobs : 1, why);
        job.watch.info(why);
        return kept;
    }

    private static void jobs(Bringing job, int jobs, String why) {
        job.learned("jobs", Json.createValue(jobs));
        job.learned("jobsReason", why);
    }

    private Payload keep(
            Bringing job, Client client, BlobStore store, Incoming incoming, WorkDir scratch)
            throws IOException {
        Path object = scratch.path().resolve(job.manifest.format().objectName());
        incoming.keep(
                store.read(job.dumpKey()),
                object,
                (r, read) -> job.watch.moved(read),
                job.watch::cancelled,
                job.tools.executor());
        ParallelRestore.Head head;
        try {
            head =
                    ParallelRestore.head(
                            client,
                            () -> incoming.openKept(object, job.tools.executor()),
                            scratch,
                            job.watch.cancel());
        } catch (IOException | RuntimeException e) {
            Files.delete(object); // the next copy goes to the same place
            throw e;
        }
        requireNoCreate(head);
        return Payload.kept(scratch, object, head, store, job.dumpKey(), incoming);
    }

    private Payload readThrough(
            Bringing job, Client client, BlobStore store, Incoming incoming, WorkDir scratch)
            throws IOException {
        try (InputStream stored = store.read(job.dumpKey())) {
            incoming.verify(stored, (r, read) -> job.watch.moved(read), job.watch::cancelled);
        }
        if (!settings.allowCreateInDump()) {
            requireNoCreate(
                    ParallelRestore.head(
                            client,
                            () -> incoming.open(store.read(job.dumpKey()), job.tools.executor()),
                            scratch,
                            job.watch.cancel()));
        }
        return Payload.streamed(store, job.dumpKey(), incoming);
    }

    /** A dump made with --create would leave the database it was sent to. */
    private void requireNoCreate(ParallelRestore.Head head) {
        if (!settings.allowCreateInDump()
                && head.contents().stream()
                        .anyMatch(entry -> entry.matches("\\d+; \\d+ \\d+ DATABASE .*"))) {
            throw new Refused(
                    "CREATE-IN-DUMP",
                    "The dump contains CREATE DATABASE.",
                    "Dump it without --create, or set ALLOW_CREATE_IN_DUMP=1 and restart Holdfast.");
        }
    }

    /** Plain SQL is read to its trailer line before a first byte of it is sent anywhere. */
    Payload plain(Bringing job, ServerVersion server) throws IOException {
        job.tools.clients().restrictedPsql(server);
        jobs(job, 1, "Plain SQL goes through one psql.");
        job.watch.phase("fetch", job.snapshot.storedBytes());
        return fromACopy(
                job,
                (store, incoming) -> {
                    PlainSql.Check whole = new PlainSql.Check();
                    try (Incoming.Opened plain =
                            incoming.open(store.read(job.dumpKey()), job.tools.executor())) {
                        new Moving(plain, job.watch).transferTo(whole);
                    }
                    whole.requireComplete(settings.allowCreateInDump());
                    return Payload.streamed(store, job.dumpKey(), incoming);
                });
    }

    /** Uses the dump of the first sound copy. */
    <T> T fromACopy(Bringing job, Use<T> use) throws IOException {
        return fromACopy(job, job.manifest.object(job.manifest.format().objectName()), use);
    }

    /**
     * Tries the readable copies, directories first, until one is sound. The store is closed where
     * the use failed; else it is the use's to close.
     */
    <T> T fromACopy(Bringing job, Manifest.StoredObject object, Use<T> use) throws IOException {
        Incoming incoming =
                Incoming.of(
                        object.name(),
                        new Hashed(object.size(), object.sha256()),
                        identities.forWork(job.id()),
                        job.manifest.recipients().stream().map(Recipient::new).toList());
        IOException last =
                new StoreFailure(
                        StoreFailure.Kind.MISSING,
                        "Snapshot " + job.snapshot.id() + " has no readable copy in any store.");
        for (StorageLocation place : holding(job)) {
            Instant reading = clock.instant();
            BlobStore store = blobStores.open(locations.access(place));
            boolean used = false;
            try {
                T result = use.apply(store, incoming);
                used = true;
                job.watch.info(
                        "Read from store "
                                + place.name()
                                + "; the hash of the ciphertext is equal to the manifest's.");
                job.learned("store", place.name());
                return result;
            } catch (CorruptObject e) {
                String found = "Store " + place.name() + ": " + e.getMessage();
                job.watch.error(found);
                if (!job.watch.lost()) {
                    outcomes.foundCorrupt(job.snapshot.id(), place.id(), found, reading);
                }
                last = e;
            } catch (StoreFailure e) {
                job.watch.warn(e.getMessage());
                last = e;
            } finally {
                if (!used) {
                    store.close();
                }
            }
        }
        throw last;
    }

    private List<StorageLocation> holding(Bringing job) {
        Map<UUID, StorageLocation> places =
                locations.all().stream().collect(Collectors.toMap(StorageLocation::id, s -> s));
        return snapshots.copies(job.snapshot.id()).stream()
                .filter(SnapshotCopy::readable)
                .map(copy -> places.get(copy.storeId()))
                .sorted(Comparator.comparing(StorageLocation::kind))
                .toList();
    }
}
