package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OverThePresentTest {
    private static final String AS_IT_WAS = "The target is as it was.";

    @Test
    void what_broke_before_the_commit_left_the_target_as_it_was() {
        assertThat(OverThePresent.left(false, false, AS_IT_WAS)).isEqualTo(Way.Left.AS_IT_WAS);
    }

    @Test
    void what_broke_after_it_left_the_snapshot() {
        assertThat(OverThePresent.left(true, true, AS_IT_WAS).sentence())
                .startsWith("The target holds the snapshot already")
                .doesNotContain("as it was");
    }

    @Test
    void a_commit_without_an_answer_is_told_as_either() {
        assertThat(OverThePresent.left(false, true, AS_IT_WAS).sentence())
                .contains("either as it was or wholly restored")
                .isNotEqualTo(Way.Left.AS_IT_WAS.sentence());
    }

    @Test
    void an_attempt_that_did_not_begin_knows_nothing_of_the_one_before_it() {
        assertThat(Way.Left.unbegun(1)).isSameAs(Way.Left.AS_IT_WAS);
        assertThat(Way.Left.unbegun(2).sentence()).doesNotContain("as it was");
    }
}
