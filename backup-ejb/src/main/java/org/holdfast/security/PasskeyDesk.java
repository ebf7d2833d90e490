package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.holdfast.config.Settings;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.User;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.passkey.Ceremonies;
import org.holdfast.security.passkey.Challenge;
import org.holdfast.security.passkey.Challenges;
import org.holdfast.security.passkey.Challenges.Kind;
import org.holdfast.security.passkey.NotProved;
import org.holdfast.security.passkey.RelyingParty;

/** Asks the browser of the present request for passkeys, and remembers what it was asked. */
@ApplicationScoped
public class PasskeyDesk {
    @Inject private HttpServletRequest current;
    @Inject private Settings settings;
    @Inject private Ceremonies ceremonies;
    @Inject private Passkeys passkeys;
    @Inject private Clock clock;

    /** Where passkeys work; empty where they do not. */
    public Optional<RelyingParty> here() {
        return here(current);
    }

    Optional<RelyingParty> here(HttpServletRequest request) {
        return RelyingParty.of(
                settings.alerting().console(), request.getServerName(), request.getServerPort());
    }

    /**
     * Asks for whichever passkey the person has here, to sign in.
     *
     * @return what the browser is to be given, JSON
     */
    public String askForSignIn() {
        RelyingParty party = requireHere();
        Challenge challenge = Challenge.forSignIn(clock.instant());
        Challenges.put(current.getSession(true), Kind.SIGN_IN, challenge);
        return ceremonies.request(party, List.of(), challenge.value());
    }

    /** What the browser was asked for; from now on it was asked for nothing. */
    Optional<Challenge> askedForSignIn(HttpServletRequest request) {
        return Challenges.take(request.getSession(false), Kind.SIGN_IN, clock.instant());
    }

    /**
     * Asks for a new passkey.
     *
     * @return what the browser is to be given, JSON
     */
    public String askForNew(User user, String name) {
        RelyingParty party = requireHere();
        Challenge challenge = Challenge.forNew(user.id(), name, clock.instant());
        Challenges.put(current.getSession(true), Kind.NEW, challenge);
        return ceremonies.creation(party, user, passkeys.of(user.id()), challenge.value());
    }

    /**
     * The passkey that was made for the person, not yet kept.
     *
     * @throws Refused PASSKEY-NOT-BEGUN or PASSKEY-REFUSED
     */
    public Passkey made(User user, String answer) {
        RelyingParty party = requireHere();
        Challenge challenge =
                Challenges.take(current.getSession(false), Kind.NEW, clock.instant())
                        .filter(c -> user.id().equals(c.user()))
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "PASSKEY-NOT-BEGUN",
                                                "No passkey is being added, or it took longer than"
                                                        + " five minutes.",
                                                "Begin again with the name and another code."));
        try {
            return ceremonies.made(answer, party, challenge, clock.instant());
        } catch (NotProved e) {
            throw new Refused(
                    "PASSKEY-REFUSED",
                    "What your browser answered is no passkey for " + party.origin() + ".",
                    "Add it again at that address, with a device that asks for your finger, face or"
                            + " PIN.");
        }
    }

    private RelyingParty requireHere() {
        return here().orElseThrow(PasskeyDesk::nowhere);
    }

    public static Refused nowhere() {
        return new Refused(
                "PASSKEY-ADDRESS",
                "There are no passkeys here: browsers tie them to an https address with a name.",
                "Have HOLDFAST_CONSOLE_URL set to the address at which people open the console.");
    }
}
