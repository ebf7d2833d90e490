package org.holdfast.pipeline;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read. */
class CountingInput extends FilterInputStream {
    private volatile long bytes;

    CountingInput(InputStream in) {
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

    long soFar() {
        return bytes;
    }
}
