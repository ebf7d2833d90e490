package org.holdfast.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.holdfast.domain.shared.BlockInput;

/**
 * One stored object on its way back, and what is known of it: hash check, decryption,
 * decompression. Every end is an exact end: of the hash, of the encryption, of the compression, and
 * nothing behind; anything else throws {@link CorruptObject}, never a short stream.
 *
 * <p>Invariant 6, the hash before the first byte of SQL, is kept in one of two ways: {@link
 * #verify} reads the object once through and {@link #open} a second time; or {@link #keep} reads it
 * once into a scratch file, still encrypted, and gives that file out only when the hash held.
 */
public final class Incoming {
    private static final int SLAB = 256 << 10;
    private static final int SLABS = 8;

    private final String name;
    private final Form form;
    private final Optional<Hashed> expected;
    private final List<Identity> identities;
    private final List<Recipient> writtenFor;

    private Incoming(
            String name,
            Optional<Hashed> expected,
            List<Identity> identities,
            List<Recipient> writtenFor) {
        this.name = name;
        this.form = Form.ofName(name);
        this.expected = expected;
        this.identities = List.copyOf(identities);
        this.writtenFor = List.copyOf(writtenFor);
    }

    /**
     * An object that a manifest tells of.
     *
     * @param name its name, whose endings tell its form, e.g. {@code database.dump.zst.age}
     * @param expected its length and hash
     * @param identities tried in turn; may be empty where only {@link #verify} is wanted
     * @param writtenFor the recipients the manifest names, for the message when no identity fits
     */
    public static Incoming of(
            String name, Hashed expected, List<Identity> identities, List<Recipient> writtenFor) {
        return new Incoming(name, Optional.of(expected), identities, writtenFor);
    }

    /** An object without a manifest: only its own checksums can tell. */
    public static Incoming unlisted(String name, List<Identity> identities) {
        return new Incoming(name, Optional.empty(), identities, List.of());
    }

    /** A stream that knows how far it is; reading it to its end is what checks it. */
    public static final class Opened extends BlockInput {
        private final InputStream plain;
        private final CountingInput stored;
        private volatile long raw;

        private Opened(InputStream plain, CountingInput stored) {
            this.plain = plain;
            this.stored = stored;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            int count = plain.read(b, offset, length);
            if (count > 0) {
                raw = raw + count;
            }
            return count;
        }

        /** Stored bytes read so far. */
        public long storedBytes() {
            return stored.soFar();
        }

        /** Plain bytes given out so far. */
        public long rawBytes() {
            return raw;
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    /**
     * Length and hash of whatever the stream gives; reads to its end and leaves it open.
     *
     * @throws Cancelled cancelled, or interrupted
     */
    public static Hashed hash(InputStream stored, Progress progress, BooleanSupplier cancelled)
            throws IOException {
        return digest(
                new HashingInput(stored, "The object", Optional.empty()), progress, cancelled);
    }

    /**
     * Reads the object to its end and compares length and hash; leaves the stream open.
     *
     * @return what was read, equal to what was expected where that is known
     * @throws CorruptObject HASH: it differs
     * @throws Cancelled cancelled, or interrupted
     */
    public Hashed verify(InputStream stored, Progress progress, BooleanSupplier cancelled)
            throws IOException {
        return digest(new HashingInput(stored, name, expected), progress, cancelled);
    }

    /**
     * Hands the stored bytes on as they are; leaves both streams open.
     *
     * @throws CorruptObject HASH: they were not what was expected; what was handed on is to be
     *     thrown away
     */
    public void handOn(InputStream stored, OutputStream to) throws IOException {
        new HashingInput(stored, name, expected).transferTo(to);
    }

    /**
     * The plain content. Reading and decrypting run ahead in a thread of the executor,
     * decompression in the reader's own. The last bytes come only after the hash matched; what came
     * before them has authenticated chunk by chunk, which does not yet say that the whole is there.
     *
     * <p>The reads throw {@link CorruptObject}. Closing it closes {@code stored}.
     *
     * @throws WrongIdentity no identity fits
     * @throws CorruptObject HEADER: it is no age file
     */
    public Opened open(InputStream stored, Executor executor) throws IOException {
        return open(new HashingInput(stored, name, expected), executor);
    }

    /**
     * What {@link #keep} wrote, from its beginning, as often as asked. What is encrypted is not
     * hashed once more: each of its chunks authenticates itself.
     */
    public Opened openKept(Path file, Executor executor) throws IOException {
        InputStream stored = Files.newInputStream(file);
        return form.encrypted()
                ? open(new CountingInput(stored), executor)
                : open(stored, executor);
    }

    private Opened open(CountingInput stored, Executor executor) throws IOException {
        InputStream plain = stored;
        try {
            if (form.encrypted()) {
                plain = new Decrypted(stored, name, identities, writtenFor);
            }
        } catch (IOException | RuntimeException | Error e) {
            stored.close();
            throw e;
        }
        plain = new ReadAhead(plain, SLABS, SLAB, executor);
        plain =
                switch (form.packing()) {
                    case NONE -> plain;
                    case GZIP -> new Gunzip(plain, name);
                    case ZSTD -> new Unzstd(plain, name);
                };
        return new Opened(plain, stored);
    }

    /**
     * Reads and hashes the object into {@code file} as it is stored: what was encrypted lies on
     * disk encrypted. When this returns, the file is the whole object; when it throws, there is no
     * file. Closes {@code stored}.
     *
     * @param file must not exist; is made with mode 0600
     * @return what was read, equal to what was expected where that is known
     * @throws CorruptObject HASH: it differs
     * @throws Cancelled cancelled, or interrupted
     */
    public Hashed keep(
            InputStream stored,
            Path file,
            Progress progress,
            BooleanSupplier cancelled,
            Executor executor)
            throws IOException {
        boolean whole = false;
        try (stored;
                var channel =
                        Files.newByteChannel(
                                file,
                                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-------")))) {
            try {
                HashingInput hashing = new HashingInput(stored, name, expected);
                OutputStream out = Channels.newOutputStream(channel);
                new Crew(executor)
                        .drive(
                                () -> move(hashing, out),
                                beat(() -> 0, hashing::soFar, progress, cancelled));
                whole = true;
                return hashing.result();
            } finally {
                if (!whole) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static void move(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[SLAB];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
        }
    }

    private static Hashed digest(HashingInput stored, Progress progress, BooleanSupplier cancelled)
            throws IOException {
        Crew.Beat beat = beat(() -> 0, stored::soFar, progress, cancelled);
        byte[] buffer = new byte[SLAB];
        long last = System.nanoTime();
        beat.run();
        while (stored.read(buffer) >= 0) {
            if (System.nanoTime() - last > Crew.BEAT_MILLIS * 1_000_000) {
                beat.run();
                last = System.nanoTime();
            }
        }
        beat.run();
        return stored.result();
    }

    private static Crew.Beat beat(
            LongSupplier raw, LongSupplier stored, Progress progress, BooleanSupplier cancelled) {
        return () -> {
            if (cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw new Cancelled("Reading back was cancelled.");
            }
            progress.at(raw.getAsLong(), stored.getAsLong());
        };
    }
}
