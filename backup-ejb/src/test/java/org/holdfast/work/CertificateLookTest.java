package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.junit.jupiter.api.Test;

class CertificateLookTest {
    private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

    private final Noted noted = new Noted();

    private static final class Noted implements Expiries {
        private final Map<String, Instant> ends = new TreeMap<>();
        private final TreeSet<String> still = new TreeSet<>();

        @Override
        public void seen(AlertKind kind, String subject, String what, Optional<Instant> at) {
            at.ifPresentOrElse(end -> ends.put(subject, end), () -> ends.remove(subject));
        }

        @Override
        public void still(AlertKind kind, String subject) {
            still.add(subject);
        }
    }

    @Test
    void each_server_speaks_for_itself() {
        CertificateLook.look(noted, () -> Optional.of(END), "one");
        CertificateLook.look(noted, Optional::empty, "two");

        assertThat(noted.ends).containsOnly(Map.entry("certificate/one", END));
    }

    @Test
    void a_certificate_that_is_not_there_any_more_is_forgotten() {
        CertificateLook.look(noted, () -> Optional.of(END), "one");
        CertificateLook.look(noted, Optional::empty, "one");

        assertThat(noted.ends).isEmpty();
        assertThat(noted.still).isEmpty();
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

        assertThat(noted.ends).containsOnly(Map.entry("certificate/one", END));
        assertThat(noted.still).containsExactly("certificate/one");
    }

    @Test
    void a_look_that_breaks_stops_nothing_else() {
        CertificateLook.look(
                noted,
                () -> {
                    throw new IllegalStateException("broken");
                },
                "one");

        assertThat(noted.ends).isEmpty();
    }
}
