package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.junit.jupiter.api.Test;

class CatalogAlertFactsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");
    private static final Instant BEFORE = NOW.minus(Duration.ofHours(3));
    private static final Instant END = NOW.minus(Duration.ofHours(1));
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));

    private static AlertFacts.Expiring thing(
            AlertKind kind, String subject, Instant end, Instant seen) {
        return new AlertFacts.Expiring(
                kind,
                subject,
                "The thing",
                end,
                Optional.empty(),
                Optional.of(seen),
                Optional.empty(),
                true);
    }

    @Test
    void of_a_certificate_that_was_not_read_since_its_end_no_end_is_told() {
        AlertKind certificate = AlertKind.CERTIFICATE_EXPIRES;

        assertThat(
                        CatalogAlertFacts.ends(
                                List.of(
                                        thing(certificate, "tls/silent.example:443", END, BEFORE),
                                        thing(certificate, "tls/ended.example:443", END, END),
                                        thing(certificate, "tls/good.example:443", LATER, BEFORE),
                                        thing(AlertKind.CREDENTIAL_EXPIRES, "store/s3", END, NOW)),
                                NOW))
                .containsOnlyKeys("tls/ended.example:443", "tls/good.example:443", "store/s3");
    }
}
