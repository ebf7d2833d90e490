package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * What a run imports instead of dumping its source: one file of an import place, as it was when it
 * was chosen. A file that is another one by the time the run comes to it is refused.
 */
@Entity
@Table(name = "imports")
public class ImportOrder {
    @Id
    @Column(name = "run_id")
    private UUID runId;

    private String place;

    private String file;

    @Column(name = "file_bytes")
    private long bytes;

    @Column(name = "file_modified")
    private Instant modified;

    protected ImportOrder() {}

    public ImportOrder(BackupRun run, String place, String file, long bytes, Instant modified) {
        this.runId = run.id();
        this.place = place;
        this.file = file;
        this.bytes = bytes;
        this.modified = modified;
    }

    /** The run's, and so the snapshot's to be. */
    public UUID runId() {
        return runId;
    }

    public String place() {
        return place;
    }

    /** Its name below the place. */
    public String file() {
        return file;
    }

    /** Its length when it was chosen. */
    public long bytes() {
        return bytes;
    }

    /** Its own time when it was chosen. */
    public Instant modified() {
        return modified;
    }
}
