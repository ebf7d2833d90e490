package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Passphrases, with Debian's {@code age} at the other end of a terminal. */
class ProtectedTest {
    private static final Secret PASSPHRASE = Secret.of("seven größe herons ford the brook");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir Path scratch;

    @Test
    void scrypt_gives_what_its_rfc_gives() throws Exception {
        // RFC 7914, section 12, third vector has N = 16384, r = 8, p = 1; its first 32 bytes.
        assertThat(
                        HexFormat.of()
                                .formatHex(
                                        Scrypt.derive(
                                                Secret.of("pleaseletmein"),
                                                "SodiumChloride".getBytes(StandardCharsets.UTF_8),
                                                14,
                                                Duration.ofMinutes(1))))
                .isEqualTo("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    }

    static List<AgeVectorsTest.Vector> vectors() throws IOException {
        return AgeVectorsTest.of(true);
    }

    @Test
    void the_vectors_are_there() throws IOException {
        assertThat(vectors()).hasSizeGreaterThan(20);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void a_file_is_read_or_refused_as_the_format_asks(AgeVectorsTest.Vector vector)
            throws Exception {
        String outcome;
        byte[] plain = {};
        try {
            plain = Protected.decrypt(vector.age(), Secret.of(vector.facts().get("passphrase")));
            outcome = "success";
        } catch (AEADBadTagException | UnsupportedRecipientStanzaException e) {
            outcome = "no match";
        } catch (GeneralSecurityException | IOException e) {
            outcome = "header failure";
        }

        assertThat(outcome).isEqualTo(vector.facts().get("expect"));
        if (outcome.equals("success")) {
            assertThat(Sha256.of(plain).hex()).isEqualTo(vector.facts().get("payload"));
        }
    }

    @Test
    void age_asks_for_the_passphrase_and_opens_what_was_encrypted_to_the_identity()
            throws Exception {
        Identity identity = Identity.generate();
        Path file =
                Files.writeString(
                        scratch.resolve("vault.age"),
                        Protected.protect(identity.file(NOON), PASSPHRASE));
        Path message =
                Files.writeString(
                        scratch.resolve("message.age"),
                        Armor.encrypt(List.of(identity.recipient()), "the shop of Tuesday"));
        assertThat(Files.readString(file)).contains("BEGIN AGE ENCRYPTED FILE");
        assertThat(new String(Armor.bytes(Files.readString(file)), StandardCharsets.ISO_8859_1))
                .as("age's own work factor")
                .containsPattern("-> scrypt [A-Za-z0-9+/]{22} 18\n");
        Path plain = scratch.resolve("plain");

        int wrong = age("not this one", "-d", "-o", plain, "-i", file, message);
        assertThat(wrong).isNotZero();
        int right = age(PASSPHRASE.reveal(), "-d", "-o", plain, "-i", file, message);

        assertThat(right).isZero();
        assertThat(plain).hasContent("the shop of Tuesday");
        Path opened = scratch.resolve("vault.txt");
        assertThat(age(PASSPHRASE.reveal(), "-d", "-o", opened, file)).isZero();
        assertThat(opened).hasContent(identity.file(NOON).reveal());
    }

    @Test
    void what_age_made_of_an_identity_file_is_opened_here() throws Exception {
        Identity identity = Identity.generate();
        Path file = Files.writeString(scratch.resolve("id.txt"), identity.file(NOON).reveal());
        Path made = scratch.resolve("id.age");
        // It asks twice.
        String twice = PASSPHRASE.reveal() + "\n" + PASSPHRASE.reveal();
        assertThat(age(twice, "-p", "-a", "-o", made, file)).isZero();
        Secret armored = Secret.of("\n  " + Files.readString(made) + "\n");

        assertThat(Protected.looksLike(armored)).isTrue();
        assertThat(Protected.open(armored, PASSPHRASE)).isEqualTo(identity.file(NOON));
    }

    /** Runs it at a terminal of its own, where it reads passphrases from, and types the lines. */
    private int age(String typed, Object... arguments) throws Exception {
        StringBuilder command = new StringBuilder("age");
        for (Object argument : arguments) {
            command.append(" '").append(argument).append("'");
        }
        Process terminal =
                new ProcessBuilder("script", "-qec", command.toString(), "/dev/null")
                        .redirectOutput(scratch.resolve("terminal").toFile())
                        .redirectErrorStream(true)
                        .start();
        try (OutputStream keyboard = terminal.getOutputStream()) {
            keyboard.write((typed + "\n").getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
            assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        return terminal.exitValue();
    }

    @Test
    void another_passphrase_is_refused_without_repeating_it() {
        Identity identity = Identity.generate();
        Secret armored = Secret.of(Protected.protect(identity.file(NOON), PASSPHRASE, 10));

        assertThatThrownBy(() -> Protected.open(armored, Secret.of("another one")))
                .isInstanceOf(Refused.class)
                .hasMessage("The passphrase does not open the protected identity.");
        assertThat(Protected.open(armored, PASSPHRASE)).isEqualTo(identity.file(NOON));
    }

    @Test
    void more_work_than_age_asks_for_is_not_done() throws Exception {
        String armored = Protected.protect(Identity.generate().file(NOON), PASSPHRASE, 10);
        String header = new String(Armor.bytes(armored), StandardCharsets.ISO_8859_1);
        Secret laborious =
                Secret.of(
                        Armor.of(
                                header.replaceFirst(" 10\n", " 19\n")
                                        .getBytes(StandardCharsets.ISO_8859_1)));

        assertThatThrownBy(() -> Protected.open(laborious, PASSPHRASE))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo("KEY-IDENTITY"))
                .hasMessageContaining("more work");
    }

    @Test
    void who_would_wait_for_long_is_refused() throws Exception {
        Scrypt.ONE_AT_A_TIME.acquire();
        try {
            assertThatThrownBy(
                            () ->
                                    Scrypt.derive(
                                            PASSPHRASE, new byte[16], 10, Duration.ofMillis(20)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            r -> assertThat(r.code()).isEqualTo("KEY-PASSPHRASE-BUSY"));
        } finally {
            Scrypt.ONE_AT_A_TIME.release();
        }
    }

    @Test
    void what_no_passphrase_opens_is_refused_as_that() {
        String other = Armor.encrypt(List.of(Identity.generate().recipient()), "x");
        for (String given :
                new String[] {
                    other,
                    "hello",
                    "",
                    other.substring(0, 60),
                    other.replace("YWdl", "????"),
                    Armor.BEGIN + Armor.END
                }) {
            assertThatThrownBy(() -> Protected.open(Secret.of(given), PASSPHRASE))
                    .hasMessage("What was given is no identity that a passphrase protects.");
        }
        assertThat(Protected.looksLike(Identity.generate().secret())).isFalse();
    }
}
