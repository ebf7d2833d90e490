package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a dump's contents are shared out over connections. */
class SharesTest {
    private static final String NOTES =
            "4000; 0 17458 TABLE DATA Archive 2024 Order \"Notes\" shop owner";
    private static final String EVENTS = "3997; 0 17345 TABLE DATA shop events shop owner";
    private static final String LINES = "3994; 0 17332 TABLE DATA shop order_lines shop owner";
    private static final String SEQUENCE = "4118; 0 0 SEQUENCE SET shop events_id_seq shop owner";
    private static final String OBJECTS = "4104; 0 0 BLOBS - BLOBS ";

    private static final List<String> ALL = List.of(NOTES, EVENTS, LINES, SEQUENCE, OBJECTS);

    @Test
    void the_largest_table_gets_a_connection_for_itself_and_the_order_is_kept() {
        assertThat(
                        Shares.of(
                                ALL,
                                2,
                                Map.of(
                                        "Archive 2024 Order \"Notes\"",
                                        500L,
                                        "shop events",
                                        900L,
                                        "shop order_lines",
                                        300L)))
                .containsExactly(List.of(EVENTS), List.of(NOTES, LINES, SEQUENCE, OBJECTS));
    }

    @Test
    void a_connection_that_can_stop_early_gets_the_beginning_of_the_dump() {
        assertThat(Shares.of(ALL, 2, Map.of("shop events", 900L, "shop order_lines", 300L)))
                .containsExactly(List.of(NOTES, EVENTS), List.of(LINES, SEQUENCE, OBJECTS));
    }

    @Test
    void whoever_begins_late_in_the_dump_gets_less_to_load() {
        List<String> entries =
                IntStream.range(0, 100)
                        .mapToObj(i -> i + "; 0 " + i + " TABLE DATA shop t" + i + " owner")
                        .toList();
        Map<String, Long> alike =
                entries.stream()
                        .collect(
                                Collectors.toMap(
                                        e -> "shop t" + e.substring(0, e.indexOf(';')),
                                        e -> 1_000_000L));
        assertThat(Shares.of(entries, 2, alike))
                .containsExactly(entries.subList(0, 55), entries.subList(55, 100));
    }

    @Test
    void what_is_not_rows_gets_no_connection_for_itself() {
        assertThat(Shares.of(ALL, 3, Map.of("shop order_lines", 900L)))
                .hasSizeLessThanOrEqualTo(3)
                .last()
                .satisfies(last -> assertThat(last).contains(SEQUENCE, OBJECTS, LINES));
    }

    @Test
    void names_with_blanks_are_found() {
        assertThat(
                        Shares.of(
                                ALL,
                                2,
                                Map.of("Archive 2024 Order \"Notes\"", 900L, "shop events", 300L)))
                .containsExactly(List.of(NOTES), List.of(EVENTS, LINES, SEQUENCE, OBJECTS));
    }

    @Test
    void without_sizes_every_entry_still_goes_to_exactly_one_connection() {
        assertThat(Shares.of(ALL, 2, Map.of()).stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void there_are_no_more_connections_than_tables() {
        assertThat(Shares.of(ALL, 16, Map.of())).hasSize(3);
        assertThat(Shares.of(List.of(SEQUENCE, OBJECTS), 4, Map.of()))
                .containsExactly(List.of(SEQUENCE, OBJECTS));
        assertThat(Shares.of(List.of(), 4, Map.of())).isEmpty();
    }
}
