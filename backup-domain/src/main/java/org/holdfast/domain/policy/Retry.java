package org.holdfast.domain.policy;

import java.time.Duration;

/**
 * How often a run that failed for a passing reason is tried, and how long is waited between.
 *
 * @param attempts in all, 1 to 10
 * @param firstPause before the second attempt; it doubles each time, up to an hour
 */
public record Retry(int attempts, Duration firstPause) {
    public static final Retry DEFAULT = new Retry(3, Duration.ofMinutes(1));
    private static final Duration LONGEST = Duration.ofHours(1);

    public Retry {
        if (attempts < 1 || attempts > 10) {
            throw new IllegalArgumentException("attempts is 1 to 10, not " + attempts + ".");
        }
        if (firstPause.isNegative()) {
            throw new IllegalArgumentException("A pause is not negative.");
        }
    }

    /** The pause after attempt {@code made} (1-based) failed. */
    public Duration pauseAfter(int made) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(made - 1, 20));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }

    public boolean allowsAnotherAfter(int made) {
        return made < attempts;
    }
}
