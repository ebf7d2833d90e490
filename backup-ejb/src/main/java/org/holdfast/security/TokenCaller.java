package org.holdfast.security;

import jakarta.security.enterprise.CallerPrincipal;
import java.util.UUID;

/** A person who acts by a token: the name is the person's, and the token is known too. */
public final class TokenCaller extends CallerPrincipal {
    private static final long serialVersionUID = 1;

    private final UUID id;
    private final String token;

    TokenCaller(String user, UUID id, String token) {
        super(user);
        this.id = id;
        this.token = token;
    }

    public UUID id() {
        return id;
    }

    /** The token's name. */
    public String token() {
        return token;
    }
}
