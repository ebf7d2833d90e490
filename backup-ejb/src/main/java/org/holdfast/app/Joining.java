package org.holdfast.app;

import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.Invitation;
import org.holdfast.domain.people.Invitations;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.Passwords;
import org.holdfast.security.SignInRecords;
import org.holdfast.security.SignInThrottle;
import org.holdfast.security.Tokens;

/**
 * How somebody becomes a person here: a SUPER_GURU hands out a one-time link, and whoever holds it
 * chooses a password and sets an authenticator up. Nobody else ever knows that password, and there
 * is no person before both are there. Whoever lost the authenticator, or forgot the password, comes
 * back by such a link, too; each link asks for the one that was not lost.
 */
@Stateless
@RolesAllowed(SUPER_GURU_NAME)
public class Joining {
    /** In the place of an address: who holds a link may come from anywhere. */
    private static final String BY_LINK = "one-time link";

    @Inject private Users users;
    @Inject private BrowserSessions sessions;
    @Inject private Invitations invitations;
    @Inject private Passwords passwords;
    @Inject private Enrolments enrolments;
    @Inject private SecondFactor secondFactor;
    @Inject private SignInThrottle throttle;
    @Inject private SignInRecords records;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /**
     * A link just made. Shown once.
     *
     * @param token what stands in the link
     */
    public record Link(People.Person person, Secret token) {
        /**
         * What is handed over.
         *
         * @param root of this server as whoever hands it over reaches it, with a slash at its end
         */
        public String address(String root) {
            return root + "console/join.xhtml?token=" + token.reveal();
        }
    }

    /**
     * What whoever opens a link is told.
     *
     * @param kind what is done there
     */
    public record Invited(
            Invitation.Kind kind, String name, Role role, String invitedBy, Instant expiresAt) {}

    /**
     * Invites somebody who signs in under this name one day.
     *
     * @throws Refused USER-NAME, or NAME-TAKEN by a person or another invitation
     */
    public Link invite(String name, Role role, String otp) {
        Instant now = clock.instant();
        Secret token = Tokens.next();
        Invitation invitation =
                new Invitation(
                        Invitation.Kind.JOIN, name, role, Tokens.hash(token), caller.name(), now);
        secondFactor.require(caller.name(), otp, "user.invite " + name + " " + role);
        // Appending locks the chain, so of two at once the second sees the first's invitation.
        audit.append(
                caller.actor(),
                "user.invite",
                "user/" + name,
                Map.of("role", role.name(), "until", invitation.expiresAt().toString()));
        if (users.byName(name).isPresent()) {
            throw new Refused(
                    "NAME-TAKEN",
                    "There is already a user named \"" + name + "\".",
                    "Choose another name; a disabled person's name stays taken.");
        }
        if (invitations.unsettledOf(name).isPresent()) {
            throw new Refused(
                    "NAME-TAKEN",
                    "\"" + name + "\" is invited already.",
                    "Make a new link for that invitation, or withdraw it first.");
        }
        invitations.add(invitation);
        return new Link(People.invited(invitation, now), token);
    }

    /** A new link in place of the one that was handed out, which from now on opens nothing. */
    public Link inviteAgain(UUID id, String otp) {
        Instant now = clock.instant();
        Invitation invitation = invitation(id);
        secondFactor.require(caller.name(), otp, "user.invite again " + invitation.userName());
        Secret token = Tokens.next();
        invitation.again(Tokens.hash(token), caller.name(), now);
        audit.append(
                caller.actor(),
                "user.invite",
                "user/" + invitation.userName(),
                Map.of(
                        "role",
                        invitation.role().name(),
                        "until",
                        invitation.expiresAt().toString(),
                        "again",
                        true));
        return new Link(People.invited(invitation, now), token);
    }

