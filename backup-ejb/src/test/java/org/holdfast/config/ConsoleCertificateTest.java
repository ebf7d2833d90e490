package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
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
