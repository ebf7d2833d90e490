package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.minio.MinioClient;
import io.minio.SetBucketVersioningArgs;
import io.minio.messages.VersioningConfiguration;
import java.io.OutputStream;
import java.nio.file.Path;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.CephGateway;
import org.holdfast.adapter.testing.S3Server;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Upload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract against a Ceph RADOS Gateway. */
class CephStoreIT extends S3StoreContract {
    @TempDir static Path work;
    private static CephGateway server;

    @BeforeAll
    static void start() throws Exception {
        server = CephGateway.start(work);
        server.makeBucket(BUCKET);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    S3Server server() {
        return server;
    }

    @Test
    void a_bucket_with_versions_tells_the_version_that_was_published() throws Exception {
        server.makeBucket("versions");
        try (MinioClient client =
                MinioClient.builder()
                        .endpoint(server.endpoint().toString())
                        .region("us-east-1")
                        .credentials(server.accessKey(), server.secretKey())
                        .build()) {
            client.setBucketVersioning(
                    SetBucketVersioningArgs.builder()
                            .bucket("versions")
                            .config(
                                    new VersioningConfiguration(
                                            VersioningConfiguration.Status.ENABLED,
                                            null,
                                            null,
                                            null))
                            .build());
        }
        try (BlobStore versions = new OpenStores().open(server.bucket("ceph", "versions"))) {
            for (int size : new int[] {1000, MANY}) {
                Blob blob;
                try (Upload upload = versions.begin(key("v-" + size))) {
                    try (OutputStream body = upload.body()) {
                        body.write(bytes(size, 1));
                    }
                    blob = upload.publish();
                }
                assertThat(blob.version()).isNotEmpty();
                assertThat(versions.stat(blob.key()).orElseThrow().version())
                        .isEqualTo(blob.version());
            }
        }
    }
}
