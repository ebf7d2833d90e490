package org.holdfast.domain.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When a source is backed up by itself: moments on the time line, called slots. A slot is a fact of
 * the schedule alone, so two servers that look at different times see the same slots.
 */
public interface Schedule {
    /** How far ahead a slot is looked for. */
    Duration HORIZON = Duration.ofDays(800);

    /** Where backups are made by hand only. */
    Schedule NEVER =
            new Schedule() {
                @Override
                public String words() {
                    return "never";
                }

                @Override
                public Optional<Instant> next(Instant after) {
                    return Optional.empty();
                }
            };

    /** For people, e.g. {@code every 6 h} or {@code nightly at 02:00 UTC}. */
    String words();

    /**
     * The first slot after a moment.
     *
     * @return empty where none comes within {@link #HORIZON}
     */
    Optional<Instant> next(Instant after);

    /**
     * The newest slot after {@code after} and not after {@code now}: of several that were missed it
     * is the one to be made up for.
     */
    default Optional<Instant> latest(Instant after, Instant now) {
        for (Duration back :
                List.of(
                        Duration.ofHours(1),
                        Duration.ofDays(1),
                        Duration.ofDays(32),
                        Duration.ofDays(400))) {
            Instant from = now.minus(back).isBefore(after) ? after : now.minus(back);
            Optional<Instant> found = Optional.empty();
            for (Optional<Instant> slot = next(from);
                    slot.isPresent() && !slot.get().isAfter(now);
                    slot = next(slot.get())) {
                found = slot;
            }
            if (found.isPresent() || from.equals(after)) {
                return found;
            }
        }
        return Optional.empty();
    }
}
