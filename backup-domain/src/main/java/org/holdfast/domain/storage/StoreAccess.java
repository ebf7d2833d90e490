package org.holdfast.domain.storage;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.holdfast.domain.shared.Secret;

/** All that is needed to open a store, its secret included. */
public sealed interface StoreAccess {
    /** The location's name, for messages. */
    String name();

    /**
     * A directory; it is made (mode 0700) where it is missing.
     *
     * @param directory absolute
     */
    record Directory(String name, Path directory) implements StoreAccess {}

    /**
     * A bucket behind the S3 protocol.
     *
     * @param endpoint scheme, host and port only
     * @param region e.g. {@code us-east-1}; {@code auto} for R2
     * @param bucket must exist
     * @param prefix put before every key, empty or ending in a slash
     * @param deadline how long one call and its retries may take before the store counts as
     *     unreachable
     */
    record Bucket(
            String name,
            URI endpoint,
            String region,
            String bucket,
            String prefix,
            String accessKeyId,
            Secret secretAccessKey,
            Duration deadline)
            implements StoreAccess {}
}
