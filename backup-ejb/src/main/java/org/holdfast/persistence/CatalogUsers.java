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
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;

/** Tables {@code users}, {@code totp_devices} and {@code api_tokens}. */
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
    public List<User> all() {
        return entities.createQuery("SELECT u FROM User u ORDER BY u.name", User.class)
                .getResultList();
    }

    @Override
    public Optional<User> find(UUID id) {
        return Optional.ofNullable(entities.find(User.class, id));
    }

    @Override
    public Optional<User> byName(String name) {
        return entities.createQuery("SELECT u FROM User u WHERE u.name = :name", User.class)
                .setParameter("name", name)
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
