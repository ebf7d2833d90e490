package org.holdfast.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is made while rows still load. */
class IndexQueueTest {
    private static final Map<String, List<String>> BELONGS =
            Map.of("shop.events", List.of("e1", "e2"), "shop.lines", List.of("l1"));

    private final IndexQueue queue =
            new IndexQueue(2, table -> table.equals("shop.events") ? 900 : 1);

    @Test
    void the_table_that_takes_longest_comes_first_and_all_of_it_at_once() throws Exception {
        queue.belongs(BELONGS);
        queue.loaded("shop.lines");
        queue.loaded("shop.events");
        queue.loaded("shop.has_no_index");

        assertThat(queue.next()).containsExactly("e1", "e2");
        assertThat(queue.next()).containsExactly("l1");
    }

    @Test
    void nothing_is_given_twice_and_the_rest_is_left_in_its_order() throws Exception {
        queue.belongs(BELONGS);
        queue.loaded("shop.lines");
        queue.loaded("shop.lines");
        queue.oneIsThrough();
        queue.oneIsThrough();

        assertThat(queue.next()).containsExactly("l1");
        assertThat(queue.next()).isEmpty();
        assertThat(queue.left(List.of("fk", "e2", "l1", "e1"))).containsExactly("fk", "e2", "e1");
    }

    @Test
    void small_tables_go_together_where_there_are_many() throws Exception {
        IndexQueue many = new IndexQueue(1, table -> 0);
        Map<String, List<String>> byTable = new java.util.HashMap<>();
        for (int i = 100; i < 160; i++) {
            byTable.put("t" + i, List.of("i" + i));
        }
        many.belongs(byTable);
        byTable.keySet().forEach(many::loaded);

        assertThat(many.next()).containsExactly("i100", "i101", "i102");
    }

    @Test
    void who_asks_waits_until_a_table_has_its_rows_and_it_is_known_what_belongs_to_it() {
        CompletableFuture<List<String>> asked = asked();
        queue.loaded("shop.lines");
        assertThat(asked).isNotDone();

        queue.belongs(BELONGS);

        assertThat(asked).succeedsWithin(10, SECONDS).isEqualTo(List.of("l1"));
    }

    @Test
    void who_asks_gets_nothing_once_all_are_through() {
        queue.belongs(BELONGS);
        queue.oneIsThrough();
        CompletableFuture<List<String>> asked = asked();
        assertThat(asked).isNotDone();

        queue.oneIsThrough();

        assertThat(asked).succeedsWithin(10, SECONDS).isEqualTo(List.of());
    }

    @Test
    void a_failure_elsewhere_ends_the_waiting_and_gives_nothing_more() throws Exception {
        CompletableFuture<List<String>> asked = asked();
        queue.stop();

        assertThat(asked).succeedsWithin(10, SECONDS).isEqualTo(List.of());
        queue.belongs(BELONGS);
        queue.loaded("shop.lines");
        assertThat(queue.next()).isEmpty();
        assertThat(queue.left(List.of("l1"))).containsExactly("l1");
    }

    private CompletableFuture<List<String>> asked() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return queue.next();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }
}
