package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.ExpiryMarks;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.pipeline.Cancelled;

/**
 * Looks at the rules once an hour, and removes marked copies whose grace is over: the manifest
 * first, so that at no moment something looks like a backup that is not whole.
 */
@ApplicationScoped
public class RetentionRunner {
    private static final Logger LOG = Logger.getLogger(RetentionRunner.class.getName());

    @Inject private Leases leases;
    @Inject private ExpiryMarks marks;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private Toolbox tools;
    @Inject private StraySweep strays;

    private final AtomicBoolean told = new AtomicBoolean();

    /** One knock: whatever is this server's to do now. */
    void work(String owner) {
        Optional<Duration> apart = marks.clocksApart();
        if (apart.isPresent()) {
            if (told.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "Nothing is marked or removed: this server''s clock and the catalog''s are {0} apart. Set the clocks.",
                        apart.get());
            }
            return;
        }
        told.set(false);
        if (leases.claimLook()) {
            marks.sources().forEach(this::look);
        }
        for (Optional<Leases.Removal> next = leases.claimRemoval(owner);
                next.isPresent();
                next = leases.claimRemoval(owner)) {
            remove(next.get(), owner);
        }
        for (Optional<UUID> store = leases.claimSweep(owner);
                store.isPresent();
                store = leases.claimSweep(owner)) {
            strays.sweep(store.get(), owner);
        }
    }

    /** What is wrong with one source must not keep the others from being looked at. */
    private void look(UUID source) {
        try {
            marks.look(source);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The copies of a source were not looked at; they will be.", e);
        }
    }

    private void remove(Leases.Removal claimed, String owner) {
        Optional<ExpiryMarks.Order> order = marks.begin(claimed.snapshotId(), claimed.copyId());
        if (order.isPresent()) {
            try (Hold hold =
                    new Hold(
                            tools.scheduler(), () -> leases.prolongCopy(claimed.copyId(), owner))) {
                remove(order.get(), hold);
            } catch (Cancelled e) {
                return;
            }
        }
        leases.releaseCopy(claimed.copyId(), owner);
    }

    private void remove(ExpiryMarks.Order order, Hold hold) throws Cancelled {
        StorageLocation place =
                locations.all().stream()
                        .filter(p -> p.id().equals(order.storeId()))
                        .findFirst()
                        .orElseThrow();
        UUID id = order.snapshot().id();
        ObjectKey manifest = order.snapshot().key().resolve(SnapshotKeys.MANIFEST);
        boolean whole = true;
        try (BlobStore store = blobStores.open(locations.access(place))) {
            hold.requireHeld();
            Optional<Instant> locked = lockedUntil(store, order.snapshot().key());
            if (locked.isPresent()) {
                marks.locked(id, order.copyId(), place.name(), locked.get());
                return;
            }
            hold.requireHeld();
            store.delete(manifest);
            if (store.stat(manifest).isPresent()) {
                throw new StoreFailure(
                        StoreFailure.Kind.DENIED,
                        "Store \""
                                + place.name()
                                + "\" still has "
                                + manifest
                                + " after it said that it was deleted.");
            }
            whole = false;
            hold.requireHeld();
            int objects = 1 + Stores.sweep(store, order.snapshot().key());
            requireEmpty(store, order.snapshot().key());
            marks.removed(id, order.copyId(), place.name(), objects);
            leases.log(
                    id,
                    "INFO",
                    "Removed from store " + place.name() + ": " + objects + " objects.");
        } catch (StoreFailure e) {
            // after a lost answer nobody knows whether the manifest is there
            boolean refused = !e.passing();
            marks.notRemoved(
                    id, order.copyId(), place.name(), e.getMessage(), whole && refused, refused);
        } catch (Cancelled e) {
            throw e;
        } catch (RuntimeException e) {
            marks.notRemoved(
                    id, order.copyId(), place.name(), String.valueOf(e.getMessage()), false, true);
        }
    }

    /**
     * Until when the last of its locks lasts; empty where none does. In a bucket with versions the
     * store would take the deletion all the same, and hide what it has to keep.
     */
    private Optional<Instant> lockedUntil(BlobStore store, ObjectKey prefix) throws StoreFailure {
        if (!locks(store)) {
            return Optional.empty();
        }
        List<ObjectKey> keys = new ArrayList<>();
        store.list(prefix.value() + "/", blob -> keys.add(blob.key()));
        Instant last = Instant.MIN;
        for (ObjectKey key : keys) {
            Instant until = store.lockOf(key).map(ObjectLock::until).orElse(Instant.MIN);
            last = until.isAfter(last) ? until : last;
        }
        return Optional.of(last).filter(marks::ahead);
    }

    /**
     * A key that may not look goes on as before there were locks: the store says no where it must.
     */
    private static boolean locks(BlobStore store) throws StoreFailure {
        try {
            return store.locks();
        } catch (StoreFailure e) {
            if (e.kind() == StoreFailure.Kind.DENIED) {
                return false;
            }
            throw e;
        }
    }

    private static void requireEmpty(BlobStore store, ObjectKey prefix) throws StoreFailure {
        int[] left = {0};
        store.list(prefix.value() + "/", blob -> left[0]++);
        if (left[0] > 0) {
            throw new StoreFailure(
                    StoreFailure.Kind.DENIED,
                    "Store \""
                            + store.name()
                            + "\" still lists "
                            + left[0]
                            + " objects below "
                            + prefix
                            + " after it said that they were deleted.");
        }
    }
}
