package org.holdfast.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * What {@code openssl enc -aes-256-cbc} wrote (openssl-enc(1)): {@code Salted__}, eight bytes of
 * salt and the ciphertext, key and vector derived with or without {@code -pbkdf2}; or, with a raw
 * key ({@code -K}), the vector and the ciphertext. The file does not tell how its key was made, so
 * each way is tried on its first block: the right one shows the beginning of something known.
 *
 * <p>CBC does not authenticate. A changed byte decrypts to other bytes without an error; only a
 * checksum beside the file, or what is inside, can tell.
 */
final class OpenSsl extends BlockInput {
    static final byte[] SALTED = "Salted__".getBytes(StandardCharsets.US_ASCII);

    /** OpenSSL's own number where {@code -iter} is not given. */
    static final int ITERATIONS = 10_000;

    private static final int BLOCK = 16;
    private static final int KEY = 32;

    private final InputStream in;
    private final String name;
    private final Cipher cipher;
    private final byte[] packed = new byte[64 << 10];
    private byte[] plain = new byte[0];
    private int at;
    private boolean ended;
    private long taken;

    private OpenSsl(InputStream in, String name, Cipher cipher) {
        this.in = in;
        this.name = name;
        this.cipher = cipher;
    }

    /**
     * How a key was made.
     *
     * @param words for people, without the key
     * @param skip bytes before the ciphertext
     */
    record Way(String words, byte[] key, byte[] iv, int skip) {}

    /**
     * @param head the file's first bytes, at least {@value #BLOCK} of ciphertext among them
     * @param known whether bytes are the beginning of something that can be in the file
     * @throws Refused IMPORT-KEY-MISSING, IMPORT-KEY
     */
    static Way way(byte[] head, String name, DumpKeys keys, Predicate<byte[]> known) {
        List<Secret> secrets = new ArrayList<>();
        keys.passphrase().ifPresent(secrets::add);
        keys.key().ifPresent(secrets::add);
        if (secrets.isEmpty()) {
            throw new Refused(
                    "IMPORT-KEY-MISSING",
                    name + " is encrypted by OpenSSL, and this server has no key for such dumps.",
                    "Set BACKUP_ENCRYPTION_PASSPHRASE or BACKUP_ENCRYPTION_KEY to what the script"
                            + " used, and restart Holdfast.");
        }
        List<Way> ways = new ArrayList<>();
        if (startsWith(head, SALTED)) {
            byte[] salt = Arrays.copyOfRange(head, SALTED.length, BLOCK);
            for (Secret secret : secrets) {
                salted(ways, secret, salt, keys.iterations());
            }
        } else {
            keys.key().flatMap(OpenSsl::raw).ifPresent(key -> unsalted(ways, key, head));
        }
        return ways.stream()
                .filter(way -> fits(way, head, known))
                .findFirst()
                .orElseThrow(
                        () ->
                                new Refused(
                                        "IMPORT-KEY",
                                        name
                                                + " is not opened by the key or the passphrase of"
                                                + " this server.",
                                        "Set BACKUP_ENCRYPTION_PASSPHRASE or BACKUP_ENCRYPTION_KEY"
                                                + " to what the script used (openssl enc"
                                                + " -aes-256-cbc), and IMPORT_OPENSSL_ITERATIONS"
                                                + " where it gave -iter; then restart Holdfast."));
    }

    private static void salted(List<Way> ways, Secret secret, byte[] salt, int iterations) {
        byte[] password = secret.reveal().getBytes(StandardCharsets.UTF_8);
        for (int times : new TreeSet<>(List.of(iterations, ITERATIONS))) {
            byte[] made = pbkdf2(password, salt, times);
            ways.add(of("OpenSSL aes-256-cbc, pbkdf2 with " + times + " rounds", made));
        }
        for (String digest : List.of("SHA-256", "MD5")) {
            ways.add(of("OpenSSL aes-256-cbc, " + digest, bytesToKey(password, salt, digest)));
        }
    }

