package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Seal;

/** Table {@code targets}. */
@ApplicationScoped
@Transactional
public class CatalogTargets implements TargetEnvironments {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Inject private Settings settings;
    @Inject private Seal seal;

    @Override
    public List<TargetEnvironment> active() {
        return entities.createQuery(
                        "SELECT t FROM TargetEnvironment t WHERE t.retired = FALSE ORDER BY t.name",
                        TargetEnvironment.class)
                .getResultList();
    }

    @Override
    public List<String> namesOutsideProduction() {
        return entities.createQuery(
                        "SELECT t.name FROM TargetEnvironment t WHERE t.retired = FALSE"
                                + " AND t.production = FALSE ORDER BY t.name",
                        String.class)
                .getResultList();
    }

    @Override
    public List<TargetEnvironment> all() {
        return entities.createQuery(
                        "SELECT t FROM TargetEnvironment t ORDER BY t.name",
                        TargetEnvironment.class)
                .getResultList();
    }

    @Override
    public Optional<TargetEnvironment> find(UUID id) {
        return Optional.ofNullable(entities.find(TargetEnvironment.class, id));
    }

    @Override
    public Optional<TargetEnvironment> byName(String name) {
        return entities.createQuery(
                        "SELECT t FROM TargetEnvironment t WHERE t.name = :name",
                        TargetEnvironment.class)
                .setParameter("name", name)
                .getResultStream()
                .findFirst();
    }

    @Override
    public Optional<TargetEnvironment> lock(UUID id) {
        return Rows.lock(entities, TargetEnvironment.class, id);
    }

    @Override
    public void add(TargetEnvironment target) {
        entities.persist(target);
    }

    @Override
    public PostgresUrl url(TargetEnvironment target) {
        return Places.url(
                "target",
                target.name(),
                target.origin() == Origin.CONFIGURATION
                        ? Optional.ofNullable(settings.targets().get(target.name()))
                                .map(Settings.Target::url)
                        : Optional.of(PostgresUrl.parse(seal.unseal(target.sealedUrl()).reveal())));
    }
}
