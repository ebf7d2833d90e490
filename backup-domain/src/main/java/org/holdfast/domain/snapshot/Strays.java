package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What was found in stores that belongs to no backup. */
public interface Strays {
    /** What the catalog knows of a run, and of its copy in a store. */
    Optional<Stray.Run> run(UUID runId, UUID storeId);

    /**
     * Notes what one look through a store found; what it did not find any more is forgotten, and
     * what was known keeps the time it was first seen.
     *
     * @param found their {@link Stray#foundAt} is not looked at
     * @return all of the store, as they are known now
     */
    List<Stray> note(UUID storeId, List<Stray> found, Instant now);

    /** It was removed. */
    void forget(UUID storeId, Stray stray);

    /** Of one store, oldest first. */
    List<Stray> in(UUID storeId);
}
