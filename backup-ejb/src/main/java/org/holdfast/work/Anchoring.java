package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.AuditAnchoring;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.Upload;

/** Reads the newest head of the audit chain in each store, and writes the present one behind it. */
@ApplicationScoped
class Anchoring {
    private static final Logger LOG = Logger.getLogger(Anchoring.class.getName());

    /** More than a year, so that an audit of the past one finds every head. */
    private static final Duration LOCKED = Duration.ofDays(400);

    private AuditAnchoring heads;
    private StorageLocations locations;
    private BlobStores blobStores;
    private Settings settings;

    protected Anchoring() {}

    @Inject
    Anchoring(
            AuditAnchoring heads,
            StorageLocations locations,
            BlobStores blobStores,
            Settings settings) {
        this.heads = heads;
        this.locations = locations;
        this.blobStores = blobStores;
        this.settings = settings;
    }

    void work() {
        if (heads.claim(settings.anchorEvery())) {
            locations.active().forEach(this::anchor);
        }
    }

    /** What is wrong with one store must not keep the head out of the others. */
    private void anchor(StorageLocation place) {
        try (BlobStore store = blobStores.open(locations.access(place))) {
            anchor(place, store);
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "The head of the audit log is not in store {0}: {1}",
                    new Object[] {place.name(), e.getMessage()});
            heads.failed(place.id(), String.valueOf(e.getMessage()));
        }
    }

    private void anchor(StorageLocation place, BlobStore store) throws IOException {
        Optional<ObjectKey> newest = newest(store);
        AuditAnchoring.Judged judged =
                newest.isEmpty()
                        ? heads.judgeNone(place.id())
                        : heads.judge(place.id(), newest.get(), Stores.read(store, newest.get()));
        judged.mismatch()
                .ifPresent(
                        why ->
                                LOG.log(
                                        Level.SEVERE,
                                        "The audit log and its head in store {0} differ. {1} See"
                                                + " runbooks/audit.md.",
                                        new Object[] {place.name(), why}));
        if (heads.wanted(judged)) {
            write(place, store);
        } else {
            heads.settle(place.id(), judged);
            if (judged.mismatch().isEmpty() && judged.seen().isPresent()) {
                lock(place, store, judged.seen().get());
            }
        }
    }

    private void write(StorageLocation place, BlobStore store) throws IOException {
        AuditAnchoring.Signed head = heads.sign();
        try (Upload upload = store.begin(head.key())) {
            try (OutputStream body = upload.body()) {
                body.write(head.text());
            }
            upload.publish();
        }
        heads.settle(
                place.id(), new AuditAnchoring.Judged(Optional.of(head.seen()), Optional.empty()));
        lock(place, store, head.seen());
    }

    /** Again at each look: what could not be locked when it was written is locked then. */
    private static void lock(StorageLocation place, BlobStore store, Anchors.Seen head)
            throws IOException {
        if (place.lockMode() != LockMode.OFF && store.locks()) {
            store.lock(
                    new ObjectKey(head.key()),
                    new ObjectLock(place.lockMode(), head.at().plus(LOCKED)));
        }
    }

    /** Keys are in the order of time. */
    private Optional<ObjectKey> newest(BlobStore store) throws IOException {
        for (String place : heads.places()) {
            ObjectKey[] last = {null};
            store.list(place, blob -> last[0] = blob.key());
            if (last[0] != null) {
                return Optional.of(last[0]);
            }
        }
        return Optional.empty();
    }
}
