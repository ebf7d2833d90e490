package org.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PostgresServerIT {
    @Test
    void it_starts_survives_a_crash_and_leaves_nothing() {
        Path data;
        try (PostgresServer server = PostgresServer.start("max_connections = 21")) {
            data = server.dataDirectory();
            server.createDatabase("o'ne \"x\"");
            assertThat(server.query("o'ne \"x\"", "SHOW max_connections")).isEqualTo("21");
            server.crash();
            server.startAgain();
            assertThat(server.exists("o'ne \"x\"")).isTrue();
        }
        assertThat(Files.exists(data)).isFalse();
    }
}
