package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.security.enterprise.credential.Credential;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.PasskeyCredential;
import org.holdfast.security.PasskeyDesk;
import org.holdfast.security.passkey.RelyingParty;

/** One's own passkeys, and signing in with one. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class OwnPasskeys {
    @Inject private Users users;
    @Inject private Passkeys passkeys;
    @Inject private PasskeyDesk desk;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private BrowserSessions sessions;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** The one address at which they work, e.g. {@code https://holdfast.example.org}. */
    @PermitAll
    public Optional<String> address() {
        return desk.here().map(RelyingParty::origin);
    }

    /**
     * Asks the browser for a passkey, whichever the person has here.
     *
     * @return what the browser is to be given, JSON
     * @throws Refused PASSKEY-ADDRESS
     */
    @PermitAll
    public String askForSignIn() {
        return desk.askForSignIn();
    }

    /**
     * What the sign-in page hands to {@code SecurityContext.authenticate}.
     *
     * @param answer the browser's, JSON
     */
    @PermitAll
    public Credential credential(String answer) {
        return new PasskeyCredential(answer);
    }

    /** The oldest first. */
    public List<Passkey> mine() {
        return passkeys.of(user().id());
    }

    /**
     * Begins to add one; the code is spent here, and for five minutes this browser may answer.
     *
     * @return what the browser is to be given, JSON
     * @throws Refused PASSKEY-NAME, PASSKEY-MANY, PASSKEY-ADDRESS, USER-PROVIDER or STEP-UP
     */
    public String begin(String name, String otp) {
        caller.requirePerson("add passkeys");
        User user = user();
        if (user.origin() == User.Origin.OIDC) {
            throw new Refused(
                    "USER-PROVIDER",
                    "You sign in through the provider and have no passkey here.",
                    "Add one at the provider, where it has them.");
        }
        String kept = Passkey.requireName(name);
        requireRoom(user, kept);
        if (desk.here().isEmpty()) {
            throw PasskeyDesk.nowhere();
        }
        secondFactor.require(user.name(), otp, "passkey.add " + kept);
        audit.append(
                caller.actor(), "passkey.begin", "user/" + user.name(), Map.of("passkey", kept));
        return desk.askForNew(user, kept);
    }

    /**
     * Keeps what the browser made.
     *
     * @param answer the browser's, JSON
     * @throws Refused PASSKEY-NOT-BEGUN, PASSKEY-REFUSED, PASSKEY-KNOWN; SIGN-IN where the session
     *     was ended meanwhile
     */
    public Passkey add(String answer) {
        caller.requirePerson("add passkeys");
        User user = locked();
        requireOpenSession();
        Passkey made = desk.made(user, answer);
        if (passkeys.byCredential(made.credentialId()).isPresent()) {
            throw new Refused(
                    "PASSKEY-KNOWN",
                    "That passkey is known already.",
                    "Add one of another device or another password manager.");
        }
        requireRoom(user, made.name());
        passkeys.add(made);
        audit.append(
                caller.actor(),
                "passkey.add",
                "user/" + user.name(),
                Map.of("passkey", made.name(), "id", made.id().toString()));
        return made;
    }

    private void requireRoom(User user, String name) {
        List<Passkey> mine = passkeys.of(user.id());
        if (mine.size() >= Passkey.MOST) {
            throw new Refused(
                    "PASSKEY-MANY",
                    "You have " + mine.size() + " passkeys, and more are not kept.",
                    "Remove one that you do not use any more.");
        }
        if (mine.stream().anyMatch(p -> p.name().equalsIgnoreCase(name))) {
            throw new Refused(
                    "PASSKEY-NAME",
                    "You have a passkey of the name \"" + name + "\" already.",
                    "Give this one another name, so that you can tell them apart.");
        }
    }

    /**
     * Removes one for good.
     *
     * @throws Refused PASSKEY-LAST where nothing would be left to sign in with; STEP-UP
     */
    public void remove(UUID id, String otp) {
        caller.requirePerson("remove passkeys");
        User user = locked();
        List<Passkey> mine = passkeys.of(user.id());
        Passkey passkey =
                mine.stream()
                        .filter(p -> p.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> Refused.notFound("passkey", id));
        requireAnother(
                passkey, mine, users.device(user.id()).filter(TotpDevice::active).isPresent());
        secondFactor.require(user.name(), otp, "passkey.remove " + passkey.name() + " " + id);
        if (!passkeys.remove(user.id(), id)) {
            throw Refused.notFound("passkey", id);
        }
        audit.append(
                caller.actor(),
                "passkey.remove",
                "user/" + user.name(),
                Map.of("passkey", passkey.name(), "id", id.toString()));
    }

    /** One that may have been copied opens nothing, and does not count. */
    static void requireAnother(Passkey leaving, List<Passkey> mine, boolean authenticator) {
        if (!authenticator
                && mine.stream()
                        .filter(p -> !p.id().equals(leaving.id()))
                        .noneMatch(Passkey::usable)) {
            throw new Refused(
                    "PASSKEY-LAST",
                    "Without \"" + leaving.name() + "\" you have nothing to sign in with.",
                    "Set an authenticator up first.");
        }
    }

    /** A reset that came first has ended it. */
    private void requireOpenSession() {
        if (caller.session() == null
                || sessions.holder(caller.session(), clock.instant()).isEmpty()) {
            throw new Refused("SIGN-IN", "Your session has ended.", "Sign in again.");
        }
    }

    private User locked() {
        UUID id = user().id();
        return users.lock(id).orElseThrow(() -> Refused.notFound("user", id));
    }

    private User user() {
        String name = caller.name();
        return users.byName(name).orElseThrow(() -> Refused.notFound("user", name));
    }
}
