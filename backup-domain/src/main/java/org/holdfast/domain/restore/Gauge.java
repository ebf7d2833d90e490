package org.holdfast.domain.restore;

import java.time.Duration;
import java.util.Objects;

/**
 * How much of what is allowed is used up.
 *
 * @param used not negative
 * @param limit more than nothing
 */
public record Gauge(Duration used, Duration limit) {
    private static final double CLOSE = 0.8;

    public Gauge {
        Objects.requireNonNull(used);
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("A limit of " + limit + " allows nothing.");
        }
    }

    /** What it comes to; no colour without these words beside it. */
    public enum State {
        WITHIN,
        CLOSE,
        OVER
    }

    /** 1 at the limit; more beyond. */
    public double share() {
        return (double) used.toMillis() / limit.toMillis();
    }

    public State state() {
        return share() > 1 ? State.OVER : share() >= CLOSE ? State.CLOSE : State.WITHIN;
    }

    /** The part to be drawn of a bar, 0 to 1. */
    public double drawn() {
        return Math.max(0, Math.min(1, share()));
    }
}
