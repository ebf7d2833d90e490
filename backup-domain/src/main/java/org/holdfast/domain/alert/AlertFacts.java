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
        List<Pulse> pulses,
        List<OfDrills> drills,
        List<OfAudit> audit,
        List<Expiring> expiring) {

    /** Where nothing is known of expiries. */
    public AlertFacts(
            Instant now,
            List<OfSource> sources,
            List<OfStore> stores,
            List<OfKey> keys,
            List<Glass> glass,
            List<Pulse> pulses,
            List<OfDrills> drills,
            List<OfAudit> audit) {
        this(now, sources, stores, keys, glass, pulses, drills, audit, List.of());
    }

    /** Where nothing is known against the audit log. */
    public AlertFacts(
            Instant now,
            List<OfSource> sources,
            List<OfStore> stores,
            List<OfKey> keys,
            List<Glass> glass,
            List<Pulse> pulses,
            List<OfDrills> drills) {
        this(now, sources, stores, keys, glass, pulses, drills, List.of());
    }

    /** Where nothing is known of drills. */
    public AlertFacts(
            Instant now,
            List<OfSource> sources,
            List<OfStore> stores,
            List<OfKey> keys,
            List<Glass> glass,
            List<Pulse> pulses) {
        this(now, sources, stores, keys, glass, pulses, List.of());
    }

    /**
     * How a source stands with its drills.
     *
     * @param knownSince when the catalog first knew the source
     * @param promised when its oldest plan in use was made; empty where it has none
     * @param passed when its newest passed drill ended, those of imports left out
     * @param slot of its plans, the first after the newest passed drill, or after the promise
     * @param paused whether all its plans are
     * @param failed the newest that failed, unless one passed after it
     */
    public record OfDrills(
            String source,
            Instant knownSince,
            Optional<Instant> promised,
            Optional<Instant> passed,
            Optional<Instant> slot,
            boolean paused,
            Optional<FailedDrill> failed) {}

    /**
     * A head of the audit log that contradicts it.
     *
     * @param signedAt when the head was signed
     * @param mismatch in what they differ, one sentence
     */
    public record OfAudit(String store, Optional<Instant> signedAt, String mismatch) {}

    /**
     * @param number for people
     * @param contradicted whether a check contradicts the backup; else it did not come to its
     *     checks
     */
    public record FailedDrill(
            String number, Instant at, boolean contradicted, Optional<String> why) {}

    /**
     * @param knownSince when the catalog first knew it
     * @param newestGood the moment whose state the newest usable backup holds, imports left out
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
     * @param newest whether it is the source's newest backup, imports left out
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

    /**
     * Something that ends by itself.
     *
     * @param kind CERTIFICATE_EXPIRES or CREDENTIAL_EXPIRES
     * @param subject e.g. {@code source/shop}
     * @param what begins a sentence: {@code The certificate of this console}
     * @param at when it ends
     * @param from when it began; empty where that is not known
     * @param read when it was last found to be so; empty where that cannot change unseen
     * @param worked when it was last seen to be taken; empty where nobody tries
     * @param verified whether a connection fails once it has ended
     */
    public record Expiring(
            AlertKind kind,
            String subject,
            String what,
            Instant at,
            Optional<Instant> from,
            Optional<Instant> read,
            Optional<Instant> worked,
            boolean verified) {

        public boolean ended(Instant now) {
            return !now.isBefore(at);
        }

        /** Whether it would have ended and was not read since: there may be a new one. */
        public boolean endedUnseen(Instant now) {
            return ended(now) && read.filter(when -> when.isBefore(at)).isPresent();
        }

        /** Whether it was said to end before, and still works. */
        public boolean outlived(Instant now) {
            return ended(now) && worked.filter(when -> !when.isBefore(at)).isPresent();
        }
    }

    /** What has to go on all the time on at least one server. */
    public enum Duty {
        SCHEDULER,
        BACKUP_WORKER,
        RESTORE_WORKER
    }

    /** When one server last did its part. */
    public record Pulse(Duty duty, Instant at) {}
}
