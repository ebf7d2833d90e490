package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.ShopDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shop goes out and comes back, every way there is. */
class RoundTripIT {
    private static final PostgresServer SERVER = PostgresServer.shared();
    private static Engine engine;
    private static PostgresUrl shop;
    private static byte[] archive;

    @BeforeAll
    static void dumpTheShop() throws Exception {
        engine = Engine.on(SERVER);
        shop = ShopDatabase.create(SERVER, "the 'shop' = \\1 host=evil", 1);
        try (SourceSession source = SourceSession.open(shop, engine.cancel)) {
            archive = engine.dump(PgDump.of(engine.client, shop).under(source.snapshotId()));
        }
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        assertThat(engine.leftovers()).isEmpty();
        engine.close();
        SERVER.dropDatabase(shop.database());
    }

    @Test
    void a_streamed_restore_equals_the_source() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();

        engine.restore(archive, copy);

        assertThat(engine.differences(shop, copy)).isEmpty();
    }

    /** What a restore over several connections tells of its rows. */
    private static final class Told implements ParallelRestore.Loading {
        private final AtomicLong furthest = new AtomicLong();
        private final List<Integer> done = new CopyOnWriteArrayList<>();

        @Override
        public void at(long position) {
            assertThat(done).isEmpty();
            furthest.accumulateAndGet(position, Math::max);
        }

        @Override
        public void done(int connections) {
            done.add(connections);
        }
    }

    private static void run(Runnable task) {
        new Thread(task).start();
    }

    /** A restore into a new database, in a directory of its own; the schema is there. */
    private static final class Begun implements AutoCloseable {
        private final PostgresUrl copy = SERVER.createDatabase();
        private final Cancel cancel = new Cancel();
        private final Told told = new Told();
        private final byte[] dump;
        private final WorkDir dir;
        private final ParallelRestore.Head head;
        private final ParallelRestore restore;

        Begun(byte[] dump) throws IOException {
            this.dump = dump;
            dir = WorkDir.below(engine.dir.path());
            head =
                    ParallelRestore.head(
                            engine.client, () -> new ByteArrayInputStream(dump), dir, cancel);
            restore = new ParallelRestore(engine.client, copy, head, dir, cancel);
            restore.schema();
        }

        /** Loads events over one connection and all else over another. */
        void rows(Executor executor) throws IOException {
            rows(2, new TableSizes().with("shop", "events", 1L << 30), executor);
        }

        void rows(int jobs, TableSizes sizes, Executor executor) throws IOException {
            restore.rows(
                    jobs, sizes, dump.length, () -> new ByteArrayInputStream(dump), told, executor);
        }

        String query(String sql) {
            return SERVER.query(copy.database(), sql);
        }

        /** Nobody else gets a lock on shop.events that does not go with {@code mode}. */
        Connection locked(String mode) throws SQLException {
            Connection connection = SERVER.connect(copy.database());
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("LOCK TABLE shop.events IN " + mode + " MODE");
            }
            return connection;
        }

        void leftNothing() throws IOException {
            try (Stream<Path> files = Files.list(dir.path())) {
                assertThat(files).containsExactly(head.file());
            }
        }

        @Override
        public void close() {
            dir.close();
            SERVER.dropDatabase(copy.database());
        }
    }

    @Test
    void a_restore_over_several_connections_equals_the_source() throws Exception {
        try (Begun begun = new Begun(archive)) {
            begun.rows(
                    3,
                    new TableSizes()
                            .with("shop", "events", 1L << 20)
                            .with("shop", "order_lines", 1L << 19),
                    RoundTripIT::run);
            String early =
                    begun.query(
                            """
                            SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes
                            WHERE tablename IN ('events', 'order_lines', 'Order "Notes"', 'products')""");
            begun.restore.indexes(2);

            begun.leftNothing();
            assertThat(begun.told.done).containsExactly(3);
            assertThat(begun.told.furthest).hasValue(archive.length);
            assertThat(early)
                    .isEqualTo(
                            "Order \"Notes\"_pkey events_by_time events_pkey lines_by_product order_lines_pkey"
                                    + " products_by_attribute products_by_words products_pkey products_sku_key");
            assertThat(engine.differences(shop, begun.copy)).isEmpty();
        }
    }

    /** Early, or with an operator class of the dump's own at the end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_table_with_a_clustered_index_and_a_replica_identity_comes_back(boolean early)
            throws Exception {
        PostgresUrl stock = SERVER.createDatabase();
        SERVER.execute(
                stock.database(),
                "CREATE TABLE stock (id int NOT NULL, at int NOT NULL)",
                "INSERT INTO stock SELECT i, -i FROM generate_series(1, 200000) i",
                "CREATE UNIQUE INDEX stock_by_id ON stock (id)",
                "CREATE INDEX stock_by_time ON stock (at)",
                "ALTER TABLE stock CLUSTER ON stock_by_time",
                "ALTER TABLE stock REPLICA IDENTITY USING INDEX stock_by_id");
        if (!early) {
            SERVER.execute(
                    stock.database(),
                    "CREATE OPERATOR CLASS own FOR TYPE int USING btree AS OPERATOR 1 <,"
                            + " OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,"
                            + " FUNCTION 1 btint4cmp(int, int)");
        }
        try (Begun begun = new Begun(engine.dump(stock))) {
            begun.rows(3, new TableSizes(), RoundTripIT::run);
            String made =
                    begun.query("SELECT count(*) FROM pg_index WHERE indrelid = 'stock'::regclass");
            begun.restore.indexes(3);

            begun.leftNothing();
            assertThat(made).isEqualTo(early ? "2" : "0");
            assertThat(engine.differences(stock, begun.copy)).isEmpty();
            assertThat(
                            begun.query(
                                    "SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY"
                                            + " indisclustered) FROM pg_index WHERE indisclustered"
                                            + " OR indisreplident"))
                    .isEqualTo("stock_by_id stock_by_time");
        }
        SERVER.dropDatabase(stock.database());
    }

    /** While one connection waits to load a table. */
    @Test
    @Timeout(120)
    void where_an_early_constraint_fails_the_others_end_and_its_words_are_told() throws Exception {
        try (Begun begun = new Begun(archive)) {
            SERVER.execute(
                    begun.copy.database(),
                    "INSERT INTO shop.categories (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'x')");

            try (Connection lock = begun.locked("ACCESS EXCLUSIVE")) {
                assertThatThrownBy(() -> begun.rows(RoundTripIT::run))
                        .isInstanceOf(ChildFailed.class)
                        .hasMessageContaining("could not create unique index \"categories_pkey\"")
                        .hasMessageContaining("Key (id)=(1) is duplicated");
            }

            begun.leftNothing();
            assertThat(begun.told.done).isEmpty();
        }
    }

    @Test
    @Timeout(120)
    void where_it_cannot_be_told_what_belongs_to_which_table_the_loading_ends() throws Exception {
        try (Begun begun = new Begun(archive)) {
            try (Connection lock = begun.locked("ACCESS EXCLUSIVE")) {
                assertThatThrownBy(
                                () ->
                                        begun.rows(
                                                task -> {
                                                    write(begun.head.file(), "no dump");
                                                    run(task);
                                                }))
                        .isInstanceOf(ChildFailed.class)
                        .hasMessageStartingWith(
                                "pg_restore ended with exit code 1: pg_restore: error: input file");
            }

            begun.leftNothing();
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Timeout(120)
    void where_a_part_cannot_be_begun_those_that_were_end() throws Exception {
        AtomicInteger tasks = new AtomicInteger();
        try (Begun begun = new Begun(archive)) {
            try (Connection lock = begun.locked("ACCESS EXCLUSIVE")) {
                assertThatThrownBy(
                                () ->
                                        begun.rows(
                                                task -> {
                                                    if (tasks.getAndIncrement() > 0) {
                                                        throw new RejectedExecutionException(
                                                                "full");
                                                    }
                                                    run(task);
                                                }))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessage("full");
            }

            begun.leftNothing();
        }
    }

    @Test
    @Timeout(120)
    void a_cancel_while_an_early_index_is_made_ends_all() throws Exception {
        try (Begun begun = new Begun(archive)) {
            // goes with loading rows and with no index
            try (Connection lock = begun.locked("ROW EXCLUSIVE")) {
                CompletableFuture<Void> ended =
                        CompletableFuture.runAsync(
                                () -> {
                                    try {
                                        begun.rows(RoundTripIT::run);
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
                awaitWaiting(begun);

                begun.cancel.now("Enough.");

                assertThat(ended)
                        .failsWithin(60, TimeUnit.SECONDS)
                        .withThrowableOfType(ExecutionException.class)
                        .havingRootCause()
                        .isInstanceOf(Cancelled.class)
                        .withMessage("Enough.");
            }

            begun.leftNothing();
        }
    }

    /** Until somebody waits for a lock on shop.events. */
    private static void awaitWaiting(Begun begun) throws InterruptedException {
        while ("0"
                .equals(
                        begun.query(
                                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                                        + " 'shop.events'::regclass"))) {
            Thread.sleep(20);
        }
    }

    private static ParallelRestore.Head head(byte[] archive) throws IOException {
        return ParallelRestore.head(
                engine.client, () -> new ByteArrayInputStream(archive), engine.dir, engine.cancel);
    }

    @Test
    void of_a_dump_cut_within_its_table_of_contents_nothing_is_restored() throws Exception {
        assertThatThrownBy(() -> head(Arrays.copyOf(archive, 2_000)))
                .isInstanceOf(ChildFailed.class)
                .hasMessageContaining("could not read from input file");
        for (String left : engine.leftovers()) {
            Files.delete(engine.dir.path().resolve(left));
        }
    }

    @Test
    void where_one_of_several_connections_fails_the_others_end_and_its_words_are_told()
            throws Exception {
        try (Begun begun = new Begun(archive)) {
            SERVER.execute(
                    begun.copy.database(),
                    "ALTER TABLE shop.categories ADD CONSTRAINT never CHECK (false)");

            assertThatThrownBy(() -> begun.rows(RoundTripIT::run))
                    .isInstanceOf(ChildFailed.class)
                    .hasMessageContaining("violates check constraint \"never\"");

            begun.leftNothing();
        }
    }

    @Test
    void plain_sql_through_restricted_psql_equals_the_source() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        byte[] sql = engine.dump(PgDump.of(engine.client, shop).plain());
        PlainSql.Check check = new PlainSql.Check();
        check.write(sql);
        check.requireComplete(false);
        assertThat(check.dumpedFrom().orElseThrow().major()).isEqualTo(engine.client.major());

        try (Psql psql = Psql.start(engine.client, copy, engine.dir, engine.cancel)) {
            psql.feed(new ByteArrayInputStream(sql));
            psql.requireSuccess();
        }

        assertThat(engine.differences(shop, copy)).isEmpty();
    }

    @Test
    void over_an_existing_copy_with_changes_it_equals_the_source_again() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        engine.restore(archive, copy);
        SERVER.execute(
                copy.database(),
                "DELETE FROM shop.payments",
                "CREATE TABLE public.later (id bigint, at timestamptz, x text,"
                        + " CONSTRAINT known FOREIGN KEY (id, at) REFERENCES shop.orders)",
                "SELECT lo_unlink(min(oid)) FROM pg_largeobject_metadata");

        InPlace.clean(
                engine.client,
                copy,
                Optional.empty(),
                new ByteArrayInputStream(archive),
                engine.dir,
                engine.cancel,
                new InPlace.End());

        assertThat(
                        SERVER.query(
                                copy.database(),
                                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname"
                                        + " = 'known'"))
                .isEqualTo("FOREIGN KEY (id, at) REFERENCES shop.orders(id, ordered_at)");
        SERVER.execute(copy.database(), "DROP TABLE public.later");
        assertThat(engine.differences(shop, copy)).isEmpty();
    }

    @Test
    void in_place_of_a_content_that_went_its_own_way_it_equals_the_source() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        engine.restore(archive, copy);
        SERVER.execute(
                copy.database(),
                "CREATE TABLE public.later (id int REFERENCES shop.categories)",
                "CREATE SCHEMA other CREATE VIEW seen AS SELECT * FROM shop.customers",
                "CREATE EXTENSION hstore",
                "SELECT lo_from_bytea(0, 'x')",
                "CREATE PUBLICATION news FOR ALL TABLES",
                "CREATE ROLE \"shop owner\"",
                "ALTER DATABASE " + copy.database() + " OWNER TO \"shop owner\"");

        InPlace.replace(
                engine.client,
                copy,
                Optional.of("shop owner"),
                new ByteArrayInputStream(archive),
                engine.dir,
                engine.cancel,
                new InPlace.End());

        assertThat(ownedBySuperuser(copy.database())).isNull();
        assertThat(engine.differences(shop, copy)).isEmpty();
    }

    @Test
    void plain_sql_cut_at_fifty_points_is_refused_before_anything_is_sent() throws Exception {
        byte[] sql = engine.dump(PgDump.of(engine.client, shop).plain());
        String trailer = "-- PostgreSQL database dump complete";
        int whole = new String(sql, StandardCharsets.ISO_8859_1).lastIndexOf(trailer);
        for (int i = 0; i < 50; i++) {
            PlainSql.Check check = new PlainSql.Check();
            check.write(sql, 0, (int) (whole * (long) i / 49));
            assertThatThrownBy(() -> check.requireComplete(true))
                    .isInstanceOf(Refused.class)
                    .extracting(thrown -> ((Refused) thrown).code())
                    .isEqualTo("SQL-TRUNCATED");
        }
    }

    @Test
    void a_dump_with_create_is_restored_without_its_database_lines_where_allowed()
            throws Exception {
        Path made = engine.dir.newFile("created");
        PassFile pass = PassFile.write(engine.dir, shop);
        ProcessBuilder builder =
                new ProcessBuilder(
                        engine.client.program("pg_dump").toString(),
                        "--create",
                        "--no-owner",
                        "--no-privileges",
                        "--dbname=" + ConnInfo.of(shop));
        builder.environment().clear();
        builder.environment().putAll(ConnInfo.environment(shop, pass));
        builder.redirectOutput(made.toFile());
        assertThat(builder.start().waitFor()).isZero();
        PlainSql.Check check = new PlainSql.Check();
        try (var in = Files.newInputStream(made)) {
            in.transferTo(check);
        }
        assertThatThrownBy(() -> check.requireComplete(false))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith(
                        "The SQL dump makes or changes a database itself: CREATE DATABASE ");
        check.requireComplete(true);
        PostgresUrl copy = SERVER.createDatabase();

        try (Psql psql = Psql.start(engine.client, copy, engine.dir, engine.cancel);
                var in = Files.newInputStream(made)) {
            psql.feed(in);
            psql.requireSuccess();
        }

        Files.delete(made);
        pass.close();
        assertThat(engine.differences(shop, copy)).isEmpty();
    }

    /** Of everything that has an owner, only what extensions made. */
    private static String ownedBySuperuser(String database) {
        return SERVER.query(
                database,
                "SELECT string_agg(relname, ', ') FROM pg_class c WHERE relowner ="
                        + " 'postgres'::regrole AND oid >= 16384 AND relnamespace <>"
                        + " 'pg_toast'::regnamespace");
    }

    @Test
    void globals_hold_roles_but_no_password() throws Exception {
        SERVER.execute("postgres", "CREATE ROLE \"canary role\" LOGIN PASSWORD 'canary-pw'");
        try (ChildProcess child =
                PgDumpGlobals.of(engine.client, shop).start(engine.dir, engine.cancel)) {
            String sql = new String(child.stream().readAllBytes(), StandardCharsets.UTF_8);
            child.requireSuccess();

            assertThat(sql).contains("CREATE ROLE \"canary role\"").doesNotContain("PASSWORD");
        }
    }

    @Test
    void a_restore_beside_takes_the_targets_place_and_gives_it_back() throws Exception {
        PostgresUrl target = SERVER.createDatabase();
        SERVER.execute(
                target.database(),
                "CREATE TABLE only_here (x int)",
                "CREATE ROLE \"its owner\"",
                "ALTER DATABASE " + target.database() + " OWNER TO \"its owner\"");
        UUID id = UUID.randomUUID();
        try (TargetServer server = TargetServer.open(target, engine.cancel)) {
            Aside aside = server.aside(id);
            aside.create(server.form().orElseThrow());
            engine.restore(archive, aside.url());
            aside.handOver();
            assertThat(aside.state()).isEqualTo(Aside.State.ASIDE);

            assertThat(aside.swap(false)).contains(aside.names().before());

            assertThat(engine.differences(shop, target)).isEmpty();
            assertThat(aside.state()).isEqualTo(Aside.State.SWAPPED);
            assertThat(ownedBySuperuser(target.database())).isNull();

            aside.undo(false);

            assertThat(aside.state()).isEqualTo(Aside.State.ASIDE);
            assertThat(SERVER.query(target.database(), "SELECT count(*) FROM only_here"))
                    .isEqualTo("0");
            assertThat(aside.dropKept(aside.names().aside())).isTrue();
            assertThat(aside.state()).isEqualTo(Aside.State.NOTHING);
        }
    }

    @Test
    void a_target_that_does_not_exist_is_made() throws Exception {
        PostgresUrl target = SERVER.url("made_by_restore_" + System.nanoTime());
        try (TargetServer server = TargetServer.open(target, engine.cancel);
                SourceSession source = SourceSession.open(shop, engine.cancel)) {
            assertThat(server.exists()).isFalse();
            Aside aside = server.aside(UUID.randomUUID());
            aside.create(source.facts().form());
            engine.restore(archive, aside.url());

            assertThat(aside.swap(false)).isEmpty();

            assertThat(aside.state()).isEqualTo(Aside.State.SWAPPED);
            assertThatThrownBy(() -> aside.undo(false))
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "The old database " + aside.names().before() + " is no longer kept.");
        }
        assertThat(engine.differences(shop, target)).isEmpty();
    }

    @Test
    void hashes_tell_one_changed_value_and_counts_do_not() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        engine.restore(archive, copy);
        SERVER.execute(
                copy.database(),
                "UPDATE shop.products SET net = net + 0.01 WHERE id = 3",
                "ALTER TABLE shop.payments DISABLE TRIGGER ALL");
        ContentProof.Progress none = ContentProof.Progress.NONE;
        ContentProof counted = ContentProof.of(shop, RowProof.COUNTS, none, engine.cancel);
        ContentProof hashed = ContentProof.of(shop, RowProof.HASHES, none, engine.cancel);

        assertThat(counted.differences(ContentProof.of(copy, RowProof.COUNTS, none, engine.cancel)))
                .isEmpty();
        assertThat(hashed.differences(ContentProof.of(copy, RowProof.HASHES, none, engine.cancel)))
                .isEqualTo(List.of("Table shop.products has other rows in the second."));
    }

    // --- the definitions -----------------------------------------------------------------------

    /** An empty database on the test's server. */
    private static SchemaProof.Reference reference() {
        return new SchemaProof.Reference() {
            private PostgresUrl made;

            @Override
            public PostgresUrl make() {
                made = SERVER.createDatabase();
                return made;
            }

            @Override
            public void drop() {
                SERVER.execute("postgres", "DROP DATABASE \"" + made.database() + "\"");
            }
        };
    }

    private static SchemaProof.Result proved(Path head, PostgresUrl restored) throws IOException {
        SchemaProof proof = new SchemaProof(engine.client, restored, engine.dir, engine.cancel);
        return proof.against(proof.expected(head), head, reference());
    }

    @Test
    void the_definitions_come_back_to_the_letter_but_for_what_postgresql_words_otherwise()
            throws Exception {
        PostgresUrl oddly = SERVER.createDatabase();
        SERVER.execute(
                oddly.database(),
                "CREATE TABLE mood (is_now varchar(9) CHECK (is_now IN ('up', 'down')))",
                "CREATE VIEW moods AS SELECT * FROM mood",
                "CREATE MATERIALIZED VIEW moody AS SELECT count(*) FROM mood",
                "ALTER SCHEMA public OWNER TO CURRENT_USER");
        byte[] dump = engine.dump(oddly);
        PostgresUrl restored = SERVER.createDatabase();
        engine.restore(dump, restored);
        Path head = Files.write(engine.dir.newFile("head"), dump);

        SchemaProof.Result same = proved(head, restored);
        SERVER.execute(
                restored.database(),
                "ALTER TABLE mood DROP CONSTRAINT mood_is_now_check, ADD CONSTRAINT"
                        + " mood_is_now_check CHECK (is_now IN ('up', 'down', 'left'))");
        SchemaProof.Result changed = proved(head, restored);
        SERVER.execute(restored.database(), "DROP VIEW moods", "CREATE TABLE mood2 (a int)");
        SchemaProof.Result more = proved(head, restored);

        assertThat(same.words()).contains("1 worded otherwise by PostgreSQL");
        assertThat(same.verdict()).isEqualTo(DrillCheck.Verdict.PASSED);
        assertThat(changed.verdict()).isEqualTo(DrillCheck.Verdict.FAILED);
        assertThat(changed.words())
                .startsWith("Name: mood; Type: TABLE; Schema: public, line 5: expected")
                .contains("'left'");
        assertThat(more.words())
                .contains(
                        "missing: Name: moods; Type: VIEW; Schema: public",
                        "not in the archive: Name: mood2; Type: TABLE; Schema: public");
    }

    @Test
    void the_shops_definitions_are_known_from_the_archives_beginning() throws Exception {
        PostgresUrl restored = SERVER.createDatabase();
        engine.restore(archive, restored);
        ParallelRestore.Head head =
                ParallelRestore.head(
                        engine.client,
                        () -> new ByteArrayInputStream(archive),
                        engine.dir,
                        engine.cancel);

        SchemaProof.Result result = proved(head.file(), restored);

        assertThat(result.words()).matches("\\d\\d+ objects.*");
        assertThat(result.verdict()).isEqualTo(DrillCheck.Verdict.PASSED);
    }
}
