package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.domain.shared.Secret;
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

    @Test
    void after_a_rotation_a_new_key_signs_and_what_the_old_one_signed_still_verifies()
            throws IOException {
        SigningKeys keys = new SigningKeys(new KeyDirectory(data));
        SigningKeys onAnotherServer = new SigningKeys(new KeyDirectory(data));
        byte[] manifest = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] before = Signer.ofPem(keys.privatePem()).sign(manifest);
        Secret oldPrivate = keys.privatePem();

        keys.rotate();
        keys.rotate();

        byte[] after = Signer.ofPem(onAnotherServer.privatePem()).sign(manifest);
        SigningKeys restarted = new SigningKeys(new KeyDirectory(data));
        assertThat(restarted.all()).hasSize(3);
        assertThat(restarted.all().get(0).current()).isTrue();
        assertThat(Signer.verify(restarted.all().get(0).pem(), manifest, after)).isTrue();
        assertThat(restarted.all().subList(1, 3))
                .filteredOn(k -> Signer.verify(k.pem(), manifest, before))
                .hasSize(1);
        assertThat(data.resolve("keys/signing.pub")).hasContent(restarted.publicPem());
        try (var files = Files.list(data.resolve("keys"))) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file)).doesNotContain(oldPrivate.reveal());
            }
        }
    }
}
