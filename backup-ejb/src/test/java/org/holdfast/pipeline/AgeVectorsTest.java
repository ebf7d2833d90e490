package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public test vectors of the age format (C2SP CCTV), read by what reads a backup. */
class AgeVectorsTest {
    private static final Path VECTORS = Path.of("src/test/resources/age-vectors");

    /** One file: what it expects, the identities, and the age file itself. */
    record Vector(String name, Map<String, String> facts, List<Identity> identities, byte[] age) {
        static Vector read(Path file) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                Map<String, String> facts = new HashMap<>();
                List<Identity> identities = new ArrayList<>();
                int at = 0;
                while (true) {
                    int end = at;
                    while (bytes[end] != '\n') {
                        end++;
                    }
                    String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
                    at = end + 1;
                    if (line.isEmpty()) {
                        break;
                    }
                    String[] fact = line.split(": ", 2);
                    facts.put(fact[0], fact[1]);
                    if (fact[0].equals("identity")) {
                        identities.add(Identity.of(Secret.of(fact[1])));
                    }
                }
                byte[] age = Arrays.copyOfRange(bytes, at, bytes.length);
                if ("zlib".equals(facts.get("compressed"))) {
                    age = new InflaterInputStream(new ByteArrayInputStream(age)).readAllBytes();
                }
                if (identities.isEmpty()) {
                    identities.add(Identity.generate());
                }
                return new Vector(file.getFileName().toString(), facts, identities, age);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Vector> vectors() throws IOException {
        return of(false);
    }

    static List<Vector> of(boolean passphrases) throws IOException {
        try (Stream<Path> files = Files.list(VECTORS)) {
            return files.filter(file -> !file.toString().endsWith(".md"))
                    .filter(
                            file ->
                                    file.getFileName().toString().startsWith("scrypt")
                                            == passphrases)
                    .sorted()
                    .map(Vector::read)
                    .toList();
        }
    }

    @Test
    void the_vectors_are_there() throws IOException {
        assertThat(vectors()).hasSizeGreaterThan(60);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void is_read_or_refused_as_the_format_asks(Vector vector) throws Exception {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        String outcome = decrypt(vector, plain);
        assertThat(outcome).isEqualTo(vector.facts().get("expect"));
        // What the vectors let a reader release before a failure, the library does not always.
        if (outcome.equals("success")) {
            assertThat(Sha256.of(plain.toByteArray()).hex())
                    .isEqualTo(vector.facts().get("payload"));
        }
    }

    /** The format's words for what happened; plaintext that was given out is in {@code plain}. */
    private static String decrypt(Vector vector, ByteArrayOutputStream plain) throws IOException {
        String name = vector.name() + ".age";
        var stored =
                new HashingInput(new ByteArrayInputStream(vector.age()), name, Optional.empty());
        try (var opened = new Decrypted(stored, name, vector.identities(), List.of())) {
            opened.transferTo(plain);
            return "success";
        } catch (WrongIdentity e) {
            return "no match";
        } catch (CorruptObject e) {
            return switch (e.found()) {
                case HEADER ->
                        e.getCause() instanceof java.security.SignatureException
                                ? "HMAC failure"
                                : "header failure";
                case ENCRYPTION -> "payload failure";
                case HASH, COMPRESSION -> e.toString();
            };
        }
    }
}
