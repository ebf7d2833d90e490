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
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;

/**
 * Who it is: by user name, password and code, or by a token. The one group of a person is the role.
 * Every failure of a sign-in looks the same and takes the time of one password comparison.
 */
@ApplicationScoped
public class HoldfastIdentityStore implements IdentityStore {
    @Inject private Users users;
    @Inject private Passwords passwords;
    @Inject private StepUp stepUp;
    @Inject private SignInThrottle throttle;
    @Inject private SignInRecords records;
    @Inject private Clock clock;

    @Override
    public CredentialValidationResult validate(Credential credential) {
        if (credential instanceof SignInCredential typed) {
            return signIn(typed);
        }
        if (credential instanceof TokenCredential sent) {
            return byToken(sent);
        }
        return CredentialValidationResult.NOT_VALIDATED_RESULT;
    }

    private CredentialValidationResult signIn(SignInCredential typed) {
        if (!throttle.allows(typed.user(), typed.address())) {
            passwords.compareWithNobodys(typed.password());
            return CredentialValidationResult.INVALID_RESULT;
        }
        Optional<User> found = users.byName(typed.user());
        Optional<String> against = reasonAgainst(found, typed);
        if (against.isPresent()) {
            throttle.failed(typed.user(), typed.address());
            records.refusedSignIn(typed.user(), typed.address(), against.get());
            return CredentialValidationResult.INVALID_RESULT;
        }
        User user = found.orElseThrow();
        throttle.succeeded(user.name(), typed.address());
        records.signedIn(
                user, typed.password(), typed.address(), typed.byRecovery(), clock.instant());
        return accepted(new CallerPrincipal(user.name()), user.role());
    }

    /** Empty where all is right; the words are for the audit only. */
    private Optional<String> reasonAgainst(Optional<User> found, SignInCredential typed) {
        if (found.isEmpty()) {
            passwords.compareWithNobodys(typed.password());
            return Optional.of("no such user");
        }
        User user = found.get();
        if (user.origin() == User.Origin.OIDC) {
            passwords.compareWithNobodys(typed.password());
            return Optional.of("signs in through the provider");
        }
        if (!passwords.matches(typed.password(), user.passwordHash())) {
            return Optional.of("wrong password");
        }
        if (user.disabled()) {
            return Optional.of("disabled");
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
        return accepted(new TokenCaller(user.get().name(), token.get().name()), role);
    }

    private static CredentialValidationResult accepted(CallerPrincipal caller, Role role) {
        return new CredentialValidationResult(caller, Set.of(role.name()));
    }
}
