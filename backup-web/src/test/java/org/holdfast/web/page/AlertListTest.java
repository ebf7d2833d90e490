package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertListTest {
    @ParameterizedTest
    @CsvSource({"1, 0, 1", "2, 0, 1", "2, 50, 1", "2, 51, 2", "3, 51, 2", "1000000, 120, 3"})
    void a_page_that_is_gone_is_the_last_one_there_is(int asked, long open, int shown) {
        assertThat(AlertList.within(asked, open)).isEqualTo(shown);
    }
}
