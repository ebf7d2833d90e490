package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.Invitation;
import org.holdfast.domain.people.Invitations;

/** Table {@code invitations}. */
@ApplicationScoped
@Transactional
public class CatalogInvitations implements Invitations {
    private static final String UNSETTLED =
            "SELECT i FROM Invitation i WHERE i.usedAt IS NULL AND i.withdrawnAt IS NULL";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public List<Invitation> unsettled() {
        return entities.createQuery(UNSETTLED + " ORDER BY i.userName", Invitation.class)
                .getResultList();
    }

    @Override
    public Optional<Invitation> unsettledOf(String userName) {
        return entities.createQuery(UNSETTLED + " AND i.userName = :name", Invitation.class)
                .setParameter("name", userName)
                .getResultStream()
                .findFirst();
    }

    @Override
    public Optional<Invitation> byTokenHash(String hash) {
        return entities.createQuery(
                        "SELECT i FROM Invitation i WHERE i.tokenHash = :hash", Invitation.class)
                .setParameter("hash", hash)
                .getResultStream()
                .findFirst();
    }

    @Override
    public Optional<Invitation> lock(UUID id) {
        return Rows.lock(entities, Invitation.class, id);
    }

    @Override
    public void add(Invitation invitation) {
        entities.persist(invitation);
        entities.flush();
    }

    @Override
    public boolean use(UUID id, Instant now) {
        return Sql.change(
                        entities,
                        """
                        UPDATE invitations SET used_at = CAST(? AS timestamptz)
                        WHERE id = ? AND used_at IS NULL AND withdrawn_at IS NULL
                            AND expires_at > CAST(? AS timestamptz)""",
                        Rows.timestamp(now),
                        id,
                        Rows.timestamp(now))
                == 1;
    }
}
