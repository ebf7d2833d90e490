package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.holdfast.adapter.testing.TcpProxy;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.ShopDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults 1, 3, 4, 10 and 15: what a child tells, and what it leaves, when it does not succeed. */
class ChildFaultsIT {
    private static final PostgresServer SERVER = PostgresServer.shared();
    private static Engine engine;
    private static PostgresUrl shop;
    private static byte[] archive;

    @BeforeAll
    static void dumpTheShop() throws Exception {
        engine = Engine.on(SERVER);
        shop = ShopDatabase.small(SERVER);
        archive = engine.dump(shop);
    }

    @AfterEach
    void nothingIsLeftInTheWorkDirectory() throws Exception {
        assertThat(engine.leftovers()).isEmpty();
    }

    @AfterAll
    static void close() {
        engine.close();
        SERVER.dropDatabase(shop.database());
    }

    private static long readSome(InputStream stream, long bytes) throws IOException {
        byte[] buffer = new byte[8192];
        long read = 0;
        int n;
        while (read < bytes
                && (n = stream.read(buffer, 0, (int) Math.min(8192, bytes - read))) >= 0) {
            read += n;
        }
        return read;
    }

    @ParameterizedTest(name = "at {0} %")
    @ValueSource(ints = {0, 10, 50, 99})
    void a_dump_that_was_killed_never_succeeds(int percent) throws Exception {
        try (ChildProcess dump = PgDump.of(engine.client, shop).start(engine.dir, engine.cancel)) {
            readSome(dump.stream(), archive.length * (long) percent / 100);
            ProcessHandle.of(dump.pid()).orElseThrow().destroyForcibly();
            dump.stream().transferTo(new ByteArrayOutputStream());

            assertThatThrownBy(dump::requireSuccess)
                    .isInstanceOf(ChildFailed.class)
                    .hasMessage("pg_dump was killed by signal 9.")
                    .extracting(thrown -> ((ChildFailed) thrown).exitCode())
                    .isEqualTo(137);
        }
    }

    @Test
    void a_dump_that_fails_says_why_and_shows_no_password() throws Exception {
        PostgresUrl wrong = SERVER.url("postgres", PostgresServer.PASSWORD + "x", shop.database());
        try (ChildProcess dump = PgDump.of(engine.client, wrong).start(engine.dir, engine.cancel)) {
            dump.stream().transferTo(new ByteArrayOutputStream());

            assertThatThrownBy(dump::requireSuccess)
                    .isInstanceOf(ChildFailed.class)
                    .hasMessageStartingWith("pg_dump ended with exit code 1: pg_dump: error: ")
                    .hasMessageContaining("password authentication failed for user \"postgres\"")
                    .extracting(Throwable::getMessage)
                    .asString()
                    .doesNotContain("canary");
        }
    }

    @Test
    void the_password_is_in_no_argument_and_no_environment_of_the_child() throws Exception {
        try (ChildProcess dump = PgDump.of(engine.client, shop).start(engine.dir, engine.cancel)) {
            readSome(dump.stream(), 1);
            Path proc = Path.of("/proc/" + dump.pid());
            String arguments = Files.readString(proc.resolve("cmdline"), StandardCharsets.UTF_8);
            String environment = Files.readString(proc.resolve("environ"), StandardCharsets.UTF_8);

            assertThat(arguments).contains("dbname='" + shop.database()).doesNotContain("canary");
            assertThat(environment.split("\0"))
                    .allMatch(entry -> entry.startsWith("PG"))
                    .noneMatch(entry -> entry.contains("canary"));
        }
    }

    @Test
    void a_cancel_ends_dump_and_restore_at_once() throws Exception {
        Cancel cancel = new Cancel();
        PostgresUrl copy = SERVER.createDatabase();
        try (ChildProcess dump = PgDump.of(engine.client, shop).start(engine.dir, cancel);
                ChildProcess restore =
                        PgRestore.into(engine.client, copy).start(engine.dir, cancel)) {
            readSome(dump.stream(), 10_000);
            cancel.now("A person asked for it.");

            assertThatThrownBy(() -> dump.stream().transferTo(new ByteArrayOutputStream()))
                    .isInstanceOf(Cancelled.class)
                    .hasMessage("A person asked for it.");
            assertThatThrownBy(dump::requireSuccess).isInstanceOf(Cancelled.class);
            assertThatThrownBy(() -> restore.feed(new ByteArrayInputStream(archive)))
                    .isInstanceOf(Cancelled.class);
            assertThat(dump.running()).isFalse();
            assertThat(restore.running()).isFalse();
        }
        assertThatThrownBy(() -> PgDump.of(engine.client, shop).start(engine.dir, cancel))
                .isInstanceOf(Cancelled.class);
        SERVER.dropDatabase(copy.database());
    }

