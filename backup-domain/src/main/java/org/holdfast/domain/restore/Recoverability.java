package org.holdfast.domain.restore;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.snapshot.Rung;

/** What the catalog knows of whether each database could be brought back. */
public interface Recoverability {
    /**
     * The newest backup that a restore could use, or could once it is read back; never an import.
     */
    record Newest(UUID snapshot, Instant takenAt, Rung rung) {}

    /** A restore or drill that was measured; none of an import. */
    record Measured(Instant at, Duration took) {}

    /**
     * What became of the backups of one day, UTC.
     *
     * @param usable how many left a snapshot that nothing contradicts
     * @param failed how many runs failed
     */
    record Day(LocalDate day, int usable, int failed) {}

    /**
     * @param bytes of the dump before compression
     * @param took the run's whole time
     */
    record Size(Instant takenAt, long bytes, Duration took) {}

    /**
     * @param knownSince when the catalog first knew the source
     * @param newest empty where there is none
     * @param measured the last restore or drill that came to its end; empty where there was none
     * @param provedAt when one of its backups was last brought back and found equal
     */
    record Known(
            UUID sourceId,
            String source,
            Instant knownSince,
            Optional<Newest> newest,
            Optional<Measured> measured,
            Optional<Instant> provedAt) {}

    /**
     * What became of a source's backups lately.
     *
     * @param days from the oldest to today, none left out
     * @param sizes of its newest backups, the oldest first
     */
    record Lately(List<Day> days, List<Size> sizes) {}

    /** Every source in use, by name. */
    List<Known> sources();

    /**
     * Of some sources, by their ids, what is drawn of them; its cost is theirs, not the catalog's.
     *
     * @param days how many, today among them
     */
    Map<UUID, Lately> lately(Collection<UUID> sources, Instant now, int days);
}
