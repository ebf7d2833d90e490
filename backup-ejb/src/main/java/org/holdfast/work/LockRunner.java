package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.LockNotes;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.pipeline.Cancelled;

/**
 * Locks the objects of copies whose manifest stands, where their bucket has Object Lock. Before
 * that nothing is locked: what a run that came to nothing leaves must be removable.
 */
@ApplicationScoped
class LockRunner {
    private static final Logger LOG = Logger.getLogger(LockRunner.class.getName());

    @Inject private Leases leases;
    @Inject private LockNotes notes;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private Toolbox tools;

    /** Those of one snapshot that are due. */
    void ofSnapshot(UUID snapshotId, String owner) {
        for (Optional<UUID> copy = leases.claimLockOf(snapshotId, owner);
                copy.isPresent();
                copy = leases.claimLockOf(snapshotId, owner)) {
            run(copy.get(), owner);
        }
    }

    /** What is wrong with one copy must not keep the others, or a backup, from going on. */
    private Optional<LockNotes.Order> begin(UUID copyId) {
        try {
            return notes.begin(copyId);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "Whether a copy is to be locked was not found out: " + copyId,
                    e);
            leases.putOffLock(copyId);
            return Optional.empty();
        }
    }

    /**
     * @param owner who claimed the copy
     */
    void run(UUID copyId, String owner) {
        Optional<LockNotes.Order> order = begin(copyId);
        if (order.isPresent()) {
            try (Hold hold = new Hold(tools.scheduler(), () -> leases.prolongCopy(copyId, owner))) {
                lock(order.get(), hold);
            } catch (Cancelled e) {
                return;
            }
        }
        leases.releaseCopy(copyId, owner);
    }

    private void lock(LockNotes.Order order, Hold hold) throws Cancelled {
        String where = "the copy in store " + order.store().name();
        try (BlobStore store = blobStores.open(locations.access(order.store()))) {
            if (!store.locks()) {
                notes.cannot(order);
                return;
            }
            List<ObjectKey> keys = new ArrayList<>();
            store.list(order.prefix().value() + "/", blob -> keys.add(blob.key()));
            Optional<ObjectLock> weakest = Optional.empty();
            for (ObjectKey key : keys) {
                hold.requireHeld();
                ObjectLock shown = store.lock(key, order.lock());
                weakest = Optional.of(weakest.map(shown::weakest).orElse(shown));
            }
            ObjectLock all =
                    weakest.orElseThrow(
                            () ->
                                    new StoreFailure(
                                            StoreFailure.Kind.MISSING,
                                            "Store \""
                                                    + store.name()
                                                    + "\" shows nothing below "
                                                    + order.prefix()
                                                    + "."));
            notes.locked(order, all);
            leases.log(
                    order.snapshotId(),
                    "INFO",
                    "Locked "
                            + where
                            + " until "
                            + all.until()
                            + " ("
                            + all.mode()
                            + "), as the store shows it.");
        } catch (Cancelled e) {
            throw e;
        } catch (StoreFailure | RuntimeException e) {
            String why = String.valueOf(e.getMessage());
            if (notes.failed(order, why)) {
                leases.log(order.snapshotId(), "WARN", "Did not lock " + where + ": " + why);
            }
        }
    }
}