    @Test
    void a_truncated_dump_is_listed_but_never_read_to_its_end() throws Exception {
        byte[] half = Arrays.copyOf(archive, archive.length / 2);
        try (ChildProcess list =
                PgRestore.list(engine.client)
                        .from(file(half), 1)
                        .start(engine.dir, engine.cancel)) {
            assertThat(list.stream().readAllBytes()).isNotEmpty();
            list.requireSuccess();
        }
        Files.delete(engine.dir.path().resolve("half"));

        int cuts = 40;
        for (int i = 0; i < cuts; i++) {
            byte[] cut = Arrays.copyOf(archive, (int) (archive.length * (long) i / cuts));
            assertThatThrownBy(
                            () ->
                                    engine.restore(
                                            PgRestore.readToEnd(engine.client),
                                            new ByteArrayInputStream(cut)))
                    .as("cut at %d of %d", cut.length, archive.length)
                    .isInstanceOf(ChildFailed.class);
        }
        engine.restore(PgRestore.readToEnd(engine.client), new ByteArrayInputStream(archive));
    }

    private static Path file(byte[] bytes) throws IOException {
        return Files.write(engine.dir.path().resolve("half"), bytes);
    }

    @Test
    void a_source_that_breaks_midway_kills_the_restore_before_its_input_ends() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        byte[] sql = engine.dump(PgDump.of(engine.client, shop).plain());
        InputStream broken =
                new InputStream() {
                    private int at;

                    @Override
                    public int read() throws IOException {
                        if (at == sql.length / 2) {
                            throw new IOException("the store broke");
                        }
                        return sql[at++] & 0xff;
                    }
                };
        try (Psql psql = Psql.start(engine.client, copy, engine.dir, engine.cancel)) {
            assertThatThrownBy(() -> psql.feed(broken)).hasMessage("the store broke");
            assertThatThrownBy(psql::requireSuccess).isInstanceOf(ChildFailed.class);
        }
        assertThat(SERVER.query(copy.database(), "SELECT count(*) FROM pg_namespace"))
                .as("psql --single-transaction commits at the end of its input")
                .isEqualTo(SERVER.query("template1", "SELECT count(*) FROM pg_namespace"));
        SERVER.dropDatabase(copy.database());
    }

    @Test
    void an_in_place_restore_that_breaks_midway_changes_nothing() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        engine.restore(archive, copy);
        for (int percent : new int[] {0, 30, 99}) {
            byte[] part = Arrays.copyOf(archive, (int) (archive.length * (long) percent / 100));
            InPlace.End end = new InPlace.End();
            assertThatThrownBy(
                            () ->
                                    InPlace.replace(
                                            engine.client,
                                            copy,
                                            java.util.Optional.empty(),
                                            new ByteArrayInputStream(part),
                                            engine.dir,
                                            engine.cancel,
                                            end))
                    .isInstanceOf(ChildFailed.class)
                    .hasMessageStartingWith("pg_restore ended with exit code 1");
            assertThat(end.isCommitted()).isFalse();
            assertThat(end.isUnseen()).isFalse();
        }
        assertThat(engine.differences(shop, copy)).isEmpty();
        SERVER.dropDatabase(copy.database());
    }

    @Test
    void plain_sql_cannot_run_a_command_of_this_machine() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        Path evidence = Path.of("/tmp/holdfast-evil-" + System.nanoTime());
        String sql =
                new String(
                        engine.dump(PgDump.of(engine.client, copy).plain()),
                        StandardCharsets.UTF_8);
        String evil =
                sql.replace(
                        "SET lock_timeout = 0;",
                        "SET lock_timeout = 0;\nSELECT 1;\n\\! touch " + evidence);
        assertThat(evil).contains("touch");

        try (Psql psql = Psql.start(engine.client, copy, engine.dir, engine.cancel)) {
            assertThatThrownBy(
                            () -> {
                                psql.feed(new ByteArrayInputStream(evil.getBytes()));
                                psql.requireSuccess();
                            })
                    .isInstanceOf(ChildFailed.class)
                    .hasMessageContaining("backslash commands are restricted");
        }
        assertThat(evidence).doesNotExist();
        SERVER.dropDatabase(copy.database());
    }

    @Test
    void a_clashing_table_fails_the_restore_and_its_rows_stay() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        SERVER.execute(
                copy.database(),
                "CREATE SCHEMA shop",
                "CREATE TABLE shop.payments AS SELECT 7 AS mine");

        assertThatThrownBy(() -> engine.restore(archive, copy))
                .isInstanceOf(ChildFailed.class)
                .hasMessageContaining("schema \"shop\" already exists")
                .extracting(thrown -> ((ChildFailed) thrown).exitCode())
                .isEqualTo(1);

        assertThat(SERVER.query(copy.database(), "SELECT mine FROM shop.payments")).isEqualTo("7");
        SERVER.dropDatabase(copy.database());
    }

    @Test
    void a_source_whose_connection_is_reset_is_told_as_lost() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", SERVER.port())) {
            PostgresUrl through =
                    PostgresUrl.parse(
                            shop.reveal()
                                    .replace(":" + SERVER.port() + "/", ":" + proxy.port() + "/"));
            proxy.cutDownAfter(archive.length / 2);
            try (ChildProcess dump =
                    PgDump.of(engine.client, through).start(engine.dir, engine.cancel)) {
                dump.stream().transferTo(new ByteArrayOutputStream());

                assertThatThrownBy(dump::requireSuccess)
                        .isInstanceOf(ChildFailed.class)
                        .matches(thrown -> ((ChildFailed) thrown).connectionLost(), "lost");
            }
        }
    }

    @Test
    void a_source_that_falls_silent_is_told_as_lost() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", SERVER.port())) {
            PostgresUrl through =
                    PostgresUrl.parse(
                            shop.reveal()
                                    .replace(":" + SERVER.port() + "/", ":" + proxy.port() + "/"));
            try (ChildProcess dump =
                    PgDump.of(engine.client, through)
                            .silentFor(Duration.ofSeconds(3))
                            .start(engine.dir, engine.cancel)) {
                readSome(dump.stream(), 1000);
                proxy.blackHole();

                assertThatThrownBy(() -> dump.stream().transferTo(new ByteArrayOutputStream()))
                        .isInstanceOf(ChildFailed.class)
                        .hasMessage("pg_dump gave nothing for 3.0 s and was killed.")
                        .matches(thrown -> ((ChildFailed) thrown).connectionLost(), "lost");
                assertThatThrownBy(dump::requireSuccess)
                        .hasMessage("pg_dump gave nothing for 3.0 s and was killed.");
            }
        }
    }

    @Test
    void a_slow_taker_is_no_silence() throws Exception {
        try (ChildProcess dump =
                PgDump.of(engine.client, shop)
                        .silentFor(Duration.ofSeconds(2))
                        .start(engine.dir, engine.cancel)) {
            readSome(dump.stream(), 1000);
            // the taker is busy with something else, longer than the limit
            CompletableFuture.runAsync(
                            () -> {}, CompletableFuture.delayedExecutor(4, TimeUnit.SECONDS))
                    .get();
            dump.stream().transferTo(new ByteArrayOutputStream());
            dump.requireSuccess();
        }
    }

    @Test
    void a_session_over_a_broken_line_is_told_as_lost() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", SERVER.port())) {
            PostgresUrl through =
                    PostgresUrl.parse(
                            shop.reveal()
                                    .replace(":" + SERVER.port() + "/", ":" + proxy.port() + "/"));
            try (SourceSession session = SourceSession.open(through, engine.cancel)) {
                proxy.reset();
                assertThatThrownBy(
                                () ->
                                        session.proof(
                                                org.holdfast.domain.policy.RowProof.COUNTS,
                                                ContentProof.Progress.NONE))
                        .isInstanceOf(ServerFailure.class)
                        .hasMessageStartingWith(
                                "The connection to "
                                        + shop.database()
                                        + " on 127.0.0.1:"
                                        + proxy.port()
                                        + " was lost: ")
                        .extracting(thrown -> ((ServerFailure) thrown).kind())
                        .isEqualTo(ServerFailure.Kind.LOST);
            }
            proxy.refuse();
            assertThatThrownBy(() -> SourceSession.open(through, engine.cancel))
                    .isInstanceOf(ServerFailure.class)
                    .extracting(thrown -> ((ServerFailure) thrown).kind())
                    .isEqualTo(ServerFailure.Kind.UNREACHABLE);
        }
    }

    @Test
    void a_cancel_ends_a_running_count() throws Exception {
        PostgresUrl big = SERVER.createDatabase();
        SERVER.execute(
                big.database(),
                "CREATE TABLE slow (x int)",
                "INSERT INTO slow SELECT generate_series(1, 3000000)");
        Cancel cancel = new Cancel();
        try (SourceSession session = SourceSession.open(big, cancel)) {
            CompletableFuture<Void> later =
                    CompletableFuture.runAsync(
                            () -> cancel.now("Enough."),
                            CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
            assertThatThrownBy(
                            () ->
                                    session.proof(
                                            org.holdfast.domain.policy.RowProof.HASHES,
                                            ContentProof.Progress.NONE))
                    .isInstanceOf(Cancelled.class)
                    .hasMessage("Enough.");
            later.get();
        }
        SERVER.dropDatabase(big.database());
    }
}
