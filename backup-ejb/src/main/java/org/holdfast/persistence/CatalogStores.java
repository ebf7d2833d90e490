package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Seal;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;

/** Table {@code stores}. */
@ApplicationScoped
@Transactional
public class CatalogStores implements StorageLocations {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Inject private Settings settings;
    @Inject private Seal seal;

    @Override
    public List<StorageLocation> all() {
        return entities.createQuery(
                        "SELECT s FROM StorageLocation s ORDER BY s.name", StorageLocation.class)
                .getResultList();
    }

    @Override
    public List<StorageLocation> active() {
        return entities.createQuery(
                        "SELECT s FROM StorageLocation s WHERE s.retired = FALSE ORDER BY s.name",
                        StorageLocation.class)
                .getResultList();
    }

    @Override
    public Optional<StorageLocation> find(UUID id) {
        return Optional.ofNullable(entities.find(StorageLocation.class, id));
    }

    @Override
    public Optional<StorageLocation> byName(String name) {
        return entities.createQuery(
                        "SELECT s FROM StorageLocation s WHERE s.name = :name",
                        StorageLocation.class)
                .setParameter("name", name)
                .getResultStream()
                .findFirst();
    }

    @Override
    public void add(StorageLocation store) {
        entities.persist(store);
    }

    @Override
    public StoreAccess access(StorageLocation store) {
        if (store.origin() == Origin.CONFIGURATION) {
            StoreAccess configured = settings.stores().get(store.name());
            if (configured != null) {
                return configured;
            }
            if (store.kind() != StorageLocation.Kind.DIRECTORY) {
                throw Places.gone("store", store.name());
            }
        }
        return switch (store.kind()) {
            case DIRECTORY -> new StoreAccess.Directory(store.name(), Path.of(store.directory()));
            case S3 ->
                    new StoreAccess.Bucket(
                            store.name(),
                            URI.create(store.endpoint()),
                            store.region(),
                            store.bucket(),
                            store.prefix(),
                            store.accessKeyId(),
                            seal.unseal(store.sealedSecret()),
                            DEADLINE);
        };
    }
}
