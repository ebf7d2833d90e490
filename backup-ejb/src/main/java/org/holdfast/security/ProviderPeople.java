package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.Invitations;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.openid.Door;
import org.holdfast.security.openid.Refusals;

/**
 * Who somebody is in Holdfast whom the provider vouches for: found by issuer and subject and never
 * by name, so that nobody becomes somebody else by being named alike.
 */
@ApplicationScoped
class ProviderPeople {
    @Inject private Users users;
    @Inject private Invitations invitations;
    @Inject private BrowserSessions sessions;
    @Inject private AuditLog audit;

    /**
     * Lets a person in, made at the first sign-in; the role is taken over at every one.
     *
     * @throws Refused OIDC-ROLE, OIDC-NAME, OIDC-NAME-TAKEN, OIDC-DISABLED or OIDC-FIRST
     */
    @Transactional(TxType.REQUIRES_NEW)
    public User admit(Door.Proof proof, String address, Instant now) {
        Role role = proof.role().orElseThrow(Refusals::noRole);
        Optional<User> known = users.bySubject(proof.issuer(), proof.subject());
        if (known.isPresent() && known.get().disabled()) {
            throw Refusals.disabled();
        }
        User user = known.orElseGet(() -> join(proof, role, now));
        if (user.role() != role) {
            audit.append(
                    AuditLog.SYSTEM,
                    "user.role",
                    "user/" + user.name(),
                    Map.of("from", user.role().name(), "to", role.name(), "by", "provider"));
            user.changeRole(role);
        }
        user.signedIn(now);
        audit.append(
                user.name(),
                "sign-in",
                "user/" + user.name(),
                Map.of("address", address, "by", "provider"));
        return user;
    }

    private User join(Door.Proof proof, Role role, Instant now) {
        if (users.none()) {
            throw Refusals.nobodyYet();
        }
        User user;
        try {
            user = User.ofProvider(proof.name(), proof.issuer(), proof.subject(), role, now);
        } catch (Refused e) {
            throw Refusals.noName();
        }
        // Appending locks the chain, so of two at once the second sees the first's user.
        audit.append(
                user.name(),
                "user.join",
                "user/" + user.name(),
                Map.of(
                        "role",
                        role.name(),
                        "provider",
                        proof.issuer(),
                        "subject",
                        proof.subject()));
        if (users.byName(user.name()).isPresent()
                || invitations.unsettledOf(user.name()).isPresent()) {
            throw Refusals.nameTaken();
        }
        users.add(user);
        return user;
    }

    /**
     * Ends the sessions and tokens of somebody known to whom the provider gives no role any longer.
     */
    @Transactional(TxType.REQUIRES_NEW)
    public void shutOut(Door.Proof proof, Instant now) {
        Optional<User> known = users.bySubject(proof.issuer(), proof.subject());
        if (known.isEmpty()) {
            return;
        }
        User user = known.get();
        int ended = sessions.endAll(user.id(), null, now);
        int revoked = users.revokeTokens(user.id(), now);
        if (ended + revoked > 0) {
            audit.append(
                    AuditLog.SYSTEM,
                    "session.end",
                    "user/" + user.name(),
                    Map.of(
                            "sessions",
                            ended,
                            "tokens",
                            revoked,
                            "why",
                            "the provider gives no role"));
        }
    }
}
