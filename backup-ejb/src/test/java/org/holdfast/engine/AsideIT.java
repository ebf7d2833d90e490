package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.holdfast.adapter.testing.TcpProxy;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults 18, 19, 20 and 25: whatever breaks, one whole database serves under the target's name. */
class AsideIT {
    private static final PostgresServer SERVER = PostgresServer.shared();
    private static Engine engine;

    private final UUID id = UUID.randomUUID();
    private PostgresUrl target;
    private TargetServer server;

    @BeforeAll
    static void open() {
        engine = Engine.on(SERVER);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @BeforeEach
    void aTargetThatServes() throws IOException {
        target = SERVER.createDatabase();
        SERVER.execute(target.database(), "CREATE TABLE old AS SELECT 1 AS x");
        server = TargetServer.open(target, engine.cancel);
    }

    @AfterEach
    void dropEverything() throws IOException {
        server.close();
        AsideNames names = AsideNames.of(target.database(), id);
        SERVER.dropDatabase(names.aside());
        SERVER.dropDatabase(names.before());
        SERVER.dropDatabase(names.database());
    }

    private Aside restored() throws IOException {
        return restored(Aside.Moments.NONE);
    }

    private Aside restored(Aside.Moments moments) throws IOException {
        Aside aside = server.aside(id, moments);
        aside.create(server.form().orElseThrow());
        SERVER.execute(aside.names().aside(), "CREATE TABLE restored AS SELECT 2 AS x");
        return aside;
    }

    private void assertOldServes() {
        assertThat(SERVER.query(target.database(), "SELECT x FROM old")).isEqualTo("1");
    }

    private void assertRestoredServes() {
        assertThat(SERVER.query(target.database(), "SELECT x FROM restored")).isEqualTo("2");
    }

    /** What a crash is: nothing after it runs, not even the putting right. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Nested
    class Crashing {
        @ParameterizedTest(name = "at {0}")
        @EnumSource(Aside.Moment.class)
        void in_a_swap_leaves_what_recover_makes_whole(Aside.Moment moment) throws Exception {
            Aside aside =
                    restored(
                            reached -> {
                                if (reached == moment) {
                                    throw new Crash();
                                }
                            });

            assertThatThrownBy(() -> aside.swap(false)).isInstanceOf(Crash.class);
            boolean swapped = moment == Aside.Moment.COMMITTED;
            Aside again = server.aside(id);
            assertThat(again.recover())
                    .isEqualTo(swapped ? Aside.State.SWAPPED : Aside.State.ASIDE);

            if (swapped) {
                assertRestoredServes();
            } else {
                assertOldServes();
            }
            assertThat(again.swap(false)).as("the swap goes on").contains(again.names().before());
            assertRestoredServes();
        }

        @ParameterizedTest(name = "at {0}")
        @EnumSource(Aside.Moment.class)
        void in_an_undo_leaves_what_recover_makes_whole(Aside.Moment moment) throws Exception {
            restored().swap(false);
            Aside aside =
                    server.aside(
                            id,
                            reached -> {
                                if (reached == moment) {
                                    throw new Crash();
                                }
                            });

            assertThatThrownBy(() -> aside.undo(false)).isInstanceOf(Crash.class);
            boolean undone = moment == Aside.Moment.COMMITTED;
            assertThat(server.aside(id).recover())
                    .isEqualTo(undone ? Aside.State.ASIDE : Aside.State.SWAPPED);

            if (undone) {
                assertOldServes();
            } else {
                assertRestoredServes();
                server.aside(id).undo(false);
                assertOldServes();
            }
            assertThat(server.aside(id).undone()).isTrue();
            server.aside(id).dropAside();
            assertThat(SERVER.exists(aside.names().aside())).as("what served since").isTrue();
        }

        @Test
        void of_the_database_server_in_the_middle_of_a_swap_leaves_the_old_one() throws Exception {
            try (PostgresServer own = PostgresServer.start()) {
                PostgresUrl there = own.createDatabase("shop");
                own.execute("shop", "CREATE TABLE old AS SELECT 1 AS x");
                try (TargetServer its = TargetServer.open(there, engine.cancel)) {
                    its.aside(id).create(its.form().orElseThrow());
                    Aside aside =
                            its.aside(
                                    id,
                                    reached -> {
                                        if (reached == Aside.Moment.NEW_RENAMED) {
                                            own.crash();
                                        }
                                    });

                    assertThatThrownBy(() -> aside.swap(false)).isInstanceOf(ServerFailure.class);

                    own.startAgain();
                    assertThat(its.aside(id).recover()).isEqualTo(Aside.State.ASIDE);
                }
                assertThat(own.query("shop", "SELECT x FROM old")).isEqualTo("1");
            }
        }
    }

    @Nested
    class Failing {
        @ParameterizedTest(name = "at {0}")
        @EnumSource(Aside.Moment.class)
        void a_step_opens_the_gate_again_at_once(Aside.Moment moment) throws Exception {
            Aside aside =
                    restored(
                            reached -> {
                                if (reached == moment) {
                                    throw new IllegalStateException("broken at " + reached);
                                }
                            });

            if (moment == Aside.Moment.COMMITTED) {
                assertThat(aside.swap(false))
                        .as("an answer lost after the commit is looked up")
                        .contains(aside.names().before());
                assertRestoredServes();
            } else {
                assertThatThrownBy(() -> aside.swap(false)).hasMessage("broken at " + moment);
                assertOldServes();
            }
        }

        @ParameterizedTest(name = "where there was one before: {0}")
        @ValueSource(booleans = {true, false})
        void a_database_that_was_made_meanwhile_is_not_replaced(boolean before) throws Exception {
            String name = target.database();
            DatabaseForm form = server.form().orElseThrow();
            Aside aside = server.aside(id);
            if (before) {
                aside.create(form);
                SERVER.execute("postgres", "DROP DATABASE " + name);
            } else {
                SERVER.execute("postgres", "DROP DATABASE " + name);
                aside.create(form);
            }
            SERVER.execute("postgres", "CREATE DATABASE " + name);
            SERVER.execute(name, "CREATE TABLE made_meanwhile (x int)");

            assertThatThrownBy(() -> aside.swap(true))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("Database " + name)
                    .extracting(thrown -> ((Refused) thrown).code())
                    .isEqualTo("TARGET-REPLACED");

            assertThat(SERVER.query(name, "SELECT count(*) FROM made_meanwhile")).isEqualTo("0");
            assertThat(aside.recover()).isEqualTo(Aside.State.ASIDE);
        }

        @Test
        void a_gate_closed_by_the_owner_on_purpose_stays_closed() throws Exception {
            Aside aside = restored();
            SERVER.execute(
                    "postgres", "ALTER DATABASE " + target.database() + " ALLOW_CONNECTIONS false");

            assertThatThrownBy(() -> aside.swap(true))
                    .isInstanceOf(Refused.class)
                    .hasMessage("Database " + target.database() + " admits no connections.");
            assertThat(aside.recover()).isEqualTo(Aside.State.ASIDE);

            assertThatThrownBy(() -> SERVER.connect(target.database()).close())
                    .isInstanceOf(SQLException.class);
        }
    }

    @Nested
    class Sessions {
        @Test
        void on_the_target_refuse_the_swap_until_they_may_be_ended() throws Exception {
            Aside aside = restored();
            try (Connection held = SERVER.connect(target.database())) {
                assertThatThrownBy(() -> aside.swap(false))
                        .isInstanceOf(Refused.class)
                        .hasMessage(
                                "1 connection is open on "
                                        + target.database()
                                        + ", the first by postgres (PostgreSQL JDBC Driver) from"
                                        + " 127.0.0.1.")
                        .extracting(thrown -> ((Refused) thrown).code())
                        .isEqualTo("TARGET-SESSIONS");
                assertThat(held.isValid(5)).as("the session is untouched").isTrue();
                assertOldServes();

                assertThat(aside.swap(true)).contains(aside.names().before());

                assertThat(held.isValid(5)).isFalse();
                assertRestoredServes();
            }
        }

        @Test
        void that_come_between_the_look_and_the_gate_are_found() throws Exception {
            Connection[] late = new Connection[1];
            Aside aside =
                    restored(
                            reached -> {
                                if (reached == Aside.Moment.GATED) {
                                    assertThatThrownBy(
                                                    () -> SERVER.connect(target.database()).close())
                                            .isInstanceOf(SQLException.class)
                                            .hasMessageContaining(
                                                    "is not currently accepting connections");
                                }
                            });
            late[0] = SERVER.connect(target.database());
            late[0].close();

            aside.swap(false);

            assertRestoredServes();
        }

        @Test
        void are_listed_for_the_impact() throws Exception {
            try (Connection held = SERVER.connect(target.database())) {
                assertThat(held.isValid(1)).isTrue();
                assertThat(server.sessions())
                        .singleElement()
                        .satisfies(
                                session -> {
                                    assertThat(session.user()).isEqualTo("postgres");
                                    assertThat(session.client()).isEqualTo("127.0.0.1");
                                    assertThat(session.state()).isEqualTo("idle");
                                });
            }
        }

        @Test
        void are_ended_for_a_restore_in_place_that_they_would_hold_up() throws Exception {
            byte[] archive = engine.dump(target);
            try (Connection held = SERVER.connect(target.database())) {
                held.setAutoCommit(false);
                held.createStatement().execute("LOCK TABLE old IN ACCESS SHARE MODE");

                server.endSessions();
                InPlace.clean(
                        engine.client,
                        target,
                        Optional.empty(),
                        new java.io.ByteArrayInputStream(archive),
                        engine.dir,
                        engine.cancel,
                        new InPlace.End());

                assertThat(held.isValid(5)).isFalse();
                assertOldServes();
            }
        }

        @Test
        void cannot_come_to_the_kept_database() throws Exception {
            String kept = restored().swap(false).orElseThrow();

            assertThatThrownBy(() -> SERVER.connect(kept).close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("is not currently accepting connections");
        }
    }

    @Nested
    class Undoing {
        private String keptOfAnUndo() throws IOException {
            Aside aside = restored();
            aside.swap(false);
            SERVER.execute(target.database(), "CREATE TABLE written_since AS SELECT 3 AS x");
            aside.undo(false);
            assertOldServes();
            return aside.names().aside();
        }

        @Test
        void keeps_what_served_since_closed_until_its_owner_opens_it() throws Exception {
            SERVER.execute(
                    "postgres",
                    "CREATE ROLE keeper LOGIN PASSWORD 'keeps'",
                    "ALTER DATABASE " + target.database() + " OWNER TO keeper");
            String kept = keptOfAnUndo();
            assertThatThrownBy(() -> SERVER.connect(kept).close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("is not currently accepting connections");

            SERVER.execute(
                    "postgres",
                    "SET ROLE keeper",
                    "ALTER DATABASE \"" + kept + "\" ALLOW_CONNECTIONS true");

            assertThat(SERVER.query(kept, "SELECT x FROM written_since")).isEqualTo("3");
            assertThat(server.aside(id).recover()).isEqualTo(Aside.State.ASIDE);
            assertThat(server.aside(id).undone()).isTrue();
        }

        @Test
        void keeps_what_served_since_from_all_that_cleans_up() throws Exception {
            String kept = keptOfAnUndo();

            server.aside(id).dropAside();
            assertThatThrownBy(() -> server.aside(id).create(server.form().orElseThrow()))
                    .hasMessageContaining("already exists");
            UUID later = UUID.randomUUID();
            Aside next = server.aside(later);
            next.create(server.form().orElseThrow());
            String old = next.swap(false).orElseThrow();
            assertThat(next.dropKept(old)).isTrue();

            assertThat(SERVER.exists(kept)).isTrue();
        }

        @Test
        void keeps_it_until_it_is_dropped_by_its_name_though_somebody_looks_into_it()
                throws Exception {
            String kept = keptOfAnUndo();
            SERVER.execute("postgres", "ALTER DATABASE \"" + kept + "\" ALLOW_CONNECTIONS true");
            try (Connection held = SERVER.connect(kept);
                    TargetServer renamed =
                            TargetServer.open(target.withDatabase("another_name"), engine.cancel)) {
                assertThat(renamed.aside(id).dropKept(kept)).isTrue();

                assertThat(held.isValid(5)).isFalse();
            }
            assertThat(SERVER.exists(kept)).isFalse();
            assertThat(server.aside(id).dropKept(kept)).as("a second time").isFalse();
            assertOldServes();
        }

        @Test
        void leaves_what_an_earlier_version_undid_to_be_dropped() throws Exception {
            String kept = keptOfAnUndo();
            SERVER.execute(
                    "postgres",
                    "ALTER ROLE CURRENT_USER IN DATABASE \""
                            + kept
                            + "\" SET application_name TO 'holdfast restore="
                            + AsideNames.of(target.database(), id).id()
                            + "'");

            server.aside(id).dropAside();

            assertThat(SERVER.exists(kept)).isFalse();
        }
    }

    @Nested
    class Belonging {
        private String of(String database) {
            return SERVER.query(
                    "postgres",
                    """
                    SELECT concat_ws(E'\\n', pg_get_userbyid(datdba), datconnlimit, datacl,
                        pg_encoding_to_char(encoding), datcollate, datctype, datallowconn,
                        shobj_description(d.oid, 'pg_database'),
                        (SELECT string_agg(concat(coalesce(rolname, '*'), ': ', c), E'\\n'
                                           ORDER BY rolname, c)
                         FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = setrole,
                              unnest(setconfig) c
                         WHERE setdatabase = d.oid AND c !~ '=holdfast '))
                    FROM pg_database d WHERE datname = '%s'
                    """
                            .formatted(database));
        }

        @Test
        void to_the_database_is_carried_over_and_comes_back_with_the_undo() throws Exception {
            String db = target.database();
            String owner = "\"Shop's \"\"Owner\"\"\"";
            SERVER.execute(
                    "postgres",
                    "CREATE ROLE " + owner,
                    "CREATE ROLE app",
                    "ALTER DATABASE " + db + " OWNER TO " + owner,
                    "REVOKE ALL ON DATABASE " + db + " FROM PUBLIC",
                    "GRANT CONNECT ON DATABASE " + db + " TO app WITH GRANT OPTION",
                    "GRANT TEMPORARY ON DATABASE " + db + " TO app",
                    "ALTER DATABASE " + db + " SET search_path TO \"$user\", \"a,b\", public",
                    "ALTER DATABASE " + db + " SET statement_timeout TO '30s'",
                    "ALTER DATABASE " + db + " SET \"shop.region\" TO 'no''rth \\ x'",
                    "ALTER DATABASE " + db + " SET default_transaction_read_only TO on",
                    "ALTER ROLE app IN DATABASE " + db + " SET work_mem TO '7MB'",
                    "ALTER ROLE app IN DATABASE " + db + " SET search_path TO ''",
                    "ALTER DATABASE " + db + " CONNECTION LIMIT 17",
                    "COMMENT ON DATABASE " + db + " IS 'It''s \\ the shop'");
            String before = of(db);
            Aside aside = restored();

            String kept = aside.swap(false).orElseThrow();

            assertThat(of(db)).isEqualTo(before);
            assertThat(SERVER.query(db, "SHOW search_path"))
                    .isEqualTo("\"$user\", \"a,b\", public");

            SERVER.execute("postgres", "ALTER DATABASE " + db + " SET work_mem TO '9MB'");
            aside.undo(false);

            assertThat(of(db)).isEqualTo(before);
            assertThat(SERVER.exists(kept)).isFalse();
            assertOldServes();
        }

        @Test
        void changed_after_the_restore_began_is_carried_as_it_is_at_the_swap() throws Exception {
            Aside aside = restored();
            aside.dress();
            SERVER.execute(
                    "postgres",
                    "ALTER DATABASE " + target.database() + " SET work_mem TO '11MB'",
                    "GRANT CREATE ON DATABASE " + target.database() + " TO PUBLIC");
            String now = of(target.database());

            aside.swap(false);

            assertThat(of(target.database())).isEqualTo(now);
        }

        @Test
        void that_hasten_a_restore_are_gone_before_the_database_serves() throws Exception {
            SERVER.execute("postgres", "ALTER DATABASE postgres SET maintenance_work_mem TO '8MB'");
            try (TargetServer small = TargetServer.open(target, engine.cancel)) {
                Aside aside = restored();

                small.aside(id).hasten(2, 4);

                String name = aside.names().aside();
                assertThat(SERVER.query(name, "SHOW synchronous_commit")).isEqualTo("off");
                assertThat(SERVER.query(name, "SHOW maintenance_work_mem"))
                        .as("half of 64 MB of buffers")
                        .isEqualTo("32MB");
                assertThat(SERVER.query(name, "SHOW max_parallel_maintenance_workers"))
                        .isEqualTo("1");

                aside.asUsual();
                aside.swap(false);

                assertThat(of(target.database())).doesNotContain("synchronous_commit");
                assertRestoredServes();
            } finally {
                SERVER.execute("postgres", "ALTER DATABASE postgres RESET maintenance_work_mem");
            }
        }

        @Test
        void that_hasten_leave_no_more_parallel_workers_than_processors_on_the_servers_machine()
                throws Exception {
            Aside aside = restored();
            String workers = "SHOW max_parallel_maintenance_workers";

            aside.hasten(2, 2);
            assertThat(SERVER.query(aside.names().aside(), workers)).isEqualTo("0");
            aside.hasten(2, 64);
            assertThat(SERVER.query(aside.names().aside(), workers))
                    .as("the server's own setting")
                    .isEqualTo("2");
        }

        @Test
        void names_of_63_bytes_are_cut_and_found_again() throws Exception {
            PostgresUrl longest = SERVER.createDatabase("ü".repeat(31) + "x");
            SERVER.execute(longest.database(), "CREATE TABLE old AS SELECT 1 AS x");
            try (TargetServer its = TargetServer.open(longest, engine.cancel)) {
                Aside aside = its.aside(id);
                aside.create(its.form().orElseThrow());
                aside.swap(false);
                assertThat(aside.state()).isEqualTo(Aside.State.SWAPPED);
                aside.undo(false);
                assertThat(aside.dropKept(aside.names().aside())).isTrue();
                assertThat(aside.state()).isEqualTo(Aside.State.NOTHING);
            }
            assertThat(SERVER.query(longest.database(), "SELECT x FROM old")).isEqualTo("1");
            SERVER.dropDatabase(longest.database());
        }
    }

    @Nested
    class Privileges {
        @Test
        void on_objects_are_taken_from_the_replaced_database() throws Exception {
            String db = target.database();
            SERVER.execute(
                    db,
                    "CREATE ROLE clerk",
                    "CREATE ROLE auditor",
                    "CREATE ROLE \"table owner\"",
                    "ALTER DATABASE " + db + " OWNER TO \"table owner\"",
                    "CREATE SCHEMA s",
                    "CREATE TABLE s.t (a int, b int)",
                    "CREATE TABLE s.gone (a int)",
                    "CREATE SEQUENCE s.q",
                    "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql RETURN 1",
                    "GRANT USAGE ON SCHEMA s TO clerk, auditor",
                    "GRANT SELECT, INSERT ON s.t TO clerk",
                    "GRANT SELECT (b) ON s.t TO auditor",
                    "GRANT SELECT ON s.gone TO clerk",
                    "GRANT USAGE ON s.q TO clerk",
                    "REVOKE EXECUTE ON FUNCTION s.f() FROM PUBLIC",
                    "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO auditor");
            Aside aside = server.aside(id);
            aside.create(server.form().orElseThrow());
            SERVER.execute(
                    aside.names().aside(),
                    "CREATE SCHEMA s",
                    "CREATE TABLE s.t (a int, b int)",
                    "CREATE SEQUENCE s.q",
                    "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql RETURN 1");
            aside.handOver();

            String left;
            try (WorkDir dir = WorkDir.below(engine.dir.path().resolve("grants"))) {
                Grants grants = Grants.of(engine.client, target, dir, engine.cancel);
                assertThat(grants.count()).isEqualTo(7);
                left = grants.give(engine.client, aside.url(), engine.cancel);
            }
            aside.swap(false);

            assertThat(left).contains("relation \"s.gone\" does not exist");
            SERVER.execute(db, "CREATE TABLE s.later (x int)");
            assertThat(
                            SERVER.query(
                                    db,
                                    """
                                    SELECT concat_ws(' ',
                                        has_table_privilege('clerk', 's.t', 'INSERT'),
                                        has_table_privilege('clerk', 's.t', 'DELETE'),
                                        has_table_privilege('auditor', 's.t', 'SELECT'),
                                        has_column_privilege('auditor', 's.t', 'b', 'SELECT'),
                                        has_sequence_privilege('clerk', 's.q', 'USAGE'),
                                        has_schema_privilege('clerk', 's', 'USAGE'),
                                        has_function_privilege('clerk', 's.f()', 'EXECUTE'),
                                        has_table_privilege('auditor', 's.later', 'SELECT'),
                                        pg_get_userbyid(relowner))
                                    FROM pg_class WHERE oid = 's.t'::regclass
                                    """))
                    .isEqualTo("t f f t t t f t table owner");
        }
    }

    @Nested
    class Form {
        @Test
        void of_another_encoding_is_kept_and_hashes_alike() throws Exception {
            PostgresUrl latin =
                    SERVER.createDatabase(
                            "latin_" + System.nanoTime(),
                            "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
            SERVER.execute(latin.database(), "CREATE TABLE t AS SELECT 'Größe é' AS word");
            byte[] archive = engine.dump(latin);
            Aside aside = server.aside(id);

            aside.create(
                    new DatabaseForm("UTF8", "C", "C", "libc", Optional.empty(), Optional.empty()));
            engine.restore(archive, aside.url());

            assertThat(SERVER.query(aside.names().aside(), "SELECT word FROM t"))
                    .isEqualTo("Größe é");
            assertThat(
                            ContentProof.of(
                                            latin,
                                            org.holdfast.domain.policy.RowProof.HASHES,
                                            ContentProof.Progress.NONE,
                                            engine.cancel)
                                    .differences(
                                            ContentProof.of(
                                                    aside.url(),
                                                    org.holdfast.domain.policy.RowProof.HASHES,
                                                    ContentProof.Progress.NONE,
                                                    engine.cancel)))
                    .isEmpty();
            SERVER.dropDatabase(latin.database());
        }

        @Test
        void that_cannot_hold_the_text_fails_and_the_old_database_serves() throws Exception {
            PostgresUrl source = SERVER.createDatabase();
            SERVER.execute(source.database(), "CREATE TABLE t AS SELECT '船' AS word");
            byte[] archive = engine.dump(source);
            Aside aside = server.aside(id);
            aside.create(
                    new DatabaseForm(
                            "LATIN1", "C", "C", "libc", Optional.empty(), Optional.empty()));

            assertThatThrownBy(() -> engine.restore(archive, aside.url()))
                    .isInstanceOf(ChildFailed.class)
                    .hasMessageContaining("has no equivalent in encoding \"LATIN1\"");

            assertOldServes();
            SERVER.dropDatabase(source.database());
        }

        @Test
        void with_a_locale_the_server_lacks_is_refused_by_name() throws Exception {
            DatabaseForm german =
                    new DatabaseForm(
                            "UTF8",
                            "xx_YY.utf8",
                            "xx_YY.utf8",
                            "libc",
                            Optional.empty(),
                            Optional.empty());

            assertThat(server.problem(german))
                    .contains("The server's operating system has no locale xx_YY.utf8.");
            assertThat(server.problem(server.form().orElseThrow())).isEmpty();
            assertThatThrownBy(() -> server.aside(id).create(german))
                    .isInstanceOf(Refused.class)
                    .hasMessageStartingWith(
                            "The target's server cannot make a database with UTF8, xx_YY.utf8: ")
                    .extracting(thrown -> ((Refused) thrown).code())
                    .isEqualTo("LOCALE-MISSING");
            assertThat(server.aside(id).state()).isEqualTo(Aside.State.NOTHING);
            assertOldServes();
        }

        @Test
        void with_a_collation_the_server_lacks_fails_and_the_old_database_serves()
                throws Exception {
            PostgresUrl source = SERVER.createDatabase();
            SERVER.execute(
                    source.database(),
                    "CREATE COLLATION pg_catalog.\"de_XX.utf8\" (LOCALE = 'C')",
                    "CREATE TABLE t (word text COLLATE \"de_XX.utf8\")");
            byte[] archive = engine.dump(source);
            Aside aside = server.aside(id);
            aside.create(server.form().orElseThrow());

            assertThatThrownBy(() -> engine.restore(archive, aside.url()))
                    .isInstanceOf(ChildFailed.class)
                    .hasMessageContaining("collation \"pg_catalog.de_XX.utf8\" for encoding");

            assertOldServes();
            SERVER.dropDatabase(source.database());
        }
    }

    @Nested
    class Lock {
        @Test
        void keeps_a_second_console_out_and_ends_with_its_holder() throws Exception {
            try (TargetServer other = TargetServer.open(target, engine.cancel)) {
                try (TargetLock lock = server.lock()) {
                    lock.requireHeld();
                    assertThatThrownBy(other::lock)
                            .isInstanceOf(Refused.class)
                            .hasMessageStartingWith(
                                    "Another Holdfast works on target database "
                                            + target.database()
                                            + ", from 127.0.0.1 since ");
                }
                other.lock().close();
            }
        }

        @Test
        void is_waited_for_as_long_as_one_has_patience() throws Exception {
            try (TargetServer other = TargetServer.open(target, engine.cancel);
                    TargetLock lock = server.lock()) {
                assertThatThrownBy(() -> other.lock(Duration.ofMillis(200)))
                        .isInstanceOf(Refused.class)
                        .hasMessageStartingWith("Another Holdfast works on target database ");

                CompletableFuture<TargetLock> waiting =
                        CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        return other.lock(Duration.ofMinutes(1));
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
                while (SERVER.query(
                                "postgres",
                                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                        .equals("0")) {
                    assertThat(waiting).isNotDone();
                    Thread.onSpinWait();
                }
                lock.close();
                waiting.get(1, TimeUnit.MINUTES).close();
            }
        }

        @Test
        void of_another_target_is_another_one() throws Exception {
            PostgresUrl second = SERVER.createDatabase();
            try (TargetServer other = TargetServer.open(second, engine.cancel);
                    TargetLock one = server.lock();
                    TargetLock two = other.lock()) {
                one.requireHeld();
                two.requireHeld();
            }
            SERVER.dropDatabase(second.database());
        }

        @Test
        void lost_with_its_connection_is_told() throws Exception {
            try (TcpProxy proxy = TcpProxy.to("127.0.0.1", SERVER.port());
                    TargetServer through =
                            TargetServer.open(
                                    PostgresUrl.parse(
                                            target.reveal()
                                                    .replace(
                                                            ":" + SERVER.port() + "/",
                                                            ":" + proxy.port() + "/")),
                                    engine.cancel);
                    TargetLock lock = through.lock()) {
                proxy.reset();

                assertThatThrownBy(lock::requireHeld)
                        .isInstanceOf(Refused.class)
                        .hasMessage(
                                "The lock on target database "
                                        + target.database()
                                        + " was lost with its connection.");
                assertThat(through.exists()).as("the server itself is found again").isTrue();
            }
        }
    }

    @Nested
    class Facts {
        @Test
        void one_cluster_under_two_names_has_one_identity() throws Exception {
            try (TargetServer byName =
                            TargetServer.open(
                                    PostgresUrl.parse(
                                            target.reveal().replace("127.0.0.1", "localhost")),
                                    engine.cancel);
                    SourceSession source = SourceSession.open(target, engine.cancel);
                    PostgresServer otherServer = PostgresServer.start();
                    TargetServer other =
                            TargetServer.open(otherServer.url("postgres"), engine.cancel)) {
                assertThat(byName.systemIdentifier())
                        .isEqualTo(source.facts().systemIdentifier())
                        .isEqualTo(server.systemIdentifier())
                        .isNotEqualTo(other.systemIdentifier())
                        .matches("[0-9]{18,20}");
            }
        }

        @Test
        void rows_are_exact_while_the_budget_lasts_and_estimates_after() throws Exception {
            SERVER.execute(
                    target.database(),
                    "CREATE TABLE more AS SELECT generate_series(1, 300) AS x",
                    "ANALYZE more",
                    "INSERT INTO more VALUES (301)");

            assertThat(server.rows(Duration.ofSeconds(20)))
                    .containsExactly(
                            new TargetFacts.TableRows("public", "more", 301, false),
                            new TargetFacts.TableRows("public", "old", 1, false));
            assertThat(server.rows(Duration.ZERO))
                    .containsExactly(
                            new TargetFacts.TableRows("public", "more", 300, true),
                            new TargetFacts.TableRows("public", "old", 0, true));
        }

        @Test
        void a_locked_table_is_estimated_and_holds_nothing_up() throws Exception {
            try (Connection holder = SERVER.connect(target.database())) {
                holder.setAutoCommit(false);
                holder.createStatement().execute("LOCK TABLE old IN ACCESS EXCLUSIVE MODE");

                assertThat(server.rows(Duration.ofSeconds(20)))
                        .containsExactly(new TargetFacts.TableRows("public", "old", 0, true));
            }
        }

        @Test
        void the_room_on_the_servers_disk_is_seen_where_it_runs_here() throws Exception {
            assertThat(server.room()).isPresent();
            assertThat(server.room().getAsLong()).isPositive();
            assertThat(server.size()).isGreaterThan(1_000_000);
            assertThat(server.availableExtensions()).containsKeys("plpgsql", "pg_trgm");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"postgres", "template1"})
        void even_a_maintenance_database_can_be_looked_at(String database) throws Exception {
            try (TargetServer its = TargetServer.open(SERVER.url(database), engine.cancel)) {
                assertThat(its.exists()).isTrue();
            }
        }
    }

    @Nested
    class AnOrdinaryRole {
        @Test
        void that_owns_the_target_and_may_create_databases_is_enough() throws Exception {
            SERVER.execute(
                    "postgres",
                    "CREATE ROLE restorer LOGIN CREATEDB PASSWORD 'canary-restorer'",
                    "ALTER DATABASE " + target.database() + " OWNER TO restorer");
            PostgresUrl ordinary = SERVER.url("restorer", "canary-restorer", target.database());
            try (TargetServer its = TargetServer.open(ordinary, engine.cancel);
                    TargetLock lock = its.lock()) {
                lock.requireHeld();
                assertThat(its.createsDatabases()).isTrue();
                assertThat(its.superuser()).isFalse();
                assertThat(its.room()).isEmpty();
                Aside aside = its.aside(id);
                aside.create(its.form().orElseThrow());
                SERVER.execute(aside.names().aside(), "CREATE TABLE restored AS SELECT 2 AS x");
                aside.swap(true);
                assertRestoredServes();
                aside.undo(true);
                assertOldServes();
            }
        }

        @Test
        void that_may_not_end_a_superusers_session_leaves_the_old_database_serving()
                throws Exception {
            SERVER.execute(
                    "postgres",
                    "CREATE ROLE weak LOGIN CREATEDB PASSWORD 'canary-weak'",
                    "ALTER DATABASE " + target.database() + " OWNER TO weak");
            PostgresUrl ordinary = SERVER.url("weak", "canary-weak", target.database());
            try (TargetServer its = TargetServer.open(ordinary, engine.cancel);
                    Connection held = SERVER.connect(target.database())) {
                Aside aside = its.aside(id);
                aside.create(its.form().orElseThrow());

                assertThatThrownBy(() -> aside.swap(true))
                        .isInstanceOf(ServerFailure.class)
                        .hasMessageContaining("must be a superuser to terminate superuser process");

                assertThat(held.isValid(5)).isTrue();
                assertOldServes();
            }
        }

        @Test
        void swaps_while_autovacuum_is_at_work_in_the_target() throws Exception {
            String database = target.database();
            SERVER.execute(
                    "postgres",
                    "CREATE ROLE tidy LOGIN CREATEDB PASSWORD 'canary-tidy'",
                    "ALTER DATABASE " + database + " OWNER TO tidy",
                    "ALTER SYSTEM SET autovacuum = on",
                    "ALTER SYSTEM SET autovacuum_naptime = '1s'",
                    "SELECT pg_reload_conf()");
            PostgresUrl ordinary = SERVER.url("tidy", "canary-tidy", database);
            try (TargetServer its = TargetServer.open(ordinary, engine.cancel)) {
                SERVER.execute(
                        database,
                        "CREATE TABLE slow WITH (autovacuum_vacuum_cost_delay = 100,"
                                + " autovacuum_vacuum_cost_limit = 1,"
                                + " autovacuum_vacuum_threshold = 1,"
                                + " autovacuum_vacuum_scale_factor = 0)"
                                + " AS SELECT generate_series(1, 300000) AS n",
                        "DELETE FROM slow WHERE n % 2 = 0");
                awaitAutovacuum(database);

                assertThat(its.sessions()).isEmpty();
                Aside aside = its.aside(id);
                aside.create(its.form().orElseThrow());
                SERVER.execute(aside.names().aside(), "CREATE TABLE restored AS SELECT 2 AS x");
                aside.swap(true);

                assertRestoredServes();
            } finally {
                SERVER.execute(
                        "postgres",
                        "ALTER SYSTEM RESET autovacuum",
                        "ALTER SYSTEM RESET autovacuum_naptime",
                        "SELECT pg_reload_conf()");
            }
        }

        private static void awaitAutovacuum(String database) {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            String at =
                    "SELECT count(*) FROM pg_stat_progress_vacuum WHERE datname = '"
                            + database
                            + "'";
            while (SERVER.query("postgres", at).equals("0")) {
                assertThat(System.nanoTime()).as("autovacuum came").isLessThan(end);
                SERVER.query("postgres", "SELECT pg_sleep(0.1)::text");
            }
        }

        @Test
        void that_may_not_create_databases_is_told_so() throws Exception {
            SERVER.execute("postgres", "CREATE ROLE reader LOGIN PASSWORD 'canary-reader'");
            PostgresUrl ordinary = SERVER.url("reader", "canary-reader", target.database());
            try (TargetServer its = TargetServer.open(ordinary, engine.cancel)) {
                assertThatThrownBy(() -> its.aside(id).create(its.form().orElseThrow()))
                        .isInstanceOf(Refused.class)
                        .hasMessageStartingWith("The role reader cannot make the database: ")
                        .extracting(thrown -> ((Refused) thrown).code())
                        .isEqualTo("TARGET-CREATEDB");
            }
        }

        @Test
        void backs_up_with_read_rights_alone_and_is_told_the_table_it_may_not_read()
                throws Exception {
            SERVER.execute(
                    "postgres",
                    "CREATE ROLE backer LOGIN PASSWORD 'canary-backer' IN ROLE pg_read_all_data");
            PostgresUrl backer = SERVER.url("backer", "canary-backer", target.database());
            try (SourceSession source = SourceSession.open(backer, engine.cancel)) {
                assertThat(source.facts().superuser()).isFalse();
                engine.dump(PgDump.of(engine.client, backer).under(source.snapshotId()));
            }
            SERVER.execute("postgres", "REVOKE pg_read_all_data FROM backer");

            assertThatThrownBy(() -> SourceSession.open(backer, engine.cancel))
                    .isInstanceOf(ServerFailure.class)
                    .hasMessageContaining("permission denied for table old")
                    .extracting(thrown -> ((ServerFailure) thrown).kind())
                    .isEqualTo(ServerFailure.Kind.DENIED);
        }

        @Test
        void that_row_level_security_would_hide_rows_from_is_an_error() throws Exception {
            SERVER.execute("postgres", "CREATE ROLE hidden LOGIN PASSWORD 'canary-hidden'");
            SERVER.execute(
                    target.database(),
                    "ALTER TABLE old ENABLE ROW LEVEL SECURITY",
                    "GRANT SELECT ON old TO hidden");
            PostgresUrl url = SERVER.url("hidden", "canary-hidden", target.database());

            assertThatThrownBy(
                            () ->
                                    ContentProof.of(
                                            url,
                                            org.holdfast.domain.policy.RowProof.COUNTS,
                                            ContentProof.Progress.NONE,
                                            engine.cancel))
                    .isInstanceOf(ServerFailure.class)
                    .hasMessageContaining("would be affected by row-level security policy");
        }
    }

    @Nested
    class Command {
        private TargetCommand.Result run(Duration limit, String... command) throws IOException {
            return TargetCommand.run(List.of(command), target, limit, engine.dir, engine.cancel);
        }

        @Test
        void finds_the_database_by_its_environment_and_nothing_else() throws Exception {
            TargetCommand.Result result =
                    run(
                            Duration.ofSeconds(30),
                            "/bin/sh",
                            "-c",
                            SERVER.bin().resolve("psql")
                                    + " -XAtc 'SELECT x FROM old'; env | cut -d= -f1 | sort");

            assertThat(result.succeeded()).isTrue();
            assertThat(result.output())
                    .isEqualTo(
                            "1\nHOME\nLANG\nPATH\nPGAPPNAME\nPGCONNECT_TIMEOUT\nPGDATABASE\nPGHOST\n"
                                    + "PGPASSFILE\nPGPORT\nPGUSER\nPWD\n");
        }

        @Test
        void that_fails_tells_its_code_and_keeps_its_words_without_secrets() throws Exception {
            TargetCommand.Result result =
                    run(
                            Duration.ofSeconds(30),
                            "/bin/sh",
                            "-c",
                            "cat $PGPASSFILE; echo out; echo err >&2; exit 7");

            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.succeeded()).isFalse();
            assertThat(result.output()).contains("out\nerr\n").doesNotContain("canary");
        }

        @Test
        void that_takes_too_long_is_killed_with_its_children() throws Exception {
            TargetCommand.Result result =
                    run(
                            Duration.ofMillis(700),
                            "/bin/sh",
                            "-c",
                            "echo begun; sleep 60; echo never");

            assertThat(result.timedOut()).isTrue();
            assertThat(result.succeeded()).isFalse();
            assertThat(result.output()).isEqualTo("begun\n");
            assertThat(result.took()).isLessThan(Duration.ofSeconds(30));
        }

        @Test
        void that_talks_too_much_is_kept_from_its_end() throws Exception {
            TargetCommand.Result result =
                    run(
                            Duration.ofSeconds(60),
                            "/bin/sh",
                            "-c",
                            "head -c 5000000 /dev/zero | tr '\\0' x; echo the end");

            assertThat(result.output()).startsWith("(").endsWith("xthe end\n");
            assertThat(result.output().length()).isBetween(1 << 20, (1 << 20) + 20_000);
        }

        @Test
        void that_is_not_there_is_refused() {
            assertThatThrownBy(() -> run(Duration.ofSeconds(1), "/no/such/program"))
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "The target's command /no/such/program is not an executable file with a"
                                    + " full path.");
        }
    }
}
