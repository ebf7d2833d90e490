package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.holdfast.testing.SelfMade;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleCertificateTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir private Path dir;

    private Path emptyStore() throws Exception {
        Path file = dir.resolve("tls.p12");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, PASSWORD);
        try (OutputStream out = Files.newOutputStream(file)) {
            keys.store(out, PASSWORD);
        }
        return file;
    }

    @Test
    void a_store_without_a_certificate_has_none_that_ends() throws Exception {
        assertThat(ConsoleCertificate.expires(emptyStore(), "PKCS12", PASSWORD)).isEmpty();
    }

    @Test
    void a_certificate_ends_when_it_says_so() throws Exception {
        SelfMade made = SelfMade.in(dir, "console", 10);

        Instant end = ConsoleCertificate.expires(made.file(), "PKCS12", PASSWORD).orElseThrow();

        assertThat(end)
                .isEqualTo(made.certificate().getNotAfter().toInstant())
                .isCloseTo(Instant.now().plus(Duration.ofDays(10)), within(25, ChronoUnit.HOURS));
    }

    @Test
    void of_several_the_first_that_ends_counts_and_one_that_is_only_trusted_does_not()
            throws Exception {
        SelfMade late = SelfMade.in(dir, "late", 300);
        SelfMade soon = SelfMade.in(dir, "soon", 20);
        SelfMade trusted = SelfMade.in(dir, "trusted", 2);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, PASSWORD);
        for (SelfMade made : List.of(late, soon)) {
            KeyStore from = KeyStore.getInstance(made.file().toFile(), PASSWORD);
            keys.setKeyEntry(
                    made.alias(),
                    from.getKey(made.alias(), PASSWORD),
                    PASSWORD,
                    from.getCertificateChain(made.alias()));
        }
        keys.setCertificateEntry("trusted", trusted.certificate());
        Path both = dir.resolve("both.p12");
        try (OutputStream out = Files.newOutputStream(both)) {
            keys.store(out, PASSWORD);
        }

        assertThat(ConsoleCertificate.expires(both, "PKCS12", PASSWORD))
                .contains(soon.certificate().getNotAfter().toInstant());
    }

    @Test
    void a_store_that_cannot_be_read_is_not_one_without_a_certificate() throws Exception {
        Path store = emptyStore();
        Path gone = dir.resolve("gone.p12");
        Path broken = Files.writeString(dir.resolve("broken.p12"), "half a fi");

        assertThatThrownBy(() -> ConsoleCertificate.expires(gone, "PKCS12", PASSWORD))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gone.p12");
        assertThatThrownBy(() -> ConsoleCertificate.expires(broken, "PKCS12", PASSWORD))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.p12");
        assertThatThrownBy(
                        () -> ConsoleCertificate.expires(store, "PKCS12", "another".toCharArray()))
                .isInstanceOf(IOException.class);
    }
}
