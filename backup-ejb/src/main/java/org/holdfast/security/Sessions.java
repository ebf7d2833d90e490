package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Sign-ins of browsers, held in the HTTP session: half an hour idle, twelve hours in all. */
@ApplicationScoped
public class Sessions {
    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration WHOLE = Duration.ofHours(12);
    private static final String NAME = Sessions.class.getName();

    @Inject private HttpServletRequest current;
    @Inject private Clock clock;

    private record SignedIn(UUID user, Instant at) implements Serializable {}

    /** A new id, so that one planted before the sign-in is worth nothing. */
    void begin(HttpServletRequest request, UUID user) {
        HttpSession session = request.getSession(false);
        if (session == null) {
            session = request.getSession(true);
        } else {
            request.changeSessionId();
        }
        session.setMaxInactiveInterval((int) IDLE.toSeconds());
        session.setAttribute(NAME, new SignedIn(user, clock.instant()));
    }

    /** Whose session the request belongs to; ends it where its time is over. */
    Optional<UUID> user(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(NAME) instanceof SignedIn signedIn)) {
            return Optional.empty();
        }
        if (signedIn.at().plus(WHOLE).isBefore(clock.instant())) {
            session.invalidate();
            return Optional.empty();
        }
        return Optional.of(signedIn.user());
    }

    /** A new id for the browser's session of this request, where there is one. */
    void renewId() {
        try {
            if (current.getSession(false) != null) {
                current.changeSessionId();
            }
        } catch (ContextNotActiveException | IllegalStateException notOfABrowser) {
            // A script or a test acts: there is no session whose id could be known to others.
        }
    }
}