    /**
     * A link by which somebody whose authenticator was reset sets up another; one that was handed
     * out before opens nothing from then on.
     *
     * @throws Refused TOTP-THERE where nothing was reset, USER-PROVIDER
     */
    public Link linkBack(UUID userId, String otp) {
        Instant now = clock.instant();
        User user = users.find(userId).orElseThrow(() -> Refused.notFound("user", userId));
        if (user.origin() == User.Origin.OIDC) {
            throw new Refused(
                    "USER-PROVIDER",
                    user.name() + " signs in through the provider and needs no link.",
                    "Another authenticator is set up under Your account after the next sign-in.");
        }
        if (!user.mustEnrol()) {
            throw new Refused(
                    "TOTP-THERE",
                    "The authenticator of " + user.name() + " was not reset.",
                    "Ask for the reset first; a second person has to agree to it.");
        }
        secondFactor.require(caller.name(), otp, "totp.link " + user.name());
        return link(Invitation.Kind.AUTHENTICATOR, user, "totp.link", now);
    }

    /**
     * A link by which somebody who forgot the password chooses another, with a code of the
     * authenticator; the old one counts until then. One that was handed out before opens nothing
     * from then on.
     *
     * @throws Refused USER-SELF, USER-PROVIDER, USER-DISABLED, or TOTP-NONE where there is no
     *     authenticator to ask for
     */
    public Link resetPassword(UUID userId, String otp) {
        User user = users.find(userId).orElseThrow(() -> Refused.notFound("user", userId));
        if (user.name().equals(caller.name())) {
            throw new Refused(
                    "USER-SELF",
                    "You cannot reset your own password.",
                    "Change it under Your account; if you forgot it, ask another SUPER_GURU.");
        }
        if (user.origin() == User.Origin.OIDC) {
            throw new Refused(
                    "USER-PROVIDER",
                    user.name() + " signs in through the provider and has no password here.",
                    "The password is changed there.");
        }
        if (user.disabled()) {
            throw new Refused(
                    "USER-DISABLED",
                    user.name() + " is disabled, and a link would open nothing.",
                    "Enable the person first.");
        }
        if (users.device(user.id()).filter(TotpDevice::active).isEmpty()) {
            throw new Refused(
                    "TOTP-NONE",
                    user.name() + " has no authenticator, whose code the link would ask for.",
                    "Who lost both is disabled, and invited again under another name.");
        }
        secondFactor.require(caller.name(), otp, "password.link " + user.name());
        return link(Invitation.Kind.PASSWORD, user, "password.link", clock.instant());
    }

    /** Takes the place of any other that was handed out to the person. */
    private Link link(Invitation.Kind kind, User user, String action, Instant now) {
        Optional<Invitation> before =
                invitations.unsettledOf(user.name()).flatMap(i -> invitations.lock(i.id()));
        // Of two links one would stay open, and the catalog allows one: the old one goes first.
        before.filter(i -> i.kind() != kind).ifPresent(i -> i.withdraw(now));
        audit.append(caller.actor(), action, "user/" + user.name(), Map.of());
        Secret token = Tokens.next();
        String hash = Tokens.hash(token);
        Optional<Invitation> same = before.filter(i -> i.kind() == kind);
        same.ifPresent(i -> i.again(hash, caller.name(), now));
        Invitation invitation =
                same.orElseGet(
                        () ->
                                new Invitation(
                                        kind, user.name(), user.role(), hash, caller.name(), now));
        if (same.isEmpty()) {
            invitations.add(invitation);
        }
        return new Link(People.invited(invitation, now), token);
    }

    /**
     * The link opens nothing from now on, and the name is free again.
     *
     * @throws Refused INVITATION where it was used or withdrawn
     */
    public void withdraw(UUID id) {
        Invitation invitation = invitation(id);
        invitation.withdraw(clock.instant());
        audit.append(
                caller.actor(),
                "user.invite.withdraw",
                "user/" + invitation.userName(),
                Map.of("role", invitation.role().name()));
    }

    private Invitation invitation(UUID id) {
        return invitations.lock(id).orElseThrow(() -> Refused.notFound("invitation", id));
    }

    /** What a link is for; empty where it opens nothing, and nobody is told why. */
    @PermitAll
    public Optional<Invited> look(Secret token) {
        return open(token)
                .map(
                        i ->
                                new Invited(
                                        i.kind(),
                                        i.userName(),
                                        i.role(),
                                        i.invitedBy(),
                                        i.expiresAt()));
    }

