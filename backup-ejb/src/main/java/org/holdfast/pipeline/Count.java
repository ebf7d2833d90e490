package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;

/** Counts bytes and leaves them as they are. */
public final class Count implements Stage<Long> {
    private volatile long bytes;
    private Link link;

    @Override
    public Link onto(OutputStream next) {
        if (link != null) {
            throw new IllegalStateException("A stage serves one stream.");
        }
        link =
                new Link(next) {
                    @Override
                    protected void take(byte[] b, int offset, int length) throws IOException {
                        next.write(b, offset, length);
                        bytes = bytes + length;
                    }
                };
        return link;
    }

    /** Bytes so far; may be asked by any thread while the stream runs. */
    public long soFar() {
        return bytes;
    }

    @Override
    public Long result() {
        if (link == null || !link.sealed()) {
            throw new IllegalStateException("The stream was not sealed.");
        }
        return bytes;
    }
}
