package org.holdfast.security;

import jakarta.security.enterprise.credential.Credential;
import org.holdfast.domain.shared.Secret;

/** What the sign-in form was filled with. */
public final class SignInCredential implements Credential {
    private final String user;
    private final Secret password;
    private final String code;
    private final String address;

    /**
     * @param code six digits, empty or null where the person has no device
     */
    public SignInCredential(String user, Secret password, String code) {
        this(user, password, code, "");
    }

    private SignInCredential(String user, Secret password, String code, String address) {
        this.user = user == null ? "" : user.strip();
        this.password = password;
        this.code = code == null ? "" : code.strip();
        this.address = address;
    }

    SignInCredential from(String clientAddress) {
        return new SignInCredential(user, password, code, clientAddress);
    }

    String user() {
        return user;
    }

    Secret password() {
        return password;
    }

    String code() {
        return code;
    }

    String address() {
        return address;
    }
}
