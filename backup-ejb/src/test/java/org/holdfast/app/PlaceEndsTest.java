package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.policy.Policy;
import org.junit.jupiter.api.Test;

class PlaceEndsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");

    /** As the policy says that nobody changed: certificates 30 days ahead, credentials 14. */
    private static PlaceEnds.End end(AlertKind kind, Duration left, Optional<Duration> life) {
        Instant at = NOW.plus(left);
        return PlaceEnds.End.of(
                new AlertFacts.Expiring(
                        kind,
                        "it",
                        "The thing",
                        at,
                        life.map(at::minus),
                        Optional.of(NOW),
                        Optional.empty(),
                        true),
                NOW,
                Policy.standard(14));
    }

    private static PlaceEnds.End end(AlertKind kind, Duration left) {
        return end(kind, left, Optional.empty());
    }

    @Test
    void an_end_stands_out_from_the_day_on_that_an_alert_tells_it() {
        assertThat(end(AlertKind.CERTIFICATE_EXPIRES, Duration.ofDays(31)).told()).isEmpty();
        assertThat(end(AlertKind.CERTIFICATE_EXPIRES, Duration.ofDays(30)).told())
                .contains(Severity.WARNING);
        assertThat(end(AlertKind.CREDENTIAL_EXPIRES, Duration.ofDays(15)).told()).isEmpty();
        assertThat(end(AlertKind.CREDENTIAL_EXPIRES, Duration.ofDays(14)).told())
                .contains(Severity.WARNING);
    }

    @Test
    void a_certificate_of_ninety_days_stands_out_in_its_last_eighteen() {
        Optional<Duration> quarter = Optional.of(Duration.ofDays(90));

        assertThat(end(AlertKind.CERTIFICATE_EXPIRES, Duration.ofDays(19), quarter).told())
                .isEmpty();
        assertThat(end(AlertKind.CERTIFICATE_EXPIRES, Duration.ofDays(18), quarter).told())
                .contains(Severity.WARNING);
    }

    @Test
    void what_has_ended_says_so() {
        PlaceEnds.End ended = end(AlertKind.CREDENTIAL_EXPIRES, Duration.ZERO);

        assertThat(ended.ended()).isTrue();
        assertThat(ended.told()).contains(Severity.CRITICAL);
        assertThat(end(AlertKind.CREDENTIAL_EXPIRES, Duration.ofSeconds(1)).ended()).isFalse();
    }
}
