package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of a cluster may hold whatever restored code has written there. */
class ThrowawayClusterTest {
    @TempDir private Path base;

    private void destroy(Path directory) throws IOException {
        ThrowawayCluster.destroy(directory, null, Account.forServers("postgres"));
    }

    @Test
    void what_restored_code_wrote_names_nothing_that_is_removed() throws IOException {
        Path kept = Files.createDirectories(base.resolve("holdfast-s-1/kept"));
        Path directory = Files.createDirectory(base.resolve("drill"));
        Files.writeString(directory.resolve("socket"), kept.toString());
        Files.createSymbolicLink(directory.resolve("s"), kept);

        destroy(directory);

        assertThat(directory).doesNotExist();
        assertThat(kept).isDirectory();
    }

    @Test
    void a_socket_that_did_not_fit_goes_with_its_cluster() throws IOException {
        Path directory = Files.createTempDirectory(base, "drill");
        Path socket = Files.createDirectory(ThrowawayCluster.farSocket(directory));
        Files.createFile(socket.resolve(".s.PGSQL.5432.lock"));

        destroy(directory);

        assertThat(socket).doesNotExist();
        assertThat(directory).doesNotExist();
    }
}
