package org.holdfast.security.passkey;

import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The challenges of a browser, one of each kind, in its HTTP session on this server: an answer from
 * another browser finds none. Taking one uses it up, of two answers at once only the first has it.
 */
public final class Challenges {
    /** What is asked for. */
    public enum Kind {
        SIGN_IN,
        NEW
    }

    private Challenges() {}

    public static void put(HttpSession session, Kind kind, Challenge challenge) {
        session.setAttribute(name(kind), new Slot(challenge));
    }

    /** Empty where nothing was asked, its time is over, or it was taken. */
    public static Optional<Challenge> take(HttpSession session, Kind kind, Instant now) {
        if (session == null || !(session.getAttribute(name(kind)) instanceof Slot slot)) {
            return Optional.empty();
        }
        session.removeAttribute(name(kind));
        return Optional.ofNullable(slot.challenge.getAndSet(null)).filter(c -> c.open(now));
    }

    private static String name(Kind kind) {
        return Challenges.class.getName() + "." + kind;
    }

    private static final class Slot implements Serializable {
        private static final long serialVersionUID = 1L;
        private final AtomicReference<Challenge> challenge;

        Slot(Challenge challenge) {
            this.challenge = new AtomicReference<>(challenge);
        }
    }
}
