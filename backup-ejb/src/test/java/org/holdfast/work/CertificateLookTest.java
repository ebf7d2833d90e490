package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
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
        assertThat(noted.still()).isEmpty();
    }

    @Test
    void one_that_cannot_be_read_is_the_one_that_was_read_before() {
        CertificateLook.look(noted, () -> Optional.of(END), "one");
        CertificateLook.look(
                noted,
                () -> {
                    throw new IOException("no such file");
                },
                "one");

        assertThat(noted.ends()).containsOnly(Map.entry("certificate/one", END));
        assertThat(noted.still()).containsExactly("certificate/one");
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
