package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageConverterTest {
    private final PageConverter converter = new PageConverter();

    private int read(String value) {
        return converter.getAsObject(null, null, value);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "abc", "1.5", "0", "-3", "2147483648"})
    void what_is_no_page_is_the_first(String value) {
        assertThat(read(value)).isEqualTo(1);
    }

    @Test
    void pages_are_read_and_written() {
        assertThat(read(" 12 ")).isEqualTo(12);
        assertThat(converter.getAsString(null, null, 12)).isEqualTo("12");
        assertThat(read("2147483647")).isEqualTo(PageConverter.MOST);
    }
}
