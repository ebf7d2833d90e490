package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.security.enterprise.credential.Credential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.BrowserSession;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.Invitation;
import org.holdfast.domain.people.Invitations;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Page;
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
 * <p>The first user comes by the bootstrap token, every later one by an invitation ({@link
 * Joining}). What is secret is shown once, when it is made, and never again.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class People {
    private static final int BOOTSTRAP_DAYS = 30;
    private static final int LONGEST_DAYS = 366;

    @Inject private Users users;
    @Inject private Passwords passwords;
    @Inject private Sealer sealer;
    @Inject private Passkeys passkeys;
    @Inject private SecondFactor secondFactor;
    @Inject private Enrolments enrolments;
    @Inject private BrowserSessions sessions;
    @Inject private Invitations invitations;
    @Inject private Approvals approvals;
    @Inject private TotpReset totpReset;
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
     * @param recovered whether the person came in with a recovery code, and has set up no
     *     authenticator since
     * @param byProvider whether the person signs in through the provider and has no password
     */
    public record Me(
            String name,
            Role role,
            boolean totp,
            Instant lastSignInAt,
            boolean byToken,
            boolean recovered,
            boolean byProvider) {}

    /** How it stands with a person. */
    public enum Standing {
        ACTIVE,
        DISABLED,
        /** A link was handed out and opens its page. */
        INVITED,
        /** The time of the link is over. */
        LAPSED
    }

    /**
     * A person in a list, or somebody invited.
     *
     * @param id of the person; of the invitation, where somebody is invited
     * @param totp whether an authenticator is active
     * @param passkeys how many
     * @param sessions that are open
     * @param tokens that are valid
     * @param linkExpiresAt null where nobody is invited
     */
    public record Person(
            UUID id,
            Standing standing,
            String name,
            Role role,
            boolean totp,
            int passkeys,
            Instant lastSignInAt,
            int sessions,
            int tokens,
            Instant linkExpiresAt) {}

    /**
     * One person, whole.
     *
     * @param recoveryCodes how many are left
     * @param password whether the person has one here, and no provider vouches for them
     * @param mustEnrol whether the authenticator was reset, and no other is set up yet
     */
    public record Details(
            Person person,
            Instant createdAt,
            int recoveryCodes,
            boolean password,
            boolean mustEnrol,
            List<Passkey> passkeys,
            List<BrowserSession> sessions,
            List<ApiToken> tokens) {}

    /**
     * One of one's own sessions.
     *
     * @param here whether it is the one that asks
     */
    public record OwnSession(BrowserSession session, boolean here) {}

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
     * @param recovery a recovery code in its place, or empty
     */
    @PermitAll
    public Credential credential(String userName, Secret password, String code, String recovery) {
        return new SignInCredential(userName, password, code, recovery);
    }

    public Me me() {
        User user = user();
        return new Me(
                user.name(),
                user.role(),
                hasDevice(user),
                user.lastSignInAt(),
                caller.byToken(),
                caller.recovered(),
                user.origin() == User.Origin.OIDC);
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
     * @param otp a code of the present authenticator; where there is none, a showing of one of the
     *     person's passkeys; may be null where there is neither, or where the person came in with a
     *     recovery code
     * @param password the present one, where the person came in with a recovery code; else null
     */
    public Enrolment beginTotp(String otp, Secret password) {
        caller.requirePerson("set up an authenticator");
        User user = user();
        if (hasDevice(user)) {
            if (caller.recovered()) {
                requirePassword(user, password);
            } else {
                secondFactor.require(user.name(), otp, "totp.replace");
            }
        } else if (passkeys.of(user.id()).stream().anyMatch(Passkey::usable)) {
            // Or an open session alone could give itself a second factor that lasts.
            requirePasskey(user, otp);
        }
        audit.append(caller.actor(), "totp.begin", "user/" + user.name(), Map.of());
        return enrolments.begin(user.id(), user.name());
    }

    private void requirePasskey(User user, String shown) {
        if (shown == null
                || !(shown.equals(SecondFactor.BY_PASSKEY) || SecondFactor.answered(shown))) {
            throw new Refused(
                    "STEP-UP",
                    "You have no authenticator yet, so this needs a passkey of yours.",
                    "Press Use a passkey, then this button again.");
        }
        secondFactor.require(user.name(), shown, "totp.set-up");
    }

    /**
     * Activates the authenticator that was begun; every other session of the person ends.
     *
     * @return ten new recovery codes, which replace all there were
     * @throws Refused TOTP-NOT-BEGUN or STEP-UP
     */
    public List<Secret> confirmTotp(String code) {
        caller.requirePerson("set up an authenticator");
        User user = user();
        List<Secret> codes = enrolments.activate(user.id(), user, code);
        int ended = sessions.endAll(user.id(), caller.session(), clock.instant());
        if (caller.session() != null) {
            sessions.renewed(caller.session());
        }
        audit.append(
                caller.actor(),
                "totp.activate",
                "user/" + user.name(),
                Map.of("sessions ended", ended));
        return codes;
    }

    /** How many of one's own recovery codes are left. */
    public int recoveryCodesLeft() {
        return users.recoveryCodesLeft(user().id());
    }

    /** Ten new recovery codes, which replace all there were. */
    public List<Secret> newRecoveryCodes(String otp) {
        caller.requirePerson("make recovery codes");
        User user = user();
        secondFactor.require(user.name(), otp, "recovery.make");
        List<Secret> codes = enrolments.recoveryCodes(user.id());
        audit.append(caller.actor(), "recovery.make", "user/" + user.name(), Map.of());
        return codes;
    }

    // --- one's own sessions --------------------------------------------------------------------

    /** Those that are open, the one used last first. */
    public List<OwnSession> sessions() {
        return sessions.open(user().id(), clock.instant()).stream()
                .map(s -> new OwnSession(s, s.id().equals(caller.session())))
                .toList();
    }

    /** Ends one of one's own. */
    public void endSession(UUID id) {
        caller.requirePerson("end sessions");
        User user = user();
        if (!sessions.end(user.id(), id, clock.instant())) {
            throw Refused.notFound("session", id);
        }
        audit.append(caller.actor(), "session.end", "user/" + user.name(), Map.of("sessions", 1));
    }

    /**
     * Ends all of one's own but this one.
     *
     * @return how many
     */
    public int endOtherSessions() {
        caller.requirePerson("end sessions");
        User user = user();
        int ended = sessions.endAll(user.id(), caller.session(), clock.instant());
        audit.append(
                caller.actor(), "session.end", "user/" + user.name(), Map.of("sessions", ended));
        return ended;
    }

    // --- tokens ------------------------------------------------------------------------------

    /**
     * Makes a token for scripts.
     *
     * @param role one's own or less
     * @param days 1 to 366
     */
    public NewToken createToken(String name, Role role, int days, String otp) {
        caller.requirePerson("make tokens");
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

    /** Everybody, and who is invited, by name. */
    @RolesAllowed({SUPER_GURU_NAME, AUDITOR_NAME})
    public List<Person> all() {
        Instant now = clock.instant();
        return Stream.concat(
                        users.rows(now).stream().map(People::person),
                        invitations.unsettled().stream()
                                .filter(i -> i.kind() == Invitation.Kind.JOIN)
                                .map(i -> invited(i, now)))
                .sorted(Comparator.comparing(Person::name))
                .toList();
    }

    /** The same, a page of them: nobody is invited under a name that somebody has. */
    @RolesAllowed({SUPER_GURU_NAME, AUDITOR_NAME})
    public Page<Person> all(Optional<String> cursor, int max) {
        return Page.byName(all(), Person::name, cursor, max);
    }

    private static Person person(Users.Row row) {
        return new Person(
                row.id(),
                row.disabled() ? Standing.DISABLED : Standing.ACTIVE,
                row.name(),
                row.role(),
                row.totp(),
                row.passkeys(),
                row.lastSignInAt(),
                row.sessions(),
                row.tokens(),
                null);
    }

    static Person invited(Invitation invitation, Instant now) {
        return new Person(
                invitation.id(),
                invitation.open(now) ? Standing.INVITED : Standing.LAPSED,
                invitation.userName(),
                invitation.role(),
                false,
                0,
                null,
                0,
                0,
                invitation.expiresAt());
    }

    @RolesAllowed({SUPER_GURU_NAME, AUDITOR_NAME})
    public Details details(UUID id) {
        Instant now = clock.instant();
        User user = users.find(id).orElseThrow(() -> Refused.notFound("user", id));
        Person person =
                users.rows(now).stream()
                        .filter(row -> row.id().equals(id))
                        .findFirst()
                        .map(People::person)
                        .orElseThrow(() -> Refused.notFound("user", id));
        return new Details(
                person,
                user.createdAt(),
                users.recoveryCodesLeft(id),
                user.origin() == User.Origin.LOCAL,
                user.mustEnrol(),
                passkeys.of(id),
                sessions.open(id, now),
                users.tokens(id));
    }

    /**
     * @throws Refused USER-SELF, or USER-LAST where nobody would be left to manage people
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void changeRole(UUID id, Role role, String otp) {
        User user = other(id, "change your own role");
        if (user.origin() == User.Origin.OIDC) {
            throw new Refused(
                    "USER-PROVIDER",
                    "The role of " + user.name() + " comes from the sign-in provider.",
                    "Change the person's groups there; it counts from the next sign-in on. To keep"
                            + " somebody out at once, disable them.");
        }
        secondFactor.require(caller.name(), otp, "user.role " + user.name() + " " + role);
        if (role != Role.SUPER_GURU) {
            requireAnotherGuru(user);
        }
        Role before = user.role();
        user.changeRole(role);
        audit.append(
                caller.actor(),
                "user.role",
                "user/" + user.name(),
                Map.of("from", before.name(), "to", role.name()));
    }

    /**
     * Ends the person's sessions for good; their tokens open nothing until they are enabled again.
     *
     * @throws Refused USER-SELF, or USER-LAST where nobody would be left to manage people
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void disable(UUID id, String otp) {
        User user = other(id, "disable yourself");
        secondFactor.require(caller.name(), otp, "user.disable " + user.name());
        requireAnotherGuru(user);
        user.disable();
        int ended = sessions.endAll(id, null, clock.instant());
        audit.append(
                caller.actor(),
                "user.disable",
                "user/" + user.name(),
                Map.of("sessions ended", ended));
    }

    @RolesAllowed(SUPER_GURU_NAME)
    public void enable(UUID id, String otp) {
        User user = other(id, "enable yourself");
        secondFactor.require(caller.name(), otp, "user.enable " + user.name());
        user.enable();
        audit.append(caller.actor(), "user.enable", "user/" + user.name(), Map.of());
    }

    /**
     * Ends all sessions of a person; one's own that acts goes on.
     *
     * @return how many
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public int endSessions(UUID id, String otp) {
        User user = users.find(id).orElseThrow(() -> Refused.notFound("user", id));
        secondFactor.require(caller.name(), otp, "user.end-sessions " + user.name());
        int ended = sessions.endAll(id, caller.session(), clock.instant());
        audit.append(
                caller.actor(), "session.end", "user/" + user.name(), Map.of("sessions", ended));
        return ended;
    }

    /**
     * Ends every token of a person.
     *
     * @return how many
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public int revokeTokens(UUID id, String otp) {
        User user = users.find(id).orElseThrow(() -> Refused.notFound("user", id));
        secondFactor.require(caller.name(), otp, "user.revoke-tokens " + user.name());
        int revoked = users.revokeTokens(id, clock.instant());
        audit.append(
                caller.actor(), "token.revoke", "user/" + user.name(), Map.of("tokens", revoked));
        return revoked;
    }

    /**
     * Asks a second person to agree that somebody's authenticator is taken away; or, where it was
     * already, that passkeys are that were kept then.
     *
     * @param keepPasskeys whether the person's passkeys stay and sign in; else they are removed too
     * @param reason why
     * @return the approval it waits for
     * @throws Refused USER-SELF, TOTP-NONE, or as {@link Approvals#request}
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public UUID resetTotp(UUID id, boolean keepPasskeys, String reason, String otp) {
        User user = other(id, "reset your own authenticator");
        JsonObject parameters = TotpReset.parameters(user, keepPasskeys);
        totpReset.plan(parameters);
        secondFactor.require(
                caller.name(),
                otp,
                TotpReset.OPERATION
                        + " "
                        + user.name()
                        + (keepPasskeys ? " passkeys kept" : " passkeys removed"));
        return approvals.request(TotpReset.OPERATION, parameters, reason);
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

    /** Two who do this to each other at once would both be right by themselves: hence the lock. */
    private void requireAnotherGuru(User leaving) {
        if (users.lockSuperGurus().stream().allMatch(id -> id.equals(leaving.id()))) {
            throw new Refused(
                    "USER-LAST",
                    leaving.name() + " is the last SUPER_GURU.",
                    "Make somebody else a SUPER_GURU first: without one nobody could manage people,"
                            + " keys and stores.");
        }
    }

    /** Changes one's own password; every other session ends. */
    public void changePassword(Secret present, Secret next, String otp) {
        caller.requirePerson("change the password");
        User user = user();
        if (user.origin() == User.Origin.OIDC) {
            throw new Refused(
                    "USER-PROVIDER",
                    "You sign in through the provider and have no password here.",
                    "Change the one that the provider asks you for.");
        }
        requirePassword(user, present);
        passwords.requireGood(user.name(), next);
        String hash = passwords.hash(next);
        if (hasDevice(user)) {
            secondFactor.require(user.name(), otp, "password.change");
        }
        user.changePassword(hash);
        int ended = sessions.endAll(user.id(), caller.session(), clock.instant());
        audit.append(
                caller.actor(),
                "password.change",
                "user/" + user.name(),
                Map.of("sessions ended", ended));
    }

    private void requirePassword(User user, Secret present) {
        if (!passwords.matches(present == null ? Secret.of("") : present, user.passwordHash())) {
            throw new Refused(
                    "PASSWORD",
                    "The present password is wrong.",
                    "Enter the one you signed in with.");
        }
    }
}
