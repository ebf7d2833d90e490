package org.holdfast.security;

import jakarta.security.enterprise.CallerPrincipal;

/** A person who acts by a token: the name is the person's, and the token is known too. */
public final class TokenCaller extends CallerPrincipal {
    private static final long serialVersionUID = 1;

    private final String token;

    TokenCaller(String user, String token) {
        super(user);
        this.token = token;
    }

    /** The token's name. */
    public String token() {
        return token;
    }
}
