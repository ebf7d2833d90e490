package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Secret;
import org.holdfast.pipeline.Cancelled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallPartsTest {
    @TempDir Path base;

    @Test
    void a_passfile_is_private_escaped_and_gone_afterwards() throws Exception {
        PostgresUrl url =
                PostgresUrl.parse("postgresql://u%3A@h/d").withPassword(Secret.of("a:b\\c"));
        Path path;
        try (WorkDir dir = WorkDir.below(base.resolve("made"))) {
            PassFile pass = PassFile.write(dir, url);
            path = pass.path();
            assertThat(Files.readString(path)).isEqualTo("*:*:*:u\\::a\\:b\\\\c\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.path())))
                    .isEqualTo("rwx------");
            pass.close();
            assertThat(path).doesNotExist();
            Files.createDirectories(dir.path().resolve("deep/er"));
            Files.writeString(dir.path().resolve("deep/er/file"), "x");
        }
        assertThat(base.resolve("made")).isEmptyDirectory();
    }

    @Test
    void what_a_killed_server_left_is_removed_and_what_is_in_use_is_not() throws Exception {
        Path left = Files.createDirectories(base.resolve("run-left/deep"));
        Files.writeString(left.resolve("pass-1"), "*:*:*:u:canary");
        Files.createFile(base.resolve(".run-left.held"));
        Path ofOld = Files.createDirectory(base.resolve("run-of-an-older-version"));
        Files.setLastModifiedTime(ofOld, FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
        Files.createDirectory(base.resolve("run-being-made"));
        Files.createDirectory(base.resolve("not-ours"));
        try (WorkDir own = WorkDir.below(base);
                OtherServer other = new OtherServer(base)) {
            assertThat(WorkDir.removeLeft(base)).isEqualTo(2);

            assertThat(base.resolve("run-left")).doesNotExist();
            assertThat(ofOld).doesNotExist();
            assertThat(base.resolve("run-being-made")).exists();
            assertThat(base.resolve("not-ours")).exists();
            assertThat(own.path()).exists();
            assertThat(other.dir()).as("of another server that runs").exists();

            other.kill();
            assertThat(WorkDir.removeLeft(base)).isEqualTo(1);
            assertThat(other.dir()).doesNotExist();
            assertThat(own.path()).exists();
        }
        assertThat(base).isDirectoryNotContaining("glob:**held");
        assertThat(WorkDir.removeLeft(base.resolve("none"))).isZero();
    }

    /** A process that holds a directory as another server does. */
    private static final class OtherServer implements AutoCloseable {
        private final Process process;
        private final Path dir;

        OtherServer(Path base) throws IOException {
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Holding.class.getName(),
                                    base.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            dir = Path.of(process.inputReader().readLine());
        }

        Path dir() {
            return dir;
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() throws InterruptedException {
            kill();
        }
    }

    static final class Holding {
        public static void main(String[] args) throws Exception {
            try (WorkDir dir = WorkDir.below(Path.of(args[0]))) {
                System.out.println(dir.path());
                System.in.read();
            }
        }
    }

    @Test
    void a_connection_string_quotes_the_databases_name_and_holds_no_secret() {
        PostgresUrl url =
                PostgresUrl.parse("postgresql://u:canary@h/d?tcp_user_timeout=9")
                        .withDatabase("a' host=evil \\ b");

        assertThat(ConnInfo.of(url))
                .isEqualTo(
                        "dbname='a\\' host=evil \\\\ b' keepalives_count='3' keepalives_idle='30'"
                                + " keepalives_interval='10' tcp_user_timeout='9'");
    }

    @Test
    void redaction_finds_a_secret_however_it_is_written() {
        Redaction redaction = Redaction.of(Secret.of("c n:ry"), Secret.of("abc"));

        assertThat(
                        redaction.apply(
                                "c n:ry, c+n%3Ary, c%20n%3Ary, c n\\:ry, abc, postgres://u:x@h/d,"
                                        + " password = 'it\\'s' password=x y"))
                .isEqualTo(
                        "***, ***, ***, ***, abc, postgres://u:***@h/d, password = *** password=***"
                                + " y");
    }

    @Test
    void versions_are_read_as_programs_tell_them() {
        assertThat(ServerVersion.told("pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"))
                .isEqualTo(new ServerVersion(150020))
                .hasToString("15.20");
        assertThat(ServerVersion.told("pg_dump (PostgreSQL) 18devel").major()).isEqualTo(18);
        assertThatThrownBy(() -> ServerVersion.told("zstd 1.5"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lists_of_identifiers_are_taken_apart() {
        assertThat(Belongings.split("\"$user\", public")).containsExactly("$user", "public");
        assertThat(Belongings.split("\"a,\"\"b\",c")).containsExactly("a,\"b", "c");
        assertThat(Belongings.split("\"\"")).containsExactly("");
        assertThat(Belongings.split("")).isEmpty();
    }

    @Test
    void a_cancel_runs_its_hooks_once_and_late_ones_at_once() throws Exception {
        Cancel cancel = new Cancel();
        List<String> ran = new ArrayList<>();
        cancel.on(() -> ran.add("first"));
        cancel.on(() -> ran.add("taken back")).close();
        cancel.check();

        cancel.now("A person asked for it.");
        cancel.now("Again.");
        cancel.on(() -> ran.add("late"));

        assertThat(ran).containsExactly("first", "late");
        assertThatThrownBy(cancel::check)
                .isInstanceOf(Cancelled.class)
                .hasMessage("A person asked for it.");
    }
}
