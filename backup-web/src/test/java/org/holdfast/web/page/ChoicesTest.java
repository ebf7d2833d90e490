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
    }

    @Test
    void of_two_thousand_no_more_are_offered_than_are_shown_at_once() {
        List<String> names = IntStream.range(0, 2000).mapToObj(i -> "db" + i).toList();

        assertThat(Choices.holding(names, "")).isEqualTo(names.subList(0, Choices.MOST));
    }
}
