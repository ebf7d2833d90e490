package org.holdfast.domain.snapshot;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Which runs import a file. */
public interface ImportOrders {
    void add(ImportOrder order);

    /** Until the transaction ends nobody else who asks for the same can order from the place. */
    void lock(String place);

    /** Empty for a run that dumps its source. */
    Optional<ImportOrder> find(UUID runId);

    /**
     * A file that was imported, or is being so.
     *
     * @param snapshot the run's id
     * @param status as History shows it
     */
    record Known(
            String file, long bytes, java.time.Instant modified, UUID snapshot, String status) {}

    /** Of a place, what was not in vain: neither failed nor cancelled runs. */
    List<Known> known(String place, Collection<String> files);
}
