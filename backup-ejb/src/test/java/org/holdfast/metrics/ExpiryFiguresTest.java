package org.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.metrics.ExpiryFigures.Thing;
import org.junit.jupiter.api.Test;

class ExpiryFiguresTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static AlertFacts.Expiring ended(
            AlertKind kind, String subject, Optional<Duration> readAfter) {
        Instant end = NOW.minus(MINUTE);
        return new AlertFacts.Expiring(
                kind,
                subject,
                "The thing",
                end,
                Optional.empty(),
                readAfter.map(end::plus),
                Optional.empty(),
                true);
    }

    private static AlertFacts.Expiring certificate(String subject, Duration readAfter) {
        return ended(AlertKind.CERTIFICATE_EXPIRES, subject, Optional.of(readAfter));
    }

    @Test
    void no_certificate_is_below_0_that_was_not_read_since_its_end() {
        AlertFacts.Expiring silent = certificate("tls/silent.example:443", MINUTE.negated());
        AlertFacts.Expiring read = certificate("tls/read.example:443", Duration.ZERO);
        AlertFacts.Expiring login =
                ended(AlertKind.CREDENTIAL_EXPIRES, "source/shop", Optional.empty());

        assertThat(ExpiryFigures.told(List.of(silent, read, login), NOW))
                .containsOnlyKeys(
                        new Thing(AlertKind.CERTIFICATE_EXPIRES, "tls/read.example:443"),
                        new Thing(AlertKind.CREDENTIAL_EXPIRES, "source/shop"));
        assertThat(ExpiryFigures.left(silent, NOW)).isZero();
        assertThat(ExpiryFigures.left(read, NOW)).isEqualTo(-60);
        assertThat(ExpiryFigures.left(login, NOW)).isEqualTo(-60);
    }

    @Test
    void before_its_end_each_is_told_whenever_it_was_read() {
        AlertFacts.Expiring silent = certificate("tls/silent.example:443", MINUTE.negated());
        Instant before = NOW.minus(MINUTE.multipliedBy(3));

        assertThat(ExpiryFigures.told(List.of(silent), before)).hasSize(1);
        assertThat(ExpiryFigures.left(silent, before)).isEqualTo(120);
    }
}
