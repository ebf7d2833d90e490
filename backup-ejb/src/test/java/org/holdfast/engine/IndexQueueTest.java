package org.holdfast.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.holdfast.engine.IndexesOfTables.Belonging;
import org.holdfast.engine.IndexesOfTables.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made while rows still load. */
@Timeout(60)
class IndexQueueTest {
    private static final String KEY = "1; 2606 11 CONSTRAINT shop events events_pkey owner";
    private static final String ONE = "2; 2606 12 CONSTRAINT shop events events_one owner";
    private static final String TIME = "3; 1259 13 INDEX shop events_by_time owner";
    private static final String KIND = "4; 1259 14 INDEX shop events_by_kind owner";
    private static final String LINES = "5; 1259 15 INDEX shop lines_by_product owner";
    private static final String IDENTITY = "6; 1259 16 INDEX shop stock_by_shelf owner";
    private static final String CLUSTER = "7; 1259 17 INDEX shop stock_by_day owner";
    private static final String STOCK = "8; 1259 18 INDEX shop stock_by_kind owner";
    private static final List<Belonging> BELONGS =
            List.of(
                    new Belonging(KEY, "shop.events", Kind.CONSTRAINT, true),
                    new Belonging(TIME, "shop.events", Kind.INDEX, true),
                    new Belonging(ONE, "shop.events", Kind.CONSTRAINT, true),
                    new Belonging(KIND, "shop.events", Kind.INDEX, true),
                    new Belonging(LINES, "shop.lines", Kind.INDEX, true));

    private static final long GIB = 1L << 30;

    private final IndexQueue queue =
            new IndexQueue(2, 2, table -> table.equals("shop.events") ? 2 * GIB : GIB);

    @Test
    void constraints_of_a_table_come_together_and_its_indexes_one_by_one_after_them()
            throws Exception {
        queue.belongs(BELONGS);
        queue.loaded("shop.lines");
        queue.loaded("shop.events");
        queue.loaded("shop.has_no_index");

        IndexQueue.Run constraints = queue.next();
        IndexQueue.Run other = queue.next();
        assertThat(constraints.entries()).containsExactly(KEY, ONE);
        assertThat(other.entries()).containsExactly(LINES);

        queue.made(constraints);

        assertThat(queue.next().entries()).containsExactly(TIME);
        assertThat(queue.next().entries()).containsExactly(KIND);
    }

    private static List<Belonging> stock(boolean early) {
        return List.of(
                new Belonging(IDENTITY, "shop.stock", Kind.IDENTITY, early),
                new Belonging(STOCK, "shop.stock", Kind.INDEX, early),
                new Belonging(CLUSTER, "shop.stock", Kind.ALTERING, early));
    }

    @Test
    void two_indexes_that_alter_one_table_are_made_by_one_connection() throws Exception {
        queue.belongs(stock(true));
        queue.loaded("shop.stock");

        IndexQueue.Run locking = queue.next();
        assertThat(locking.entries()).containsExactly(IDENTITY, CLUSTER);

        queue.made(locking);
        assertThat(queue.next().entries()).containsExactly(STOCK);
    }

    @Test
    void two_indexes_that_alter_one_table_are_left_to_two_runs() {
        queue.belongs(stock(false));
        queue.loaded("shop.stock");

        assertThat(queue.left(List.of(STOCK, CLUSTER, IDENTITY, "fk")))
                .containsExactly(List.of(IDENTITY), List.of(STOCK, CLUSTER, "fk"));
        assertThat(queue.left(List.of(STOCK, IDENTITY))).containsExactly(List.of(STOCK, IDENTITY));
        assertThat(queue.left(List.of())).isEmpty();
    }

    @Test
    void what_cannot_be_made_early_is_given_to_nobody() throws Exception {
        queue.belongs(
                List.of(
                        new Belonging(TIME, "shop.events", Kind.INDEX, false),
                        new Belonging(KEY, "shop.events", Kind.CONSTRAINT, false)));
        queue.loaded("shop.events");
        queue.oneIsThrough();
        queue.oneIsThrough();

        assertThat(queue.next().entries()).isEmpty();
        assertThat(queue.left(List.of(TIME, KEY))).containsExactly(List.of(TIME, KEY));
    }

    @Test
    void the_last_that_is_through_is_told_so() {
        assertThat(queue.oneIsThrough()).isFalse();
        assertThat(queue.oneIsThrough()).isTrue();
    }

    @Test
    void nothing_is_given_twice_and_the_rest_is_left_in_its_order() throws Exception {
        queue.belongs(BELONGS);
        queue.loaded("shop.lines");
        queue.loaded("shop.lines");
        queue.oneIsThrough();
        queue.oneIsThrough();

        IndexQueue.Run run = queue.next();
        queue.made(run);

        assertThat(run.entries()).containsExactly(LINES);
        assertThat(queue.next().entries()).isEmpty();
        assertThat(queue.left(List.of("fk", TIME, LINES, KEY)))
                .containsExactly(List.of("fk", TIME, KEY));
    }

