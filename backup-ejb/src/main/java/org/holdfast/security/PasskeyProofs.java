package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.User;
import org.holdfast.security.passkey.Ceremonies;
import org.holdfast.security.passkey.NotProved;
import org.holdfast.security.passkey.RelyingParty;

/** Whether a passkey proves a person now; the same at a sign-in and at a step-up. */
@ApplicationScoped
class PasskeyProofs {
    private Passkeys passkeys;
    private Ceremonies ceremonies;
    private SignInRecords records;
    private Clock clock;

    protected PasskeyProofs() {}

    @Inject
    public PasskeyProofs(
            Passkeys passkeys, Ceremonies ceremonies, SignInRecords records, Clock clock) {
        this.passkeys = passkeys;
        this.ceremonies = ceremonies;
        this.records = records;
        this.clock = clock;
    }

    /** Writes the use down. One whose counter went back is suspect from now on. */
    void require(
            User user,
            Passkey passkey,
            Ceremonies.Answer answer,
            RelyingParty party,
            String challenge)
            throws NotProved {
        if (!passkey.usable()) {
            throw new NotProved("the passkey is suspect");
        }
        try {
            long after = ceremonies.proved(answer, passkey, party, challenge);
            if (!passkeys.used(passkey.id(), passkey.signatures(), after, clock.instant())) {
                throw new NotProved("the passkey was used or removed meanwhile");
            }
        } catch (NotProved.Copied e) {
            records.suspectPasskey(user, passkey, clock.instant());
            throw e;
        }
    }
}
