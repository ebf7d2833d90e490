package org.holdfast.security;

import jakarta.security.enterprise.CallerPrincipal;
import java.util.UUID;

/** A person at a browser, and by which of their sessions. */
public final class SessionCaller extends CallerPrincipal {
    private static final long serialVersionUID = 1;

    private final UUID session;
    private final boolean recovered;

    SessionCaller(String user, UUID session, boolean recovered) {
        super(user);
        this.session = session;
        this.recovered = recovered;
    }

    public UUID session() {
        return session;
    }

    /** Whether it began with a recovery code, and no authenticator was set up since. */
    public boolean recovered() {
        return recovered;
    }
}
