package org.holdfast.adapter.testing;

import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.StoreAccess;

/** A real S3 server on loopback that belongs to one test. */
public interface S3Server extends AutoCloseable {
    URI endpoint();

    String accessKey();

    String secretKey();

    @Override
    void close();

    /** Makes a bucket; that it is there already is no failure. */
    default void makeBucket(String bucket) throws IOException {
        makeBucket(bucket, false);
    }

    /** Makes a bucket with Object Lock, and so with versions. */
    default void makeLockingBucket(String bucket) throws IOException {
        makeBucket(bucket, true);
    }

    private void makeBucket(String bucket, boolean locking) throws IOException {
        try (MinioClient client =
                MinioClient.builder()
                        .endpoint(endpoint().toString())
                        .region("us-east-1")
                        .credentials(accessKey(), secretKey())
                        .build()) {
            client.makeBucket(MakeBucketArgs.builder().bucket(bucket).objectLock(locking).build());
        } catch (MinioException e) {
            if (!e.toString().contains("BucketAlreadyOwnedByYou")) {
                throw new IOException(e);
            }
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** How to reach a bucket of this server: deadline 30 s, no prefix. */
    default StoreAccess.Bucket bucket(String name, String bucket) {
        return bucket(name, bucket, endpoint(), Duration.ofSeconds(30));
    }

    /**
     * @param endpoint this server's, or that of a proxy before it
     */
    default StoreAccess.Bucket bucket(String name, String bucket, URI endpoint, Duration deadline) {
        return new StoreAccess.Bucket(
                name,
                endpoint,
                "us-east-1",
                bucket,
                "",
                accessKey(),
                Secret.of(secretKey()),
                deadline);
    }
}
