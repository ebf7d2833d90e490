package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.web.page.Ladder.Step.BROKEN;
import static org.holdfast.web.page.Ladder.Step.DONE;
import static org.holdfast.web.page.Ladder.Step.NOW;
import static org.holdfast.web.page.Ladder.Step.OPEN;

import java.util.Arrays;
import org.holdfast.domain.snapshot.RunState;
import org.holdfast.domain.snapshot.Rung;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LadderTest {
    @Test
    void no_step_is_filled_that_was_not_reached() {
        assertThat(Ladder.of("QUEUED").steps()).doesNotContain(DONE);
        assertThat(Ladder.of("RUNNING").steps()).containsExactly(NOW, OPEN, OPEN);
        assertThat(Ladder.of("FAILED").steps()).doesNotContain(DONE);
        assertThat(Ladder.of("UPLOADED").steps()).containsExactly(DONE, OPEN, OPEN);
        assertThat(Ladder.of("VERIFIED").steps()).containsExactly(DONE, DONE, OPEN);
        assertThat(Ladder.of("RESTORED").steps()).containsExactly(DONE, DONE, DONE);
        assertThat(Ladder.of("SUSPECT").steps()).containsExactly(DONE, BROKEN, OPEN);
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void every_rung_has_a_word_and_three_steps(Rung rung) {
        assertThat(Ladder.of(rung.name()).steps()).hasSize(3);
        assertThat(Ladder.of(rung.name()).label()).isEqualToIgnoringCase(rung.name());
    }

    @Test
    void every_run_without_a_snapshot_has_its_ladder() {
        assertThat(
                        Arrays.stream(RunState.values())
                                .filter(s -> s != RunState.COMPLETED)
                                .map(s -> Ladder.of(s.name()).label()))
                .containsExactly("Queued", "Running", "Failed", "Cancelled");
    }

    @Test
    void a_joint_is_whole_only_between_steps_that_were_walked() {
        assertThat(Ladder.of("VERIFIED").joined(0)).isTrue();
        assertThat(Ladder.of("VERIFIED").joined(1)).isFalse();
        assertThat(Ladder.of("RESTORED").joined(1)).isTrue();
    }

    @Test
    void an_unknown_status_is_never_drawn() {
        assertThatThrownBy(() -> Ladder.of("FINE")).hasMessage("A backup has no status \"FINE\".");
    }
}
