package org.holdfast.domain.alert;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Shrinkage;

/**
 * Everything the rules look at, read from the catalog at one moment.
 *
 * @param now the catalog's time
 */
public record AlertFacts(
        Instant now,
        List<OfSource> sources,
        List<OfStore> stores,
        List<OfKey> keys,
        List<Glass> glass,
        List<Pulse> pulses) {

    /**
     * @param knownSince when the catalog first knew it
     * @param newestGood the moment whose state the newest usable backup holds
     * @param paused empty where its schedule is not
     * @param lastFailure of a run that failed after the newest usable backup
     * @param sizes of its newest backup and those it is compared with, the newest first
     * @param suspect kept backups that were found wrong, the newest first
     */
    public record OfSource(
            String name,
            Instant knownSince,
            Optional<Instant> newestGood,
            Optional<Pause> paused,
            Optional<String> lastFailure,
            List<Shrinkage.Size> sizes,
            List<Suspect> suspect) {}

    public record Pause(String by, Instant until) {}

    /**
     * @param newest whether it is the source's newest backup
     * @param doubt what contradicts it, one sentence
     */
    public record Suspect(UUID snapshot, Instant takenAt, boolean newest, String doubt) {}

    /**
     * @param missing how many kept backups have no copy here although one was tried
     * @param oldestMissing when the oldest of these was made
     * @param why the last try failed
     * @param corrupt how many copies are there and are not what was written
     * @param failingSince since when it does not answer; empty where it does
     * @param failure what it said then
     */
    public record OfStore(
            String name,
            long missing,
            Optional<Instant> oldestMissing,
            Optional<String> why,
            long corrupt,
            Optional<Instant> failingSince,
            Optional<String> failure) {}

    public record OfKey(String name, Optional<Instant> rotationDue, Optional<Instant> proofDue) {}

    /**
     * One person's act alone.
     *
     * @param subject as in the audit: {@code restore/…} or {@code approval/…}
     * @param what one line
     */
    public record Glass(String subject, String what, String by, Instant at) {}

    /** What has to go on all the time on at least one server. */
    public enum Duty {
        SCHEDULER,
        BACKUP_WORKER,
        RESTORE_WORKER
    }

    /** When one server last did its part. */
    public record Pulse(Duty duty, Instant at) {}
}
