package org.holdfast.domain.storage;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;

/** The stores the catalog knows. */
public interface StorageLocations {
    /** All, retired ones too, by name. */
    List<StorageLocation> all();

    /** Those that get new copies, by name. */
    List<StorageLocation> active();

    /**
     * @throws Refused STORES-MISSING where no store gets new copies
     */
    default void requireAny() {
        if (active().isEmpty()) {
            throw new Refused(
                    "STORES-MISSING",
                    "No store is configured, so there is no place for a backup.",
                    "Set BACKUP_STORAGE_DIR or the S3_ names, or add a store under Stores.");
        }
    }

    Optional<StorageLocation> find(UUID id);

    Optional<StorageLocation> byName(String name);

    void add(StorageLocation store);

    /** The last look at its guards; empty where nobody has looked. */
    Optional<StoreCheck> lastCheck(UUID storeId);

    /** Keeps a look at its guards in the place of the one before. */
    void checked(UUID storeId, StoreCheck check);

    /** How to open it, its secret unsealed or taken from the configuration. */
    StoreAccess access(StorageLocation store);
}
