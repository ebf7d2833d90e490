package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.shared.Refused;

/**
 * How far a source's schedule was followed. It begins when the source is first seen: nothing is
 * made up for that was due before. From then on each slot is reached once; of several that were
 * missed, because no server ran, only the newest is made up for. While it is paused, slots pass by.
 */
@Entity
@Table(name = "source_schedules")
public class SourceSchedule {
    private static final Duration LONGEST_PAUSE = Duration.ofDays(366);
    private static final int LONGEST_REASON = 500;

    @Id
    @Column(name = "source_id")
    private UUID sourceId;

    @Column(name = "last_slot")
    private Instant lastSlot;

    @Column(name = "paused_at")
    private Instant pausedAt;

    @Column(name = "paused_by")
    private String pausedBy;

    @Column(name = "pause_reason")
    private String pauseReason;

    @Column(name = "paused_until")
    private Instant pausedUntil;

    protected SourceSchedule() {}

    public SourceSchedule(UUID sourceId, Instant now) {
        this.sourceId = sourceId;
        this.lastSlot = now;
    }

    /** Whether a slot came since the last that was reached. */
    public boolean behind(Schedule schedule, Instant now) {
        return schedule.latest(lastSlot, now).isPresent();
    }

    /**
     * The slot to run now, which is then reached; empty where none came since the last, or while
     * paused.
     *
     * @param now the catalog's time
     */
    public Optional<Instant> reach(Schedule schedule, Instant now) {
        Optional<Instant> slot = schedule.latest(lastSlot, now);
        if (slot.isEmpty()) {
            return Optional.empty();
        }
        lastSlot = slot.get();
        return paused(now) ? Optional.empty() : slot;
    }

    /**
     * Lets slots pass by until a moment.
     *
     * @throws Refused PAUSE: there is no reason, or the end is not within the next 366 days
     */
    public void pause(String by, String reason, Instant until, Instant now) {
        if (reason == null || reason.isBlank() || reason.strip().length() > LONGEST_REASON) {
            throw new Refused(
                    "PAUSE",
                    "A pause needs a reason.",
                    "Say in 1 to 500 characters why no backups are to be made.");
        }
        if (until == null || !until.isAfter(now) || until.isAfter(now.plus(LONGEST_PAUSE))) {
            throw new Refused(
                    "PAUSE",
                    "A pause needs an end, in the future and within a year.",
                    "Give the moment from which on backups are made again.");
        }
        pausedAt = now;
        pausedBy = by;
        pauseReason = reason.strip();
        pausedUntil = until;
    }

    /** Ends a pause; slots that passed by are not made up for. */
    public void resume(Instant now) {
        if (!paused(now)) {
            throw new Refused(
                    "PAUSE", "This schedule is not paused.", "There is nothing to be done.");
        }
        pausedAt = null;
        pausedBy = null;
        pauseReason = null;
        pausedUntil = null;
        if (lastSlot.isBefore(now)) {
            lastSlot = now;
        }
    }

    public boolean paused(Instant now) {
        return pausedAt != null && pausedUntil.isAfter(now);
    }

    public UUID sourceId() {
        return sourceId;
    }

    public Instant lastSlot() {
        return lastSlot;
    }

    /** Null where it is not paused; it may be over. */
    public String pausedBy() {
        return pausedBy;
    }

    public String pauseReason() {
        return pauseReason;
    }

    public Instant pausedUntil() {
        return pausedUntil;
    }
}
