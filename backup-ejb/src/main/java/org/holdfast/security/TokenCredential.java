package org.holdfast.security;

import jakarta.security.enterprise.credential.Credential;
import org.holdfast.domain.shared.Secret;

/** A Bearer token (RFC 6750) as a script sent it. */
final class TokenCredential implements Credential {
    private final Secret token;

    TokenCredential(Secret token) {
        this.token = token;
    }

    Secret token() {
        return token;
    }
}
