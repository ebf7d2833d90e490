package org.holdfast.pipeline;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.holdfast.domain.shared.Sha256;

/** Hashes and counts what is read; at the end it is what was expected, or the read throws. */
final class HashingInput extends FilterInputStream {
    private final MessageDigest digest = Sha256.digest();
    private final String name;
    private final Optional<Hashed> expected;
    private volatile long bytes;
    private Hashed result;

    HashingInput(InputStream in, String name, Optional<Hashed> expected) {
        super(in);
        this.name = name;
        this.expected = expected;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = in.read(b, offset, length);
        if (count < 0) {
            end();
        } else {
            digest.update(b, offset, count);
            bytes = bytes + count;
            if (expected.isPresent() && bytes > expected.get().bytes()) {
                throw new CorruptObject(
                        CorruptObject.Found.HASH,
                        bytes,
                        name
                                + " is longer than the "
                                + expected.get().bytes()
                                + " bytes its manifest names.",
                        null);
            }
        }
        return count;
    }

    @Override
    public long skip(long n) throws IOException {
        return skipByReading(n);
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    long soFar() {
        return bytes;
    }

    /** Once the end was read. */
    Hashed result() {
        if (result == null) {
            throw new IllegalStateException("The stream was not read to its end.");
        }
        return result;
    }

    private long skipByReading(long n) throws IOException {
        byte[] waste = new byte[8192];
        long left = n;
        while (left > 0) {
            int count = read(waste, 0, (int) Math.min(left, waste.length));
            if (count < 0) {
                break;
            }
            left -= count;
        }
        return n - left;
    }

    private void end() throws CorruptObject {
        if (result != null) {
            return;
        }
        Hashed found = new Hashed(bytes, Sha256.ofDigest(digest.digest()));
        if (expected.isPresent() && !expected.get().equals(found)) {
            Hashed wanted = expected.get();
            throw new CorruptObject(
                    CorruptObject.Found.HASH,
                    bytes,
                    wanted.bytes() != bytes
                            ? name
                                    + " is "
                                    + bytes
                                    + " bytes long; its manifest names "
                                    + wanted.bytes()
                                    + "."
                            : name
                                    + " hashes to "
                                    + found.sha256()
                                    + "; its manifest names "
                                    + wanted.sha256()
                                    + ".",
                    null);
        }
        result = found;
    }
}
