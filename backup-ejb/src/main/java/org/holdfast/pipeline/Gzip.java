package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * gzip (RFC 1952), for plain SQL exports ({@code .sql.gz}) that other tools read. Backups use
 * {@link Compress}.
 *
 * <p>The result is the number of compressed bytes.
 */
public final class Gzip implements Stage<Long> {
    private Gzipping link;

    @Override
    public Link onto(OutputStream next) throws IOException {
        if (link != null) {
            throw new IllegalStateException("A stage serves one stream.");
        }
        link = new Gzipping(next);
        return link;
    }

    @Override
    public Long result() {
        if (link == null || !link.sealed()) {
            throw new IllegalStateException("The stream was not sealed.");
        }
        return link.compressed;
    }

    private static final class Gzipping extends Link {
        private final Stream gzip;
        private long compressed;

        Gzipping(OutputStream next) throws IOException {
            super(next);
            gzip = new Stream(new Counted());
        }

        @Override
        protected void take(byte[] bytes, int offset, int length) throws IOException {
            gzip.write(bytes, offset, length);
        }

        @Override
        protected void ending() throws IOException {
            gzip.finish();
        }

        @Override
        protected void release() {
            gzip.free();
        }

        private final class Counted extends OutputStream {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                next.write(bytes, offset, length);
                compressed += length;
            }
        }
    }

    /** The platform's stream, whose close() would write the trailer, with its memory in reach. */
    private static final class Stream extends GZIPOutputStream {
        Stream(OutputStream out) throws IOException {
            super(out, 64 << 10);
            def.setLevel(Deflater.DEFAULT_COMPRESSION);
        }

        void free() {
            def.end();
        }
    }
}
