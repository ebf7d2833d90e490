package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.ForeignDump.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps as OpenSSL, age, gzip and zstd themselves make them. */
class UnwrappedTest {
    private static final String PASSPHRASE = "correct horse €";
    private static final String RAW =
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final byte[] DUMP =
            ("--\n-- PostgreSQL database dump\n--\n" + "SELECT 1;\n".repeat(30_000))
                    .getBytes(StandardCharsets.UTF_8);
    private static final Identity MINE = Identity.generate();

    private static DumpKeys keys(String key, String passphrase) {
        return new DumpKeys(
                List.of(MINE),
                Optional.ofNullable(key).map(Secret::of),
                Optional.ofNullable(passphrase).map(Secret::of),
                20_000);
    }

    private static Unwrapped open(byte[] file, String name, DumpKeys keys) throws IOException {
        return Unwrapped.open(new ByteArrayInputStream(file), name, keys);
    }

    private static byte[] openssl(byte[] plain, String... options) {
        String[] command = {"openssl", "enc", "-aes-256-cbc"};
        String[] all = Arrays.copyOf(command, command.length + options.length);
        System.arraycopy(options, 0, all, command.length, options.length);
        return Tools.runWell(plain, all);
    }

    private static void comesBack(byte[] file, String name, DumpKeys keys, String wrapping)
            throws IOException {
        try (Unwrapped content = open(file, name, keys)) {
            assertThat(content.kind()).isEqualTo(Kind.SQL);
            assertThat(content.readAllBytes()).isEqualTo(DUMP);
            assertThat(String.join(" | ", content.wrapping())).isEqualTo(wrapping);
            assertThat(content.stored()).isEqualTo(new Hashed(file.length, Sha256.of(file)));
        }
    }

    @Test
    void what_openssl_encrypts_in_any_of_its_ways_comes_back() throws IOException {
        String pass = "pass:" + PASSPHRASE;
        comesBack(
                openssl(DUMP, "-pbkdf2", "-pass", pass),
                "a.sql.enc",
                keys(null, PASSPHRASE),
                "OpenSSL aes-256-cbc, pbkdf2 with 10000 rounds");
        comesBack(
                openssl(DUMP, "-pbkdf2", "-iter", "20000", "-pass", pass),
                "a.sql.enc",
                keys(null, PASSPHRASE),
                "OpenSSL aes-256-cbc, pbkdf2 with 20000 rounds");
        comesBack(
                openssl(DUMP, "-pass", pass),
                "a.sql.enc",
                keys(PASSPHRASE, null),
                "OpenSSL aes-256-cbc, SHA-256");
        comesBack(
                openssl(DUMP, "-md", "md5", "-pass", pass),
                "a.sql.enc",
                keys("another", PASSPHRASE),
                "OpenSSL aes-256-cbc, MD5");
    }

    @Test
    void a_raw_key_opens_what_has_its_vector_in_front() throws IOException {
        byte[] iv = new byte[16];
        Arrays.fill(iv, (byte) 0xab);
        byte[] body = openssl(DUMP, "-K", RAW, "-iv", "ab".repeat(16));
        byte[] file = Arrays.copyOf(iv, iv.length + body.length);
        System.arraycopy(body, 0, file, iv.length, body.length);

        comesBack(
                file,
                "db-2025-11-01.enc",
                keys(RAW, null),
                "OpenSSL aes-256-cbc, raw key, vector first");
        comesBack(
                openssl(DUMP, "-K", RAW, "-iv", "00".repeat(16)),
                "db.enc",
                keys(RAW, null),
                "OpenSSL aes-256-cbc, raw key, vector of zeros");
    }

    @Test
    void layers_are_told_by_their_bytes() throws IOException {
        byte[] gz = Tools.runWell(DUMP, "gzip", "-c");
        byte[] zst = Tools.runWell(DUMP, "zstd", "-qc");
        comesBack(DUMP, "x", keys(null, null), "");
        comesBack(gz, "x", keys(null, null), "gzip");
        comesBack(zst, "x", keys(null, null), "zstd");
        comesBack(
                Tools.runWell(zst, "age", "-r", MINE.recipient().value()),
                "x",
                keys(null, null),
                "age | zstd");
        comesBack(
                openssl(gz, "-pbkdf2", "-pass", "pass:" + PASSPHRASE),
                "x",
                keys(null, PASSPHRASE),
                "OpenSSL aes-256-cbc, pbkdf2 with 10000 rounds | gzip");
    }

