package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;

/** Tables {@code users}, {@code totp_devices}, {@code recovery_codes} and {@code api_tokens}. */
@ApplicationScoped
@Transactional
public class CatalogUsers implements Users {
    /** Devices and tokens are also changed by single statements: they are read as they are now. */
    private static final Map<String, Object> FRESH = Map.of("eclipselink.refresh", "true");

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public boolean none() {
        return !(Boolean) Sql.value(entities, "SELECT EXISTS (SELECT 1 FROM users)");
    }

    @Override
    public List<Row> rows(Instant now) {
        return Sql.rows(
                entities,
                """
                SELECT u.id, u.name, u.role, u.disabled, COALESCE(d.active, false), u.last_sign_in_at,
                       (SELECT count(*) FROM passkeys k WHERE k.user_id = u.id),
                       (SELECT count(*) FROM browser_sessions s WHERE s.user_id = u.id AND s.ended_at IS NULL
                           AND s.last_used_at > CAST(? AS timestamptz) AND s.started_at > CAST(? AS timestamptz)),
                       (SELECT count(*) FROM api_tokens t WHERE t.user_id = u.id AND t.revoked_at IS NULL
                           AND t.expires_at > CAST(? AS timestamptz))
                FROM users u LEFT JOIN totp_devices d ON d.user_id = u.id ORDER BY u.name""",
                row ->
                        new Row(
                                Rows.uuid(row[0]),
                                Rows.text(row[1]),
                                Role.valueOf(Rows.text(row[2])),
                                (Boolean) row[3],
                                (Boolean) row[4],
                                (int) Rows.number(row[6]),
                                Rows.instant(row[5]),
                                (int) Rows.number(row[7]),
                                (int) Rows.number(row[8])),
                Rows.timestamp(CatalogSessions.idleSince(now)),
                Rows.timestamp(CatalogSessions.startedSince(now)),
                Rows.timestamp(now));
    }

    /** Not FOR UPDATE, which would also keep out rows that refer to these people. */
    @Override
    public List<UUID> lockSuperGurus() {
        return Sql.rows(
                entities,
                """
                SELECT id, name FROM users WHERE role = 'SUPER_GURU' AND NOT disabled
                ORDER BY id FOR NO KEY UPDATE""",
                row -> Rows.uuid(row[0]));
    }

    @Override
    public Optional<User> find(UUID id) {
        return Optional.ofNullable(entities.find(User.class, id));
    }

    /** Not FOR UPDATE, which would also keep out rows that refer to the person. */
    @Override
    public Optional<User> lock(UUID id) {
        entities.flush();
        Sql.rows(
                entities,
                "SELECT id, name FROM users WHERE id = ? FOR NO KEY UPDATE",
                row -> Rows.uuid(row[0]),
                id);
        return Optional.ofNullable(entities.find(User.class, id, FRESH));
    }

    @Override
    public Optional<User> byName(String name) {
        return entities.createQuery("SELECT u FROM User u WHERE u.name = :name", User.class)
                .setParameter("name", name)
                .getResultStream()
                .findFirst();
    }

    @Override
    public Optional<User> bySubject(String issuer, String subject) {
        return entities.createQuery(
                        "SELECT u FROM User u WHERE u.issuer = :issuer AND u.subject = :subject",
                        User.class)
                .setParameter("issuer", issuer)
                .setParameter("subject", subject)
                .getResultStream()
                .findFirst();
    }

    /** Written at once: devices and tokens refer to it, and a name that is taken fails here. */
    @Override
    public void add(User user) {
        entities.persist(user);
        entities.flush();
    }

    @Override
    public Optional<TotpDevice> device(UUID userId) {
        return Optional.ofNullable(entities.find(TotpDevice.class, userId, FRESH));
    }

    @Override
    public void put(TotpDevice device) {
        Sql.change(
                entities,
                """
                INSERT INTO totp_devices (user_id, sealed_secret, active, last_step, failures, created_at)
                VALUES (?, ?, ?, ?, 0, CAST(? AS timestamptz))
                ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret,
                    active = excluded.active, last_step = excluded.last_step, failures = 0,
                    blocked_until = NULL, created_at = excluded.created_at""",
                device.userId(),
                device.sealedSecret(),
                device.active(),
                device.lastStep(),
                Rows.timestamp(device.createdAt()));
    }

