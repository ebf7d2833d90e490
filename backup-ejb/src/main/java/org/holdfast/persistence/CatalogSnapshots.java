package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.policy.Shrinkage;
import org.holdfast.domain.snapshot.Doom;
import org.holdfast.domain.snapshot.KeptCopy;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;

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
    public List<Proved> newestProved() {
        return Sql.rows(
                entities,
                """
                SELECT so.name, s.taken_at, s.raw_bytes, s.stored_bytes
                FROM sources so CROSS JOIN LATERAL (
                    SELECT x.taken_at, x.raw_bytes, x.stored_bytes FROM snapshots x
                    WHERE x.source_id = so.id AND x.rung IN ('VERIFIED', 'RESTORED')
                      AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = x.id)
                    ORDER BY x.taken_at DESC LIMIT 1) s
                WHERE NOT so.retired""",
                row ->
                        new Proved(
                                Rows.text(row[0]),
                                Rows.instant(row[1]),
                                Rows.number(row[2]),
                                Rows.number(row[3])));
    }

    @Override
    public List<Shrinkage.Size> sizes(UUID snapshotId) {
        return Sql.rows(
                entities,
                """
                SELECT x.taken_at, x.raw_bytes, CASE WHEN r.row_proof <> 'OFF' THEN x.table_count END,
                       CASE WHEN r.row_proof <> 'OFF' THEN x.row_count END
                FROM snapshots s JOIN snapshots x ON x.source_id = s.source_id
                JOIN backup_runs r ON r.id = x.id
                WHERE s.id = ?1 AND (x.id = s.id OR x.taken_at < s.taken_at
                    AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id IN (s.id, x.id))
                    AND (x.shrunken IS NULL OR x.shrunken_accepted_at IS NOT NULL)
                    AND x.taken_at >= coalesce((SELECT max(a.taken_at) FROM snapshots a
                        WHERE a.source_id = s.source_id AND a.taken_at < s.taken_at
                        AND a.shrunken_accepted_at IS NOT NULL), '-infinity'))
                ORDER BY x.id = s.id DESC, x.taken_at DESC LIMIT ?2""",
                CatalogSnapshots::size,
                snapshotId,
                Shrinkage.MOST_BEFORE + 1);
    }

    static Shrinkage.Size size(Object[] row) {
        return new Shrinkage.Size(
                Rows.instant(row[0]),
                Rows.number(row[1]),
                Optional.ofNullable(row[2]).map(Rows::number),
                Optional.ofNullable(row[3]).map(Rows::number));
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
    public Optional<SnapshotCopy> lockCopy(UUID copyId, String owner) {
        return Rows.lock(entities, SnapshotCopy.class, copyId)
                .filter(
                        copy ->
                                owner.equals(
                                        Rows.text(
                                                Sql.value(
                                                        entities,
                                                        "SELECT lease_owner FROM snapshot_copies"
                                                                + " WHERE id = ?",
                                                        copyId))));
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

    private static final String USE =
            """
            coalesce(
                (SELECT 'restore ' || b.id FROM backup_restores b WHERE b.snapshot_id = s.id
                    AND b.status IN ('AWAITING_APPROVAL', 'QUEUED', 'RUNNING') LIMIT 1),
                (SELECT 'drill ' || d.number FROM drills d WHERE d.snapshot_id = s.id
                    AND d.status IN ('PLANNED', 'RUNNING') LIMIT 1),
                (SELECT 'its own verification' FROM backup_runs r WHERE r.id = s.id
                    AND r.state IN ('QUEUED', 'RUNNING')),
                (SELECT 'a copy on its way to another store' FROM snapshot_copies o
                    WHERE o.snapshot_id = s.id AND o.state = 'FAILED'
                    AND o.lease_until > clock_timestamp() LIMIT 1),
                CASE WHEN s.recovered_at > clock_timestamp() - interval '7 days'
                    THEN 'the recovery of the catalog, for 7 days: look at the policy meanwhile' END)""";

    /** Rules leave an import alone at first, however old its content is; people may delete it. */
    private static final String IMPORTED =
            """
            (SELECT 'its import, for 7 days: put it under legal hold to keep it longer'
                FROM imports i JOIN backup_runs r ON r.id = i.run_id
                WHERE i.run_id = s.id AND r.finished_at > clock_timestamp() - interval '7 days')""";

    @Override
    public List<KeptCopy> kept(UUID sourceId) {
        return Sql.rows(
                entities,
                "SELECT c.id, s.id AS snapshot, c.store_id, st.name, st.kind, s.taken_at,"
                        + " s.stored_bytes, s.rung, c.state, s.hold_reason, coalesce("
                        + USE
                        + ", "
                        + IMPORTED
                        + ") AS used, c.doomed_at, c.doomed_by, c.doomed_why, c.remove_after,"
                        + " EXISTS (SELECT 1 FROM imports i WHERE i.run_id = s.id) AS imported"
                        + " FROM snapshots s JOIN snapshot_copies c ON c.snapshot_id = s.id"
                        + " JOIN stores st ON st.id = c.store_id"
                        + " WHERE s.source_id = ? AND s.rung <> 'EXPIRED'"
                        + " AND c.state NOT IN ('REMOVING', 'REMOVED')"
                        + " ORDER BY s.taken_at DESC, s.id DESC, st.name",
                CatalogSnapshots::kept,
                sourceId);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<String> sourcesKept() {
        return entities.createNativeQuery(
                        "SELECT so.name FROM sources so WHERE EXISTS (SELECT 1 FROM snapshots s"
                                + " WHERE s.source_id = so.id AND s.rung <> 'EXPIRED')"
                                + " ORDER BY so.name")
                .getResultList();
    }

    private static KeptCopy kept(Object[] c) {
        return new KeptCopy(
                Rows.uuid(c[0]),
                Rows.uuid(c[1]),
                Rows.uuid(c[2]),
                Rows.text(c[3]),
                Rows.text(c[4]).equals(StorageLocation.Kind.S3.name()),
                Rows.instant(c[5]),
                Rows.number(c[6]),
                Rung.valueOf(Rows.text(c[7])),
                SnapshotCopy.State.valueOf(Rows.text(c[8])),
                Optional.ofNullable(Rows.text(c[9])),
                Optional.ofNullable(Rows.text(c[10])),
                c[11] == null
                        ? Optional.empty()
                        : Optional.of(
                                new Doom(
                                        Rows.instant(c[11]),
                                        Rows.text(c[12]),
                                        Rows.text(c[13]),
                                        Rows.instant(c[14]))),
                (Boolean) c[15]);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Set<ObjectKey> folders(UUID storeId) {
        List<String> prefixes =
                entities.createNativeQuery(
                                "SELECT s.key_prefix FROM snapshots s JOIN snapshot_copies c"
                                        + " ON c.snapshot_id = s.id WHERE c.store_id = ?1")
                        .setParameter(1, storeId)
                        .getResultList();
        return prefixes.stream().map(ObjectKey::new).collect(Collectors.toSet());
    }

    @Override
    public Optional<String> use(UUID snapshotId) {
        return Optional.ofNullable(
                Rows.text(
                        Sql.value(
                                entities,
                                "SELECT " + USE + " FROM snapshots s WHERE s.id = ?",
                                snapshotId)));
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
