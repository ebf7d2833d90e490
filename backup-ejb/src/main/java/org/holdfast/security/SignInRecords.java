package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Secret;

/**
 * What is written about proofs of identity, each in a transaction of its own: a wrong code stays
 * counted though the act it was typed for is rolled back.
 *
 * <p>Call {@code SecondFactor} before the act's own audit entry: that entry locks the chain's head
 * until the act's transaction ends, and the transaction here would wait for it.
 */
@ApplicationScoped
public class SignInRecords {
    @Inject private Users users;
    @Inject private AuditLog audit;
    @Inject private Passwords passwords;
    @Inject private Passkeys passkeys;

    /**
     * Spends a code outside of an act, for a sign-in.
     *
     * @return false where it was used already
     */
    @Transactional(TxType.REQUIRES_NEW)
    public boolean spend(UUID userId, long step) {
        return users.useStep(userId, step);
    }

    /**
     * Spends a recovery code, which is only ever typed at a sign-in.
     *
     * @return false where there is none such, or it was used already
     */
    @Transactional(TxType.REQUIRES_NEW)
    public boolean spendRecovery(UUID userId, String hash, Instant now) {
        return users.useRecoveryCode(userId, hash, now);
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void wrongCode(User user, String operation, Instant blockedUntil) {
        users.countFailure(user.id(), blockedUntil);
        audit.append(
                user.name(),
                "step-up.fail",
                "user/" + user.name(),
                Map.of("why", "wrong code", "operation", operation));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void refusedCode(User user, String operation, String why) {
        audit.append(
                user.name(),
                "step-up.fail",
                "user/" + user.name(),
                Map.of("why", why, "operation", operation));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void signedIn(
            User user, Secret password, String address, boolean byRecovery, Instant now) {
        User present = users.find(user.id()).orElseThrow();
        present.signedIn(now);
        if (passwords.outdated(present.passwordHash())) {
            present.changePassword(passwords.hash(password));
        }
        audit.append(
                user.name(),
                byRecovery ? "sign-in.recovery" : "sign-in",
                "user/" + user.name(),
                byRecovery
                        ? Map.of(
                                "address",
                                address,
                                "codes left",
                                users.recoveryCodesLeft(user.id()))
                        : Map.of("address", address));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void signedInByPasskey(User user, String passkey, String address, Instant now) {
        users.find(user.id()).orElseThrow().signedIn(now);
        audit.append(
                user.name(),
                "sign-in",
                "user/" + user.name(),
                Map.of("address", address, "by", "passkey", "passkey", passkey));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void refusedPassphrase(String actor, String person, String identity, String why) {
        audit.append(
                actor,
                "passphrase.fail",
                "user/" + person,
                Map.of("identity", identity, "why", why));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void openedByPassphrase(String actor, String person, String identity) {
        audit.append(actor, "passphrase.open", "user/" + person, Map.of("identity", identity));
    }

    /** Stays, though the act it is asked for is rolled back until the answer is there. */
    @Transactional(TxType.REQUIRES_NEW)
    public void askedForPasskey(
            UUID session, String challenge, String operation, Instant until, Instant now) {
        passkeys.ask(session, challenge, operation, until, now);
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void suspectPasskey(User user, Passkey passkey, Instant now) {
        passkeys.suspect(passkey.id(), now);
        audit.append(
                AuditLog.SYSTEM,
                "passkey.suspect",
                "user/" + user.name(),
                Map.of("passkey", passkey.name(), "why", "its counter went back"));
    }

    /**
     * @param typedName as typed, which may be no user's
     */
    @Transactional(TxType.REQUIRES_NEW)
    public void refusedSignIn(String typedName, String address, String why) {
        String name = typedName.length() > 63 ? typedName.substring(0, 63) : typedName;
        audit.append(
                AuditLog.SYSTEM,
                "sign-in.fail",
                "user/" + name,
                Map.of("address", address, "why", why));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void refusedBootstrap(String typedName) {
        String name = typedName.length() > 63 ? typedName.substring(0, 63) : typedName;
        audit.append(
                AuditLog.SYSTEM, "bootstrap.fail", "user/" + name, Map.of("why", "wrong token"));
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void tokenUsed(UUID tokenId, Instant now) {
        users.used(tokenId, now);
    }

    @Transactional(TxType.REQUIRES_NEW)
    public void keyMade(String key, String id) {
        audit.append(AuditLog.SYSTEM, "key.make", "key/" + key, Map.of("id", id));
    }
}
