package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableSizesTest {
    @Test
    void tables_that_are_printed_alike_count_as_the_larger_one() {
        TableSizes sizes =
                new TableSizes()
                        .with("a b", "c", 5)
                        .with("a", "b c", 9)
                        .with("x.y", "z", 7)
                        .with("x", "y.z", 3);

        assertThat(sizes.listed()).containsEntry("a b c", 9L);
        assertThat(sizes.told("a b.c")).isEqualTo(5);
        assertThat(sizes.told("a.b c")).isEqualTo(9);
        assertThat(sizes.told("x.y.z")).isEqualTo(7);
        assertThat(sizes.told("shop.events")).isZero();
    }

    @Test
    void a_name_of_several_lines_is_one_line_in_a_list() {
        TableSizes sizes = new TableSizes().with("shop", "two\r\nlines", 5);

        assertThat(sizes.listed()).containsEntry("shop two  lines", 5L);
        assertThat(sizes.told("shop.two\r\nlines")).isEqualTo(5);
    }
}
