package org.holdfast.pipeline;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.holdfast.domain.shared.BlockInput;

/**
 * The content of a Zstandard stream of one or more frames (RFC 8878). Its end is the end of a
 * frame, with nothing behind it; anything else throws.
 */
final class Unzstd extends BlockInput {
    private static final int SIZE = 256 << 10;

    private final InputStream in;
    private final String name;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final ByteBuffer packed = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(SIZE);
    private final byte[] copy = new byte[SIZE];
    private long taken;
    private boolean betweenFrames;
    private boolean released;

    Unzstd(InputStream in, String name) {
        this.in = in;
        this.name = name;
        packed.limit(0);
        plain.limit(0);
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!plain.hasRemaining()) {
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, plain.remaining());
        plain.get(b, offset, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        synchronized (zstd) {
            released = true;
            zstd.close();
        }
        in.close();
    }

    /** Makes plain bytes; false at the end. */
    private boolean fill() throws IOException {
        // Input is fetched only when native code has given out all it had: it may hold more
        // output than one buffer takes.
        boolean pending = plain.limit() == plain.capacity();
        if (!packed.hasRemaining() && (!pending || betweenFrames)) {
            int count = in.read(copy, 0, copy.length);
            if (count < 0) {
                if (!betweenFrames) {
                    throw corrupt("ends in the middle of a zstd frame", null);
                }
                return false;
            }
            packed.clear();
            packed.put(copy, 0, count);
            packed.flip();
            taken += count;
        }
        plain.clear();
        try {
            betweenFrames = step();
        } catch (ZstdException e) {
            throw corrupt("is damaged: " + e.getMessage(), e);
        }
        plain.flip();
        return true;
    }

    private boolean step() throws Cancelled {
        synchronized (zstd) {
            if (released) {
                throw new Cancelled("The stream was given up.");
            }
            return zstd.decompressDirectByteBufferStream(plain, packed);
        }
    }

    private CorruptObject corrupt(String how, Exception cause) {
        return new CorruptObject(
                CorruptObject.Found.COMPRESSION,
                taken,
                name + " " + how + " (within its first " + taken + " compressed bytes).",
                cause);
    }
}
