package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Seal;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/** Table {@code sources}. */
@ApplicationScoped
@Transactional
public class CatalogSources implements Sources {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Inject private Settings settings;
    @Inject private Seal seal;

    @Override
    public List<Source> all() {
        return entities.createQuery("SELECT s FROM Source s ORDER BY s.name", Source.class)
                .getResultList();
    }

    @Override
    public List<Source> active() {
        return entities.createQuery(
                        "SELECT s FROM Source s WHERE s.retired = FALSE ORDER BY s.name",
                        Source.class)
                .getResultList();
    }

    @Override
    public List<Source> active(Collection<UUID> some) {
        return some.isEmpty()
                ? List.of()
                : entities.createQuery(
                                "SELECT s FROM Source s WHERE s.retired = FALSE AND s.id IN :some"
                                        + " ORDER BY s.name",
                                Source.class)
                        .setParameter("some", some)
                        .getResultList();
    }

    @Override
    public Part<Source> search(String text, int page, int size) {
        String like =
                "%"
                        + text.strip()
                                .toLowerCase(Locale.ROOT)
                                .replace("!", "!!")
                                .replace("%", "!%")
                                .replace("_", "!_")
                        + "%";
        String which =
                " FROM Source s WHERE s.retired = FALSE AND (LOWER(s.name) LIKE :text ESCAPE '!'"
                        + " OR LOWER(s.redactedUrl) LIKE :text ESCAPE '!')";
        return Rows.part(
                entities.createQuery("SELECT COUNT(s)" + which, Long.class)
                        .setParameter("text", like),
                entities.createQuery("SELECT s" + which + " ORDER BY s.name", Source.class)
                        .setParameter("text", like),
                page,
                size);
    }

    @Override
    public List<String> activeNames() {
        return entities.createQuery(
                        "SELECT s.name FROM Source s WHERE s.retired = FALSE ORDER BY s.name",
                        String.class)
                .getResultList();
    }

    @Override
    public Optional<Source> find(UUID id) {
        return Optional.ofNullable(entities.find(Source.class, id));
    }

    @Override
    public Optional<Source> byName(String name) {
        return entities.createQuery("SELECT s FROM Source s WHERE s.name = :name", Source.class)
                .setParameter("name", name)
                .getResultStream()
                .findFirst();
    }

    @Override
    public void add(Source source) {
        entities.persist(source);
    }

    @Override
    public PostgresUrl url(Source source) {
        return Places.url(
                "source",
                source.name(),
                source.origin() == Origin.CONFIGURATION
                        ? Optional.ofNullable(settings.sources().get(source.name()))
                        : Optional.of(PostgresUrl.parse(seal.unseal(source.sealedUrl()).reveal())));
    }
}
