package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** How far the schedules were followed, by source. */
public interface SourceSchedules {
    /** The catalog's own time: servers whose clocks differ agree about it. */
    Instant now();

    /** Makes the row of a source that was not seen before, as of now. */
    void begin(UUID sourceId);

    /** Locked until the transaction ends; empty where another server has it just now. */
    Optional<SourceSchedule> tryLock(UUID sourceId);

    /** Locked until the transaction ends, after waiting for whoever has it. */
    Optional<SourceSchedule> lock(UUID sourceId);

    List<SourceSchedule> all();

    /** Those of some sources. */
    List<SourceSchedule> of(Collection<UUID> sources);
}
