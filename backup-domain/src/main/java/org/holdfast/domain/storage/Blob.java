package org.holdfast.domain.storage;

import java.time.Instant;

/**
 * A published object as the store tells of it.
 *
 * @param key its key
 * @param size bytes
 * @param modified when the store took it, the store's clock, UTC
 * @param version the store's version id, empty where the store keeps none
 */
public record Blob(ObjectKey key, long size, Instant modified, String version) {}
