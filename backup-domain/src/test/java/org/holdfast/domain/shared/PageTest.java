package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PageTest {
    private static Page<String> page(List<String> all, String cursor, int max) {
        return Page.byName(all, Function.identity(), Optional.ofNullable(cursor), max);
    }

    @Test
    void one_more_than_a_page_holds_is_left_out_and_says_that_there_is_another_page() {
        List<Integer> found = List.of(9, 7, 5);

        assertThat(Page.of(found, 2, Object::toString))
                .isEqualTo(new Page<>(List.of(9, 7), Optional.of("7")));
        assertThat(Page.of(found, 3, Object::toString))
                .isEqualTo(new Page<>(found, Optional.empty()));
        assertThat(Page.of(List.of(), 3, Object::toString))
                .isEqualTo(new Page<>(List.of(), Optional.empty()));
    }

    @Test
    void pages_by_name_follow_each_other_to_the_last_which_has_none_after_it() {
        List<String> all = List.of("shop", "Shop", "ledger", "zoo");

        Page<String> first = page(all, null, 2);

        assertThat(first.items()).containsExactly("Shop", "ledger");
        assertThat(first.next()).contains("ledger");
        assertThat(page(all, "ledger", 2))
                .isEqualTo(new Page<>(List.of("shop", "zoo"), Optional.empty()));
        assertThat(page(all, null, Integer.MAX_VALUE).items()).hasSize(4);
    }

    @Test
    void what_comes_or_goes_meanwhile_neither_repeats_nor_hides_another() {
        assertThat(page(List.of("a", "b", "c"), null, 2).next()).contains("b");

        assertThat(page(List.of("a", "aa", "c"), "b", 2).items()).containsExactly("c");
    }

    @Test
    void behind_the_last_there_is_nothing() {
        assertThat(page(List.of("a"), "zzz", 5)).isEqualTo(new Page<>(List.of(), Optional.empty()));
    }
}
