package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.S3ProxyServer;
import org.holdfast.adapter.testing.S3Server;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreFailure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract against S3Proxy on a directory. */
class S3ProxyStoreIT extends S3StoreContract {
    @TempDir static Path work;
    private static S3ProxyServer server;

    @BeforeAll
    static void start() throws Exception {
        server = S3ProxyServer.start(work);
        server.makeBucket(BUCKET);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    S3Server server() {
        return server;
    }

    /** A key is a path for S3Proxy: below a file it answers 500 on JDK 17, 404 on JDK 25. */
    @Override
    @Test
    protected void a_key_below_another_object_is_simply_not_there() throws IOException {
        put(key("file"), bytes(10, 1));
        try (BlobStore hasty =
                new OpenStores()
                        .open(
                                server().bucket(
                                                "proxy",
                                                "contract",
                                                server().endpoint(),
                                                Duration.ofMillis(300)))) {
            assertThat(hasty.stat(key("file/below"))).isEmpty();
        } catch (StoreFailure told) {
            assertThat(told)
                    .hasMessageStartingWith("S3 store \"proxy\" could not look up ")
                    .hasMessageEndingWith("500 Server Error.");
        }
    }

    @Test
    void what_this_store_has_not_is_no_good_finding_and_is_not_set() throws IOException {
        List<Finding> found = store.inspect();
        assertThat(found)
                .filteredOn(
                        f ->
                                f.guard() == Guard.ENCRYPTION
                                        || f.guard() == Guard.OBJECT_LOCK
                                        || f.guard() == Guard.OLD_VERSIONS
                                        || f.guard() == Guard.PUBLIC_BLOCK)
                .hasSize(4)
                .allMatch(f -> f instanceof Finding.Unsupported);
        assertThat(store.locks()).isFalse();
        assertThat(store.harden(found)).noneMatch(s -> s instanceof Setting.Done);
    }
}
