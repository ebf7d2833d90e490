package org.holdfast.domain.alert;

import java.util.Optional;
import java.util.UUID;

/** Notes how stores answered when they were looked at. */
public interface StoreChecks {
    /**
     * @param failure empty where it answered
     */
    void checked(UUID storeId, Optional<String> failure);
}
