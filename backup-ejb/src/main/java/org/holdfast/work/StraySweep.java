package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.StrayNotes;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Stray;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.pipeline.Cancelled;

/**
 * Looks through a store once a day for what belongs to no backup, tells it, and removes what is
 * left over of Holdfast's own work once that was known for the grace. Everything else is only told.
 */
@ApplicationScoped
class StraySweep {
    private static final Logger LOG = Logger.getLogger(StraySweep.class.getName());

    @Inject private Leases leases;
    @Inject private StrayNotes notes;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private Toolbox tools;

    /** What lies in one folder. */
    private static final class Heap {
        final Stray.Folder folder;
        boolean manifest;
        long objects;
        long bytes;
        Instant newest = Instant.EPOCH;

        Heap(Stray.Folder folder) {
            this.folder = folder;
        }

        void add(Blob blob) {
            manifest |= blob.key().name().equals(SnapshotKeys.MANIFEST);
            objects++;
            bytes += blob.size();
            newest = blob.modified().isAfter(newest) ? blob.modified() : newest;
        }
    }

    void sweep(UUID storeId, String owner) {
        StorageLocation place =
                locations.all().stream()
                        .filter(p -> p.id().equals(storeId))
                        .findFirst()
                        .orElseThrow();
        String failure = null;
        try (Hold hold = new Hold(tools.scheduler(), () -> leases.prolongSweep(storeId, owner));
                BlobStore store = blobStores.open(locations.access(place))) {
            sweep(place, store, hold);
        } catch (Cancelled e) {
            return;
        } catch (StoreFailure | RuntimeException e) {
            LOG.log(Level.FINE, "Store " + place.name() + " was not looked through.", e);
            failure = String.valueOf(e.getMessage());
        }
        leases.swept(storeId, failure);
    }

    private void sweep(StorageLocation place, BlobStore store, Hold hold)
            throws StoreFailure, Cancelled {
        Map<String, UnfinishedUpload> uploads = new TreeMap<>();
        List<Stray> found = new ArrayList<>(folders(place, store));
        store.unfinished(
                "",
                upload ->
                        Stray.Folder.of(upload.key())
                                .flatMap(
                                        folder ->
                                                Stray.upload(
                                                        folder,
                                                        notes.run(folder.run(), place.id())))
                                .ifPresent(
                                        whose -> {
                                            String name = upload.key() + " " + upload.id();
                                            uploads.put(name, upload);
                                            found.add(
                                                    new Stray(
                                                            Stray.Kind.UPLOAD,
                                                            name,
                                                            whose,
                                                            1,
                                                            0,
                                                            upload.begun(),
                                                            Instant.EPOCH));
                                        }));
        for (Stray stray : notes.note(place, found)) {
            hold.requireHeld();
            if (stray.kind() == Stray.Kind.UPLOAD) {
                store.abort(uploads.get(stray.place()));
            } else {
                Stores.sweep(store, new ObjectKey(stray.place()));
            }
            notes.removed(place, stray);
        }
    }

    private List<Stray> folders(StorageLocation place, BlobStore store) throws StoreFailure {
        List<Stray> found = new ArrayList<>();
        Heap[] open = {null};
        store.list(
                "",
                blob ->
                        Stray.Folder.of(blob.key())
                                .ifPresent(
                                        folder -> {
                                            if (open[0] == null || !open[0].folder.equals(folder)) {
                                                judge(place, open[0]).ifPresent(found::add);
                                                open[0] = new Heap(folder);
                                            }
                                            open[0].add(blob);
                                        }));
        judge(place, open[0]).ifPresent(found::add);
        return found;
    }

    private Optional<Stray> judge(StorageLocation place, Heap heap) {
        return heap == null
                ? Optional.empty()
                : Stray.objects(
                                heap.folder,
                                heap.manifest,
                                notes.run(heap.folder.run(), place.id()))
                        .map(
                                whose ->
                                        new Stray(
                                                Stray.Kind.OBJECTS,
                                                heap.folder.key().value(),
                                                whose,
                                                heap.objects,
                                                heap.bytes,
                                                heap.newest,
                                                Instant.EPOCH));
    }
}
