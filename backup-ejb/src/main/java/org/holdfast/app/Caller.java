package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.SecurityContext;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.SessionCaller;
import org.holdfast.security.TokenCaller;

/** Who acts now. */
@ApplicationScoped
public class Caller {
    @Inject private SecurityContext security;

    /** The signed-in person's user name. */
    public String name() {
        if (security.getCallerPrincipal() == null) {
            throw new Refused(
                    "SIGN-IN", "Nobody is signed in.", "Sign in, or send a Bearer token.");
        }
        return security.getCallerPrincipal().getName();
    }

    /** Who acts, for the audit: the user name, and behind it the token where one was used. */
    public String actor() {
        return name() + tokenCaller().map(t -> " (token " + t.token() + ")").orElse("");
    }

    /** The browser's session by which the person acts; null where a token does. */
    public UUID session() {
        return sessionCaller().map(SessionCaller::session).orElse(null);
    }

    /** Whether the person came in with a recovery code, and set up no authenticator since. */
    public boolean recovered() {
        return sessionCaller().filter(SessionCaller::recovered).isPresent();
    }

    private Optional<SessionCaller> sessionCaller() {
        return security.getPrincipalsByType(SessionCaller.class).stream().findFirst();
    }

    /**
     * What only the person may do, or a stolen token could outlive its own end.
     *
     * @param what e.g. {@code make tokens}
     * @throws Refused ROLE
     */
    void requirePerson(String what) {
        if (byToken()) {
            throw new Refused(
                    "ROLE",
                    "A token cannot " + what + ".",
                    "Sign in to the console and do it there.");
        }
    }

    /** Whether a token acts, and not the person. */
    public boolean byToken() {
        return tokenCaller().isPresent();
    }

    /** The token that acts; null where the person does. */
    public UUID token() {
        return tokenCaller().map(TokenCaller::id).orElse(null);
    }

    private Optional<TokenCaller> tokenCaller() {
        return security.getPrincipalsByType(TokenCaller.class).stream().findFirst();
    }
}
