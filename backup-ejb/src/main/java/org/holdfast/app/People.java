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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.Bootstrap;
import org.holdfast.security.Passwords;
import org.holdfast.security.Sealer;
import org.holdfast.security.SignInCredential;
import org.holdfast.security.Tokens;
import org.holdfast.security.TotpCodes;

/**
 * People, their authenticators and tokens.
 *
 * <p>The first user comes by the bootstrap token; every later one is added by a SUPER_GURU. What is
 * secret is shown once, when it is made, and never again.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class People {
    private static final int BOOTSTRAP_DAYS = 30;
    private static final int LONGEST_DAYS = 366;

    @Inject private Users users;
    @Inject private Passwords passwords;
    @Inject private Sealer sealer;
    @Inject private SecondFactor secondFactor;
    @Inject private PendingDevices pending;
    @Inject private Bootstrap bootstrap;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /**
     * The first user, set up for scripts at once. Shown once.
     *
     * @param totpSecret Base32
     * @param token Bearer token named {@code bootstrap}, valid for 30 days
     */
    public record Bootstrapped(String user, Secret totpSecret, Secret otpauthUri, Secret token) {}

    /**
     * What an authenticator app is given, as text and as the content of a QR code. Shown once.
     *
     * @param secret Base32
     */
    public record Enrolment(Secret secret, Secret otpauthUri) {}

    /** A token just made. Shown once. */
    public record NewToken(UUID id, Secret token, Instant expiresAt) {}

    /**
     * @param totp whether an authenticator is active
     * @param byToken whether a token acts for the person
     */
    public record Me(String name, Role role, boolean totp, Instant lastSignInAt, boolean byToken) {}

    /** A person in a list. */
    public record Person(
            UUID id,
            String name,
            Role role,
            boolean disabled,
            boolean totp,
            Instant lastSignInAt) {}

    // --- the first user ----------------------------------------------------------------------

    /** Whether the first user is still to be made. */
    @PermitAll
    public boolean bootstrapWaits() {
        return bootstrap.waiting();
    }

    /**
     * Makes the first SUPER_GURU with an authenticator and a token, for scripts.
     *
     * @throws Refused BOOTSTRAP-TOKEN, BOOTSTRAP-DONE, USER-NAME or PASSWORD
     */
    @PermitAll
    public Bootstrapped bootstrap(Secret bootstrapToken, String userName, Secret password) {
        User user = firstUser(bootstrapToken, userName, password);
        Secret secret = TotpCodes.newSecret();
        users.put(new TotpDevice(user.id(), sealer.seal(secret), clock.instant()));
        // Any step of the past: it activates the device and uses up no code.
        users.useStep(user.id(), 1);
        NewToken token = token(user, "bootstrap", Role.SUPER_GURU, BOOTSTRAP_DAYS);
        return new Bootstrapped(
                user.name(), secret, TotpCodes.uri(user.name(), secret), token.token());
    }

    /**
     * Makes the first SUPER_GURU, who then signs in and sets an authenticator up.
     *
     * @throws Refused as {@link #bootstrap}
     */
    @PermitAll
    public void bootstrapUser(Secret bootstrapToken, String userName, Secret password) {
        firstUser(bootstrapToken, userName, password);
    }

    private User firstUser(Secret bootstrapToken, String userName, Secret password) {
        bootstrap.require(bootstrapToken, userName);
        passwords.requireGood(userName, password);
        User user = new User(userName, passwords.hash(password), Role.SUPER_GURU, clock.instant());
        // Appending locks the chain, so of two at once the second sees the first's user.
        audit.append(userName, "user.bootstrap", "user/" + userName, Map.of("role", "SUPER_GURU"));
        if (!users.none()) {
            throw Bootstrap.done();
        }
        users.add(user);
        return user;
    }

    // --- signing in ---------------------------------------------------------------------------

    /**
     * What the sign-in page hands to {@code SecurityContext.authenticate}.
     *
     * @param code empty where the person has no authenticator yet
     */
    @PermitAll
    public Credential credential(String userName, Secret password, String code) {
        return new SignInCredential(userName, password, code);
    }

    public Me me() {
        User user = user();
        return new Me(
                user.name(), user.role(), hasDevice(user), user.lastSignInAt(), caller.byToken());
    }

    private User user() {
        String name = caller.name();
        return users.byName(name).orElseThrow(() -> Refused.notFound("user", name));
    }

    private boolean hasDevice(User user) {
        return users.device(user.id()).filter(TotpDevice::active).isPresent();
    }

    // --- authenticator -----------------------------------------------------------------------

    /**
     * Begins to set an authenticator up; it counts once {@link #confirmTotp} saw its first code,
     * and until then one that is there stays.
     *
     * @param otp a code of the present authenticator; may be null where there is none
     */
    public Enrolment beginTotp(String otp) {
        requirePerson("set up an authenticator");
        User user = user();
        if (hasDevice(user)) {
            secondFactor.require(user.name(), otp, "totp.replace");
        }
        Secret secret = TotpCodes.newSecret();
        pending.put(user.id(), secret, clock.instant());
        audit.append(caller.actor(), "totp.begin", "user/" + user.name(), Map.of());
        return new Enrolment(secret, TotpCodes.uri(user.name(), secret));
    }

    /**
     * Activates the authenticator that was begun.
     *
     * @throws Refused TOTP-NOT-BEGUN or STEP-UP
     */
    public void confirmTotp(String code) {
        requirePerson("set up an authenticator");
        User user = user();
        Instant now = clock.instant();
        Secret secret =
                pending.find(user.id(), now)
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "TOTP-NOT-BEGUN",
                                                "No authenticator is being set up, or it took longer"
                                                        + " than a quarter of an hour.",
                                                "Begin again and scan the new code."));
        long step =
                TotpCodes.step(secret, code == null ? "" : code, now)
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "STEP-UP",
                                                "The code is wrong.",
                                                "Enter the six digits that your authenticator shows"
                                                        + " now; its clock has to be right."));
        users.put(new TotpDevice(user.id(), sealer.seal(secret), now));
        users.useStep(user.id(), step);
        pending.remove(user.id());
        audit.append(caller.actor(), "totp.activate", "user/" + user.name(), Map.of());
    }

    /** What only the person may do, or a stolen token could outlive its own end. */
    private void requirePerson(String what) {
        if (caller.byToken()) {
            throw new Refused(
                    "ROLE",
                    "A token cannot " + what + ".",
                    "Sign in to the console and do it there.");
        }
    }

    // --- tokens ------------------------------------------------------------------------------

    /**
     * Makes a token for scripts.
     *
     * @param role one's own or less
     * @param days 1 to 366
     */
    public NewToken createToken(String name, Role role, int days, String otp) {
        requirePerson("make tokens");
        User user = user();
        if (name == null || !name.matches("[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}")) {
            throw new Refused(
                    "TOKEN-NAME",
                    "\"" + name + "\" is no name for a token.",
                    "Use 1 to 63 letters, digits, blanks, dots, dashes or underscores.");
        }
        if (days < 1 || days > LONGEST_DAYS) {
            throw new Refused(
                    "TOKEN-DAYS",
                    "A token cannot be valid for " + days + " days.",
                    "Give 1 to 366 days.");
        }
        if (!user.role().covers(role)) {
            throw new Refused(
                    "TOKEN-ROLE",
                    "You are " + user.role() + " and cannot make a token of role " + role + ".",
                    "Choose your own role or a lesser one.");
        }
        secondFactor.require(
                user.name(), otp, "token.create " + name + " " + role + " " + days + " days");
        return token(user, name, role, days);
    }

    private NewToken token(User user, String name, Role role, int days) {
        Instant now = clock.instant();
        Secret secret = Tokens.next();
        ApiToken token =
                new ApiToken(
                        user.id(),
                        name,
                        Tokens.hash(secret),
                        role,
                        now,
                        now.plus(Duration.ofDays(days)));
        users.add(token);
        audit.append(
                user.name(),
                "token.create",
                "user/" + user.name(),
                Map.of("token", name, "role", role.name(), "days", days));
        return new NewToken(token.id(), secret, token.expiresAt());
    }

    /** One's own, ended ones too. */
    public List<ApiToken> tokens() {
        return users.tokens(user().id());
    }

    /** Ends one of one's own tokens. */
    public void revokeToken(UUID id) {
        ApiToken token =
                tokens().stream()
                        .filter(t -> t.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> Refused.notFound("token", id));
        token.revoke(clock.instant());
        audit.append(
                caller.actor(),
                "token.revoke",
                "user/" + caller.name(),
                Map.of("token", token.name()));
    }

    // --- everybody ---------------------------------------------------------------------------

    @RolesAllowed({SUPER_GURU_NAME, AUDITOR_NAME})
    public List<Person> all() {
        return users.all().stream()
                .map(
                        u ->
                                new Person(
                                        u.id(),
                                        u.name(),
                                        u.role(),
                                        u.disabled(),
                                        hasDevice(u),
                                        u.lastSignInAt()))
                .toList();
    }

    /** Adds a person, who signs in with this password and sets an authenticator up. */
    @RolesAllowed(SUPER_GURU_NAME)
    public UUID addUser(String name, Secret password, Role role, String otp) {
        if (users.byName(name).isPresent()) {
            throw new Refused(
                    "NAME-TAKEN",
                    "There is already a user named \"" + name + "\".",
                    "Choose another name; a disabled person's name stays taken.");
        }
        passwords.requireGood(name, password);
        User user = new User(name, passwords.hash(password), role, clock.instant());
        secondFactor.require(caller.name(), otp, "user.add " + name + " " + role);
        users.add(user);
        audit.append(caller.actor(), "user.add", "user/" + name, Map.of("role", role.name()));
        return user.id();
    }

    @RolesAllowed(SUPER_GURU_NAME)
    public void changeRole(UUID id, Role role, String otp) {
        User user = other(id, "change your own role");
        secondFactor.require(caller.name(), otp, "user.role " + user.name() + " " + role);
        Role before = user.role();
        user.changeRole(role);
        audit.append(
                caller.actor(),
                "user.role",
                "user/" + user.name(),
                Map.of("from", before.name(), "to", role.name()));
    }

    /** Ends the person's sessions and tokens with their next request. */
    @RolesAllowed(SUPER_GURU_NAME)
    public void disable(UUID id, String otp) {
        User user = other(id, "disable yourself");
        secondFactor.require(caller.name(), otp, "user.disable " + user.name());
        user.disable();
        audit.append(caller.actor(), "user.disable", "user/" + user.name(), Map.of());
    }

    @RolesAllowed(SUPER_GURU_NAME)
    public void enable(UUID id, String otp) {
        User user = other(id, "enable yourself");
        secondFactor.require(caller.name(), otp, "user.enable " + user.name());
        user.enable();
        audit.append(caller.actor(), "user.enable", "user/" + user.name(), Map.of());
    }

    private User other(UUID id, String what) {
        User user = users.find(id).orElseThrow(() -> Refused.notFound("user", id));
        if (user.name().equals(caller.name())) {
            throw new Refused(
                    "USER-SELF",
                    "You cannot " + what + ".",
                    "Ask another SUPER_GURU, so that there always is one.");
        }
        return user;
    }

    /** Changes one's own password. */
    public void changePassword(Secret present, Secret next, String otp) {
        requirePerson("change the password");
        User user = user();
        if (!passwords.matches(present, user.passwordHash())) {
            throw new Refused(
                    "PASSWORD",
                    "The present password is wrong.",
                    "Enter the one you signed in with.");
        }
        passwords.requireGood(user.name(), next);
        String hash = passwords.hash(next);
        if (hasDevice(user)) {
            secondFactor.require(user.name(), otp, "password.change");
        }
        user.changePassword(hash);
        audit.append(caller.actor(), "password.change", "user/" + user.name(), Map.of());
    }
}
