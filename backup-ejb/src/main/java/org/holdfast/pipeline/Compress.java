package org.holdfast.pipeline;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Zstandard (RFC 8878): one frame, content checksum on, so that {@code zstd -d} notices damage by
 * itself. The buffers lie outside the heap: the collector is never held up by native code.
 *
 * <p>The result is the number of compressed bytes.
 */
public final class Compress implements Stage<Long> {
    /** Of whoever says nothing else; see {@code BACKUP_COMPRESSION_LEVEL}. */
    public static final int LEVEL = 1;

    private static final int IN = 256 << 10;
    private static final int OUT = 256 << 10;

    private final int level;
    private final int workers;
    private Compressing link;

    public Compress() {
        this(LEVEL, 0);
    }

    /**
     * @param level zstd's 1 to 19
     * @param workers native threads besides the writer's; 0 compresses in the writer's own. Each
     *     costs some 10 MiB outside the heap.
     */
    public Compress(int level, int workers) {
        this.level = level;
        this.workers = workers;
    }

    @Override
    public Link onto(OutputStream next) {
        if (link != null) {
            throw new IllegalStateException("A stage serves one stream.");
        }
        link = new Compressing(next, level, workers);
        return link;
    }

    @Override
    public Long result() {
        if (link == null || !link.sealed()) {
            throw new IllegalStateException("The stream was not sealed.");
        }
        return link.compressed;
    }

    private static final class Compressing extends Link {
        private final ZstdCompressCtx zstd = new ZstdCompressCtx();
        private final ByteBuffer in = ByteBuffer.allocateDirect(IN);
        private final ByteBuffer out = ByteBuffer.allocateDirect(OUT);
        private final byte[] copy = new byte[OUT];
        private long compressed;
        private boolean released;

        Compressing(OutputStream next, int level, int workers) {
            super(next);
            zstd.setLevel(level);
            zstd.setChecksum(true);
            if (workers > 0) {
                zstd.setWorkers(workers);
            }
        }

        @Override
        protected void take(byte[] bytes, int offset, int length) throws IOException {
            int from = offset;
            int left = length;
            while (left > 0) {
                int now = Math.min(left, in.remaining());
                in.put(bytes, from, now);
                from += now;
                left -= now;
                if (!in.hasRemaining()) {
                    drive(EndDirective.CONTINUE);
                }
            }
        }

        @Override
        protected void ending() throws IOException {
            drive(EndDirective.END);
        }

        @Override
        protected void release() {
            synchronized (zstd) {
                released = true;
                zstd.close();
            }
        }

        /** Under a lock, so that letting go never frees memory that native code is using. */
        private boolean step(EndDirective directive) throws Cancelled {
            synchronized (zstd) {
                if (released) {
                    throw new Cancelled("The stream was given up.");
                }
                return zstd.compressDirectByteBufferStream(out, in, directive);
            }
        }

        private void drive(EndDirective directive) throws IOException {
            in.flip();
            boolean done = false;
            try {
                while (directive == EndDirective.END ? !done : in.hasRemaining()) {
                    done = step(directive);
                    if (!out.hasRemaining() || directive == EndDirective.END) {
                        emit();
                    }
                }
            } catch (ZstdException e) {
                throw new IOException("zstd could not compress: " + e.getMessage(), e);
            }
            in.clear();
        }

        private void emit() throws IOException {
            out.flip();
            int length = out.remaining();
            out.get(copy, 0, length);
            out.clear();
            if (length > 0) {
                next.write(copy, 0, length);
                compressed += length;
            }
        }
    }
}
