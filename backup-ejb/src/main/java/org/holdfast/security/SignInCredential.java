package org.holdfast.security;

import jakarta.security.enterprise.credential.Credential;
import org.holdfast.domain.shared.Secret;

/** What the sign-in form was filled with. */
public final class SignInCredential implements Credential {
    private final String user;
    private final Secret password;
    private final String code;
    private final String recovery;
    private final String address;

    /**
     * @param code six digits, empty or null where the person has no device
     * @param recovery a recovery code in place of {@code code}, empty or null where there is none
     */
    public SignInCredential(String user, Secret password, String code, String recovery) {
        this(user, password, code, recovery, "");
    }

    private SignInCredential(
            String user, Secret password, String code, String recovery, String address) {
        this.user = user == null ? "" : user.strip();
        this.password = password;
        this.code = code == null ? "" : code.strip();
        this.recovery = recovery == null ? "" : recovery.strip();
        this.address = address;
    }

    SignInCredential from(String clientAddress) {
        return new SignInCredential(user, password, code, recovery, clientAddress);
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

    String recovery() {
        return recovery;
    }

    boolean byRecovery() {
        return !recovery.isEmpty();
    }

    String address() {
        return address;
    }
}
