package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.holdfast.domain.shared.Refused;
import org.holdfast.testing.Programs;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientsTest {
    private static ServerVersion v(int major) {
        return new ServerVersion(major * 10_000 + 1);
    }

    private static Clients of(int... majors) {
        return Clients.of(
                IntStream.of(majors)
                        .mapToObj(major -> new Client(v(major), Path.of("/" + major)))
                        .toList(),
                List.of("/usr/lib/postgresql/*/bin"));
    }

    @Nested
    class Dump {
        @ParameterizedTest(name = "clients 14, 15, 17; server {0}: client {1}")
        @CsvSource({"13, 14", "14, 14", "15, 15", "16, 17", "17, 17"})
        void takes_the_servers_major_or_the_nearest_newer(int server, int client) {
            assertThat(of(17, 14, 15).forDump(v(server)).major()).isEqualTo(client);
        }

        @Test
        void of_a_server_newer_than_every_client_is_refused_before_it_starts() {
            assertThatThrownBy(() -> of(14, 15).forDump(v(17)))
                    .isInstanceOf(Refused.class)
                    .hasMessage("Server is PostgreSQL 17, newest client here is 15.")
                    .satisfies(
                            thrown -> {
                                assertThat(((Refused) thrown).code()).isEqualTo("CLIENT-OLDER");
                                assertThat(((Refused) thrown).remedy())
                                        .isEqualTo("Install postgresql-client-17.");
                            });
        }

        @Test
        void without_any_client_is_refused() {
            assertThatThrownBy(() -> of().forDump(v(15)))
                    .hasMessage("There is no PostgreSQL client under /usr/lib/postgresql/*/bin.");
        }
    }

    @Nested
    class Restore {
        @ParameterizedTest(name = "dump by {0}, server {1}: client {2}")
        @CsvSource({"14, 14, 14", "14, 15, 15", "15, 15, 15", "15, 16, 16", "16, 16, 16"})
        void takes_the_servers_major(int dump, int server, int client) {
            assertThat(of(14, 15, 16).forRestore(v(server), v(dump)).major()).isEqualTo(client);
        }

        @Test
        void into_a_server_older_than_the_dump_is_refused() {
            assertThatThrownBy(() -> of(14, 15, 16).forRestore(v(15), v(16)))
                    .isInstanceOf(Refused.class)
                    .hasMessage("The dump is of PostgreSQL 16, the target server is PostgreSQL 15.")
                    .extracting(thrown -> ((Refused) thrown).code())
                    .isEqualTo("SERVER-OLDER");
        }

        @Test
        void into_a_server_newer_than_every_client_is_refused() {
            assertThatThrownBy(() -> of(14, 15).forRestore(v(16), v(14)))
                    .hasMessage("Server is PostgreSQL 16, newest client here is 15.");
        }

        @Test
        void reading_needs_a_client_not_older_than_the_dumps() {
            assertThat(of(14, 15).forReading(v(15)).major()).isEqualTo(15);
            assertThatThrownBy(() -> of(14, 15).forReading(v(16)))
                    .hasMessage("The dump was made by pg_dump 16, newest client here is 15.");
        }
    }

    @Nested
    class Restricted {
        @ParameterizedTest(name = "psql {0}: {1}")
        @CsvSource({
            "150014, false",
            "150019, false",
            "150020, true",
            "170010, false",
            "170011, true",
            "190000, true"
        })
        void psql_is_one_with_all_fixes(int version, boolean restricts) {
            assertThat(new Client(new ServerVersion(version), Path.of("/")).restricts())
                    .isEqualTo(restricts);
        }

        @Test
        void psql_may_be_newer_than_the_server() {
            Client old = new Client(new ServerVersion(150013), Path.of("/15"));
            Client fixed = new Client(new ServerVersion(170012), Path.of("/17"));
            Clients both = Clients.of(List.of(old, fixed), List.of());

            assertThat(both.restrictedPsql(v(15))).isEqualTo(fixed);
            assertThat(both.unrestricted()).containsExactly(old);
            assertThatThrownBy(() -> Clients.of(List.of(old), List.of()).restrictedPsql(v(15)))
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "psql 15.13 would run commands of this machine that a plain SQL dump"
                                    + " asks for.");
        }
    }

    @Nested
    class Cluster {
        @TempDir Path root;

        private Clients servers(int... majors) throws Exception {
            java.util.List<Client> found = new java.util.ArrayList<>();
            for (int major : majors) {
                Path bin = Files.createDirectories(root.resolve(major + "/bin"));
                for (String program : List.of("initdb", "pg_ctl", "postgres")) {
                    Path file = Files.createFile(bin.resolve(program));
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
                found.add(new Client(v(major), bin));
            }
            // A client alone makes no cluster.
            found.add(new Client(v(12), Path.of("/nowhere")));
            return Clients.of(found, List.of("/usr/lib/postgresql/*/bin"));
        }

        @Test
        void is_of_the_sources_major_or_of_the_next_newer_one_where_that_will_do()
                throws Exception {
            Clients both = servers(15, 17);

            assertThat(both.forCluster(15, true).major()).isEqualTo(15);
            assertThat(both.forCluster(16, true).major()).isEqualTo(17);
            assertThatThrownBy(() -> both.forCluster(16, false))
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "The backup is of PostgreSQL 16, and the programs of such a server are"
                                    + " not under /usr/lib/postgresql/*/bin; there are those of 15,"
                                    + " 17.")
                    .extracting(e -> ((Refused) e).remedy())
                    .isEqualTo(
                            "Install them: apt-get install --no-install-recommends postgresql-16"
                                    + " (from apt.postgresql.org where the distribution has none);"
                                    + " or allow a newer major.");
        }

        @Test
        void for_a_source_newer_than_all_that_is_here_names_the_package_to_install()
                throws Exception {
            Clients one = servers(15);

            assertThatThrownBy(() -> one.forCluster(18, true))
                    .isInstanceOf(Refused.class)
                    .hasMessageEndingWith("there are those of 15.")
                    .extracting(e -> ((Refused) e).remedy())
                    .isEqualTo(
                            "Install them: apt-get install --no-install-recommends postgresql-18"
                                    + " (from apt.postgresql.org where the distribution has none).");
            assertThatThrownBy(() -> Clients.of(List.of(), List.of("/x")).forCluster(15, false))
                    .hasMessageEndingWith("are not under /x.");
        }
    }

    @Nested
    class Directories {
        @TempDir Path root;

        private void program(String place, String says) throws Exception {
            Path pgDump = root.resolve(place).resolve("pg_dump");
            Files.createDirectories(pgDump.getParent());
            Programs.script(pgDump, says);
        }

        @Test
        void are_looked_through_by_a_star_and_the_newest_minor_wins() throws Exception {
            program("14/bin", "echo 'pg_dump (PostgreSQL) 14.9 (Debian 14.9-1)'");
            program("15/bin", "echo 'pg_dump (PostgreSQL) 15.3'");
            program("15-own/bin", "echo 'pg_dump (PostgreSQL) 15.20'");
            program("18/bin", "echo 'pg_dump (PostgreSQL) 18beta1'");
            program("broken/bin", "exit 3");
            program("other/bin", "echo 'something else'");

            Clients found = Clients.in(List.of(root + "/*/bin"));

            assertThat(found.all())
                    .containsExactly(
                            new Client(new ServerVersion(140009), root.resolve("14/bin")),
                            new Client(new ServerVersion(150020), root.resolve("15-own/bin")),
                            new Client(new ServerVersion(180000), root.resolve("18/bin")));
        }

        @Test
        void must_be_absolute() {
            assertThatThrownBy(() -> Clients.in(List.of("bin")))
                    .isInstanceOf(Refused.class)
                    .hasMessage("The client directory bin is not absolute.");
        }
    }
}
