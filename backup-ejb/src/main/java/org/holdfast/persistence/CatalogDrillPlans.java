package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.drill.DrillPlan;
import org.holdfast.domain.drill.DrillPlans;
import org.holdfast.domain.shared.Part;

/** Table {@code drill_plans}. */
@ApplicationScoped
@Transactional
public class CatalogDrillPlans implements DrillPlans {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void add(DrillPlan plan) {
        entities.persist(plan);
        // Drills refer to it, and the provider knows no relation to order the two by.
        entities.flush();
    }

    @Override
    public Optional<DrillPlan> find(UUID id) {
        return Optional.ofNullable(entities.find(DrillPlan.class, id));
    }

    @Override
    public Optional<DrillPlan> named(String name) {
        return entities.createQuery(
                        "SELECT p FROM DrillPlan p WHERE LOWER(p.name) = :name AND p.retired = FALSE",
                        DrillPlan.class)
                .setParameter("name", name.strip().toLowerCase(Locale.ROOT))
                .getResultStream()
                .findFirst();
    }

    @Override
    public Optional<DrillPlan> lock(UUID id) {
        return Rows.lock(entities, DrillPlan.class, id);
    }

    @Override
    public Optional<DrillPlan> tryLock(UUID id) {
        return entities.createNativeQuery(
                                "SELECT 1 FROM drill_plans WHERE id = ?1 FOR UPDATE SKIP LOCKED")
                        .setParameter(1, id)
                        .getResultList()
                        .isEmpty()
                ? Optional.empty()
                : lock(id);
    }

    @Override
    public List<DrillPlan> inUse() {
        return entities.createQuery(
                        "SELECT p FROM DrillPlan p WHERE p.retired = FALSE ORDER BY p.name",
                        DrillPlan.class)
                .getResultList();
    }

    @Override
    public Part<DrillPlan> inUse(int page, int size) {
        return Rows.part(
                entities.createQuery(
                        "SELECT COUNT(p) FROM DrillPlan p WHERE p.retired = FALSE", Long.class),
                entities.createQuery(
                        "SELECT p FROM DrillPlan p WHERE p.retired = FALSE ORDER BY p.name",
                        DrillPlan.class),
                page,
                size);
    }

    @Override
    public List<String> namesInUse() {
        return entities.createQuery(
                        "SELECT p.name FROM DrillPlan p WHERE p.retired = FALSE ORDER BY p.name",
                        String.class)
                .getResultList();
    }
}
