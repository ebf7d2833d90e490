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
import org.holdfast.domain.keys.Opens;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKeys;

/** Tables {@code recipients} and {@code snapshot_recipients}. */
@ApplicationScoped
@Transactional
public class CatalogKeys implements RecipientKeys {
    /** Every kept backup with every key it was encrypted to, and how many ways into it remain. */
    private static final String WAYS =
            "SELECT sr.snapshot_id, sr.public_key, s.taken_at, s.source_id, s.rung,"
                    + " coalesce(r.state <> 'RETIRED', false) AS living,"
                    + " count(*) FILTER (WHERE r.state <> 'RETIRED') OVER (PARTITION BY sr.snapshot_id) AS ways"
                    + " FROM snapshot_recipients sr JOIN snapshots s ON s.id = sr.snapshot_id"
                    + " LEFT JOIN recipients r ON r.public_key = sr.public_key"
                    + " WHERE s.rung <> 'EXPIRED'";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public List<RecipientKey> all() {
        return entities.createQuery(
                        "SELECT k FROM RecipientKey k ORDER BY k.state, k.purpose, k.name",
                        RecipientKey.class)
                .setHint("eclipselink.refresh", "true")
                .getResultList();
    }

    @Override
    public List<RecipientKey> active() {
        return entities.createQuery(
                        "SELECT k FROM RecipientKey k WHERE k.state = :active ORDER BY k.purpose, k.name",
                        RecipientKey.class)
                .setParameter("active", RecipientKey.State.ACTIVE)
                .setHint("eclipselink.refresh", "true")
                .getResultList();
    }

    @Override
    public Optional<RecipientKey> find(UUID id) {
        // What another transaction did before this one got the lock is seen.
        entities.flush();
        return Optional.ofNullable(
                entities.find(RecipientKey.class, id, Map.of("eclipselink.refresh", "true")));
    }

    @Override
    public void add(RecipientKey key) {
        entities.persist(key);
        entities.flush();
    }

    @Override
    public void lock() {
        entities.flush();
        Sql.value(entities, "SELECT pg_advisory_xact_lock(hashtext('holdfast keys')) IS NULL");
    }

    @Override
    public Map<String, Opens> opens() {
        entities.flush();
        Map<String, Opens> opens = new HashMap<>();
        Sql.rows(
                        entities,
                        "SELECT public_key, count(*), count(*) FILTER (WHERE living AND ways = 1),"
                                + " min(taken_at), max(taken_at) FROM ("
                                + WAYS
                                + ") ways GROUP BY public_key",
                        row -> row)
                .forEach(
                        row ->
                                opens.put(
                                        Rows.text(row[0]),
                                        new Opens(
                                                Rows.number(row[1]),
                                                Rows.number(row[2]),
                                                Rows.instant(row[3]),
                                                Rows.instant(row[4]))));
        return opens;
    }

    @Override
    public List<Opened> opened(String publicKey, int max) {
        return Sql.rows(
                entities,
                "SELECT w.snapshot_id, so.name, w.taken_at, w.rung, w.living AND w.ways = 1 FROM ("
                        + WAYS
                        + ") w JOIN sources so ON so.id = w.source_id WHERE w.public_key = ?1"
                        + " ORDER BY w.taken_at DESC, w.snapshot_id DESC LIMIT ?2",
                row ->
                        new Opened(
                                Rows.uuid(row[0]),
                                Rows.text(row[1]),
                                Rows.instant(row[2]),
                                Rows.text(row[3]),
                                (Boolean) row[4]),
                publicKey,
                max);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<String> strangers() {
        return ((List<Object>)
                        entities.createNativeQuery(
                                        "SELECT DISTINCT sr.public_key FROM snapshot_recipients sr"
                                                + " JOIN snapshots s ON s.id = sr.snapshot_id"
                                                + " WHERE s.rung <> 'EXPIRED' AND NOT EXISTS (SELECT 1 FROM recipients r"
                                                + " WHERE r.public_key = sr.public_key) ORDER BY sr.public_key")
                                .getResultList())
                .stream().map(Object::toString).toList();
    }

    @Override
    public long running() {
        return Rows.number(
                Sql.value(entities, "SELECT count(*) FROM backup_runs WHERE state = 'RUNNING'"));
    }
}
