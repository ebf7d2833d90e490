package org.holdfast.adapter.s3;

import java.nio.file.Path;
import org.holdfast.adapter.testing.S3ProxyServer;
import org.holdfast.adapter.testing.S3Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class S3ProxyFaultsIT extends S3Faults {
    @TempDir static Path work;
    private static S3ProxyServer server;

    @BeforeAll
    static void start() throws Exception {
        server = S3ProxyServer.start(work);
        server.makeBucket("faults");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    S3Server server() {
        return server;
    }
}
