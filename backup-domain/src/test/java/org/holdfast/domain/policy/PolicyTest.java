package org.holdfast.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyTest {
    @Test
    void a_pause_doubles_after_every_attempt_up_to_an_hour() {
        Retry retry = new Retry(10, Duration.ofMinutes(1));

        assertThat(retry.pauseAfter(1)).isEqualTo(Duration.ofMinutes(1));
        assertThat(retry.pauseAfter(2)).isEqualTo(Duration.ofMinutes(2));
        assertThat(retry.pauseAfter(6)).isEqualTo(Duration.ofMinutes(32));
        assertThat(retry.pauseAfter(7)).isEqualTo(Duration.ofHours(1));
        assertThat(retry.pauseAfter(1_000_000)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void the_last_attempt_has_none_after_it() {
        assertThat(new Retry(3, Duration.ZERO).allowsAnotherAfter(2)).isTrue();
        assertThat(new Retry(3, Duration.ZERO).allowsAnotherAfter(3)).isFalse();
    }

    @Test
    void attempts_are_one_to_ten() {
        assertThatThrownBy(() -> new Retry(0, Duration.ZERO))
                .hasMessage("attempts is 1 to 10, not 0.");
        assertThatThrownBy(() -> new Retry(11, Duration.ZERO))
                .hasMessage("attempts is 1 to 10, not 11.");
        assertThatThrownBy(() -> new Retry(1, Duration.ofSeconds(-1)))
                .hasMessage("A pause is not negative.");
    }

    @Test
    void a_source_without_rules_of_its_own_follows_the_standard() {
        Policy.ForSource own = new Policy.ForSource(RowProof.OFF, List.of("local"), Retry.DEFAULT);
        Policy policy = new Policy("x", 60, 240, 14, 360, "first_sunday", Map.of("shop", own));

        assertThat(policy.of("shop")).isEqualTo(own);
        assertThat(policy.of("other")).isEqualTo(Policy.ForSource.DEFAULT);
        assertThat(policy.of("other").rowProof()).isEqualTo(RowProof.COUNTS);
    }
}
