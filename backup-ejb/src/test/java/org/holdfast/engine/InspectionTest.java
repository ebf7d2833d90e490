package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InspectionTest {
    @Nested
    class Statements_of_a_file {
        @Test
        void are_told_apart_by_semicolons_that_end_them() {
            assertThat(
                            Statements.of(
                                    """
                                    SELECT ';' AS a; -- not ; here
                                    SELECT $x$ ; $x$, "a;b" FROM t /* ; /* ; */ */;
                                    SELECT E'it\\'s;' ;
                                    """))
                    .extracting(Statements.One::sql)
                    .containsExactly(
                            "SELECT ';' AS a",
                            "SELECT $x$ ; $x$, \"a;b\" FROM t /* ; /* ; */ */",
                            "SELECT E'it\\'s;'");
        }

        @Test
        void do_not_run_into_each_other_behind_a_word_that_ends_in_e_or_has_a_dollar() {
            assertThat(
                            Statements.of(
                                    "SELECT name'\\'; COMMIT; SELECT a$b$ FROM t; SELECT c$b$ FROM t"))
                    .extracting(Statements.One::sql)
                    .containsExactly(
                            "SELECT name'\\'",
                            "COMMIT",
                            "SELECT a$b$ FROM t",
                            "SELECT c$b$ FROM t");
        }

        @Test
        void carry_the_title_and_the_expectation_of_the_comments_before_them() {
            List<Statements.One> found =
                    Statements.of(
                            """
                            -- Orders are there
                            -- expect: > 0
                            SELECT count(*) FROM orders;

                            SELECT 1
                            """);

            assertThat(found)
                    .containsExactly(
                            new Statements.One(
                                    "Orders are there", "> 0", "SELECT count(*) FROM orders"),
                            new Statements.One("", "", "SELECT 1"));
        }

        @Test
        void may_be_none() {
            assertThat(Statements.of("\n -- nothing here\n ; ;")).isEmpty();
        }
    }

    @Nested
    class An_expectation {
        @Test
        void compares_numbers_as_numbers() {
            assertThat(Inspection.meets("10", "> 9")).isTrue();
            assertThat(Inspection.meets("9", "> 9")).isFalse();
            assertThat(Inspection.meets("9.0", "= 9")).isTrue();
            assertThat(Inspection.meets("-1", "<= -1")).isTrue();
            assertThat(Inspection.meets("3", "<> 3")).isFalse();
            assertThat(Inspection.meets("many", "> 3")).isFalse();
        }

        @Test
        void is_otherwise_the_text_itself() {
            assertThat(Inspection.meets("on", "on")).isTrue();
            assertThat(Inspection.meets("On", "on")).isFalse();
            assertThat(Inspection.meets(null, "NULL")).isTrue();
            assertThat(Inspection.meets(null, "0")).isFalse();
        }
    }

    @Test
    void objects_of_an_archive_are_counted_once_and_without_their_parts() {
        assertThat(
                        Inspection.counted(
                                List.of(
                                        "215; 1259 16400 TABLE public orders shop",
                                        "3400; 0 16400 TABLE DATA public orders shop",
                                        "216; 0 0 TABLE ATTACH public orders_1 shop",
                                        "217; 1259 16410 MATERIALIZED VIEW public sums shop",
                                        "3401; 0 16410 MATERIALIZED VIEW DATA public sums shop",
                                        "218; 1259 16420 VIEW public v shop",
                                        "3500; 1259 16420 VIEW public v shop",
                                        "219; 1259 16430 SEQUENCE public s shop",
                                        "3402; 0 0 SEQUENCE SET public s shop",
                                        "3300; 2606 16440 FK CONSTRAINT public orders a shop",
                                        "3301; 2606 16441 CONSTRAINT public orders b shop",
                                        "3302; 0 0 COMMENT public TABLE orders shop")))
                .containsEntry("TABLE", 1L)
                .containsEntry("MATERIALIZED VIEW", 1L)
                .containsEntry("VIEW", 1L)
                .containsEntry("SEQUENCE", 1L)
                .containsEntry("FK CONSTRAINT", 1L)
                .containsEntry("CONSTRAINT", 1L)
                .containsEntry("INDEX", 0L);
    }
}
