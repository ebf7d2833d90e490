package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
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
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Incoming;

/**
 * Brings a copy that a store missed in from a store that has it: ciphertext for ciphertext, each
 * object hashed on its way and read back, the manifest last.
 */
@ApplicationScoped
public class CopyRunner {
    @Inject private Leases leases;
    @Inject private Snapshots snapshots;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private BackupOutcomes outcomes;

    void run(UUID copyId) {
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        Optional<String> failure = Optional.empty();
        try {
            bring(copy);
        } catch (IOException | RuntimeException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
        outcomes.copied(copy.snapshotId(), copy.storeId(), failure);
        leases.log(
                copy.snapshotId(),
                failure.isEmpty() ? "INFO" : "WARN",
                failure.map(f -> "The missing copy could not be brought in: " + f)
                        .orElse("The missing copy was brought in and read back."));
        leases.releaseCopy(copyId);
    }

    private void bring(SnapshotCopy missing) throws IOException {
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
            Stores.sweep(into, snapshot.key());
            for (SnapshotCopy copy : readable) {
                try (BlobStore from = open(places.get(copy.storeId()))) {
                    bring(snapshot, from, into);
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

    private static void bring(Snapshot snapshot, BlobStore from, BlobStore into)
            throws IOException {
        Manifest manifest = ManifestJson.read(snapshot.manifest());
        List<Manifest.StoredObject> objects = new ArrayList<>(manifest.objects());
        for (Manifest.StoredObject object : objects) {
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
}
