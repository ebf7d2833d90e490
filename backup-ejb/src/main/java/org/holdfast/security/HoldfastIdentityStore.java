package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.CallerPrincipal;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.security.SignInThrottle.Try;
import org.holdfast.security.passkey.Ceremonies;
import org.holdfast.security.passkey.NotProved;

/**
 * Who it is: by user name, password and code, by a passkey, or by a token. The one group of a
 * person is the role. Every failure of a sign-in looks like every other of its kind; one by
 * password takes the time of one password comparison, and one by a passkey, which tells no user
 * name, does not. What the throttle refuses is answered at once, in the same words: it says nothing
 * of the password, nor whether there is such a user.
 */
@ApplicationScoped
public class HoldfastIdentityStore implements IdentityStore {
    /** In the audit log, where a passkey is nobody's; no user name. */
    private static final String NOBODY = "(passkey)";

    private Users users;
    private Passwords passwords;
    private StepUp stepUp;
    private PasskeyProofs passkeyProofs;
    private Passkeys passkeys;
    private Ceremonies ceremonies;
    private SignInThrottle throttle;
    private SignInRecords records;
    private Clock clock;

    protected HoldfastIdentityStore() {}

    @Inject
    HoldfastIdentityStore(
            Users users,
            Passwords passwords,
            StepUp stepUp,
            PasskeyProofs passkeyProofs,
            Passkeys passkeys,
            Ceremonies ceremonies,
            SignInThrottle throttle,
            SignInRecords records,
            Clock clock) {
        this.users = users;
        this.passwords = passwords;
        this.stepUp = stepUp;
        this.passkeyProofs = passkeyProofs;
        this.passkeys = passkeys;
        this.ceremonies = ceremonies;
        this.throttle = throttle;
        this.records = records;
        this.clock = clock;
    }

    /**
     * @throws org.holdfast.domain.shared.Refused PASSWORD-BUSY
     */
    @Override
    public CredentialValidationResult validate(Credential credential) {
        if (credential instanceof SignInCredential typed) {
            return signIn(typed);
        }
        if (credential instanceof PasskeyCredential shown) {
            return byPasskey(shown);
        }
        if (credential instanceof TokenCredential sent) {
            return byToken(sent);
        }
        return CredentialValidationResult.NOT_VALIDATED_RESULT;
    }

    private CredentialValidationResult signIn(SignInCredential typed) {
        try (Try one = throttle.beginWithPassword(typed.user(), typed.address()).orElse(null)) {
            if (one == null) {
                return CredentialValidationResult.INVALID_RESULT;
            }
            Optional<User> found = users.byName(typed.user());
            Optional<String> against = reasonAgainst(found, typed);
            if (against.isPresent()) {
                return refused(one, typed.user(), typed.address(), against.get());
            }
            User user = found.orElseThrow();
            records.signedIn(
                    user, typed.password(), typed.address(), typed.byRecovery(), clock.instant());
            return signedIn(one, user);
        }
    }

    private CredentialValidationResult refused(Try one, String name, String address, String why) {
        one.failed();
        records.refusedSignIn(name, address, why);
        return CredentialValidationResult.INVALID_RESULT;
    }

    private static CredentialValidationResult signedIn(Try one, User user) {
        one.succeeded();
        return accepted(new CallerPrincipal(user.name()), user.role());
    }

    /**
     * A passkey names the person, and its authenticator has verified them: no password, no code.
     * Where it is nobody's, it is the address alone that is slowed down.
     */
    private CredentialValidationResult byPasskey(PasskeyCredential shown) {
        String address = shown.address();
        Optional<Ceremonies.Answer> answer = ceremonies.read(shown.answer());
        Optional<Passkey> passkey = answer.flatMap(a -> passkeys.byCredential(a.credentialId()));
        Optional<User> found = passkey.flatMap(p -> users.find(p.userId()));
        String account = found.map(User::name).orElse("passkey@" + address);
        try (Try one = throttle.begin(account, address).orElse(null)) {
            if (one == null) {
                return CredentialValidationResult.INVALID_RESULT;
            }
            if (found.isEmpty()) {
                return refused(one, NOBODY, address, "no passkey that is known");
            }
            User user = found.get();
            Optional<String> against =
                    standingAgainst(user)
                            .or(() -> reasonAgainst(user, passkey.get(), answer.get(), shown));
            if (against.isPresent()) {
                return refused(one, account, address, against.get());
            }
            records.signedInByPasskey(user, passkey.get().name(), address, clock.instant());
            return signedIn(one, user);
        }
    }

    private Optional<String> reasonAgainst(
            User user, Passkey passkey, Ceremonies.Answer answer, PasskeyCredential shown) {
        if (shown.asked().isEmpty()) {
            return Optional.of("passkey was not asked for, or shown twice");
        }
        if (shown.party().isEmpty()) {
            return Optional.of("passkey at an address without any");
        }
        try {
            passkeyProofs.require(
                    user, passkey, answer, shown.party().get(), shown.asked().get().value());
            return Optional.empty();
        } catch (NotProved e) {
            return Optional.of(e.getMessage());
        }
    }

    /** What speaks against a person whatever they show. */
    private static Optional<String> standingAgainst(User user) {
        if (user.origin() == User.Origin.OIDC) {
            return Optional.of("signs in through the provider");
        }
        return user.disabled() ? Optional.of("disabled") : Optional.empty();
    }

    /** Empty where all is right; the words are for the audit only. */
    private Optional<String> reasonAgainst(Optional<User> found, SignInCredential typed) {
        if (found.isEmpty()) {
            passwords.compareWithNobodys(typed.password());
            return Optional.of("no such user");
        }
        User user = found.get();
        if (user.passwordHash() == null) {
            passwords.compareWithNobodys(typed.password());
        } else if (!passwords.matches(typed.password(), user.passwordHash())) {
            return Optional.of("wrong password");
        }
        Optional<String> standing = standingAgainst(user);
        if (standing.isPresent()) {
            return standing;
        }
        if (users.device(user.id()).filter(TotpDevice::active).isEmpty()) {
            return user.mustEnrol() ? Optional.of("authenticator was reset") : Optional.empty();
        }
        StepUp.Answer answer =
                typed.byRecovery()
                        ? stepUp.triedRecovery(user, typed.recovery(), "sign-in")
                        : stepUp.tried(
                                user,
                                typed.code(),
                                "sign-in",
                                step -> records.spend(user.id(), step));
        return switch (answer) {
            case RIGHT -> Optional.empty();
            case WRONG -> Optional.of("wrong code");
            case USED -> Optional.of("code used already");
            case LATE -> Optional.of("code waited for too long");
            case WAIT -> Optional.of("too many wrong codes");
            case NO_DEVICE -> Optional.of("device was removed");
        };
    }

    private CredentialValidationResult byToken(TokenCredential sent) {
        Instant now = clock.instant();
        Optional<ApiToken> token =
                users.tokenByHash(Tokens.hash(sent.token())).filter(t -> t.valid(now));
        Optional<User> user = token.flatMap(t -> users.find(t.userId())).filter(u -> !u.disabled());
        if (user.isEmpty()) {
            return CredentialValidationResult.INVALID_RESULT;
        }
        records.tokenUsed(token.get().id(), now);
        Role role =
                user.get().role().covers(token.get().role())
                        ? token.get().role()
                        : user.get().role();
        return accepted(
                new TokenCaller(user.get().name(), token.get().id(), token.get().name()), role);
    }

    private static CredentialValidationResult accepted(CallerPrincipal caller, Role role) {
        return new CredentialValidationResult(caller, Set.of(role.name()));
    }
}
