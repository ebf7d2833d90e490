package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressTest {
    @Test
    void what_is_seen_stands_in_the_query_and_what_is_not_is_left_out() {
        assertThat(Address.of("x.xhtml", "q", "a&b %", "before", null, "status", "A,B", "of", ""))
                .isEqualTo("x.xhtml?q=a%26b+%25&status=A,B");
        assertThat(Address.of("x.xhtml", "q", null)).isEqualTo("x.xhtml");
        assertThat(Address.query("q", "a&b", "of", null, "to", "c")).isEqualTo("q=a%26b&to=c");
        assertThat(Address.query("q", null)).isEmpty();
    }

    @Test
    void the_first_page_is_not_told() {
        assertThat(Address.of("x.xhtml", "page", Address.page(1))).isEqualTo("x.xhtml");
        assertThat(Address.of("x.xhtml", "page", Address.page(2))).isEqualTo("x.xhtml?page=2");
    }
}
