package org.holdfast.work;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.ForeignDump.TimeBy;

/**
 * When a foreign dump was taken. An archive keeps the local time of the machine that made it and no
 * zone; a file's own time is when it was written or copied. Of the two the earlier one counts: a
 * dump is never taken for younger than it is.
 *
 * @param note what is to be said of it; empty where nothing is
 */
record DumpTime(Instant at, TimeBy by, String note) {
    /** A clock may be a little ahead. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    /** No two zones are further apart. */
    private static final Duration ZONES = Duration.ofHours(26);

    /**
     * @throws Refused IMPORT-FUTURE
     */
    static DumpTime of(
            Optional<LocalDateTime> created, ZoneId zone, Instant modified, Instant now) {
        Instant latest = now.plus(AHEAD);
        if (created.isEmpty()) {
            requirePast(modified, latest, "the file's own time");
            return new DumpTime(
                    modified,
                    TimeBy.FILE,
                    "The dump does not tell when it was made: the file's own time is taken.");
        }
        Instant told = created.get().atZone(zone).toInstant();
        requirePast(told, now.plus(ZONES), "the archive's own time");
        if (told.truncatedTo(ChronoUnit.SECONDS).isAfter(modified)) {
            requirePast(modified, latest, "the file's own time");
            return new DumpTime(
                    modified,
                    TimeBy.FILE,
                    "The archive says "
                            + created.get()
                            + " (read in zone "
                            + zone
                            + "), which is after the file's own time: the earlier one is taken."
                            + " IMPORT_TIME_ZONE says in which zone archives are read.");
        }
        requirePast(told, latest, "the archive's own time");
        return new DumpTime(told, TimeBy.ARCHIVE, "");
    }

    private static void requirePast(Instant time, Instant latest, String whose) {
        if (time.isAfter(latest)) {
            throw new Refused(
                    "IMPORT-FUTURE",
                    "By " + whose + " the dump was made at " + time + ", which is yet to come.",
                    "Set this machine's clock right; or the file's time (touch -d), or"
                            + " IMPORT_TIME_ZONE where the archive was made in another zone.");
        }
    }
}
