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
                "  \\! id\n"
            })
    void a_command_to_psql_is_refused(String body) {
        refused(body, "SQL-COMMAND");
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
