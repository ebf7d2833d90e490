package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.policy.Shrinkage;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.storage.ObjectKey;

/** The snapshots the catalog knows, and their copies. */
public interface Snapshots {
    void add(Snapshot snapshot);

    Optional<Snapshot> find(UUID id);

    /** The row locked until the transaction ends. */
    Optional<Snapshot> lock(UUID id);

    /**
     * The same, for what a person names.
     *
     * @throws Refused NOT-FOUND
     */
    default Snapshot locked(UUID id) {
        return lock(id).orElseThrow(() -> Refused.notFound("backup in a store", id));
    }

    /** The newest of a source that is not EXPIRED. */
    Optional<Snapshot> newest(UUID sourceId);

    /** The newest backup of a source that was read back whole; never an import. */
    record Proved(String source, Instant takenAt, long rawBytes, long storedBytes) {}

    /** Of each source in use that has one. */
    List<Proved> newestProved();

    void add(SnapshotCopy copy);

    /**
     * The size of a snapshot, then those of the newest ones before it that it is to be compared
     * with: none that is in question itself, and none older than the newest whose shrinkage a
     * person accepted.
     */
    List<Shrinkage.Size> sizes(UUID snapshotId);

    /** By store name. */
    List<SnapshotCopy> copies(UUID snapshotId);

    /**
     * How many snapshots that are not EXPIRED have their only readable copy in this store, or all
     * others in retired ones.
     */
    long onlyCopiesIn(UUID storeId);

    Optional<SnapshotCopy> copyById(UUID copyId);

    /**
     * The row locked until the transaction ends; empty where another than {@code owner} claimed it
     * last.
     */
    Optional<SnapshotCopy> lockCopy(UUID copyId, String owner);

    Optional<SnapshotCopy> copy(UUID snapshotId, UUID storeId);

    /** Copies of a source that a store has or should have, those on their way out left aside. */
    List<KeptCopy> kept(UUID sourceId);

    /** Names of the sources of which there are copies, sorted. */
    List<String> sourcesKept();

    /** Where the snapshots lie of which a store has, had or should have a copy. */
    Set<ObjectKey> folders(UUID storeId);

    /** What needs the snapshot now: a restore, a drill, its own verification, a copy on its way. */
    Optional<String> use(UUID snapshotId);

    /** Every copy in FAILED whose next try is due, at most {@code max}. */
    List<SnapshotCopy> dueCopies(Instant now, int max);
}
