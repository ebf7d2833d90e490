package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.holdfast.domain.shared.Refused;
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

    @Test
    void the_pid_file_is_not_read_and_whoever_works_in_the_cluster_is_ended() throws Exception {
        Path directory = Files.createDirectory(base.resolve("drill"));
        Path data = Files.createDirectory(directory.resolve("data"));
        Process fifo = new ProcessBuilder("mkfifo", data + "/postmaster.pid").start();
        assertThat(fifo.waitFor()).isZero();
        assertThat(ThrowawayCluster.runs(directory)).isFalse();
        Process running = new ProcessBuilder("/bin/sleep", "600").directory(data.toFile()).start();
        try {
            assertThat(ThrowawayCluster.runs(directory)).isTrue();

            ThrowawayCluster.destroy(
                    directory, new Client(new ServerVersion(160000), base.resolve("none")));

            assertThat(running.isAlive()).isFalse();
            assertThat(directory).doesNotExist();
        } finally {
            running.destroyForcibly();
        }
    }

    @Test
    void a_program_of_another_account_runs_where_that_account_can_write_nothing() throws Exception {
        Account account = postgres();

        String seen =
                heard(
                        account,
                        "id -un; stat -c '%U %a' .; touch x 2>/dev/null || echo no;"
                                + " mkdir d 2>/dev/null || echo no");

        assertThat(seen.lines()).containsExactly("postgres", "root 711", "no", "no");
        assertThat(base).isEmptyDirectory();
    }

    @Test
    void a_program_that_is_halted_is_killed_in_the_end() throws Exception {
        Account account = Account.owning(base);

        assertThatThrownBy(
                        () ->
                                account.run(
                                        base,
                                        shell("kill -STOP $$"),
                                        Duration.ofMillis(300),
                                        new Cancel(),
                                        ChildProcess::requireSuccess))
                .isInstanceOf(ChildFailed.class)
                .hasMessageContaining("was killed");
        assertThat(base).isEmptyDirectory();
    }

    @Test
    void clusters_are_not_made_where_their_account_could_put_links() throws Exception {
        Account account = postgres();
        Path theirs = Files.createDirectory(base.resolve("theirs"));
        account.own(theirs);
        Path open = Files.createDirectory(base.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path below = Files.createDirectory(theirs.resolve("below"));

        for (Path each : List.of(theirs, open, below)) {
            Files.setPosixFilePermissions(below, PosixFilePermissions.fromString("rwx--x--x"));
            assertThatThrownBy(() -> ThrowawayCluster.base(each, true, account))
                    .as(each.toString())
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("can write into");
        }
        Path good = Files.createDirectory(base.resolve("good"));
        Files.setPosixFilePermissions(good, PosixFilePermissions.fromString("rwx--x--x"));
        assertThat(ThrowawayCluster.base(good, true, account)).isEqualTo(good);
    }

    @Test
    void what_took_the_place_of_a_socket_directory_is_only_unlinked() throws Exception {
        Account account = postgres();
        Path kept = Files.createDirectory(base.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path link = Files.createSymbolicLink(base.resolve("link"), kept);

        account.remove(link, base);

        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(kept.resolve("file")).exists();
    }

    /** Only root can run something as another account. */
    private Account postgres() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")));
        assumeTrue(Files.readString(Path.of("/etc/passwd")).contains("\npostgres:"));
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
        return Account.forServers(Optional.of("postgres"));
    }

    private static Launch shell(String script) {
        return Account.launch(
                Path.of("/bin/sh"), List.of("-c", script), false, Launch.Output.STREAM);
    }

    private String heard(Account account, String script) throws IOException {
        String[] heard = {""};
        account.run(
                base,
                shell(script),
                Duration.ofMinutes(1),
                new Cancel(),
                child -> {
                    heard[0] = new String(child.stream().readAllBytes(), StandardCharsets.UTF_8);
                    child.requireSuccess();
                });
        return heard[0];
    }

    /** With whatever version is installed. */
    @Test
    void a_cluster_of_another_account_starts_tells_its_log_and_goes() throws Exception {
        Account account = postgres();
        Path installed = Path.of("/usr/lib/postgresql");
        assumeTrue(Files.isDirectory(installed));
        Client programs;
        try (Stream<Path> majors = Files.list(installed)) {
            Optional<Client> any =
                    majors.map(each -> new Client(new ServerVersion(0), each.resolve("bin")))
                            .filter(Client::serves)
                            .findAny();
            assumeTrue(any.isPresent());
            programs = any.get();
        }
        Path directory = base.resolve("drill");

        try (ThrowawayCluster cluster =
                ThrowawayCluster.make(
                        new ThrowawayCluster.Order(directory, programs, account, 0, 0, List.of()),
                        new Cancel())) {
            assertThat(ThrowawayCluster.runs(directory)).isTrue();
            assertThat(account.otherServers(Path.of("/nowhere")))
                    .contains(directory.toRealPath().resolve("data"));
            assertThat(Files.readString(directory.resolve("data/postgresql.conf")))
                    .contains("listen_addresses = ''");
            assertThat(cluster.tail(directory.resolve("log"))).contains("ready to accept");
            Files.delete(directory.resolve("data/postmaster.pid"));
            Files.createSymbolicLink(
                    directory.resolve("data/postmaster.pid"), Path.of("/dev/zero"));
        }

        assertThat(base).isEmptyDirectory();
    }

    /** Only root can give a tree to another account. */
    @Test
    void what_belongs_to_another_account_is_removed_as_that_account() throws Exception {
        Account account = postgres();
        Path kept = Files.createDirectory(base.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path directory = Files.createDirectory(base.resolve("drill"));
        Path shut = Files.createDirectories(directory.resolve("data/shut"));
        Files.createFile(shut.resolve("file"));
        Files.createSymbolicLink(directory.resolve("link"), kept);
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
