package org.holdfast.work;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.ForeignDump.Kind;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.ForeignFiles.Entry;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.pipeline.ChecksumFile;
import org.holdfast.pipeline.CountingInput;
import org.holdfast.pipeline.DumpKeys;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Unwrapped;

/**
 * The file of an import, held to what was chosen. It is opened twice, for its header and for all of
 * it, and a script may put another one in its place at any time: what is said of it would be of the
 * old file, and what is stored would be the new one. So it has to be the same before, between and
 * after, or nothing of it is sealed.
 */
final class ChosenFile {
    private static final Logger LOG = Logger.getLogger(ChosenFile.class.getName());

    private final ForeignFiles files;
    private final ImportOrder order;
    private final Optional<Sha256> expected;
    private Kind kind;
    private Beginning beginning;

    /**
     * @throws Refused IMPORT-CHANGED, IMPORT-FILE where it is gone, IMPORT-CHECKSUM where what lies
     *     beside it is none of it
     */
    ChosenFile(ForeignFiles files, ImportOrder order) throws IOException {
        this.files = files;
        this.order = order;
        requireUnchanged();
        this.expected = checksum();
    }

    private Optional<Sha256> checksum() throws IOException {
        boolean there =
                files.find(order.file() + ChecksumFile.ENDING)
                        .filter(e -> e.kind() == ForeignFiles.Kind.FILE)
                        .isPresent();
        return there
                ? Optional.of(
                        ImportPlaces.checksum(files, order.file())
                                .orElseThrow(() -> DumpName.badChecksum(order.file())))
                : Optional.empty();
    }

    /** What the checksum beside it says of it; empty where there is none. */
    Optional<Sha256> expected() {
        return expected;
    }

    /**
     * Looks at its size and its time once more.
     *
     * @throws Refused IMPORT-CHANGED, IMPORT-FILE
     */
    void requireUnchanged() throws StoreFailure {
        Entry now =
                files.find(order.file())
                        .orElseThrow(() -> DumpSearch.gone(order.place(), order.file(), true));
        if (now.kind() != ForeignFiles.Kind.FILE
                || now.size() != order.bytes()
                || !now.modified().equals(order.modified())) {
            throw changed(
                    now.size()
                            + " bytes of "
                            + now.modified()
                            + " instead of "
                            + order.bytes()
                            + " bytes of "
                            + order.modified());
        }
    }

    /**
     * To be asked where the import failed: another file in its place fails in whatever way, and
     * that it is another is the cause.
     *
     * @throws Refused as {@link #requireUnchanged()}, with the failure among its suppressed
     */
    void requireUnchanged(Exception failure) {
        try {
            requireUnchanged();
        } catch (StoreFailure unknown) {
            suppress(failure, unknown);
        } catch (Refused changed) {
            LOG.log(
                    Level.WARNING,
                    failure,
                    () -> order.file() + " is another file now, and its import failed:");
            suppress(changed, failure);
            throw changed;
        }
    }

    /** Nothing can suppress itself. */
    private static void suppress(Exception kept, Exception other) {
        if (kept != other) {
            kept.addSuppressed(other);
        }
    }

    /**
     * @param how it differs
     */
    Refused changed(String how) {
        return new Refused(
                "IMPORT-CHANGED",
                order.file() + " is not the file that was chosen: " + how + ".",
                "Wait until whatever writes it is done, list the place again and choose it anew.");
    }

    /**
     * @throws Refused IMPORT-CHANGED where it is of another kind than when it was opened before
     */
    Unwrapped open(DumpKeys keys) throws IOException {
        Unwrapped content = Unwrapped.open(files.read(order.file()), order.file(), keys);
        if (kind != null && kind != content.kind()) {
            content.close();
            throw changed(
                    "it became "
                            + DumpName.words(content.kind())
                            + " while it was imported, and was "
                            + DumpName.words(kind));
        }
        kind = content.kind();
        return content;
    }

    /** The content as it was opened first: what is read of it has to come again. */
    InputStream first(InputStream content) {
        beginning = new Beginning(content);
        return beginning;
    }

    /**
     * The content as it was opened then.
     *
     * @return throws IMPORT-CHANGED where it begins otherwise than what {@link #first} gave
     */
    InputStream again(InputStream content) {
        return new Same(content, beginning.soFar(), beginning.hash());
    }

    /**
     * To be asked when it was read to its end.
     *
     * @param file as it was read
     * @throws Refused IMPORT-CHANGED, IMPORT-CHECKSUM
     */
    void requireWhole(Hashed file) throws StoreFailure {
        if (file.bytes() != order.bytes()) {
            throw changed(file.bytes() + " bytes were read instead of " + order.bytes());
        }
        if (expected.isPresent() && !expected.get().equals(file.sha256())) {
            throw DumpName.differs(order.file(), file.sha256(), expected.get());
        }
        requireUnchanged();
    }

    /** Hashes what is read. */
    private static final class Beginning extends CountingInput {
        private final MessageDigest digest = Sha256.digest();

        Beginning(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            int count = super.read(b, offset, length);
            if (count > 0) {
                digest.update(b, offset, count);
            }
            return count;
        }

        byte[] hash() {
            return digest.digest();
        }
    }

    /** Compares what is read first. */
    private final class Same extends CountingInput {
        private final long bytes;
        private final byte[] hash;
        private final MessageDigest digest = Sha256.digest();

        Same(InputStream in, long bytes, byte[] hash) {
            super(in);
            this.bytes = bytes;
            this.hash = hash;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            long before = soFar();
            int count = super.read(b, offset, length);
            if (before < bytes) {
                if (count > 0) {
                    digest.update(b, offset, (int) Math.min(count, bytes - before));
                }
                if ((count < 0 || soFar() >= bytes)
                        && !MessageDigest.isEqual(hash, digest.digest())) {
                    throw changed("its table of contents became another while it was imported");
                }
            }
            return count;
        }
    }
}
