package org.holdfast.domain.snapshot;

import java.time.Instant;

/**
 * The mark on a copy that is to go.
 *
 * @param at when it was marked
 * @param by who had it marked, {@link #RULE} for the rules
 * @param why the rule, or the person's reason
 * @param removeAfter until then it can be taken back
 */
public record Doom(Instant at, String by, String why, Instant removeAfter) {
    /** Who marks what no rule keeps. */
    public static final String RULE = "holdfast";

    public boolean byHand() {
        return !by.equals(RULE);
    }
}
