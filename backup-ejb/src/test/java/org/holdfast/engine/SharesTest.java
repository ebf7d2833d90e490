package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
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
                        ParallelRestore.shares(
                                ALL, 2, Map.of("shop events", 900L, "shop order_lines", 300L)))
                .containsExactly(List.of(EVENTS), List.of(NOTES, LINES, SEQUENCE, OBJECTS));
    }

    @Test
    void names_with_blanks_are_found() {
        assertThat(
                        ParallelRestore.shares(
                                ALL,
                                2,
                                Map.of("Archive 2024 Order \"Notes\"", 900L, "shop events", 300L)))
                .containsExactly(List.of(NOTES), List.of(EVENTS, LINES, SEQUENCE, OBJECTS));
    }

    @Test
    void without_sizes_every_entry_still_goes_to_exactly_one_connection() {
        assertThat(ParallelRestore.shares(ALL, 2, Map.of()).stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void there_are_no_more_connections_than_tables() {
        assertThat(ParallelRestore.shares(ALL, 16, Map.of())).hasSize(3);
        assertThat(ParallelRestore.shares(List.of(SEQUENCE, OBJECTS), 4, Map.of()))
                .containsExactly(List.of(SEQUENCE, OBJECTS));
        assertThat(ParallelRestore.shares(List.of(), 4, Map.of())).isEmpty();
    }
}
