package org.holdfast.domain.storage;

import java.time.Instant;

/**
 * What an upload that never ended left in a store.
 *
 * @param key the key it was meant for
 * @param id the store's name of the upload
 * @param begun the store's clock, UTC; in a directory the time of the last write
 */
public record UnfinishedUpload(ObjectKey key, String id, Instant begun) {}
