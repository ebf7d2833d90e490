package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void all_are_said_as_long_as_they_are_not_too_many() {
        assertThat(Names.some(List.of(), 3)).isEmpty();
        assertThat(Names.some(List.of("shop"), 3)).isEqualTo("shop");
        assertThat(Names.some(List.of("shop", "ledger", "zoo"), 3)).isEqualTo("shop, ledger, zoo");
    }

    @Test
    void of_too_many_the_first_are_said_and_the_rest_are_counted() {
        assertThat(Names.some(List.of("shop", "ledger", "zoo", "crm"), 3))
                .isEqualTo("shop, ledger, zoo and 1 more");
        assertThat(Names.some(List.of("a", "b", "c", "d", "e", "f", "g"), 3))
                .isEqualTo("a, b, c and 4 more");
    }
}
