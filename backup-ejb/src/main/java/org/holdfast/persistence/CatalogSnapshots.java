package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;

/**
 * Tables {@code snapshots}, {@code snapshot_copies} and, filled from each manifest, {@code
 * snapshot_recipients}.
 */
@ApplicationScoped
@Transactional
public class CatalogSnapshots implements Snapshots {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void add(Snapshot snapshot) {
        entities.persist(snapshot);
        // Copies refer to it, and the provider knows no relation by which to order the two.
        entities.flush();
        Sql.change(
                entities,
                "INSERT INTO snapshot_recipients (snapshot_id, public_key)"
                        + " SELECT DISTINCT CAST(?1 AS uuid), r.public_key FROM"
                        + " jsonb_array_elements_text(CAST(?2 AS jsonb) -> 'recipients') AS r (public_key)",
                snapshot.id().toString(),
                snapshot.manifest());
    }

    @Override
    public Optional<Snapshot> find(UUID id) {
        return Optional.ofNullable(entities.find(Snapshot.class, id));
    }

    @Override
    public Optional<Snapshot> lock(UUID id) {
        return Rows.lock(entities, Snapshot.class, id);
    }

    @Override
    public Optional<Snapshot> newest(UUID sourceId) {
        return entities.createQuery(
                        "SELECT s FROM Snapshot s WHERE s.sourceId = :source AND s.rung <> :expired"
                                + " ORDER BY s.takenAt DESC, s.id DESC",
                        Snapshot.class)
                .setParameter("source", sourceId)
                .setParameter("expired", Rung.EXPIRED)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    @Override
    public void add(SnapshotCopy copy) {
        entities.persist(copy);
    }

    @Override
    public List<SnapshotCopy> copies(UUID snapshotId) {
        return entities.createQuery(
                        "SELECT c FROM SnapshotCopy c, StorageLocation s"
                                + " WHERE s.id = c.storeId AND c.snapshotId = :snapshot ORDER BY s.name",
                        SnapshotCopy.class)
                .setParameter("snapshot", snapshotId)
                .getResultList();
    }

    @Override
    public long onlyCopiesIn(UUID storeId) {
        return Rows.number(
                Sql.value(
                        entities,
                        """
                        SELECT count(*) FROM snapshots s
                        JOIN snapshot_copies c ON c.snapshot_id = s.id AND c.store_id = ?
                            AND c.state IN ('UPLOADED', 'VERIFIED')
                        WHERE s.rung <> 'EXPIRED' AND NOT EXISTS (
                            SELECT 1 FROM snapshot_copies o JOIN stores st ON st.id = o.store_id
                            WHERE o.snapshot_id = s.id AND o.store_id <> c.store_id
                                AND o.state IN ('UPLOADED', 'VERIFIED') AND NOT st.retired)""",
                        storeId));
    }

    @Override
    public Optional<SnapshotCopy> copyById(UUID copyId) {
        return Optional.ofNullable(entities.find(SnapshotCopy.class, copyId));
    }

    @Override
    public Optional<SnapshotCopy> copy(UUID snapshotId, UUID storeId) {
        return entities.createQuery(
                        "SELECT c FROM SnapshotCopy c"
                                + " WHERE c.snapshotId = :snapshot AND c.storeId = :store",
                        SnapshotCopy.class)
                .setParameter("snapshot", snapshotId)
                .setParameter("store", storeId)
                .getResultStream()
                .findFirst();
    }

    @Override
    public List<SnapshotCopy> dueCopies(Instant now, int max) {
        return entities.createQuery(
                        "SELECT c FROM SnapshotCopy c WHERE c.state = :failed"
                                + " AND c.nextTryAt <= :now ORDER BY c.nextTryAt",
                        SnapshotCopy.class)
                .setParameter("failed", SnapshotCopy.State.FAILED)
                .setParameter("now", now)
                .setMaxResults(max)
                .getResultList();
    }
}
