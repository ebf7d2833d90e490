package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.Upload;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Incoming;

/**
 * Brings a copy that a store missed in from a store that has it: ciphertext for ciphertext, each
 * object hashed on its way and read back, the manifest last. Also removes what a run that came to
 * nothing left in a store that did not answer then.
 */
@ApplicationScoped
public class CopyRunner {
    private static final Logger LOG = Logger.getLogger(CopyRunner.class.getName());

    @Inject private Leases leases;
    @Inject private Snapshots snapshots;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private BackupOutcomes outcomes;
    @Inject private Toolbox tools;

    /**
     * @param owner who claimed the copy
     */
    void run(UUID copyId, String owner) {
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        Optional<String> failure = Optional.empty();
        try (Hold hold = new Hold(tools.scheduler(), () -> leases.prolongCopy(copyId, owner))) {
            bring(copy, hold);
            hold.requireHeld();
        } catch (Cancelled e) {
            return;
        } catch (IOException | RuntimeException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
        if (!outcomes.copied(copyId, owner, failure)) {
            return;
        }
        if (failure.isEmpty()) {
            leases.log(copy.snapshotId(), "INFO", "The missing copy was brought in and read back.");
        } else if (!failure.get().equals(copy.failure())) {
            leases.log(
                    copy.snapshotId(),
                    "WARN",
                    "The missing copy could not be brought in: " + failure.get());
        }
        leases.releaseCopy(copyId, owner);
    }

    private void bring(SnapshotCopy missing, Hold hold) throws IOException {
        Snapshot snapshot = snapshots.find(missing.snapshotId()).orElseThrow();
        Map<UUID, StorageLocation> places =
                locations.all().stream()
                        .collect(Collectors.toMap(StorageLocation::id, Function.identity()));
        List<SnapshotCopy> readable =
                snapshots.copies(snapshot.id()).stream().filter(SnapshotCopy::readable).toList();
        IOException last =
                new StoreFailure(
                        StoreFailure.Kind.MISSING, "No store has a readable copy to copy from.");
        try (BlobStore into = open(places.get(missing.storeId()))) {
            for (SnapshotCopy copy : readable) {
                hold.requireHeld();
                Stores.sweep(into, snapshot.key());
                try (BlobStore from = open(places.get(copy.storeId()))) {
                    bring(snapshot, from, into, hold);
                    return;
                } catch (StoreFailure | CorruptObject e) {
                    last = e;
                }
            }
        }
        throw last;
    }

    private BlobStore open(StorageLocation place) {
        return blobStores.open(locations.access(place));
    }

    private static void bring(Snapshot snapshot, BlobStore from, BlobStore into, Hold hold)
            throws IOException {
        Manifest manifest = ManifestJson.read(snapshot.manifest());
        for (Manifest.StoredObject object : manifest.objects()) {
            ObjectKey key = snapshot.key().resolve(object.name());
            Hashed expected = new Hashed(object.size(), object.sha256());
            try (Upload upload = into.begin(key)) {
                try (InputStream in = from.read(key);
                        OutputStream out = upload.body()) {
                    Incoming.of(object.name(), expected, List.of(), List.of()).handOn(in, out);
                }
                upload.publish();
            }
            try (InputStream back = into.read(key)) {
                Incoming.of(object.name(), expected, List.of(), List.of())
                        .verify(back, (raw, stored) -> {}, () -> false);
            }
        }
        hold.requireHeld();
        put(
                into,
                snapshot.key().resolve(SnapshotKeys.SIGNATURE),
                Stores.read(from, snapshot.key().resolve(SnapshotKeys.SIGNATURE)));
        put(
                into,
                snapshot.key().resolve(SnapshotKeys.MANIFEST),
                snapshot.manifest().getBytes(StandardCharsets.UTF_8));
    }

    private static void put(BlobStore into, ObjectKey key, byte[] bytes) throws IOException {
        try (Upload upload = into.begin(key)) {
            try (OutputStream out = upload.body()) {
                out.write(bytes);
            }
            upload.publish();
        }
    }

    /** Removes what was left in a store; one that still does not answer is asked again later. */
    void sweep(Leases.Leftover left) {
        boolean kept =
                snapshots.find(left.runId()).filter(s -> s.key().equals(left.prefix())).isPresent();
        try {
            if (!kept) {
                StorageLocation place =
                        locations.all().stream()
                                .filter(p -> p.id().equals(left.storeId()))
                                .findFirst()
                                .orElseThrow();
                try (BlobStore store = open(place)) {
                    int removed = Stores.sweep(store, left.prefix());
                    leases.log(
                            left.runId(),
                            "INFO",
                            "Store "
                                    + place.name()
                                    + " answers again: "
                                    + removed
                                    + " objects without a manifest were removed from it.");
                }
            }
            leases.sweptLeftover(left);
        } catch (StoreFailure | RuntimeException e) {
            LOG.log(Level.FINE, "Left for the next sweep: " + left.prefix(), e);
        }
    }
}
