package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignerTest {
    private static final byte[] MANIFEST = "{\"format\": 1}\n".getBytes(StandardCharsets.UTF_8);

    private final Signer signer = Signer.generate();
    @TempDir Path scratch;

    @Test
    void openssl_verifies_what_it_signs_and_refuses_what_was_changed() throws Exception {
        Path key = Files.writeString(scratch.resolve("pub.pem"), signer.publicPem());
        Path manifest = Files.write(scratch.resolve("manifest.json"), MANIFEST);
        Path signature = Files.write(scratch.resolve("manifest.json.sig"), signer.sign(MANIFEST));
        String[] verify = {
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            key.toString(),
            "-rawin",
            "-in",
            manifest.toString(),
            "-sigfile",
            signature.toString()
        };
        assertThat(Tools.run(new byte[0], verify).exit()).isZero();
        Files.write(manifest, "{\"format\": 2}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(Tools.run(new byte[0], verify).exit()).isEqualTo(1);
    }

    @Test
    void a_key_of_openssl_is_loaded_with_its_own_public_key() throws Exception {
        Path key = scratch.resolve("signing.pem");
        Tools.runWell(
                new byte[0], "openssl", "genpkey", "-algorithm", "ed25519", "-out", key.toString());
        Signer loaded = Signer.ofPem(Secret.of(Files.readString(key)));
        assertThat(Tools.runWell(new byte[0], "openssl", "pkey", "-in", key.toString(), "-pubout"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(loaded.publicPem());
        byte[] der =
                Tools.runWell(
                        new byte[0],
                        "openssl",
                        "pkey",
                        "-in",
                        key.toString(),
                        "-pubout",
                        "-outform",
                        "DER");
        assertThat(loaded.fingerprint()).isEqualTo(Sha256.of(der));
        assertThat(Signer.fingerprint(loaded.publicPem())).isEqualTo(loaded.fingerprint());
    }

    @Test
    void its_own_pem_loads_again_in_openssl_and_here() throws Exception {
        Path key = Files.writeString(scratch.resolve("k.pem"), signer.pem().reveal());
        assertThat(Tools.run(new byte[0], "openssl", "pkey", "-in", key.toString()).exit())
                .isZero();
        Signer again = Signer.ofPem(signer.pem());
        assertThat(again.publicPem()).isEqualTo(signer.publicPem());
        assertThat(again.sign(MANIFEST)).isEqualTo(signer.sign(MANIFEST)).hasSize(64);
    }

    @Test
    void only_its_own_unchanged_signature_verifies() {
        byte[] signature = signer.sign(MANIFEST);
        assertThat(Signer.verify(signer.publicPem(), MANIFEST, signature)).isTrue();
        assertThat(Signer.verify(Signer.generate().publicPem(), MANIFEST, signature)).isFalse();
        assertThat(Signer.verify(signer.publicPem(), new byte[0], signature)).isFalse();
        assertThat(Signer.verify(signer.publicPem(), MANIFEST, new byte[63])).isFalse();
        for (int at = 0; at < 64; at++) {
            byte[] changed = signature.clone();
            changed[at] ^= 1;
            assertThat(Signer.verify(signer.publicPem(), MANIFEST, changed)).isFalse();
        }
    }

    @Test
    void what_is_no_key_is_refused_without_repeating_it() {
        assertThatThrownBy(() -> Signer.ofPem(Secret.of("hunter2")))
                .isInstanceOf(Refused.class)
                .hasMessage("What was given is no Ed25519 private key in PEM.");
        assertThatThrownBy(() -> Signer.verify("hunter2", MANIFEST, new byte[64]))
                .isInstanceOf(Refused.class)
                .hasMessage("What was given is no Ed25519 public key in PEM.");
        assertThat(signer).asString().doesNotContain("BEGIN");
    }
}
