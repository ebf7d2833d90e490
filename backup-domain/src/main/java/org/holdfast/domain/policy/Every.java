package org.holdfast.domain.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Every so many minutes, counted from midnight UTC of 1970-01-01: every 360 minutes is 00:00,
 * 06:00, 12:00 and 18:00 UTC, whenever the server was started.
 */
public record Every(int minutes) implements Schedule {
    public Every {
        if (minutes < 1) {
            throw new IllegalArgumentException("Every " + minutes + " minutes is no schedule.");
        }
    }

    @Override
    public String words() {
        Duration pause = Duration.ofMinutes(minutes);
        return "every "
                + (minutes % 1440 == 0
                        ? (minutes == 1440 ? "day" : pause.toDays() + " days")
                        : minutes % 60 == 0
                                ? (minutes == 60 ? "hour" : pause.toHours() + " h")
                                : minutes + " min");
    }

    @Override
    public Optional<Instant> next(Instant after) {
        long pause = minutes * 60L;
        return Optional.of(
                Instant.ofEpochSecond(
                        Math.floorDiv(after.getEpochSecond(), pause) * pause + pause));
    }
}
