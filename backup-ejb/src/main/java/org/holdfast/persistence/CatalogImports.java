package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.snapshot.ImportOrders;

/** Table {@code imports}. */
@ApplicationScoped
@Transactional
public class CatalogImports implements ImportOrders {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void add(ImportOrder order) {
        // Its run has to be there first, and the provider knows no relation by which to order them.
        entities.flush();
        entities.persist(order);
    }

    @Override
    public void lock(String place) {
        Sql.value(
                entities,
                "SELECT pg_advisory_xact_lock(hashtext('holdfast import ' || ?1)) IS NULL",
                place);
    }

    @Override
    public Optional<ImportOrder> find(UUID runId) {
        return Optional.ofNullable(entities.find(ImportOrder.class, runId));
    }

    @Override
    public List<Known> known(String place, Collection<String> files) {
        return Sql.rows(
                entities,
                """
                SELECT i.file, i.file_bytes, i.file_modified, i.run_id, coalesce(s.rung, r.state)
                FROM imports i JOIN backup_runs r ON r.id = i.run_id
                LEFT JOIN snapshots s ON s.id = i.run_id
                WHERE i.place = ?1 AND r.state NOT IN ('FAILED', 'CANCELLED')
                  AND (s.rung IS NULL OR s.rung <> 'EXPIRED')
                  AND i.file IN (SELECT jsonb_array_elements_text(CAST(?2 AS jsonb)))
                ORDER BY r.queued_at DESC""",
                row ->
                        new Known(
                                Rows.text(row[0]),
                                Rows.number(row[1]),
                                Rows.instant(row[2]),
                                Rows.uuid(row[3]),
                                Rows.text(row[4])),
                place,
                Json.createArrayBuilder(files).build().toString());
    }
}
