package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.ShopDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void a_restore_over_several_connections_equals_the_source() throws Exception {
        PostgresUrl copy = SERVER.createDatabase();
        AtomicLong furthest = new AtomicLong();
        ParallelRestore.Head head = head(archive);
        ParallelRestore restore =
                new ParallelRestore(engine.client, copy, head, engine.dir, engine.cancel);

        restore.schema();
        int used =
                restore.rows(
                        3,
                        Map.of("shop events", 1L << 20, "shop order_lines", 1L << 19),
                        archive.length,
                        () -> new ByteArrayInputStream(archive),
                        at -> furthest.accumulateAndGet(at, Math::max),
                        task -> new Thread(task).start());
        String early =
                SERVER.query(
                        copy.database(),
                        """
                        SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes
                        WHERE tablename IN ('events', 'order_lines', 'Order "Notes"')""");
        restore.indexes(2);

        Files.delete(head.file());
        assertThat(used).isEqualTo(3);
        assertThat(early)
                .isEqualTo(
                        "Order \"Notes\"_pkey events_by_time events_pkey lines_by_product order_lines_pkey");
        assertThat(furthest).hasValue(archive.length);
        assertThat(engine.differences(shop, copy)).isEmpty();
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
        PostgresUrl copy = SERVER.createDatabase();
        ParallelRestore.Head head = head(archive);
        ParallelRestore restore =
                new ParallelRestore(engine.client, copy, head, engine.dir, engine.cancel);
        restore.schema();
        SERVER.execute(
                copy.database(), "ALTER TABLE shop.categories ADD CONSTRAINT never CHECK (false)");

        assertThatThrownBy(
                        () ->
                                restore.rows(
                                        2,
                                        Map.of("shop categories", 1L << 30),
                                        archive.length,
                                        () -> new ByteArrayInputStream(archive),
                                        at -> {},
                                        task -> new Thread(task).start()))
                .isInstanceOf(ChildFailed.class)
                .hasMessageContaining("violates check constraint \"never\"");

        Files.delete(head.file());
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
                engine.cancel);

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
                engine.cancel);

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
            aside.dropAside();
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