    private static Way of(String words, byte[] made) {
        return new Way(
                words, Arrays.copyOf(made, KEY), Arrays.copyOfRange(made, KEY, KEY + BLOCK), BLOCK);
    }

    private static void unsalted(List<Way> ways, byte[] key, byte[] head) {
        ways.add(
                new Way(
                        "OpenSSL aes-256-cbc, raw key, vector first",
                        key,
                        Arrays.copyOf(head, BLOCK),
                        BLOCK));
        ways.add(new Way("OpenSSL aes-256-cbc, raw key, vector of zeros", key, new byte[BLOCK], 0));
    }

    /** 32 bytes in hexadecimal or Base64; other text is a passphrase. */
    private static Optional<byte[]> raw(Secret key) {
        String text = key.reveal().strip();
        try {
            byte[] bytes =
                    text.length() == 2 * KEY
                            ? HexFormat.of().parseHex(text.toLowerCase(java.util.Locale.ROOT))
                            : Base64.getDecoder().decode(text);
            return bytes.length == KEY ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean fits(Way way, byte[] head, Predicate<byte[]> known) {
        int blocks = (head.length - way.skip()) / BLOCK * BLOCK;
        if (blocks <= 0) {
            return false;
        }
        try {
            // Without padding: the head is not the end.
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(way.key(), "AES"),
                    new IvParameterSpec(way.iv()));
            return known.test(cipher.doFinal(head, way.skip(), blocks));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The plain bytes; {@code in} is at the file's first byte. */
    static OpenSsl open(InputStream in, String name, Way way) throws IOException {
        in.skipNBytes(way.skip());
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(way.key(), "AES"),
                    new IvParameterSpec(way.iv()));
            return new OpenSsl(in, name, cipher);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2), by the password's bytes as OpenSSL takes them. */
    private static byte[] pbkdf2(byte[] password, byte[] salt, int iterations) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
            byte[] made = new byte[2 * mac.getMacLength()];
            for (int block = 1; block <= 2; block++) {
                mac.update(salt);
                byte[] u = mac.doFinal(new byte[] {0, 0, 0, (byte) block});
                byte[] sum = u.clone();
                for (int i = 1; i < iterations; i++) {
                    u = mac.doFinal(u);
                    for (int j = 0; j < sum.length; j++) {
                        sum[j] ^= u[j];
                    }
                }
                System.arraycopy(sum, 0, made, (block - 1) * sum.length, sum.length);
            }
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** EVP_BytesToKey(3) with one round: what openssl did before {@code -pbkdf2}. */
    private static byte[] bytesToKey(byte[] password, byte[] salt, String algorithm) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] made = new byte[KEY + BLOCK];
            byte[] last = new byte[0];
            for (int at = 0; at < made.length; at += last.length) {
                digest.update(last);
                digest.update(password);
                last = digest.digest(salt);
                System.arraycopy(last, 0, made, at, Math.min(last.length, made.length - at));
            }
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean startsWith(byte[] bytes, byte[] beginning) {
        return bytes.length >= beginning.length
                && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == plain.length) {
            if (ended) {
                return -1;
            }
            fill();
        }
        int count = Math.min(length, plain.length - at);
        System.arraycopy(plain, at, b, offset, count);
        at += count;
        return count;
    }

    private void fill() throws IOException {
        int count = in.read(packed, 0, packed.length);
        at = 0;
        if (count >= 0) {
            taken += count;
            byte[] made = cipher.update(packed, 0, count);
            plain = made == null ? new byte[0] : made;
            return;
        }
        ended = true;
        try {
            plain = cipher.doFinal();
        } catch (BadPaddingException | javax.crypto.IllegalBlockSizeException e) {
            throw new CorruptObject(
                    CorruptObject.Found.ENCRYPTION,
                    taken,
                    name + " is cut or damaged: its OpenSSL ciphertext does not end as one.",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
