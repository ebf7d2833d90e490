package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignSqlTest {
    private static final String HEAD =
            """
            --
            -- PostgreSQL database dump
            --

            \\restrict abc123

            -- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
            -- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;

            """;

    private static final String END =
            """

            --
            -- PostgreSQL database dump complete
            --

            \\unrestrict abc123

            """;

    private static ForeignSql of(String text, boolean createAllowed) {
        return ForeignSql.of(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), createAllowed);
    }

    private static String read(ForeignSql sql) throws IOException {
        String text = new String(sql.readAllBytes(), StandardCharsets.UTF_8);
        sql.requireComplete();
        return text;
    }

    private static String through(String body) throws IOException {
        return read(of(HEAD + body + END, false));
    }

    private static void refused(String body, String code) {
        assertThatThrownBy(() -> through(body))
                .isInstanceOf(Refused.class)
                .extracting(e -> ((Refused) e).code())
                .isEqualTo(code);
    }

    @Test
    void it_begins_with_a_restriction_nobody_can_guess_and_has_none_of_its_own()
            throws IOException {
        String text = through("SELECT 1;\n");

        assertThat(text).matches("(?s)\\\\restrict [0-9a-f]{48}\n--\n-- PostgreSQL.*");
        assertThat(text).doesNotContain("abc123").contains("\nSELECT 1;\n");
    }

    @Test
    void all_else_is_passed_on_as_it_is() throws IOException {
        String body =
                """
                CREATE FUNCTION s.f() RETURNS text LANGUAGE plpgsql AS $body$
                begin
                \\! id
                GRANT ALL ON x TO y;
                  return $$a;$$ || '\\d' || E'it''s \\' \\\\';
                end $body$;

                COPY s.t (id, x) FROM stdin;
                1\tit's
                2\t\\N
                3\tALTER TABLE x OWNER TO y;
                \\.

                COMMENT ON TABLE s.t IS 'multi
                \\! id
                CREATE DATABASE x;
                line';
                INSERT INTO s.t VALUES (1, 'a;
                GRANT x TO y;
                ');
                /* \\! not /* this */ either */
                SELECT "odd\\name", $1, a$b$ FROM x WHERE y = U&'\\0041';
                """;

        assertThat(through(body)).contains(body);
    }

    @Test
    void owners_and_grants_are_left_out_and_counted() throws IOException {
        ForeignSql sql =
                of(
                        HEAD
                                + """
                                CREATE TABLE t (id integer);


                                ALTER TABLE t OWNER TO "some one";
                                GRANT SELECT ON TABLE t TO app;
                                ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES  TO b;
                                """
                                + END,
                        false);

        assertThat(read(sql)).contains("CREATE TABLE").doesNotContain("OWNER", "GRANT");
        assertThat(sql.leftOut())
                .containsExactly(
                        "1 statements that set an owner were left out.",
                        "2 statements that grant or revoke were left out.");
    }

    @Test
    void it_tells_versions_encoding_and_extensions() throws IOException {
        ForeignSql sql =
                of(
                        HEAD + "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;\n" + END,
                        false);
        read(sql);

        assertThat(sql.serverVersion()).contains(new ServerVersion(150020));
        assertThat(sql.clientVersion()).contains(new ServerVersion(150020));
        assertThat(sql.extensions()).containsExactly("pg_trgm");
        assertThat(sql.told())
                .isEqualTo(
                        new ToldForm("UTF8", "C", "C", "libc", java.util.Optional.empty(), false));
    }

    @Nested
    class What_is_whole {
        @Test
        void is_told_by_the_trailer_wherever_it_is_cut() throws IOException {
            String whole = HEAD + "COPY t (a) FROM stdin;\n1\n2\n\\.\n\nSELECT 1;\n" + END;
            int trailer = whole.indexOf("dump complete") + "dump complete".length();
            for (int cut = 0; cut < trailer; cut++) {
                ForeignSql sql = of(whole.substring(0, cut), false);
                assertThatThrownBy(() -> read(sql)).as("cut at " + cut).isInstanceOf(Refused.class);
            }
            read(of(whole.substring(0, trailer), false));
        }

        @Test
        void is_not_what_goes_on_behind_the_trailer() {
            assertThatThrownBy(() -> read(of(HEAD + END + "DROP TABLE x;\n", false)))
                    .hasMessageContaining("does not end with pg_dump's last line");
        }

        @Test
        void is_not_a_whole_cluster() {
            assertThatThrownBy(
                            () -> read(of("--\n-- PostgreSQL database cluster dump\n--\n", false)))
                    .hasMessageContaining("whole cluster");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\! touch /tmp/x\n",
                "\\i /etc/passwd\n",
                "\\copy t from program 'id'\n",
                "\\o |id\n",
                "SELECT 1 \\g |id\n",
                "SELECT 1; \\! id\n",
                "SELECT 'a'\\gexec\n",
                "SELECT 'it''s' \\! id\n",
                "SELECT $a$x$a$ \\! id\n",
                "SELECT E'\\\\' \\! id\n",
                "COPY t FROM stdin;\n1\n\\.\n\\! id\n",
                "SELECT 1 -- c\n\\! id\n",
                "  \\! id\n",
                "-- c\r\\! id\n",
                "/*/ ' */ \\! id '\n",
                "SELECT a$$b$ \\! id $b$;\n",
                "GRANT ';\n\\! id\n'; \\! id\n",
                "SELECT 1;\n/* c */\n\\! id\n"
            })
    void a_command_to_psql_is_refused(String body) {
        refused(body, "SQL-COMMAND");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY (SELECT 1) TO STDOUT; -- FROM stdin;\n\\! id\n\\.\n",
                "COPY t FROM stdin; -- c\n1\n\\.\n",
                "COPY t FROM stdin; SELECT 1;\n1\n\\.\n",
                "SELECT 1; COPY t FROM stdin;\n1\n\\.\n",
                "/* c */ COPY t FROM stdin;\n1\n\\.\n",
                "COPY t FROM stdin WITH (FORMAT csv);\n1\n\\.\n",
                "COPY t FROM PROGRAM 'id';\n",
                "SET standard_conforming_strings=off; SELECT 1;SET standard_conforming_strings TO on;\n",
                "set Standard_Conforming_Strings to off;\n",
                "SET SESSION standard_conforming_strings = off;\n",
                "SET \"standard_conforming_strings\" = off;\n",
                "SET U&\"standard\\005fconforming_strings\" = off;\n",
                "RESET ALL;\n",
                "SELECT set_config('standard_conforming_strings', 'off', false);\n",
                "SELECT pg_catalog.\"set_config\"('standard_' || 'x', 'off', false);\n",
                "UPDATE pg_settings SET setting = 'off';\n",
                "SET client_encoding = 'S-JIS';\n",
                "SET NAMES 'SJIS';\n",
                "COMMIT; DROP DATABASE prod;\n",
                "  commit;\n",
                "SELECT 1; ROLLBACK;\n",
                "/* c */ END;\n",
                "BEGIN;\nDROP TABLE x;\nCOMMIT;\n",
                "PREPARE TRANSACTION 'x';\n",
                "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'x'; COMMIT; END;\n",
                "SELECT E'a'\n'b\\', '; SELECT 1; --';\n",
                "SELECT 1$$ ' $$;\n",
                "SELECT 1e'\\'';\n",
                "SELECT 'a\0';\n",
            })
    void what_could_have_the_rest_read_otherwise_is_refused(String body) {
        refused(body, "SQL-STATEMENT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " CREATE DATABASE x;\n",
                "CREATE  DATABASE x;\n",
                "create\ndatabase x;\n",
                "SELECT 1; DROP DATABASE y;\n",
                "/* c */ DROP DATABASE y;\n",
                "DROP/**/DATABASE y;\n",
                "-- c\rALTER DATABASE y SET x = 1;\n",
                "COMMENT ON\tDATABASE x IS 'y';\n",
                "GRANT ALL ON DATABASE x TO y;\n"
            })
    void a_database_is_named_however_it_is_spelled(String body) {
        refused(body, "SQL-CREATE-DATABASE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE DATABASE ';\n\\! id\n';\n",
                "CREATE DATABASE x; SELECT 1;\n",
                "CREATE\nDATABASE x;\n"
            })
    void what_makes_a_database_is_left_out_only_as_a_line_of_its_own(String body) {
        assertThatThrownBy(() -> read(of(HEAD + body + END, true)))
                .isInstanceOf(Refused.class)
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("SQL-CREATE-DATABASE");
    }

    @Test
    void words_within_bodies_names_and_rows_are_none_of_its_business() throws IOException {
        String body =
                """
                SELECT pg_catalog.set_config('search_path', '', false);
                CREATE FUNCTION s.f() RETURNS void LANGUAGE plpgsql AS $$
                begin
                  COMMIT; DROP DATABASE prod; SET standard_conforming_strings=off;
                  perform set_config('standard_conforming_strings', 'off', false);
                  COPY t FROM stdin;
                \\! id
                end $$;
                CREATE FUNCTION s.g(a integer) RETURNS integer
                    LANGUAGE sql
                    BEGIN ATOMIC
                 SELECT CASE WHEN ($1 > 0) THEN 1 ELSE 2 END AS x;
                 SELECT set_config('a.b'::text, 'x'::text, false) AS set_config;
                END;
                CREATE OR REPLACE PROCEDURE s.p()
                    LANGUAGE plpgsql
                    AS $_$ begin commit; rollback; end $_$;
                CREATE RULE r AS ON INSERT TO t DO ( INSERT INTO u VALUES (1);
                 DELETE FROM v;
                );
                COPY "odd; --
                name" ("x /* ' y", z) FROM stdin;
                COMMIT;\tDROP DATABASE prod;
                it's\t\\! $$
                \\.
                CREATE TABLE "CREATE DATABASE" (commit integer, database text DEFAULT 'C:\\');
                INSERT INTO t VALUES ('COMMIT; CREATE DATABASE x;', E'a\\'; \\! id', -1.5e10);
                COMMENT ON TABLE database IS 'SET standard_conforming_strings=off';
                BEGIN;

                SELECT pg_catalog.lo_open('1', 131072);
                SELECT pg_catalog.lowrite(0, '\\x00');
                SELECT pg_catalog.lo_close(0);

                COMMIT;

                """;

        assertThat(through(body)).contains(body);
    }

    @Test
    void names_and_tags_do_not_grow_without_limit() {
        refused("SELECT $" + "a".repeat(2000) + "$x$;\n", "SQL-STATEMENT");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= 10_000; i++) {
            many.append("CREATE EXTENSION e").append(i).append(";\n");
        }
        refused(many.toString(), "SQL-STATEMENT");
        refused("\\! id" + " ".repeat(300_000) + "\n", "SQL-COMMAND");
    }

    @Nested
    class A_dump_with_create {
        private static final String CREATE =
                """
                CREATE DATABASE "odd ""name" WITH TEMPLATE = template0 ENCODING = 'LATIN1' LOCALE_PROVIDER = libc LOCALE = 'de_DE';


                ALTER DATABASE "odd ""name" OWNER TO app;

                \\unrestrict abc123
                \\connect -reuse-previous=on "dbname='odd \\"name'"
                \\restrict abc123

                SELECT 1;
                """;

        @Test
        void is_refused_with_the_line_named() {
            assertThatThrownBy(() -> through(CREATE))
                    .hasMessageStartingWith(
                            "Line 13 of the SQL dump makes, changes or connects to a database"
                                    + " itself: CREATE DATABASE");
        }

        @Test
        void loses_those_lines_where_that_is_allowed() throws IOException {
            ForeignSql sql = of(HEAD + CREATE + END, true);

            assertThat(read(sql)).doesNotContain("DATABASE \"", "\\connect").contains("SELECT 1;");
            assertThat(sql.database()).contains("odd \"name");
            assertThat(sql.told().encoding()).isEqualTo("LATIN1");
            assertThat(sql.told().collate()).isEqualTo("de_DE");
            assertThat(sql.leftOut())
                    .containsExactly("3 lines that make or connect to a database were left out.");
        }
    }

    @Test
    void it_gives_the_same_whatever_the_size_of_the_reads() throws IOException {
        String body = "COPY t FROM stdin;\n" + "x\ty\n".repeat(50_000) + "\\.\n";
        byte[] bytes = (HEAD + body + END).getBytes(StandardCharsets.UTF_8);
        InputStream drops =
                new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] b, int off, int len) {
                        return super.read(b, off, Math.min(len, 7));
                    }
                };
        String dropped =
                new String(ForeignSql.of(drops, false).readAllBytes(), StandardCharsets.UTF_8);

        assertThat(dropped.substring(60)).isEqualTo(through(body).substring(60));
    }
}
