package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.GetObjectArgs;
import io.minio.MinioClient;
import io.minio.RemoveObjectArgs;
import io.minio.SetBucketVersioningArgs;
import io.minio.messages.VersioningConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.CephGateway;
import org.holdfast.adapter.testing.S3Server;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
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
        try (MinioClient client = client()) {
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

    private static MinioClient client() {
        return MinioClient.builder()
                .endpoint(server.endpoint().toString())
                .region("us-east-1")
                .credentials(server.accessKey(), server.secretKey())
                .build();
    }

    private static Map<Guard, Finding> look(BlobStore store) throws StoreFailure {
        return store.inspect().stream().collect(Collectors.toMap(Finding::guard, f -> f));
    }

    private static void tell(String bucket, String sub, String body) throws Exception {
        Wire wire = Wire.to(server.bucket("ceph", bucket));
        wire.tell(sub, body).get();
        wire.close();
    }

    @Test
    void a_bare_bucket_is_told_line_by_line_and_what_ceph_does_not_know_is_never_good()
            throws Exception {
        server.makeBucket("bare");
        try (BlobStore store = new OpenStores().open(server.bucket("ceph", "bare"))) {
            Map<Guard, Finding> found = look(store);
            assertThat(found.get(Guard.ENCRYPTION))
                    .isInstanceOf(Finding.Unsupported.class)
                    .extracting(Finding::found)
                    .isEqualTo("The store answers with a ListBucketResult instead");
            assertThat(found.get(Guard.OBJECT_LOCK))
                    .isInstanceOf(Finding.Lacking.class)
                    .matches(f -> !f.settable());
            assertThat(found.get(Guard.PUBLIC_POLICY)).isInstanceOf(Finding.Fulfilled.class);
            assertThat(found.get(Guard.PUBLIC_ACL)).isInstanceOf(Finding.Fulfilled.class);
            assertThat(
                            found.values().stream()
                                    .filter(Finding::settable)
                                    .map(Finding::guard)
                                    .collect(Collectors.toSet()))
                    .containsExactlyInAnyOrder(
                            Guard.VERSIONING,
                            Guard.OLD_VERSIONS,
                            Guard.DELETE_MARKERS,
                            Guard.UNFINISHED_UPLOADS,
                            Guard.PUBLIC_BLOCK);
        }
    }

    @Test
    void what_is_lacking_is_set_and_rules_of_others_stay() throws Exception {
        server.makeBucket("hardened");
        tell(
                "hardened",
                "lifecycle",
                "<LifecycleConfiguration><Rule><ID>theirs</ID><Filter><Prefix>logs/</Prefix></Filter>"
                        + "<Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>"
                        + "</LifecycleConfiguration>");
        for (String prefix : new String[] {"", "team/"}) {
            StoreAccess.Bucket bucket = server.bucket("ceph", "hardened");
            try (BlobStore store =
                    new OpenStores()
                            .open(
                                    new StoreAccess.Bucket(
                                            bucket.name(),
                                            bucket.endpoint(),
                                            bucket.region(),
                                            bucket.bucket(),
                                            prefix,
                                            bucket.accessKeyId(),
                                            bucket.secretAccessKey(),
                                            bucket.deadline()))) {
                List<Finding> before = store.inspect();
                List<Setting> set = store.harden(before);
                assertThat(set)
                        .hasSize((int) before.stream().filter(Finding::settable).count())
                        .filteredOn(s -> !s.done())
                        .extracting(Setting::guard)
                        .containsExactly(Guard.PUBLIC_BLOCK);
                assertThat(store.inspect())
                        .filteredOn(Finding::settable)
                        .extracting(Finding::guard)
                        .containsExactly(Guard.PUBLIC_BLOCK);
                assertThat(set.get(set.size() - 1).text())
                        .startsWith("Set, and taken back: with it the store takes no object. ");
                // What broke the store is not left there.
                store.probe();
            }
        }
        Wire wire = Wire.to(server.bucket("ceph", "hardened"));
        String rules = wire.ask("lifecycle").get();
        wire.close();
        assertThat(rules)
                .contains("<ID>theirs</ID>", "<Days>3</Days>", "<Prefix>logs/</Prefix>")
                .contains("<ID>holdfast-old-versions</ID>");
    }

    @Test
    void a_bucket_that_lets_everybody_in_is_told() throws Exception {
        server.makeBucket("open");
        tell(
                "open",
                "policy",
                """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
                 "Action":"s3:GetObject","Resource":"arn:aws:s3:::open/*"}]}""");
        try (BlobStore store = new OpenStores().open(server.bucket("ceph", "open"))) {
            assertThat(look(store).get(Guard.PUBLIC_POLICY))
                    .isInstanceOf(Finding.Lacking.class)
                    .extracting(Finding::found)
                    .isEqualTo("Public: anybody is let in");
        }
    }

    @Test
    void what_the_key_may_not_look_at_is_said_so_and_a_wrong_key_is_a_failure() throws Exception {
        server.makeBucket("closed");
        tell(
                "closed",
                "policy",
                """
                {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",
                 "Action":["s3:GetLifecycleConfiguration","s3:GetBucketVersioning"],
                 "Resource":"arn:aws:s3:::closed"}]}""");
        StoreAccess.Bucket bucket = server.bucket("ceph", "closed");
        try (BlobStore store = new OpenStores().open(bucket)) {
            Map<Guard, Finding> found = look(store);
            assertThat(found.get(Guard.VERSIONING))
                    .isInstanceOf(Finding.NotAllowed.class)
                    .extracting(Finding::remedy)
                    .isEqualTo("Allow s3:GetBucketVersioning to the access key, and check again.");
            assertThat(found.get(Guard.OLD_VERSIONS)).isInstanceOf(Finding.NotAllowed.class);
            assertThat(found.get(Guard.EXPIRY)).isInstanceOf(Finding.NotAllowed.class);
        }
        try (BlobStore store =
                new OpenStores()
                        .open(
                                new StoreAccess.Bucket(
                                        bucket.name(),
                                        bucket.endpoint(),
                                        bucket.region(),
                                        bucket.bucket(),
                                        "",
                                        bucket.accessKeyId(),
                                        Secret.of("wrong"),
                                        bucket.deadline()))) {
            assertThatThrownBy(store::inspect)
                    .isInstanceOf(StoreFailure.class)
                    .hasMessageContaining("refused the access key: SignatureDoesNotMatch");
        }
    }

    private static final Duration SHORT = Duration.ofMinutes(30);

    private Blob written(BlobStore into, ObjectKey key, int size) throws IOException {
        try (Upload upload = into.begin(key)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes(size, 1));
            }
            return upload.publish();
        }
    }

    @Test
    void a_locked_version_is_not_removed_by_the_key_that_wrote_it() throws Exception {
        server.makeLockingBucket("vault");
        Instant until = Instant.now().plus(SHORT);
        try (BlobStore vault = new OpenStores().open(server.bucket("ceph", "vault"));
                MinioClient client = client()) {
            assertThat(vault.locks()).isTrue();
            // The larger one is a multipart upload, of which Ceph drops a lock sent along.
            for (int size : new int[] {1000, MANY}) {
                ObjectKey key = key("locked-" + size);
                Blob blob = written(vault, key, size);
                assertThat(vault.lockOf(key)).isEmpty();
                ObjectLock shown = vault.lock(key, new ObjectLock(LockMode.GOVERNANCE, until));
                assertThat(shown.until()).isBetween(until, until.plusSeconds(1));
                assertThat(vault.lockOf(key)).contains(shown);
                assertThatThrownBy(
                                () ->
                                        client.removeObject(
                                                RemoveObjectArgs.builder()
                                                        .bucket("vault")
                                                        .object(key.value())
                                                        .versionId(blob.version())
                                                        .build()))
                        .hasMessage("forbidden by object lock");
                vault.delete(key);
                assertThat(vault.stat(key)).isEmpty();
                try (InputStream still =
                        client.getObject(
                                GetObjectArgs.builder()
                                        .bucket("vault")
                                        .object(key.value())
                                        .versionId(blob.version())
                                        .build())) {
                    assertThat(still.readAllBytes()).isEqualTo(bytes(size, 1));
                }
            }
            Blob free = written(vault, key("free"), 10);
            client.removeObject(
                    RemoveObjectArgs.builder()
                            .bucket("vault")
                            .object(free.key().value())
                            .versionId(free.version())
                            .build());
        }
    }

    @Test
    void a_lock_is_extended_and_never_shortened_and_keeps_its_mode() throws Exception {
        server.makeLockingBucket("vault");
        Instant first = Instant.now().plus(SHORT).truncatedTo(ChronoUnit.SECONDS);
        try (BlobStore vault = new OpenStores().open(server.bucket("ceph", "vault"))) {
            ObjectKey key = written(vault, key("longer"), 10).key();
            ObjectLock lock = vault.lock(key, new ObjectLock(LockMode.COMPLIANCE, first));
            assertThat(lock).isEqualTo(new ObjectLock(LockMode.COMPLIANCE, first));
            assertThat(vault.lock(key, new ObjectLock(LockMode.GOVERNANCE, first.minusSeconds(60))))
                    .isEqualTo(lock);
            assertThat(vault.lock(key, new ObjectLock(LockMode.GOVERNANCE, first.plusSeconds(60))))
                    .isEqualTo(new ObjectLock(LockMode.COMPLIANCE, first.plusSeconds(60)));
            assertThatThrownBy(() -> vault.lockOf(key("nowhere")))
                    .isInstanceOf(StoreFailure.class)
                    .hasMessageContaining("has no object");
        }
    }

    @Test
    void a_bucket_without_object_lock_locks_nothing_and_says_so() throws Exception {
        assertThat(store.locks()).isFalse();
        put(key("open"), bytes(10, 1));
        assertThat(store.lockOf(key("open"))).isEmpty();
        assertThatThrownBy(
                        () ->
                                store.lock(
                                        key("open"),
                                        new ObjectLock(
                                                LockMode.GOVERNANCE, Instant.now().plus(SHORT))))
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("refused to lock " + key("open"));
    }
}
