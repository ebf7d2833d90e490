package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.SelfMade;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same URL leads JDBC and the client programs to the same place, by the same rules. */
class ConnectionsIT {
    @TempDir Path temp;

    private static void openssl(Path directory, String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("/usr/bin/openssl"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("openssl.log").toFile())
                        .start();
        assertThat(process.waitFor())
                .as(Files.readString(directory.resolve("openssl.log")))
                .isZero();
    }

    private void both(PostgresUrl url) throws IOException {
        try (Engine engine = Engine.on(PostgresServer.shared())) {
            SourceSession.open(url, engine.cancel).close();
            assertThat(engine.dump(url)).isNotEmpty();
        }
    }

    @Test
    void tls_is_verified_alike() throws Exception {
        openssl(
                temp,
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                "server.key",
                "-out",
                "server.crt",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost");
        Files.setPosixFilePermissions(
                temp, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        try (PostgresServer server = PostgresServer.start()) {
            for (String name : List.of("server.key", "server.crt")) {
                server.keep(temp.resolve(name), name);
            }
            server.execute("postgres", "ALTER SYSTEM SET ssl = on");
            server.crash();
            server.startAgain();
            String base = server.url("postgres").reveal();
            String verified =
                    base.replace("127.0.0.1", "localhost")
                            + "?sslmode=verify-full&sslrootcert="
                            + temp.resolve("server.crt");

            both(PostgresUrl.parse(base + "?sslmode=require"));
            both(PostgresUrl.parse(base + "?sslmode=disable"));
            both(PostgresUrl.parse(verified));

            PostgresUrl wrongName = PostgresUrl.parse(verified.replace("localhost", "127.0.0.1"));
            try (Engine engine = Engine.on(PostgresServer.shared())) {
                assertThatThrownBy(() -> SourceSession.open(wrongName, engine.cancel))
                        .isInstanceOf(ServerFailure.class);
                assertThatThrownBy(() -> engine.dump(wrongName))
                        .isInstanceOf(ChildFailed.class)
                        .hasMessageContaining("server certificate for");
            }
        }
    }

    @Test
    void the_certificate_of_a_server_is_read_without_signing_in() throws Exception {
        SelfMade made = SelfMade.in(temp, "database", 10);
        made.pem();
        Files.setPosixFilePermissions(
                temp, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        try (PostgresServer server = PostgresServer.start("log_connections = on")) {
            assertThat(read(server.port())).isEmpty();

            for (String name : List.of("server.key", "server.crt")) {
                server.keep(temp.resolve(name), name);
            }
            server.execute("postgres", "ALTER SYSTEM SET ssl = on");
            server.crash();
            server.startAgain();

            assertThat(read(server.port())).contains(made.certificate());
        }
        PostgresServer stopped = PostgresServer.start();
        int nobody = stopped.port();
        stopped.close();
        assertThatThrownBy(() -> read(nobody)).isInstanceOf(IOException.class);
    }

    private static Optional<X509Certificate> read(int port) throws IOException {
        return ServedCertificate.firstToEnd("127.0.0.1", port, ServedCertificate.Way.POSTGRES);
    }

    @Test
    void options_reach_both() throws Exception {
        PostgresServer server = PostgresServer.shared();
        PostgresUrl url = server.createDatabase();
        PostgresUrl chosen =
                PostgresUrl.parse(
                        url.reveal() + "?options=-c%20work_mem%3D7MB&application_name=me");
        try (Session session = Session.open(chosen, new Cancel())) {
            String memory = session.one(row -> row.getString(1), "SHOW work_mem");
            String name = session.one(row -> row.getString(1), "SHOW application_name");
            assertThat(memory).isEqualTo("7MB");
            assertThat(name).isEqualTo("me");
        }
        both(chosen);
        server.dropDatabase(url.database());
    }

    @Test
    void a_wrong_password_and_a_missing_database_are_told_apart() {
        PostgresServer server = PostgresServer.shared();

        assertThatThrownBy(
                        () ->
                                SourceSession.open(
                                        server.url("postgres", "canary-wrong", "postgres"),
                                        new Cancel()))
                .isInstanceOf(ServerFailure.class)
                .hasMessageStartingWith(
                        "The server refuses to let postgres into postgres on 127.0.0.1:"
                                + server.port()
                                + ": FATAL: password authentication failed")
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> SourceSession.open(server.url("nowhere"), new Cancel()))
                .isInstanceOf(ServerFailure.class)
                .hasMessageStartingWith("There is no database nowhere on 127.0.0.1:")
                .extracting(thrown -> ((ServerFailure) thrown).kind())
                .isEqualTo(ServerFailure.Kind.NO_DATABASE);
    }

    @Test
    void a_name_that_resolves_to_a_forbidden_address_is_refused_at_connecting() {
        assertThatThrownBy(
                        () ->
                                new KeepAliveSockets()
                                        .createSocket()
                                        .connect(
                                                new java.net.InetSocketAddress(
                                                        java.net.InetAddress.getByAddress(
                                                                "innocent.example",
                                                                new byte[] {
                                                                    (byte) 169, (byte) 254, 1, 1
                                                                }),
                                                        5432)))
                .hasMessage(
                        "innocent.example is a link-local or metadata address; Holdfast never"
                                + " connects to those");
    }

    @Test
    void more_tables_than_can_be_locked_twice_are_backed_up_all_the_same() throws Exception {
        try (PostgresServer server =
                        PostgresServer.start(
                                "max_locks_per_transaction = 10",
                                "max_connections = 20",
                                "max_worker_processes = 1",
                                "max_wal_senders = 0");
                Engine engine = Engine.on(server)) {
            PostgresUrl many = server.createDatabase("many");
            for (int part = 0; part < 140; part += 20) {
                server.execute(
                        "many",
                        "DO $$ BEGIN FOR i IN "
                                + part
                                + " .. "
                                + (part + 19)
                                + " LOOP EXECUTE format('CREATE TABLE t_%s AS SELECT %s AS x', i, i);"
                                + " END LOOP; END $$");
            }
            try (SourceSession source = SourceSession.open(many, engine.cancel)) {
                assertThat(engine.dump(PgDump.of(engine.client, many).under(source.snapshotId())))
                        .isNotEmpty();
                assertThat(source.proof(RowProof.HASHES, ContentProof.Progress.NONE).tables())
                        .hasSize(140);
                assertThat(
                                server.query(
                                        "many",
                                        "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid ="
                                                + " l.relation WHERE relname LIKE 't\\_%'"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void a_standby_is_backed_up_like_its_primary() throws Exception {
        try (PostgresServer primary = PostgresServer.start();
                Engine engine = Engine.on(primary)) {
            PostgresUrl shop = primary.createDatabase("shop");
            primary.execute(
                    "shop",
                    "CREATE TABLE t AS SELECT generate_series(1, 1000) AS x",
                    "SELECT lo_from_bytea(0, 'large')");
            try (PostgresServer standby = primary.standby()) {
                PostgresUrl there = standby.url("shop");
                byte[] archive;
                ContentProof proof;
                try (SourceSession source = SourceSession.open(there, engine.cancel)) {
                    assertThat(source.facts().standby()).isTrue();
                    archive =
                            engine.dump(PgDump.of(engine.client, there).under(source.snapshotId()));
                    proof = source.proof(RowProof.HASHES, ContentProof.Progress.NONE);
                }
                PostgresUrl copy = primary.createDatabase("copy");
                engine.restore(archive, copy);

                assertThat(
                                proof.differences(
                                        ContentProof.of(
                                                copy,
                                                RowProof.HASHES,
                                                ContentProof.Progress.NONE,
                                                engine.cancel)))
                        .isEmpty();
                assertThat(engine.differences(shop, copy)).isEmpty();

                try (TargetServer target = TargetServer.open(there, engine.cancel)) {
                    assertThatThrownBy(
                                    () ->
                                            target.aside(UUID.randomUUID())
                                                    .create(target.form().orElseThrow()))
                            .isInstanceOf(Refused.class)
                            .hasMessage("The target's server is a standby and takes no changes.");
                }
            }
        }
    }
}
