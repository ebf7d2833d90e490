package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChoicesTest {
    @Test
    void what_was_typed_is_found_anywhere_in_a_name_in_either_case() {
        assertThat(Choices.holding(List.of("Shop", "far-shop", "ledger"), " sHOP "))
                .containsExactly("Shop", "far-shop");
        assertThat(Choices.holding(List.of("shop"), "nobodys")).isEmpty();
        assertThat(Choices.holding(List.of(8, 9), n -> "Target " + n + " (live)", "9 (LIVE"))
                .as("in the words that are shown")
                .containsExactly(9);
    }

    @Test
    void a_name_is_meant_that_is_typed_whole_first_as_it_is_written() {
        List<String> names = List.of("Shop", "shop", "ledger");

        assertThat(Choices.whole(names, " shop ")).contains("shop");
        assertThat(Choices.whole(names, "LEDGER")).contains("ledger");
        assertThat(Choices.whole(names, "ledge")).isEmpty();
        assertThat(Choices.whole(names, "")).isEmpty();
        assertThat(Choices.whole(names, null)).isEmpty();
    }

    @Test
    void of_two_thousand_no_more_are_offered_than_are_shown_at_once() {
        List<String> names = IntStream.range(0, 2000).mapToObj(i -> "db" + i).toList();

        assertThat(Choices.holding(names, "")).isEqualTo(names.subList(0, Choices.MOST));
    }
}
