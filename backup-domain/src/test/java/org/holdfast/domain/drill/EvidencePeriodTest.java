package org.holdfast.domain.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidencePeriodTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
        "2024-02, 2024-02-01T00:00:00Z, 2024-03-01T00:00:00Z",
        "2026-Q4, 2026-10-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "2026-Q1, 2026-01-01T00:00:00Z, 2026-04-01T00:00:00Z",
        "2024, 2024-01-01T00:00:00Z, 2025-01-01T00:00:00Z",
        "2026-10-05..2026-11-20, 2026-10-05T00:00:00Z, 2026-11-21T00:00:00Z",
        "2026-10-05..2026-10-05, 2026-10-05T00:00:00Z, 2026-10-06T00:00:00Z"
    })
    void it_is_whole_days(String text, Instant begin, Instant end) {
        EvidencePeriod period = EvidencePeriod.of(text);

        assertThat(period.begin()).isEqualTo(begin);
        assertThat(period.end()).isEqualTo(end);
        assertThat(period.endBy(end.plusSeconds(1))).isEqualTo(end);
        assertThat(period.endBy(begin.plusSeconds(1))).isEqualTo(begin.plusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "'', \"\" is no period.",
        "2026-13, \"2026-13\" is no period.",
        "2026-Q5, \"2026-Q5\" is no period.",
        "+2026, \"+2026\" is no period.",
        "-2026, \"-2026\" is no period.",
        "+2026-11, \"+2026-11\" is no period.",
        "-2026-11, \"-2026-11\" is no period.",
        "+12026-11, \"+12026-11\" is no period.",
        "+2026-Q4, \"+2026-Q4\" is no period.",
        "-2026-11-01..-2026-11-02, \"-2026-11-01..-2026-11-02\" is no period.",
        "2026-02-30..2026-03-01, \"2026-02-30..2026-03-01\" is no period.",
        "2026-11-02..2026-11-01, 'The period ends on 2026-11-01, before it begins on 2026-11-02.'",
        "2025-01-01..2026-06-30, The period has 546 days."
    })
    void what_is_none_is_refused(String text, String message) {
        assertThatThrownBy(() -> EvidencePeriod.of(text))
                .isInstanceOf(Refused.class)
                .hasMessage(message);
    }

    @Test
    void one_that_is_to_come_is_refused() {
        assertThatThrownBy(
                        () ->
                                EvidencePeriod.of("2027-01")
                                        .endBy(Instant.parse("2026-12-31T23:59:59Z")))
                .hasMessage("The period begins on 2027-01-01; that is to come.");
    }
}
