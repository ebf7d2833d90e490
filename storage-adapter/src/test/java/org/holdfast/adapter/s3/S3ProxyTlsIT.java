package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.S3ProxyServer;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.StoreFailure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract over TLS, where parts carry an MD5 in place of a signed SHA-256. */
class S3ProxyTlsIT extends S3ProxyStoreIT {
    @TempDir static Path tlsWork;
    private static S3ProxyServer server;

    @BeforeAll
    static void startTls() throws Exception {
        server = S3ProxyServer.startTls(tlsWork);
        trust();
        server.makeBucket(BUCKET);
    }

    /** What an operator does for a store with a certificate of their own. */
    private static void trust() {
        System.setProperty(
                "javax.net.ssl.trustStore", S3ProxyServer.trustStore(tlsWork).toString());
        System.setProperty("javax.net.ssl.trustStorePassword", S3ProxyServer.STORE_PASSWORD);
    }

    private static void distrust() {
        System.clearProperty("javax.net.ssl.trustStore");
        System.clearProperty("javax.net.ssl.trustStorePassword");
    }

    @AfterAll
    static void stopTls() {
        distrust();
        server.close();
    }

    @Override
    S3ProxyServer server() {
        return server;
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused_at_once() throws IOException {
        distrust();
        try (BlobStore store = new OpenStores().open(server.bucket("s3-eu", BUCKET))) {
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, store::probe);
            assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.DENIED);
            assertThat(failure)
                    .hasMessageStartingWith("S3 store \"s3-eu\" is not trusted: ")
                    .hasMessageEndingWith(
                            ". Check S3_ENDPOINT, or add its certificate authority to the server's"
                                    + " trust store.");
        } finally {
            trust();
        }
    }
}
