package org.holdfast.domain.people;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A sign-in of a browser, as every server of the catalog knows it. The id is not the cookie's: who
 * reads it can end the session and do nothing else.
 *
 * @param address of the client as the server saw it
 * @param browser in short words, e.g. {@code Firefox on Linux}
 * @param recovered whether it began with a recovery code, and no authenticator was set up since
 * @param lastUsedAt to the minute
 */
public record BrowserSession(
        UUID id,
        UUID userId,
        String address,
        String browser,
        boolean recovered,
        Instant startedAt,
        Instant lastUsedAt) {
    /** Unused so long, it ends. */
    public static final Duration IDLE = Duration.ofMinutes(30);

    /** So long after its start, it ends. */
    public static final Duration WHOLE = Duration.ofHours(12);

    /** Use is written down this often at most. */
    public static final Duration GRAIN = Duration.ofMinutes(1);
}
