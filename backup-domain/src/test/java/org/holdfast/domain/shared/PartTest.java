package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartTest {
    private static final List<Integer> MANY = IntStream.rangeClosed(1, 2001).boxed().toList();

    @Test
    void a_page_has_no_more_than_its_size_and_knows_its_place() {
        Part<Integer> second = Part.of(MANY, 2, 25);

        assertThat(second.items()).hasSize(25).startsWith(26).endsWith(50);
        assertThat(second.first()).isEqualTo(26);
        assertThat(second.last()).isEqualTo(50);
        assertThat(second.total()).isEqualTo(2001);
        assertThat(second.hasBefore()).isTrue();
        assertThat(second.hasAfter()).isTrue();
        assertThat(second.whole()).isFalse();
    }

    @Test
    void the_last_page_ends_with_the_last_of_all() {
        Part<Integer> last = Part.of(MANY, 81, 25);

        assertThat(last.items()).containsExactly(2001);
        assertThat(last.hasAfter()).isFalse();
        assertThat(Part.of(MANY.subList(0, 50), 2, 25).hasAfter()).isFalse();
    }

    @Test
    void a_page_that_there_is_not_is_the_nearest_there_is() {
        assertThat(Part.of(MANY, Integer.MAX_VALUE, 25).page()).isEqualTo(81);
        assertThat(Part.of(MANY, 0, 25).page()).isEqualTo(1);
        assertThat(Part.of(MANY, Integer.MIN_VALUE, 25).first()).isEqualTo(1);
    }

    @Test
    void of_nothing_there_is_one_empty_page() {
        Part<Integer> none = Part.of(List.of(), 3, 25);

        assertThat(none.page()).isEqualTo(1);
        assertThat(none.first()).isZero();
        assertThat(none.last()).isZero();
        assertThat(none.whole()).isTrue();
        assertThat(none.hasBefore()).isFalse();
        assertThat(none.hasAfter()).isFalse();
    }
}
