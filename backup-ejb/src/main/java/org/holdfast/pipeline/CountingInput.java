package org.holdfast.pipeline;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read; all of it comes through {@link #read(byte[], int, int)}. */
public class CountingInput extends FilterInputStream {
    private volatile long bytes;

    public CountingInput(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        int count = in.read(b, offset, length);
        if (count > 0) {
            bytes = bytes + count;
        }
        return count;
    }

    @Override
    public long skip(long n) throws IOException {
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

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Bytes. */
    public long soFar() {
        return bytes;
    }
}
