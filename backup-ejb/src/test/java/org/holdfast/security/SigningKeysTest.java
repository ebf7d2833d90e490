package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.pipeline.Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysTest {
    @TempDir private Path data;

    @Test
    void what_the_private_half_signs_the_public_half_confirms() throws IOException {
        SigningKeys keys = new SigningKeys(new KeyDirectory(data));
        byte[] manifest = "{}".getBytes(StandardCharsets.UTF_8);

        byte[] signature = Signer.ofPem(keys.privatePem()).sign(manifest);

        assertThat(Signer.verify(keys.publicPem(), manifest, signature)).isTrue();
        assertThat(Files.readString(data.resolve("keys/signing.pub"))).isEqualTo(keys.publicPem());
        assertThat(keys.fingerprint()).isEqualTo(Signer.fingerprint(keys.publicPem()));
    }

    @Test
    void a_second_start_has_the_same_key_even_if_the_public_file_was_lost() throws IOException {
        SigningKeys first = new SigningKeys(new KeyDirectory(data));
        Files.delete(data.resolve("keys/signing.pub"));

        SigningKeys again = new SigningKeys(new KeyDirectory(data));

        assertThat(again.publicPem()).isEqualTo(first.publicPem());
        assertThat(first.madeNow()).isTrue();
        assertThat(again.madeNow()).isFalse();
        assertThat(data.resolve("keys/signing.pub")).hasContent(first.publicPem());
    }
}
