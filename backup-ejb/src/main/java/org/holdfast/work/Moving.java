package org.holdfast.work;

import java.io.FilterInputStream;
import java.io.IOException;
import org.holdfast.pipeline.Incoming;

/** Tells the watch how much of a dump was handed over. */
final class Moving extends FilterInputStream {
    private final Incoming.Opened plain;
    private final Watch watch;

    Moving(Incoming.Opened plain, Watch watch) {
        super(plain);
        this.plain = plain;
        this.watch = watch;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = super.read(bytes, offset, length);
        watch.moved(plain.rawBytes());
        watch.sizes(plain.rawBytes(), plain.storedBytes());
        return n;
    }
}
