package org.holdfast.security;

import jakarta.security.enterprise.credential.Credential;
import java.util.Optional;
import org.holdfast.security.passkey.Challenge;
import org.holdfast.security.passkey.RelyingParty;

/** What a browser answered when it was asked for a passkey, to sign in. */
public final class PasskeyCredential implements Credential {
    private final String answer;
    private final RelyingParty party;
    private final Challenge asked;
    private final String address;

    /**
     * @param answer JSON as {@code PublicKeyCredential.toJSON} gives it; may be null
     */
    public PasskeyCredential(String answer) {
        this(answer, null, null, "");
    }

    private PasskeyCredential(String answer, RelyingParty party, Challenge asked, String address) {
        this.answer = answer;
        this.party = party;
        this.asked = asked;
        this.address = address;
    }

    PasskeyCredential from(String clientAddress, RelyingParty here, Challenge challenge) {
        return new PasskeyCredential(answer, here, challenge, clientAddress);
    }

    String answer() {
        return answer;
    }

    /** Empty where there are no passkeys at the address that was used. */
    Optional<RelyingParty> party() {
        return Optional.ofNullable(party);
    }

    /** Empty where this browser was asked for nothing, or answers a second time. */
    Optional<Challenge> asked() {
        return Optional.ofNullable(asked);
    }

    String address() {
        return address;
    }
}
