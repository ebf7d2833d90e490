package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;

/** Tables {@code passkeys} and {@code passkey_questions}. */
@ApplicationScoped
@Transactional
public class CatalogPasskeys implements Passkeys {
    /** They are also changed by single statements: they are read as they are now. */
    private static final String FRESH = "eclipselink.refresh";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public List<Passkey> of(UUID userId) {
        return entities.createQuery(
                        "SELECT p FROM Passkey p WHERE p.userId = :user ORDER BY p.createdAt, p.id",
                        Passkey.class)
                .setParameter("user", userId)
                .setHint(FRESH, "true")
                .getResultList();
    }

    @Override
    public Optional<Passkey> byCredential(String credentialId) {
        return entities.createQuery(
                        "SELECT p FROM Passkey p WHERE p.credentialId = :id", Passkey.class)
                .setParameter("id", credentialId)
                .setHint(FRESH, "true")
                .getResultStream()
                .findFirst();
    }

    @Override
    public void add(Passkey passkey) {
        entities.persist(passkey);
        entities.flush();
    }

    @Override
    public boolean used(UUID id, long before, long after, Instant now) {
        return Sql.change(
                        entities,
                        """
                        UPDATE passkeys SET signatures = ?, last_used_at = CAST(? AS timestamptz)
                        WHERE id = ? AND signatures = ? AND suspect_at IS NULL""",
                        after,
                        Rows.timestamp(now),
                        id,
                        before)
                == 1;
    }

    @Override
    public void suspect(UUID id, Instant now) {
        Sql.change(
                entities,
                """
                UPDATE passkeys SET suspect_at = CAST(? AS timestamptz)
                WHERE id = ? AND suspect_at IS NULL""",
                Rows.timestamp(now),
                id);
    }

    @Override
    public boolean remove(UUID userId, UUID id) {
        return Sql.change(entities, "DELETE FROM passkeys WHERE user_id = ? AND id = ?", userId, id)
                == 1;
    }

    @Override
    public int removeAll(UUID userId) {
        return Sql.change(entities, "DELETE FROM passkeys WHERE user_id = ?", userId);
    }

    /** What an act answers at this moment is left to that act: nobody waits for somebody else's. */
    @Override
    public void ask(UUID session, String challenge, String operation, Instant until, Instant now) {
        Sql.change(
                entities,
                """
                DELETE FROM passkey_questions WHERE challenge IN (
                    SELECT challenge FROM passkey_questions WHERE expires_at < CAST(? AS timestamptz)
                    FOR UPDATE SKIP LOCKED)""",
                Rows.timestamp(now));
        Sql.change(
                entities,
                """
                INSERT INTO passkey_questions (challenge, session_id, operation, expires_at)
                VALUES (?, ?, ?, CAST(? AS timestamptz))""",
                challenge,
                session,
                operation,
                Rows.timestamp(until));
    }

    @Override
    public boolean answered(UUID session, String challenge, String operation, Instant now) {
        return Sql.change(
                        entities,
                        """
                        DELETE FROM passkey_questions WHERE challenge = ? AND session_id = ?
                            AND operation = ? AND expires_at > CAST(? AS timestamptz)""",
                        challenge,
                        session,
                        operation,
                        Rows.timestamp(now))
                == 1;
    }
}
