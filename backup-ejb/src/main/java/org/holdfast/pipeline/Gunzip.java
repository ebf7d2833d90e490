package org.holdfast.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.holdfast.domain.shared.BlockInput;

/**
 * The content of a gzip stream of one or more members (RFC 1952). The platform's own reader takes
 * garbage behind the last member for the end; this one throws.
 */
final class Gunzip extends BlockInput {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final String name;
    private final byte[] packed = new byte[64 << 10];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private int at;
    private int limit;
    private long taken;
    private boolean inMember;
    private boolean any;

    Gunzip(InputStream in, String name) {
        this.in = in;
        this.name = name;
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            if (!inMember) {
                if (any && at == limit && !refill()) {
                    return -1;
                }
                header();
            }
            int count = inflate(b, offset, length);
            if (count > 0) {
                crc.update(b, offset, count);
                return count;
            }
            if (inflater.finished()) {
                trailer();
            }
        }
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    private int inflate(byte[] b, int offset, int length) throws IOException {
        try {
            int count = inflater.inflate(b, offset, length);
            if (count == 0 && inflater.needsDictionary()) {
                throw corrupt("is damaged: it asks for a dictionary", null);
            }
            if (count == 0 && inflater.needsInput() && !inflater.finished()) {
                if (at == limit && !refill()) {
                    throw corrupt("ends in the middle of a gzip member", null);
                }
                inflater.setInput(packed, at, limit - at);
                at = limit;
            }
            return count;
        } catch (DataFormatException e) {
            throw corrupt("is damaged: " + e.getMessage(), e);
        }
    }

    private void header() throws IOException {
        if (next() != 0x1f || next() != 0x8b || next() != 8) {
            throw corrupt(any ? "has something behind its gzip data" : "is no gzip stream", null);
        }
        int flags = next();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int flag : new int[] {NAME, COMMENT}) {
            if ((flags & flag) != 0) {
                while (next() != 0) {
                    // A text that ends with a zero.
                }
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        crc.reset();
        inMember = true;
        any = true;
    }

    private void trailer() throws IOException {
        at = limit - inflater.getRemaining();
        long sum = word();
        long size = word();
        if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw corrupt("is damaged: its gzip checksum differs", null);
        }
        inMember = false;
    }

    private long word() throws IOException {
        return next() | (long) next() << 8 | (long) next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (at == limit && !refill()) {
            throw corrupt("ends in the middle of a gzip member", null);
        }
        return packed[at++] & 0xff;
    }

    private boolean refill() throws IOException {
        int count = in.read(packed, 0, packed.length);
        at = 0;
        limit = Math.max(count, 0);
        taken += limit;
        return count > 0;
    }

    private CorruptObject corrupt(String how, Exception cause) {
        return new CorruptObject(
                CorruptObject.Found.COMPRESSION,
                taken,
                name + " " + how + " (within its first " + taken + " compressed bytes).",
                cause);
    }
}
