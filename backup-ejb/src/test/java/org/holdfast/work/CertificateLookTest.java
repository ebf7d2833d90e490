package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertRules;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.policy.Policy;
import org.holdfast.testing.ExpiriesInMemory;
import org.junit.jupiter.api.Test;

class CertificateLookTest {
    private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

    private final ExpiriesInMemory noted = new ExpiriesInMemory();

    @Test
    void each_server_speaks_for_itself() {
        CertificateLook.look(noted, () -> Optional.of(END), "one");
        CertificateLook.look(noted, Optional::empty, "two");

        assertThat(noted.ends()).containsOnly(Map.entry("certificate/one", END));
    }

    @Test
    void a_certificate_that_is_not_there_any_more_is_forgotten() {
        CertificateLook.look(noted, () -> Optional.of(END), "one");
        CertificateLook.look(noted, Optional::empty, "one");

        assertThat(noted.ends()).isEmpty();
    }

    private void unreadable() {
        CertificateLook.look(
                noted,
                () -> {
                    throw new IOException("no such file");
                },
                "one");
    }

    @Test
    void one_that_cannot_be_read_is_known_for_as_long_as_it_is_looked_for() {
        noted.now(END.minus(Duration.ofDays(9)));
        CertificateLook.look(noted, () -> Optional.of(END), "one");

        noted.now(END.minus(Duration.ofDays(5)));
        unreadable();

        assertThat(noted.known(END.minus(Duration.ofDays(4))))
                .singleElement()
                .satisfies(it -> assertThat(it.at()).isEqualTo(END));
        assertThat(noted.known(END.minus(Duration.ofDays(2)))).isEmpty();
    }

    @Test
    void one_that_was_looked_for_after_its_end_and_not_read_is_not_called_expired() {
        noted.now(END.minus(Duration.ofHours(1)));
        CertificateLook.look(noted, () -> Optional.of(END), "one");
        Instant later = END.plus(Duration.ofHours(1));
        noted.now(later);

        unreadable();

        AlertFacts.Expiring it = noted.known(later).get(0);
        assertThat(it.endedUnseen(later)).isTrue();
        assertThat(AlertRules.expiring(it, later, Policy.standard(14)))
                .hasValueSatisfying(
                        told -> {
                            assertThat(told.severity()).isEqualTo(Severity.WARNING);
                            assertThat(told.text()).contains("; it was not read since");
                        });

        CertificateLook.look(noted, () -> Optional.of(END), "one");

        assertThat(noted.known(later).get(0).endedUnseen(later)).isFalse();
    }

    @Test
    void a_look_that_breaks_stops_nothing_else() {
        CertificateLook.look(
                noted,
                () -> {
                    throw new IllegalStateException("broken");
                },
                "one");

        assertThat(noted.ends()).isEmpty();
    }
}
