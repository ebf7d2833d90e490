package org.holdfast.domain.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The runs the catalog knows. */
public interface BackupRuns {
    void add(BackupRun run);

    Optional<BackupRun> find(UUID id);

    /** The row locked until the transaction ends. */
    Optional<BackupRun> lock(UUID id);

    /** Not ended, oldest first. */
    List<BackupRun> active();

    /** The oldest run that dumps a source and has not ended; imports are none of them. */
    Optional<BackupRun> dumping(UUID sourceId);
}
