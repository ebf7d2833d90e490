package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PlainSqlTest {
    private static final String DUMP =
            """
            --
            -- PostgreSQL database dump
            --

            \\restrict abcDEF123

            -- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
            -- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

            SET statement_timeout = 0;
            SELECT pg_catalog.set_config('search_path', '', false);

            CREATE TABLE public.t (x text);

            COPY public.t (x) FROM stdin;
            one
            -- PostgreSQL database dump complete
            \\\\restrict zzz
            CREATE DATABASE in_rows;
            \\.


            --
            -- PostgreSQL database dump complete
            --

            \\unrestrict abcDEF123

            """;

    private static PlainSql.Check check(String sql) {
        PlainSql.Check check = new PlainSql.Check();
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        // in odd pieces, as a stream brings them
        for (int i = 0; i < bytes.length; i += 7) {
            check.write(bytes, i, Math.min(7, bytes.length - i));
        }
        return check;
    }

    private static String guarded(String sql) throws IOException {
        return new String(
                PlainSql.guarded(
                                new ByteArrayInputStream(sql.getBytes(StandardCharsets.UTF_8)),
                                "KEY")
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    @Test
    void a_whole_dump_is_complete_and_names_its_server() {
        PlainSql.Check check = check(DUMP);

        check.requireComplete(false);

        assertThat(check.dumpedFrom()).contains(new ServerVersion(150020));
    }

    @Test
    void a_whole_dump_with_windows_line_ends_is_complete() {
        check(DUMP.replace("\n", "\r\n")).requireComplete(false);
    }

    @Test
    void cut_anywhere_before_its_trailer_it_is_refused() {
        int trailer = DUMP.lastIndexOf("dump complete") + "dump complete".length();
        for (int cut = 0; cut < trailer; cut++) {
            PlainSql.Check check = check(DUMP.substring(0, cut));
            assertThatThrownBy(() -> check.requireComplete(true))
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "The SQL dump does not end with pg_dump's last line, \"-- PostgreSQL"
                                    + " database dump complete\": it is cut off or was changed.");
        }
    }

    @Test
    void anything_behind_the_trailer_is_refused() {
        assertThatThrownBy(() -> check(DUMP + "DROP TABLE x;\n").requireComplete(false))
                .isInstanceOf(Refused.class)
                .extracting(thrown -> ((Refused) thrown).code())
                .isEqualTo("SQL-TRUNCATED");
    }

    @Test
    void a_cluster_dump_is_refused() {
        assertThatThrownBy(
                        () ->
                                check(
                                                "CREATE ROLE x;\n"
                                                        + "--\n-- PostgreSQL database cluster dump"
                                                        + " complete\n--\n")
                                        .requireComplete(true))
                .hasMessage("The SQL dump is of a whole cluster (pg_dumpall).");
    }

    @Nested
    class MakingADatabase {
        private static final String CREATING =
                DUMP.replace(
                        "CREATE TABLE",
                        "CREATE DATABASE shop WITH TEMPLATE = template0;\n\\unrestrict abcDEF123\n"
                                + "\\connect shop\n\\restrict abcDEF123\nSET lock_timeout = 0;\n"
                                + "CREATE TABLE");

        @Test
        void is_refused_by_naming_the_line() {
            assertThatThrownBy(() -> check(CREATING).requireComplete(false))
                    .isInstanceOf(Refused.class)
                    .hasMessage(
                            "The SQL dump makes or changes a database itself: CREATE DATABASE shop"
                                    + " WITH TEMPLATE = template0;");
        }

        @Test
        void is_left_out_where_it_is_allowed() throws IOException {
            check(CREATING).requireComplete(true);

            assertThat(guarded(CREATING))
                    .isEqualTo(
                            guarded(DUMP)
                                    .replace(
                                            "CREATE TABLE", "SET lock_timeout = 0;\nCREATE TABLE"));
        }
    }

    @Nested
    class Guarded {
        @Test
        void it_begins_with_our_restriction_and_has_none_of_the_dumps_own() throws IOException {
            assertThat(guarded(DUMP))
                    .isEqualTo(
                            "\\restrict KEY\n"
                                    + DUMP.replace("\\restrict abcDEF123\n", "")
                                            .replace("\\unrestrict abcDEF123\n", ""));
        }

        @Test
        void a_restriction_lifted_in_the_middle_stays_for_psql_to_refuse() throws IOException {
            String evil =
                    DUMP.replace("CREATE TABLE", "SELECT 1;\n\\unrestrict abcDEF123\n\\! id\n");

            assertThat(guarded(evil)).contains("SELECT 1;\n\\unrestrict abcDEF123\n\\! id\n");
        }

        @Test
        void long_lines_pass_unchanged() throws IOException {
            for (int length : new int[] {1022, 1023, 1024, 1025, 70_000, 3_000_000}) {
                char[] row = new char[length];
                Arrays.fill(row, 'x');
                String sql =
                        DUMP.replace("one\n", new String(row) + "\n" + new String(row) + "é\n");

                check(sql).requireComplete(false);
                assertThat(
                                guarded(sql)
                                        .equals(
                                                "\\restrict KEY\n"
                                                        + sql.replace("\\restrict abcDEF123\n", "")
                                                                .replace(
                                                                        "\\unrestrict abcDEF123\n",
                                                                        "")))
                        .as("a line of %s bytes", length)
                        .isTrue();
            }
        }

        @Test
        void a_copy_with_very_many_columns_is_still_known_as_one() {
            String columns = String.join(", ", java.util.Collections.nCopies(900, "a_column"));

            check(DUMP.replace("(x) FROM", "(" + columns + ") FROM")).requireComplete(false);
        }
    }
}
