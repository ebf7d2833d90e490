package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.Anchors;

/** Tables {@code audit_anchoring} and {@code audit_anchors}. */
@ApplicationScoped
@Transactional
public class CatalogAnchors implements Anchors {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public UUID catalog() {
        return Rows.uuid(Sql.value(entities, "SELECT catalog FROM audit_anchoring WHERE one"));
    }

    @Override
    public boolean claim(Duration every) {
        return Sql.change(
                        entities,
                        "UPDATE audit_anchoring SET anchored_at = clock_timestamp()"
                                + " WHERE anchored_at <= clock_timestamp() - make_interval(secs => ?1)"
                                + " OR anchored_at > clock_timestamp()",
                        (double) every.toSeconds())
                == 1;
    }

    @Override
    public List<Anchor> all() {
        return Sql.rows(
                entities,
                "SELECT s.id, s.name, a.key, coalesce(a.entries, 0), a.hash, a.at, a.looked_at, a.failure, a.mismatch"
                        + " FROM stores s LEFT JOIN audit_anchors a ON a.store_id = s.id WHERE NOT s.retired ORDER BY s.name",
                row ->
                        new Anchor(
                                Rows.uuid(row[0]),
                                Rows.text(row[1]),
                                Rows.text(row[2]),
                                Rows.number(row[3]),
                                Rows.text(row[4]),
                                Rows.instant(row[5]),
                                Rows.instant(row[6]),
                                Rows.text(row[7]),
                                Rows.text(row[8])));
    }

    @Override
    public void seen(UUID storeId, Optional<Seen> newest, String mismatch) {
        Sql.change(
                entities,
                """
                INSERT INTO audit_anchors (store_id, key, entries, hash, at, looked_at, failure, mismatch)
                VALUES (?1, CAST(?2 AS text), ?3, CAST(?4 AS text), CAST(?5 AS timestamptz), clock_timestamp(), NULL, CAST(?6 AS text))
                ON CONFLICT (store_id) DO UPDATE SET key = excluded.key, entries = excluded.entries, hash = excluded.hash,
                    at = excluded.at, looked_at = excluded.looked_at, failure = NULL, mismatch = excluded.mismatch""",
                storeId,
                newest.map(Seen::key).orElse(null),
                newest.map(Seen::entries).orElse(0L),
                newest.map(Seen::hash).orElse(null),
                newest.map(seen -> Rows.timestamp(seen.at())).orElse(null),
                mismatch);
    }

    @Override
    public void failed(UUID storeId, String failure) {
        Sql.change(
                entities,
                "INSERT INTO audit_anchors (store_id, failure) VALUES (?1, ?2)"
                        + " ON CONFLICT (store_id) DO UPDATE SET failure = excluded.failure",
                storeId,
                failure);
    }
}
