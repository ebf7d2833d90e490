package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.SecurityContext;
import org.holdfast.domain.shared.Refused;
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
        return name()
                + security.getPrincipalsByType(TokenCaller.class).stream()
                        .findFirst()
                        .map(t -> " (token " + t.token() + ")")
                        .orElse("");
    }

    /** Whether a token acts, and not the person. */
    public boolean byToken() {
        return !security.getPrincipalsByType(TokenCaller.class).isEmpty();
    }
}
