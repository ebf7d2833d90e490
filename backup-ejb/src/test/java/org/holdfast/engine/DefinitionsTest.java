package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of pg_dump, cut short. */
class DefinitionsTest {
    private static final String BEGIN =
            """
            --
            -- PostgreSQL database dump
            --

            \\restrict %s

            -- Dumped by pg_dump version %s

            SET statement_timeout = 0;

            """;

    private static final String END =
            """
            --
            -- PostgreSQL database dump complete
            --

            \\unrestrict %s
            """;

    private static final String TABLE =
            """
            --
            -- Name: o; Type: TABLE; Schema: s; Owner: -
            --

            CREATE TABLE s.o (
                id integer,
                word text
            );


            """;

    private static final String VIEW =
            """
            --
            -- Name: v; Type: VIEW; Schema: s; Owner: -
            --

            CREATE VIEW s.v AS
             SELECT 1;


            """;

    @TempDir private Path dir;

    private Definitions of(String... parts) throws IOException {
        Path file = Files.createTempFile(dir, "text", ".sql");
        String token = Long.toString(System.nanoTime());
        Files.writeString(
                file,
                BEGIN.formatted(token, token) + String.join("", parts) + END.formatted(token));
        return Definitions.of(file);
    }

    @Test
    void are_the_same_whatever_stands_around_them_and_in_which_order() throws IOException {
        Definitions one = of(TABLE, VIEW);
        Definitions other = of("SET default_tablespace = '';\n\n", VIEW, TABLE);

        assertThat(one.count()).isEqualTo(2);
        assertThat(one.against(other).none()).isTrue();
    }

    @Test
    void that_are_missing_or_more_are_named() throws IOException {
        Definitions.Difference found = of(TABLE).against(of(VIEW));

        assertThat(found.missing())
                .extracting(Definitions.Definition::name)
                .containsExactly("Name: o; Type: TABLE; Schema: s");
        assertThat(found.more())
                .extracting(Definitions.Definition::name)
                .containsExactly("Name: v; Type: VIEW; Schema: s");
    }

    @Test
    void that_changed_are_shown_from_the_first_line_on_that_differs() throws IOException {
        Definitions one = of(TABLE, VIEW);
        Definitions other = of(TABLE.replace("word text", "word varchar(" + "9".repeat(500) + ")"));

        Definitions.Difference found = one.against(other);

        assertThat(found.changed()).hasSize(1);
        assertThat(one.firstDifference(found.changed().get(0), other))
                .startsWith("line 5: expected \"word text\n);\", found \"word varchar(999")
                .hasSizeLessThan(400);
    }

    @Test
    void of_one_name_are_held_against_each_other_as_often_as_they_come() throws IOException {
        String twin = VIEW.replace("SELECT 1", "SELECT 2");

        assertThat(of(VIEW, twin).against(of(twin, VIEW)).none()).isTrue();
        assertThat(of(VIEW, twin).against(of(VIEW)).missing()).hasSize(1);
        assertThat(of(VIEW, twin).against(of(VIEW, VIEW)).changed()).hasSize(1);
    }

    @Test
    void leave_out_what_is_content_and_headings_with_nothing_but_comments() throws IOException {
        String refresh =
                """
                --
                -- Name: m; Type: MATERIALIZED VIEW DATA; Schema: s; Owner: -
                --

                REFRESH MATERIALIZED VIEW s.m;


                """;
        String schema =
                """
                --
                -- Name: public; Type: SCHEMA; Schema: -; Owner: -
                --

                -- *not* creating schema, since initdb creates it


                """;

        assertThat(of(refresh, schema, TABLE).against(of(TABLE)).none()).isTrue();
    }

    @Test
    void count_the_access_method_that_a_table_gets_and_not_that_of_a_function() throws IOException {
        String heap = "SET default_table_access_method = heap;\n\n";
        String other = "SET default_table_access_method = columnar;\n\n";

        assertThat(of(heap, TABLE, VIEW).against(of(heap, VIEW, TABLE)).none()).isTrue();
        assertThat(of(VIEW, heap, TABLE).against(of(VIEW, other, TABLE)).changed()).hasSize(1);
        assertThat(of(heap, VIEW, TABLE).against(of(VIEW, heap, TABLE)).none()).isTrue();
    }

    @Test
    void see_lines_within_a_body_that_look_like_settings() throws IOException {
        String function =
                """
                --
                -- Name: f(); Type: FUNCTION; Schema: s; Owner: -
                --

                CREATE FUNCTION s.f() RETURNS void
                    LANGUAGE plpgsql
                    AS $$
                SET default_tablespace = %s;

                end $$;


                """;

        assertThat(of(function.formatted("a")).against(of(function.formatted("b"))).changed())
                .hasSize(1);
    }

    @Test
    void may_have_lines_longer_than_any_buffer() throws IOException {
        String one = VIEW.replace("SELECT 1", "SELECT '" + "x".repeat(200_000) + "1'");
        String two = VIEW.replace("SELECT 1", "SELECT '" + "x".repeat(200_000) + "2'");

        assertThat(of(one).against(of(one)).none()).isTrue();
        assertThat(of(one).against(of(two)).changed()).hasSize(1);
    }
}
