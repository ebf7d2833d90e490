package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.PasskeyAsked;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.User;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.passkey.Ceremonies;
import org.holdfast.security.passkey.Challenge;
import org.holdfast.security.passkey.NotProved;
import org.holdfast.security.passkey.RelyingParty;

/**
 * Step-up by passkey. What is asked is written down with the session and the whole operation; the
 * answer counts for that operation only, and is used up in the act's transaction.
 */
@ApplicationScoped
class PasskeyStepUp {
    private Passkeys passkeys;
    private Ceremonies ceremonies;
    private PasskeyProofs proofs;
    private PasskeyDesk desk;
    private Sessions sessions;
    private SignInRecords records;
    private Clock clock;

    protected PasskeyStepUp() {}

    @Inject
    public PasskeyStepUp(
            Passkeys passkeys,
            Ceremonies ceremonies,
            PasskeyProofs proofs,
            PasskeyDesk desk,
            Sessions sessions,
            SignInRecords records,
            Clock clock) {
        this.passkeys = passkeys;
        this.ceremonies = ceremonies;
        this.proofs = proofs;
        this.desk = desk;
        this.sessions = sessions;
        this.records = records;
        this.clock = clock;
    }

    /** Has the browser asked. */
    PasskeyAsked ask(User user, String operation) {
        UUID session = sessions.here(user.id()).orElseThrow(PasskeyStepUp::onlyAtABrowser);
        RelyingParty party = desk.here().orElseThrow(PasskeyDesk::nowhere);
        List<Passkey> usable = passkeys.of(user.id()).stream().filter(Passkey::usable).toList();
        if (usable.isEmpty()) {
            throw new Refused(
                    "STEP-UP-DEVICE",
                    "You have no passkey to show.",
                    "Enter a code of your authenticator, or add a passkey on your own page.");
        }
        Instant now = clock.instant();
        String challenge = Challenge.random();
        records.askedForPasskey(session, challenge, operation, now.plus(Challenge.TIME), now);
        return new PasskeyAsked(ceremonies.request(party, usable, challenge));
    }

    /**
     * Uses the answer up for this operation.
     *
     * @throws Refused STEP-UP, whatever is wrong with it; the audit log says what
     */
    void require(User user, String shown, String operation) {
        UUID session = sessions.here(user.id()).orElseThrow(PasskeyStepUp::onlyAtABrowser);
        RelyingParty party = desk.here().orElseThrow(PasskeyDesk::nowhere);
        try {
            Ceremonies.Answer answer =
                    ceremonies.read(shown).orElseThrow(() -> new NotProved("no passkey"));
            Optional<Passkey> passkey =
                    passkeys.byCredential(answer.credentialId())
                            .filter(p -> p.userId().equals(user.id()));
            if (passkey.isEmpty()) {
                throw new NotProved("no passkey of this person");
            }
            if (!passkeys.answered(session, answer.challenge(), operation, clock.instant())) {
                throw new NotProved("passkey was not asked for this, or shown twice");
            }
            proofs.require(user, passkey.get(), answer, party, answer.challenge());
        } catch (NotProved e) {
            records.refusedCode(user, operation, e.getMessage());
            throw new Refused(
                    "STEP-UP",
                    "That passkey was not accepted for this.",
                    "Press the button again, or enter a code of your authenticator.");
        }
    }

    private static Refused onlyAtABrowser() {
        return new Refused(
                "STEP-UP",
                "A passkey can be shown at a browser only.",
                "Send the six digits that your authenticator shows now.");
    }
}
