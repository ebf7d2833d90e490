package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.snapshot.SourceSchedule;
import org.holdfast.domain.snapshot.SourceSchedules;

/** Table {@code source_schedules}. */
@ApplicationScoped
@Transactional
public class CatalogSchedules implements SourceSchedules {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public Instant now() {
        return Rows.instant(
                entities.createNativeQuery("SELECT clock_timestamp()").getSingleResult());
    }

    @Override
    public void begin(UUID sourceId) {
        entities.createNativeQuery(
                        "INSERT INTO source_schedules (source_id, last_slot) VALUES (?1, clock_timestamp()) ON CONFLICT DO NOTHING")
                .setParameter(1, sourceId)
                .executeUpdate();
    }

    @Override
    public Optional<SourceSchedule> tryLock(UUID sourceId) {
        return entities.createNativeQuery(
                                "SELECT 1 FROM source_schedules WHERE source_id = ?1 FOR UPDATE SKIP LOCKED")
                        .setParameter(1, sourceId)
                        .getResultList()
                        .isEmpty()
                ? Optional.empty()
                : lock(sourceId);
    }

    @Override
    public Optional<SourceSchedule> lock(UUID sourceId) {
        return Rows.lock(entities, SourceSchedule.class, sourceId);
    }

    @Override
    public List<SourceSchedule> all() {
        return entities.createQuery("SELECT s FROM SourceSchedule s", SourceSchedule.class)
                .getResultList();
    }

    @Override
    public List<SourceSchedule> of(Collection<UUID> sources) {
        return sources.isEmpty()
                ? List.of()
                : entities.createQuery(
                                "SELECT s FROM SourceSchedule s WHERE s.sourceId IN :sources",
                                SourceSchedule.class)
                        .setParameter("sources", sources)
                        .getResultList();
    }
}
