package org.holdfast.adapter.s3;

import io.minio.ByteBuffer;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.holdfast.domain.shared.BlockInput;

/**
 * The bytes of one part, kept until the store has them. In pieces of 1 MiB that go from part to
 * part through {@code spare}, so that an upload allocates only what it holds at once. It is the
 * client's buffer type because that one is sent piece by piece, while an array is first copied
 * whole.
 */
final class Part extends ByteBuffer {
    private static final int PIECE = 1024 * 1024;

    private final List<byte[]> pieces = new ArrayList<>();
    private final Deque<byte[]> spare;
    private long length;

    /**
     * @param spare pieces to use before new ones are made; safe for several threads
     */
    Part(Deque<byte[]> spare) {
        super(0);
        this.spare = spare;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        while (count > 0) {
            int at = (int) (length % PIECE);
            if (at == 0) {
                byte[] piece = spare.pollFirst();
                pieces.add(piece == null ? new byte[PIECE] : piece);
            }
            int n = Math.min(count, PIECE - at);
            System.arraycopy(bytes, offset, pieces.get(pieces.size() - 1), at, n);
            offset += n;
            count -= n;
            length += n;
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long size() {
        return length;
    }

    byte[] digest(MessageDigest digest) {
        for (int i = 0; i < pieces.size(); i++) {
            digest.update(pieces.get(i), 0, filled(i));
        }
        return digest.digest();
    }

    private int filled(int piece) {
        return (int) Math.min(PIECE, length - (long) piece * PIECE);
    }

    /** Gives the pieces back. Only when nothing reads them any more. */
    void release() {
        spare.addAll(pieces);
        pieces.clear();
        length = 0;
    }

    /** A fresh reader from the first byte: a part is sent again after a fault. */
    @Override
    public InputStream inputStream() {
        return new BlockInput() {
            private long at;

            @Override
            public int read(byte[] bytes, int offset, int count) {
                if (count == 0) {
                    return 0;
                }
                if (at >= length) {
                    return -1;
                }
                int piece = (int) (at / PIECE);
                int from = (int) (at % PIECE);
                int n = Math.min(count, filled(piece) - from);
                System.arraycopy(pieces.get(piece), from, bytes, offset, n);
                at += n;
                return n;
            }
        };
    }
}
