package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.snapshot.CopyReading;
import org.holdfast.domain.snapshot.CopyReadings;
import org.holdfast.domain.snapshot.SnapshotCopy;

/** Tables {@code copy_readings} and {@code store_readings}. */
@ApplicationScoped
@Transactional
public class CatalogReadings implements CopyReadings {
    /** More than the copies of one snapshot: the newest of each is among them. */
    private static final int RECENT = 200;

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void ask(SnapshotCopy copy, String by, long bytes) {
        Sql.change(
                entities,
                "INSERT INTO copy_readings (id, copy_id, snapshot_id, store_id, asked_by, total_bytes)"
                        + " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                Ids.next(),
                copy.id(),
                copy.snapshotId(),
                copy.storeId(),
                by,
                bytes);
    }

    @Override
    public Optional<CopyReading> find(UUID id) {
        return Optional.ofNullable(entities.find(CopyReading.class, id));
    }

    @Override
    public Optional<CopyReading> lock(UUID id) {
        return Rows.lock(entities, CopyReading.class, id);
    }

    @Override
    public Map<UUID, CopyReading> latest(UUID snapshotId) {
        Map<UUID, CopyReading> latest = new HashMap<>();
        entities.createQuery(
                        "SELECT r FROM CopyReading r WHERE r.snapshotId = :snapshot"
                                + " ORDER BY r.queuedAt DESC",
                        CopyReading.class)
                .setParameter("snapshot", snapshotId)
                .setMaxResults(RECENT)
                .getResultStream()
                .forEach(reading -> latest.putIfAbsent(reading.copyId(), reading));
        return latest;
    }

    @Override
    public void count(UUID storeId, long bytes) {
        Sql.change(
                entities,
                "INSERT INTO store_readings AS b (store_id, bytes) VALUES (?1, ?2)"
                        + " ON CONFLICT (store_id) DO UPDATE SET bytes = b.bytes + excluded.bytes",
                storeId,
                bytes);
    }

    @Override
    public List<Standing> standings() {
        return Sql.rows(
                entities,
                """
                SELECT t.name, coalesce(b.bytes, 0), oldest.at,
                       (SELECT count(*) FROM snapshot_copies d JOIN snapshots s ON s.id = d.snapshot_id
                        WHERE d.store_id = t.id AND d.state = 'CORRUPT' AND d.doomed_at IS NULL
                          AND s.rung <> 'EXPIRED')
                FROM stores t LEFT JOIN store_readings b ON b.store_id = t.id
                LEFT JOIN LATERAL (
                    SELECT coalesce(c.verified_at, c.uploaded_at) AS at FROM snapshot_copies c
                    WHERE c.store_id = t.id AND c.state IN ('UPLOADED', 'VERIFIED') AND c.doomed_at IS NULL
                    ORDER BY c.verified_at NULLS FIRST LIMIT 1) oldest ON true
                WHERE NOT t.retired ORDER BY t.name""",
                row ->
                        new Standing(
                                Rows.text(row[0]),
                                Rows.number(row[1]),
                                Optional.ofNullable(Rows.instant(row[2])),
                                Rows.number(row[3])));
    }
}