    private Optional<Invitation> open(Secret token) {
        return invitations
                .byTokenHash(Tokens.hash(token))
                .filter(i -> i.open(clock.instant()))
                .filter(
                        i ->
                                switch (i.kind()) {
                                    case JOIN -> true;
                                    case AUTHENTICATOR ->
                                            users.byName(i.userName())
                                                    .filter(u -> u.mustEnrol() && !u.disabled())
                                                    .isPresent();
                                    case PASSWORD ->
                                            users.byName(i.userName())
                                                    .filter(u -> !u.mustEnrol() && !u.disabled())
                                                    .isPresent();
                                });
    }

    /**
     * Takes a look at the password, and begins an authenticator; the catalog does not change.
     *
     * @throws Refused INVITATION or PASSWORD
     */
    @PermitAll
    public People.Enrolment begin(Secret token, Secret password) {
        Invitation invitation = open(token).orElseThrow(Invitation::closed);
        requirePassword(invitation, password);
        return enrolments.begin(invitation.id(), invitation.userName());
    }

    /** A good one of who joins; the present one of who comes back. */
    private void requirePassword(Invitation invitation, Secret password) {
        String name = invitation.userName();
        switch (invitation.kind()) {
            case JOIN -> passwords.requireGood(name, password);
            case PASSWORD -> throw Invitation.closed();
            case AUTHENTICATOR -> {
                User user = users.byName(name).orElseThrow(Invitation::closed);
                try (SignInThrottle.Try one =
                        throttle.beginWithPassword(name, BY_LINK).orElse(null)) {
                    if (one == null) {
                        throw wrongPassword();
                    }
                    if (!passwords.matches(password, user.passwordHash())) {
                        one.failed();
                        records.refusedSignIn(name, BY_LINK, "wrong password");
                        throw wrongPassword();
                    }
                }
            }
        }
    }

    private static Refused wrongPassword() {
        return new Refused(
                "PASSWORD",
                "The password is wrong.",
                "Enter the one you sign in with. After several failures every attempt is refused for a"
                        + " while.");
    }

    /**
     * Sets up the authenticator that was begun; who joins is a person from now on.
     *
     * @return ten recovery codes
     * @throws Refused INVITATION, PASSWORD, TOTP-NOT-BEGUN or STEP-UP
     */
    @PermitAll
    public List<Secret> join(Secret token, Secret password, String code) {
        Invitation invitation = open(token).orElseThrow(Invitation::closed);
        requirePassword(invitation, password);
        Instant now = clock.instant();
        if (!invitations.use(invitation.id(), now)) {
            throw Invitation.closed();
        }
        boolean joins = invitation.kind() == Invitation.Kind.JOIN;
        User user;
        if (joins) {
            String hash = passwords.hash(password);
            user = new User(invitation.userName(), hash, invitation.role(), now);
            users.add(user);
        } else {
            user = users.byName(invitation.userName()).orElseThrow(Invitation::closed);
        }
        List<Secret> codes = enrolments.activate(invitation.id(), user, code);
        audit.append(
                user.name(),
                joins ? "user.join" : "totp.activate",
                "user/" + user.name(),
                Map.of("role", user.role().name(), "invited by", invitation.invitedBy()));
        return codes;
    }

    /**
     * Puts another password in the place of the forgotten one; every session of the person ends.
     *
     * @param code of the authenticator
     * @throws Refused INVITATION, PASSWORD or STEP-UP
     */
    @PermitAll
    public void choosePassword(Secret token, Secret password, String code) {
        Invitation invitation =
                open(token)
                        .filter(i -> i.kind() == Invitation.Kind.PASSWORD)
                        .orElseThrow(Invitation::closed);
        User user = users.byName(invitation.userName()).orElseThrow(Invitation::closed);
        passwords.requireGood(user.name(), password);
        String hash = passwords.hash(password);
        secondFactor.require(user.name(), code, "password.reset");
        Instant now = clock.instant();
        if (!invitations.use(invitation.id(), now)) {
            throw Invitation.closed();
        }
        user.changePassword(hash);
        int ended = sessions.endAll(user.id(), null, now);
        audit.append(
                user.name(),
                "password.reset",
                "user/" + user.name(),
                Map.of("link by", invitation.invitedBy(), "sessions ended", ended));
    }
}
