package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.BrowserSession;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.shared.Ids;

/**
 * Sign-ins of browsers: half an hour idle, twelve hours in all. The HTTP session holds the id of a
 * row in the catalog, which is looked at with every request, so that a session that is ended
 * anywhere is over with its next request.
 */
@ApplicationScoped
public class Sessions {
    private static final String NAME = Sessions.class.getName();

    @Inject private HttpServletRequest current;
    @Inject private BrowserSessions records;
    @Inject private Clock clock;

    private record SignedIn(UUID session, UUID user) implements Serializable {}

    /** A new id, so that one planted before the sign-in is worth nothing. */
    SessionCaller begin(HttpServletRequest request, UUID user, String name, boolean recovered) {
        end(request);
        HttpSession session = request.getSession(false);
        if (session == null) {
            session = request.getSession(true);
        } else {
            request.changeSessionId();
        }
        Instant now = clock.instant();
        UUID id = Ids.next();
        records.add(
                new BrowserSession(
                        id,
                        user,
                        request.getRemoteAddr(),
                        BrowserWords.of(request.getHeader("User-Agent")),
                        recovered,
                        now,
                        now));
        session.setMaxInactiveInterval((int) BrowserSession.IDLE.toSeconds());
        session.setAttribute(NAME, new SignedIn(id, user));
        return new SessionCaller(name, id, recovered);
    }

    /** Whose session the request belongs to; ends it where its time is over or it was ended. */
    Optional<BrowserSessions.Holder> holder(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(NAME) instanceof SignedIn signedIn)) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<BrowserSessions.Holder> holder = records.holder(signedIn.session(), now);
        if (holder.isEmpty()) {
            session.invalidate();
            return holder;
        }
        if (!holder.get().session().lastUsedAt().plus(BrowserSession.GRAIN).isAfter(now)) {
            records.used(signedIn.session(), now);
        }
        return holder;
    }

    /** Marks the request's session as ended, where somebody is signed in. */
    void end(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null && session.getAttribute(NAME) instanceof SignedIn signedIn) {
            records.end(signedIn.user(), signedIn.session(), clock.instant());
        }
    }

    /** The session of the browser that sent this request, where it is this person's. */
    Optional<UUID> here(UUID user) {
        try {
            HttpSession session = current.getSession(false);
            return session != null
                            && session.getAttribute(NAME) instanceof SignedIn signedIn
                            && signedIn.user().equals(user)
                    ? Optional.of(signedIn.session())
                    : Optional.empty();
        } catch (ContextNotActiveException | IllegalStateException notOfABrowser) {
            return Optional.empty();
        }
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
