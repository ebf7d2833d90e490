package org.holdfast.testing;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.holdfast.domain.shared.BlockInput;

/**
 * Bytes like those of {@code pg_dump -Fc -Z0}: rows of a shop in COPY's text format, so that they
 * compress as a real dump does (about 1 to 4). The same seed gives the same bytes.
 */
public final class DumpLike extends BlockInput {
    private static final String[] WORDS =
            ("paid shipped open returned anchor harbour lantern compass rope sail mast keel oar"
                            + " tide wind north south east west blue red green silver")
                    .split(" ");

    private final SplittableRandom random;
    private final StringBuilder line = new StringBuilder();
    private long left;
    private long row;
    private byte[] current = new byte[0];
    private int at;

    public DumpLike(long bytes, long seed) {
        this.left = bytes;
        this.random = new SplittableRandom(seed);
    }

    /** All of it, for small ones. */
    public static byte[] bytes(int length, long seed) {
        try (DumpLike dump = new DumpLike(length, seed)) {
            return dump.readNBytes(length);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int read(byte[] b, int offset, int length) {
        if (left == 0) {
            return -1;
        }
        if (at == current.length) {
            current = rows();
            at = 0;
        }
        int count = (int) Math.min(Math.min(length, left), current.length - at);
        System.arraycopy(current, at, b, offset, count);
        at += count;
        left -= count;
        return count;
    }

    @Override
    public void close() {}

    private byte[] rows() {
        line.setLength(0);
        while (line.length() < 64 << 10) {
            row++;
            line.append(row).append('\t').append(random.nextInt(1, 200_000)).append('\t');
            line.append("2026-0").append(random.nextInt(1, 10)).append('-');
            line.append(random.nextInt(10, 29)).append(" 1").append(random.nextInt(10));
            line.append(":2").append(random.nextInt(10)).append(":31.");
            line.append(random.nextInt(100_000, 1_000_000)).append("+00\t");
            line.append(random.nextInt(100_000)).append('.').append(random.nextInt(10, 100));
            line.append('\t').append(word()).append("\t{\"note\": \"").append(word()).append(' ');
            line.append(word()).append(' ').append(word()).append("\", \"qty\": ");
            line.append(random.nextInt(100)).append("}\t");
            line.append(Long.toHexString(random.nextLong())).append('\n');
        }
        return line.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