    @Test
    void who_asks_waits_for_the_constraints_that_another_makes() throws Exception {
        queue.belongs(BELONGS);
        queue.loaded("shop.events");
        queue.oneIsThrough();
        queue.oneIsThrough();
        IndexQueue.Run constraints = queue.next();
        CompletableFuture<List<String>> asked = asked();
        assertThat(asked).isNotDone();

        queue.made(constraints);

        assertThat(asked).succeedsWithin(10, SECONDS).isEqualTo(List.of(TIME));
    }

    @Test
    void indexes_of_a_small_table_are_made_in_the_run_that_makes_its_constraints()
            throws Exception {
        IndexQueue small = new IndexQueue(2, 2, table -> 1000);
        small.belongs(BELONGS);
        small.loaded("shop.events");

        assertThat(small.next().entries()).containsExactly(KEY, ONE, TIME, KIND);
    }

    @Test
    void of_a_tables_indexes_those_are_left_to_others_that_do_not_fit_into_the_run()
            throws Exception {
        IndexQueue one = new IndexQueue(0, 1, table -> 40 << 20);
        one.belongs(BELONGS);
        one.loaded("shop.events");

        IndexQueue.Run first = one.next();
        assertThat(first.entries()).as("half of all").containsExactly(KEY, ONE);
        one.made(first);
        IndexQueue.Run second = one.next();
        assertThat(second.entries()).containsExactly(TIME);
    }

    @Test
    void runs_become_smaller_the_less_there_is_left() throws Exception {
        IndexQueue many = ofIndexes(2, table -> 63 << 20);
        many.oneIsThrough();

        List<Integer> sizes = new ArrayList<>();
        for (int made = 0; made < 60; made += sizes.get(sizes.size() - 1)) {
            sizes.add(many.next().entries().size());
        }
        assertThat(sizes)
                .startsWith(4, 4, 4)
                .endsWith(4, 3, 2, 1, 1, 1, 1, 1, 1, 1)
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(many.left(List.of(index(100), index(159)))).isEmpty();
    }

    @Test
    void what_takes_no_longer_than_beginning_a_few_runs_is_one() throws Exception {
        IndexQueue many = ofIndexes(2, table -> 1000);
        many.oneIsThrough();

        assertThat(many.next().entries()).hasSize(60);
    }

    /** Of 60 tables with an index each, t100 to t159; all have their rows. */
    private static IndexQueue ofIndexes(int connections, ToLongFunction<String> weight) {
        IndexQueue many = new IndexQueue(1, connections, weight);
        List<Belonging> all = new ArrayList<>();
        for (int i = 100; i < 160; i++) {
            all.add(new Belonging(index(i), "t" + i, Kind.INDEX, true));
        }
        many.belongs(all);
        all.forEach(each -> many.loaded(each.table()));
        return many;
    }

    private static String index(int i) {
        return "1; 1259 2 INDEX i" + i;
    }

    @Test
    void large_indexes_go_to_one_connection_each_and_small_ones_beside_none_of_them()
            throws Exception {
        IndexQueue many = ofIndexes(2, table -> table.compareTo("t157") >= 0 ? GIB : 1000);

        assertThat(many.next().entries()).containsExactly(index(157));
        assertThat(many.next().entries()).containsExactly(index(158));
        assertThat(many.next().entries()).containsExactly(index(159));
        assertThat(many.next().entries()).hasSize(57).startsWith(index(100), index(101));
    }

    @Test
    void the_indexes_of_one_large_table_are_shared_out_although_there_are_many_others()
            throws Exception {
        IndexQueue many = new IndexQueue(1, 2, table -> table.equals("t") ? GIB : 0);
        List<Belonging> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(new Belonging(index(i), i < 10 ? "t" : "t" + i, Kind.INDEX, true));
        }
        many.belongs(all);
        many.loaded("t");

        for (int i = 0; i < 10; i++) {
            assertThat(many.next().entries()).containsExactly(index(i));
        }
    }

    @Test
    void without_sizes_nobody_takes_what_the_other_connections_could_make() throws Exception {
        IndexQueue many = new IndexQueue(1, 4, table -> 0);
        List<Belonging> all = new ArrayList<>();
        for (int i = 100; i < 300; i++) {
            all.add(new Belonging(index(i), "t" + i, Kind.INDEX, true));
        }
        many.belongs(all);
        for (int i = 100; i < 106; i++) {
            many.loaded("t" + i);
        }

        assertThat(many.next().entries())
                .as("of six, for three connections that load nothing")
                .containsExactly(index(100), index(101));
        assertThat(many.next().entries()).containsExactly(index(102));
        for (int i = 106; i < 300; i++) {
            many.loaded("t" + i);
        }
        assertThat(many.next().entries()).as("an eighth of what is left").hasSize(24);
    }

    @Test
    void who_asks_waits_until_a_table_has_its_rows_and_it_is_known_what_belongs_to_it() {
        CompletableFuture<List<String>> asked = asked();
        queue.loaded("shop.lines");
        assertThat(asked).isNotDone();

        queue.belongs(BELONGS);

        assertThat(asked).succeedsWithin(10, SECONDS).isEqualTo(List.of(LINES));
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
        assertThat(queue.next().entries()).isEmpty();
        assertThat(queue.left(List.of(LINES))).containsExactly(List.of(LINES));
    }

    private CompletableFuture<List<String>> asked() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return queue.next().entries();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }
}
