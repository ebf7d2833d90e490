package org.holdfast.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;

/**
 * The encrypted dump of a backup on its way from a store to a person. It is hashed while it passes
 * by, and its last block is held back until the hash is the manifest's and nothing follows it: what
 * arrives in its full length is what was stored.
 */
public final class Payload implements AutoCloseable {
    static final int BLOCK = 64 * 1024;

    private final BlobStore store;
    private final InputStream in;
    private final ObjectKey key;
    private final String name;
    private final long bytes;
    private final Sha256 sha256;

    /**
     * @param store closed with this
     * @param name of the file
     * @param bytes as the manifest has them
     * @param sha256 as the manifest has it
     * @throws StoreFailure where the store does not hand it out; it is closed then
     */
    Payload(BlobStore store, ObjectKey key, String name, long bytes, Sha256 sha256)
            throws StoreFailure {
        this.store = store;
        this.key = key;
        this.name = name;
        this.bytes = bytes;
        this.sha256 = sha256;
        try {
            this.in = store.read(key);
        } catch (StoreFailure | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    public String name() {
        return name;
    }

    public long bytes() {
        return bytes;
    }

    /**
     * Writes all of it, once, and closes the store.
     *
     * @throws StoreFailure CORRUPT where it is not what was stored; not all was written then
     */
    public void writeTo(OutputStream out) throws IOException {
        try (this) {
            MessageDigest digest = Sha256.digest();
            byte[] block = new byte[BLOCK];
            byte[] following = new byte[BLOCK];
            long sum = 0;
            int length = in.readNBytes(block, 0, BLOCK);
            while (true) {
                digest.update(block, 0, length);
                sum += length;
                int next = in.readNBytes(following, 0, BLOCK);
                if (next == 0 || sum + next > bytes) {
                    requireWhole(sum + next, digest);
                }
                out.write(block, 0, length);
                if (next == 0) {
                    return;
                }
                byte[] written = block;
                block = following;
                following = written;
                length = next;
            }
        }
    }

    private void requireWhole(long sum, MessageDigest digest) throws StoreFailure {
        if (sum != bytes || !Sha256.ofDigest(digest.digest()).equals(sha256)) {
            throw new StoreFailure(
                    StoreFailure.Kind.CORRUPT,
                    "Store \""
                            + store.name()
                            + "\" gave other bytes for "
                            + key
                            + " than its manifest has; the download was broken off. Have the"
                            + " backup verified.");
        }
    }

    @Override
    public void close() throws IOException {
        try (store) {
            in.close();
        }
    }
}
