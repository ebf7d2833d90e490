package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    @Test
    void a_page_begins_before_the_entry_that_the_address_names() {
        assertThat(Ledger.number(" 4711 ")).contains(4711L);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"abc", "", "-1", "0", "1e3", "99999999999999999999"})
    void what_is_no_number_begins_with_the_newest(String text) {
        assertThat(Ledger.number(text)).isEmpty();
    }
}
