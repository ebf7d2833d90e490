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
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreCheck;

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
    public Optional<StoreCheck> lastCheck(UUID storeId) {
        List<Finding> findings =
                Sql.rows(
                        entities,
                        "SELECT guard, verdict, expected, found, remedy, settable FROM"
                                + " store_findings WHERE store_id = ? ORDER BY seq",
                        c ->
                                Finding.of(
                                        Guard.valueOf(Rows.text(c[0])),
                                        Finding.Verdict.valueOf(Rows.text(c[1])),
                                        Rows.text(c[2]),
                                        Rows.text(c[3]),
                                        Rows.text(c[4]),
                                        (Boolean) c[5]),
                        storeId);
        return Sql.rows(
                        entities,
                        "SELECT looked_at, looked_by FROM store_looks WHERE store_id = ?",
                        c -> new StoreCheck(Rows.instant(c[0]), Rows.text(c[1]), findings),
                        storeId)
                .stream()
                .findFirst();
    }

    @Override
    public void checked(UUID storeId, StoreCheck check) {
        // The row is the lock: two looks at once do not mix their findings.
        Sql.change(
                entities,
                "INSERT INTO store_looks (store_id, looked_at, looked_by) VALUES (?1, ?2, ?3)"
                        + " ON CONFLICT (store_id) DO UPDATE SET looked_at = excluded.looked_at,"
                        + " looked_by = excluded.looked_by",
                storeId,
                Rows.timestamp(check.at()),
                check.by());
        Sql.change(entities, "DELETE FROM store_findings WHERE store_id = ?1", storeId);
        int seq = 0;
        for (Finding finding : check.findings()) {
            Sql.change(
                    entities,
                    "INSERT INTO store_findings (store_id, seq, guard, verdict, expected, found,"
                            + " remedy, settable) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    storeId,
                    seq++,
                    finding.guard().name(),
                    finding.verdict().name(),
                    finding.expected(),
                    finding.found(),
                    finding.remedy(),
                    finding.settable());
        }
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
