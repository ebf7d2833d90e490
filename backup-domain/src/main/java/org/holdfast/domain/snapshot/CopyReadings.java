package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Copies that are read back again, and how far each store is with that. */
public interface CopyReadings {
    /**
     * Queues a copy to be read back; nothing where that is queued or goes on already.
     *
     * @param bytes that there are to be read
     */
    void ask(SnapshotCopy copy, String by, long bytes);

    Optional<CopyReading> find(UUID id);

    /** The row locked until the transaction ends. */
    Optional<CopyReading> lock(UUID id);

    /** The newest of each copy of a snapshot, by the copy's id. */
    Map<UUID, CopyReading> latest(UUID snapshotId);

    /** Adds to what was read back from a store. */
    void count(UUID storeId, long bytes);

    /**
     * @param bytes read back from the store since Holdfast began
     * @param oldest when the readable copy that waits longest was last read back, or uploaded where
     *     it never was; empty where the store has none
     * @param damaged kept copies that are not what was written
     */
    record Standing(String store, long bytes, Optional<Instant> oldest, long damaged) {}

    /** By store name, retired ones left out. */
    List<Standing> standings();
}
