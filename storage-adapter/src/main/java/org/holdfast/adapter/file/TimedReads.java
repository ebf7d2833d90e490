package org.holdfast.adapter.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.holdfast.domain.shared.BlockInput;

/**
 * Reads an open file in pieces, each in a thread that is given up where it hangs, as {@link
 * Opening} gives up one that opens. Such a read holds its file until it ends; nobody else may close
 * it, because that would wait for the read.
 */
final class TimedReads extends BlockInput {
    private static final int PIECE = 256 << 10;

    private final Path place;
    private final Duration limit;
    private final InputStream in;
    private final byte[] bytes = new byte[PIECE];
    private volatile boolean reading;
    private int at;
    private int end;

    /**
     * @param place the directory that the file lies below
     * @param limit for one piece
     * @param in closed with this, or when a read that was given up ends
     */
    TimedReads(Path place, Duration limit, InputStream in) {
        this.place = place;
        this.limit = limit;
        this.in = in;
    }

    /** Bytes that were read; closing it closes the file. */
    private record Piece(InputStream in, int count) implements Closeable {
        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private Piece piece() throws IOException {
        // Not first in its thread: one that is given up may not have come to it yet.
        reading = true;
        try {
            return Opening.reading(place, limit, this::next);
        } catch (Opening.NotBegun e) {
            reading = false;
            throw e;
        }
    }

    private Piece next() throws IOException {
        try {
            return new Piece(in, in.read(bytes));
        } catch (IOException | RuntimeException e) {
            // Where nobody waits for it any more, nobody else closes it.
            in.close();
            throw e;
        } finally {
            reading = false;
        }
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (reading) {
            throw new IOException("A read of it was given up and still hangs.");
        }
        if (at == end) {
            at = 0;
            end = 0;
            int count = piece().count();
            if (count < 0) {
                return -1;
            }
            end = count;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(bytes, at, b, offset, count);
        at += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        if (!reading) {
            in.close();
        }
    }
}