    @Override
    public boolean useStep(UUID userId, long step) {
        return Sql.change(
                        entities,
                        """
                        UPDATE totp_devices SET last_step = ?, active = true, failures = 0, blocked_until = NULL
                        WHERE user_id = ? AND last_step < ?""",
                        step,
                        userId,
                        step)
                == 1;
    }

    @Override
    public void countFailure(UUID userId, Instant blockedUntil) {
        Sql.change(
                entities,
                """
                UPDATE totp_devices SET failures = failures + 1, blocked_until = CAST(? AS timestamptz)
                WHERE user_id = ?""",
                Rows.timestamp(blockedUntil),
                userId);
    }

    @Override
    public void removeDevice(UUID userId) {
        Sql.change(entities, "DELETE FROM recovery_codes WHERE user_id = ?", userId);
        Sql.change(entities, "DELETE FROM totp_devices WHERE user_id = ?", userId);
    }

    @Override
    public void putRecoveryCodes(UUID userId, List<String> hashes, Instant now) {
        Sql.change(entities, "DELETE FROM recovery_codes WHERE user_id = ?", userId);
        for (String hash : hashes) {
            Sql.change(
                    entities,
                    """
                    INSERT INTO recovery_codes (user_id, code_hash, made_at)
                    VALUES (?, ?, CAST(? AS timestamptz))""",
                    userId,
                    hash,
                    Rows.timestamp(now));
        }
    }

    @Override
    public boolean useRecoveryCode(UUID userId, String hash, Instant now) {
        boolean used =
                Sql.change(
                                entities,
                                """
                                UPDATE recovery_codes SET used_at = CAST(? AS timestamptz)
                                WHERE user_id = ? AND code_hash = ? AND used_at IS NULL""",
                                Rows.timestamp(now),
                                userId,
                                hash)
                        == 1;
        if (used) {
            Sql.change(
                    entities,
                    "UPDATE totp_devices SET failures = 0, blocked_until = NULL WHERE user_id = ?",
                    userId);
        }
        return used;
    }

    @Override
    public boolean knowsRecoveryCode(UUID userId, String hash) {
        return (Boolean)
                Sql.value(
                        entities,
                        "SELECT EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = ? AND code_hash = ?)",
                        userId,
                        hash);
    }

    @Override
    public int recoveryCodesLeft(UUID userId) {
        return (int)
                Rows.number(
                        Sql.value(
                                entities,
                                "SELECT count(*) FROM recovery_codes WHERE user_id = ? AND used_at IS NULL",
                                userId));
    }

    @Override
    public void add(ApiToken token) {
        entities.persist(token);
    }

    @Override
    public Optional<ApiToken> tokenByHash(String hash) {
        return entities.createQuery(
                        "SELECT t FROM ApiToken t WHERE t.tokenHash = :hash", ApiToken.class)
                .setParameter("hash", hash)
                .getResultStream()
                .findFirst();
    }

    @Override
    public List<ApiToken> tokens(UUID userId) {
        return entities.createQuery(
                        "SELECT t FROM ApiToken t WHERE t.userId = :user ORDER BY t.createdAt, t.id",
                        ApiToken.class)
                .setParameter("user", userId)
                .getResultList();
    }

    @Override
    public int revokeTokens(UUID userId, Instant now) {
        return Sql.change(
                entities,
                """
                UPDATE api_tokens SET revoked_at = CAST(? AS timestamptz)
                WHERE user_id = ? AND revoked_at IS NULL AND expires_at > CAST(? AS timestamptz)""",
                Rows.timestamp(now),
                userId,
                Rows.timestamp(now));
    }

    /** To the minute: not every request of a script is a write. */
    @Override
    public void used(UUID tokenId, Instant now) {
        Sql.change(
                entities,
                """
                UPDATE api_tokens SET last_used_at = CAST(? AS timestamptz)
                WHERE id = ? AND (last_used_at IS NULL OR last_used_at < CAST(? AS timestamptz))""",
                Rows.timestamp(now),
                tokenId,
                Rows.timestamp(now.minusSeconds(60)));
    }
}
