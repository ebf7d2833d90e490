package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.RunState;

/** Table {@code backup_runs}. */
@ApplicationScoped
@Transactional
public class CatalogRuns implements BackupRuns {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void add(BackupRun run) {
        entities.persist(run);
    }

    @Override
    public Optional<BackupRun> find(UUID id) {
        return Optional.ofNullable(entities.find(BackupRun.class, id));
    }

    @Override
    public Optional<BackupRun> lock(UUID id) {
        return Rows.lock(entities, BackupRun.class, id);
    }

    @Override
    public List<BackupRun> active() {
        return entities.createQuery(
                        "SELECT r FROM BackupRun r WHERE r.state IN :states ORDER BY r.queuedAt, r.id",
                        BackupRun.class)
                .setParameter("states", Set.of(RunState.QUEUED, RunState.RUNNING))
                .getResultList();
    }

    @Override
    public Optional<BackupRun> dumping(UUID sourceId) {
        return entities.createQuery(
                        "SELECT r FROM BackupRun r WHERE r.sourceId = :source AND r.state IN :states"
                                + " AND NOT EXISTS (SELECT i FROM ImportOrder i WHERE i.runId = r.id)"
                                + " ORDER BY r.queuedAt, r.id",
                        BackupRun.class)
                .setParameter("source", sourceId)
                .setParameter("states", Set.of(RunState.QUEUED, RunState.RUNNING))
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }
}
