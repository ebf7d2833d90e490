package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of a cluster may hold whatever restored code has written there. */
class ThrowawayClusterTest {
    @TempDir private Path base;

    private void destroy(Path directory) throws IOException {
        ThrowawayCluster.destroy(directory, null);
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
    void the_server_of_somebody_else_is_not_taken_for_the_clusters() throws Exception {
        Path other = Files.createDirectory(base.resolve("other"));
        Process running = new ProcessBuilder("/bin/sleep", "600").directory(other.toFile()).start();
        try {
            Files.writeString(other.resolve("postmaster.pid"), running.pid() + "\n");
            Path directory = Files.createDirectory(base.resolve("drill"));
            Files.createSymbolicLink(directory.resolve("data"), other);

            assertThat(ThrowawayCluster.runs(directory)).isFalse();
            destroy(directory);

            assertThat(running.isAlive()).isTrue();
            assertThat(other.resolve("postmaster.pid")).exists();
        } finally {
            running.destroyForcibly();
        }
    }

    /** Only root can give a tree to another account. */
    @Test
    void what_belongs_to_another_account_is_removed_as_that_account() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")));
        assumeTrue(Files.readString(Path.of("/etc/passwd")).contains("\npostgres:"));
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
        Path kept = Files.createDirectory(base.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path directory = Files.createDirectory(base.resolve("drill"));
        Path shut = Files.createDirectories(directory.resolve("data/shut"));
        Files.createFile(shut.resolve("file"));
        Files.createSymbolicLink(directory.resolve("link"), kept);
        Account account = Account.forServers(Optional.of("postgres"));
        for (Path each : List.of(shut.resolve("file"), shut, shut.getParent(), directory)) {
            account.own(each);
        }
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("---------"));
        Path notTheirs = Files.createDirectory(shut.getParent().resolve("roots"));
        Files.createFile(notTheirs.resolve("file"));

        assertThatThrownBy(() -> destroy(directory)).isInstanceOf(ChildFailed.class);
        assertThat(notTheirs.resolve("file")).as("root did not walk there").exists();
        assertThat(shut).doesNotExist();
        account.own(notTheirs);
        destroy(directory);

        assertThat(directory).doesNotExist();
        assertThat(kept.resolve("file")).exists();
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
