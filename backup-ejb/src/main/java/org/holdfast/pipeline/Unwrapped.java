package org.holdfast.pipeline;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.ForeignDump.Kind;

/**
 * The content of a dump that was made elsewhere: what is around it is told by its bytes, layer by
 * layer, whatever the file is called. Hashes the file as it lies there on the way. Every end is an
 * exact end, as with {@link Incoming}.
 */
public final class Unwrapped extends BlockInput {
    /** Enough for the header of a tar, and for the first lines of plain SQL. */
    static final int HEAD = 4096;

    private static final int LAYERS = 4;
    private static final byte[] AGE = ascii("age-encryption.org/v1\n");
    private static final byte[] ARMOR = ascii("-----BEGIN AGE ENCRYPTED FILE-----");
    private static final byte[] PGP = ascii("-----BEGIN PGP ");
    private static final byte[] GZIP = {0x1f, (byte) 0x8b, 8};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final byte[] ARCHIVE = ascii("PGDMP");
    private static final byte[] TAR = ascii("toc.dat\0");

    private final HashingInput stored;
    private final List<String> wrapping = new ArrayList<>();
    private InputStream content;
    private byte[] head;
    private boolean unproved;
    private boolean end;

    private Unwrapped(InputStream file, String name) {
        this.stored = new HashingInput(file, name, Optional.empty());
    }

    /**
     * Opens every layer; {@code file} is closed with what is returned, and when this throws.
     *
     * @param name for messages; its ending {@code .enc} lets a file without any mark be tried with
     *     the raw key
     * @throws Refused IMPORT-GPG, IMPORT-KEY-MISSING, IMPORT-KEY, IMPORT-ARMOR
     * @throws CorruptObject a layer's header is damaged
     */
    public static Unwrapped open(InputStream file, String name, DumpKeys keys) throws IOException {
        Unwrapped unwrapped = new Unwrapped(file, name);
        try {
            unwrapped.unwrap(name, keys);
            return unwrapped;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private void unwrap(String name, DumpKeys keys) throws IOException {
        InputStream at = stored;
        String inner = name.toLowerCase(Locale.ROOT);
        for (int layer = 0; ; layer++) {
            BufferedInputStream peeked = new BufferedInputStream(at, 64 << 10);
            head = peek(peeked);
            Optional<InputStream> next =
                    layer < LAYERS ? open(peeked, name, inner, keys) : Optional.empty();
            if (next.isEmpty()) {
                content = peeked;
                return;
            }
            at = next.get();
            inner = withoutEnding(inner);
        }
    }

    private static byte[] peek(BufferedInputStream in) throws IOException {
        in.mark(HEAD + 1);
        byte[] head = in.readNBytes(HEAD);
        in.reset();
        return head;
    }

    /** What is inside, where these bytes are the outside of something. */
    private Optional<InputStream> open(
            BufferedInputStream in, String name, String inner, DumpKeys keys) throws IOException {
        if (OpenSsl.startsWith(head, AGE)) {
            return Optional.of(age(in, name, keys));
        }
        if (OpenSsl.startsWith(head, ARMOR)) {
            throw new Refused(
                    "IMPORT-ARMOR",
                    name + " is an age file in ASCII armor, which is not read here.",
                    "Take the armor off: age -d it and encrypt it again without -a.");
        }
        if (OpenSsl.startsWith(head, PGP)
                || inner.endsWith(".gpg")
                || inner.endsWith(".pgp")
                || inner.endsWith(".asc")) {
            throw new Refused(
                    "IMPORT-GPG",
                    name + " is encrypted by GnuPG, which is not supported.",
                    "Decrypt it with gpg -d, and put the dump, or one made of it with age, there.");
        }
        if (OpenSsl.startsWith(head, OpenSsl.SALTED) || inner.endsWith(".enc") && !known(head)) {
            OpenSsl.Way way = OpenSsl.way(head, name, keys, Unwrapped::known);
            wrapping.add(way.words());
            unproved = true;
            return Optional.of(OpenSsl.open(in, name, way));
        }
        if (OpenSsl.startsWith(head, GZIP)) {
            wrapping.add("gzip");
            return Optional.of(new Gunzip(in, name));
        }
        if (OpenSsl.startsWith(head, ZSTD)) {
            wrapping.add("zstd");
            return Optional.of(new Unzstd(in, name));
        }
        return Optional.empty();
    }

    private InputStream age(InputStream in, String name, DumpKeys keys) throws IOException {
        boolean byPassphrase =
                new String(head, StandardCharsets.ISO_8859_1).startsWith("-> scrypt ", AGE.length);
        CountingInput counted = new CountingInput(in);
        try {
            if (byPassphrase) {
                Secret passphrase =
                        keys.passphrase()
                                .orElseThrow(
                                        () ->
                                                new Refused(
                                                        "IMPORT-KEY-MISSING",
                                                        name
                                                                + " is an age file that a passphrase"
                                                                + " opens, and this server has none.",
                                                        "Set BACKUP_ENCRYPTION_PASSPHRASE to the"
                                                                + " one it was made with, and"
                                                                + " restart Holdfast."));
                wrapping.add("age, passphrase");
                return Decrypted.byPassphrase(counted, name, passphrase);
            }
            wrapping.add("age");
            return new Decrypted(counted, name, keys.identities(), List.of());
        } catch (WrongIdentity e) {
            throw new Refused(
                    "IMPORT-KEY",
                    byPassphrase
                            ? name + " is not opened by BACKUP_ENCRYPTION_PASSPHRASE."
                            : name
                                    + " is an age file that no identity of this server opens. "
                                    + e.getMessage(),
                    byPassphrase
                            ? "Set it to the passphrase that the file was made with, and restart"
                                    + " Holdfast."
                            : "Add the identity that opens it to the file of BACKUP_IDENTITY_FILE.");
        }
    }

    private static String withoutEnding(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Whether bytes begin something that is known here. */
    static boolean known(byte[] head) {
        return OpenSsl.startsWith(head, AGE)
                || OpenSsl.startsWith(head, GZIP)
                || OpenSsl.startsWith(head, ZSTD)
                || kind(head) != Kind.UNKNOWN;
    }

    /** What a content's first bytes say it is. */
    static Kind kind(byte[] head) {
        if (OpenSsl.startsWith(head, ARCHIVE)) {
            return Kind.ARCHIVE;
        }
        if (OpenSsl.startsWith(head, TAR)) {
            return Kind.TAR;
        }
        String text = new String(head, StandardCharsets.ISO_8859_1).replace("\r", "");
        return text.startsWith("--\n-- PostgreSQL database ") ? Kind.SQL : Kind.UNKNOWN;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // --- what was found ----------------------------------------------------------------------

    /** By the content alone. */
    public Kind kind() {
        return kind(head);
    }

    /** What is around it, outermost first; empty where there is nothing. */
    public List<String> wrapping() {
        return List.copyOf(wrapping);
    }

    /** Whether a layer is encrypted without being authenticated: a changed byte may go unseen. */
    public boolean unproved() {
        return unproved;
    }

    /** Bytes of the file read so far. */
    public long storedBytes() {
        return stored.soFar();
    }

    /** Length and hash of the file as it lies there, once the content was read to its end. */
    public Hashed stored() {
        return stored.result();
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        int count = content.read(b, offset, length);
        if (count < 0 && !end) {
            end = true;
            drain();
        }
        return count;
    }

    /** Whatever lies behind the content belongs to the file, and so to its hash. */
    private void drain() throws IOException {
        byte[] rest = new byte[8192];
        while (stored.read(rest) >= 0) {
            // Only to be hashed.
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
