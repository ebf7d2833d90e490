package org.holdfast.domain.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.policy.Retry;

/**
 * One notice on its way over one channel.
 *
 * @param step of the escalation, counted from 0; 0 for all else
 * @param contact of an escalation; empty for all else
 * @param failure of the last try; null where none failed
 */
public record Delivery(
        UUID id,
        UUID alert,
        String channel,
        Notice.Event event,
        int step,
        String contact,
        State state,
        int attempt,
        Instant madeAt,
        Instant nextTryAt,
        Instant sentAt,
        String failure) {
    /** After it, a notice is old news. */
    public static final Duration GIVE_UP = Duration.ofHours(24);

    private static final Retry RETRY = new Retry(10, Duration.ofSeconds(15));

    public enum State {
        WAITING,
        SENT,
        /** Tried for a day in vain. */
        GIVEN_UP
    }

    /** When it is tried again after this try failed: later each time, hourly in the end. */
    public static Duration pauseAfter(int attempt) {
        return RETRY.pauseAfter(Math.max(1, attempt));
    }
}
