package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepUpTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void four_wrong_codes_are_free() {
        for (int failures = 1; failures < 5; failures++) {
            assertThat(StepUp.blockedAfter(failures, NOON)).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 30", "6, 60", "7, 120", "11, 1920", "12, 3600", "1000000, 3600"})
    void from_the_fifth_on_each_doubles_the_wait_up_to_an_hour(int failures, long seconds) {
        assertThat(StepUp.blockedAfter(failures, NOON))
                .isEqualTo(NOON.plus(Duration.ofSeconds(seconds)));
    }
}
