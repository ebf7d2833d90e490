package org.holdfast.domain.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The slots of another schedule that fall into a window of the day, e.g. from 22:00 to 06:00.
 *
 * @param from first moment of the window
 * @param to first moment after it; earlier than {@code from} where the window holds midnight
 */
public record Within(Schedule schedule, LocalTime from, LocalTime to, ZoneId zone)
        implements Schedule {
    public Within {
        if (from.equals(to)) {
            throw new IllegalArgumentException(
                    "A window from " + from + " to " + to + " is empty.");
        }
    }

    @Override
    public String words() {
        return schedule.words() + ", only between " + from + " and " + to + " " + zone;
    }

    @Override
    public Optional<Instant> next(Instant after) {
        Instant end = after.plus(Duration.ofDays(400));
        for (Optional<Instant> slot = schedule.next(after);
                slot.isPresent() && slot.get().isBefore(end);
                slot = schedule.next(slot.get())) {
            if (holds(slot.get())) {
                return slot;
            }
        }
        return Optional.empty();
    }

    private boolean holds(Instant slot) {
        LocalTime time = slot.atZone(zone).toLocalTime();
        boolean begun = !time.isBefore(from);
        boolean ended = !time.isBefore(to);
        return from.isBefore(to) ? begun && !ended : begun || !ended;
    }
}