    @Test
    void a_passphrase_opens_an_age_file() throws IOException {
        // age itself asks at a terminal only; the format is the one its test vectors fix
        byte[] armored =
                Armor.bytes(
                        Protected.protect(
                                Secret.of(new String(DUMP, StandardCharsets.UTF_8)),
                                Secret.of(PASSPHRASE),
                                4));

        comesBack(armored, "a.sql.age", keys(null, PASSPHRASE), "age, passphrase");
        refused(armored, "a.sql.age", keys(null, "another"), "IMPORT-KEY");
        refused(armored, "a.sql.age", keys(null, null), "IMPORT-KEY-MISSING");
    }

    @Test
    void a_wrong_key_is_said_so() {
        byte[] enc = openssl(DUMP, "-pbkdf2", "-pass", "pass:" + PASSPHRASE);
        refused(enc, "a.enc", keys(null, "another"), "IMPORT-KEY");
        refused(enc, "a.enc", keys(null, null), "IMPORT-KEY-MISSING");
        byte[] age = Tools.runWell(DUMP, "age", "-r", Identity.generate().recipient().value());
        refused(age, "a.age", keys(null, null), "IMPORT-KEY");
        refused(
                Tools.runWell(DUMP, "age", "-a", "-r", MINE.recipient().value()),
                "a.age",
                keys(null, null),
                "IMPORT-ARMOR");
        refused(DUMP, "a.sql.gpg", keys(null, null), "IMPORT-GPG");
    }

    private static void refused(byte[] file, String name, DumpKeys keys, String code) {
        assertThatThrownBy(() -> open(file, name, keys))
                .isInstanceOf(Refused.class)
                .extracting(e -> ((Refused) e).code())
                .isEqualTo(code);
    }

    @Test
    void whatever_is_cut_throws() {
        byte[][] files = {
            Tools.runWell(DUMP, "gzip", "-c"),
            Tools.runWell(DUMP, "zstd", "-qc"),
            Tools.runWell(DUMP, "age", "-r", MINE.recipient().value()),
            openssl(DUMP, "-pbkdf2", "-pass", "pass:" + PASSPHRASE)
        };
        for (byte[] file : files) {
            byte[] cut = Arrays.copyOf(file, file.length - 5);
            assertThatThrownBy(
                            () -> {
                                try (Unwrapped content = open(cut, "x", keys(null, PASSPHRASE))) {
                                    content.readAllBytes();
                                }
                            })
                    .isInstanceOf(CorruptObject.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"age-encryption.org/v1\n", "Salted__", "Salted__12345678", "x"})
    void a_stump_is_refused_and_breaks_nothing(String stump) {
        assertThatThrownBy(
                        () ->
                                open(
                                        stump.getBytes(StandardCharsets.US_ASCII),
                                        "a.enc",
                                        keys(null, PASSPHRASE)))
                .isInstanceOfAny(Refused.class, CorruptObject.class);
    }

    @Test
    void what_is_nothing_known_is_not_guessed_at() throws IOException {
        try (Unwrapped content = open("SELECT 1;".getBytes(), "a.sql", keys(null, null))) {
            assertThat(content.kind()).isEqualTo(Kind.UNKNOWN);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HASH  a.dump, true",
        "HASH *a.dump, true",
        "HASH  /var/backups/a.dump, true",
        "HASH, true",
        "SHA256 (a.dump) = HASH, true",
        "HASH  b.dump, false",
        "a.dump, false"
    })
    void a_line_of_sha256sum_is_about_its_file(String line, boolean about) {
        String hash = "AB".repeat(32);
        assertThat(ChecksumFile.of(line.replace("HASH", hash) + "\n", "daily/a.dump"))
                .isEqualTo(about ? Optional.of(new Sha256(hash.toLowerCase())) : Optional.empty());
    }
}
