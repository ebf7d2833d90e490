package org.holdfast.domain.storage;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The stores the catalog knows. */
public interface StorageLocations {
    /** All, retired ones too, by name. */
    List<StorageLocation> all();

    /** Those that get new copies, by name. */
    List<StorageLocation> active();

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
