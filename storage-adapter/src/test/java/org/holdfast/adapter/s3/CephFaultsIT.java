package org.holdfast.adapter.s3;

import java.nio.file.Path;
import org.holdfast.adapter.testing.CephGateway;
import org.holdfast.adapter.testing.S3Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class CephFaultsIT extends S3Faults {
    @TempDir static Path work;
    private static CephGateway server;

    @BeforeAll
    static void start() throws Exception {
        server = CephGateway.start(work);
        server.makeBucket("faults");
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
}
