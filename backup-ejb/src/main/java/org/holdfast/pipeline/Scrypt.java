package org.holdfast.pipeline;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * scrypt (RFC 7914) with r = 8 and p = 1, which are age's. A work factor of 18 asks for 256 MiB by
 * the book; here every fourth row is kept, and those between are computed again when they are
 * needed: 64 MiB and three quarters more time. One at a time on a server, whoever asks.
 */
final class Scrypt {
    /** Ints of one row: 128 r bytes. */
    private static final int ROW = 256;

    private static final int MOST_ROWS = 1 << 16;
    private static final int KEY_BITS = 256;
    static final Semaphore ONE_AT_A_TIME = new Semaphore(1, true);

    private Scrypt() {}

    /**
     * 32 bytes.
     *
     * @param work log2 of the cost N
     * @param patience how long it waits for its turn
     * @throws Refused KEY-PASSPHRASE-BUSY
     */
    static byte[] derive(Secret passphrase, byte[] salt, int work, Duration patience)
            throws GeneralSecurityException {
        acquire(patience);
        try {
            byte[] block = pbkdf2(passphrase, salt, ROW * Integer.SIZE);
            int[] row = new int[ROW];
            IntBuffer words = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
            words.get(row);
            mix(row, 1 << work);
            words.rewind().put(row);
            return pbkdf2(passphrase, block, KEY_BITS);
        } finally {
            ONE_AT_A_TIME.release();
        }
    }

    private static void acquire(Duration patience) {
        try {
            if (ONE_AT_A_TIME.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Refused(
                "KEY-PASSPHRASE-BUSY",
                "The server is busy with other passphrases and has not tried this one.",
                "Try again in half a minute; nothing was counted against you.");
    }

    private static byte[] pbkdf2(Secret passphrase, byte[] salt, int bits)
            throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(passphrase.reveal().toCharArray(), salt, 1, bits);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } finally {
            spec.clearPassword();
        }
    }

    /** scryptROMix, section 5 of the RFC. */
    private static void mix(int[] row, int rows) {
        int stride = Math.max(1, rows / MOST_ROWS);
        int[][] kept = new int[rows / stride][];
        int[] spare = new int[ROW];
        for (int i = 0; i < rows; i++) {
            if (i % stride == 0) {
                kept[i / stride] = row.clone();
            }
            blockMix(row, spare);
        }
        int[] other = new int[ROW];
        for (int i = 0; i < rows; i++) {
            int at = row[ROW - 16] & (rows - 1);
            System.arraycopy(kept[at / stride], 0, other, 0, ROW);
            for (int step = at % stride; step > 0; step--) {
                blockMix(other, spare);
            }
            for (int k = 0; k < ROW; k++) {
                row[k] ^= other[k];
            }
            blockMix(row, spare);
        }
        Arrays.fill(kept, null);
    }

    /** scryptBlockMix, section 4; {@code spare} is overwritten. */
    private static void blockMix(int[] row, int[] spare) {
        int[] x = new int[16];
        System.arraycopy(row, ROW - 16, x, 0, 16);
        for (int i = 0; i < ROW / 16; i++) {
            for (int k = 0; k < 16; k++) {
                x[k] ^= row[i * 16 + k];
            }
            salsa(x);
            System.arraycopy(x, 0, spare, (i % 2 * ROW / 2) + i / 2 * 16, 16);
        }
        System.arraycopy(spare, 0, row, 0, ROW);
    }

    /** Salsa20/8, section 3. */
    private static void salsa(int[] b) {
        int x0 = b[0], x1 = b[1], x2 = b[2], x3 = b[3];
        int x4 = b[4], x5 = b[5], x6 = b[6], x7 = b[7];
        int x8 = b[8], x9 = b[9], x10 = b[10], x11 = b[11];
        int x12 = b[12], x13 = b[13], x14 = b[14], x15 = b[15];
        for (int i = 0; i < 4; i++) {
            x4 ^= Integer.rotateLeft(x0 + x12, 7);
            x8 ^= Integer.rotateLeft(x4 + x0, 9);
            x12 ^= Integer.rotateLeft(x8 + x4, 13);
            x0 ^= Integer.rotateLeft(x12 + x8, 18);
            x9 ^= Integer.rotateLeft(x5 + x1, 7);
            x13 ^= Integer.rotateLeft(x9 + x5, 9);
            x1 ^= Integer.rotateLeft(x13 + x9, 13);
            x5 ^= Integer.rotateLeft(x1 + x13, 18);
            x14 ^= Integer.rotateLeft(x10 + x6, 7);
            x2 ^= Integer.rotateLeft(x14 + x10, 9);
            x6 ^= Integer.rotateLeft(x2 + x14, 13);
            x10 ^= Integer.rotateLeft(x6 + x2, 18);
            x3 ^= Integer.rotateLeft(x15 + x11, 7);
            x7 ^= Integer.rotateLeft(x3 + x15, 9);
            x11 ^= Integer.rotateLeft(x7 + x3, 13);
            x15 ^= Integer.rotateLeft(x11 + x7, 18);
            x1 ^= Integer.rotateLeft(x0 + x3, 7);
            x2 ^= Integer.rotateLeft(x1 + x0, 9);
            x3 ^= Integer.rotateLeft(x2 + x1, 13);
            x0 ^= Integer.rotateLeft(x3 + x2, 18);
            x6 ^= Integer.rotateLeft(x5 + x4, 7);
            x7 ^= Integer.rotateLeft(x6 + x5, 9);
            x4 ^= Integer.rotateLeft(x7 + x6, 13);
            x5 ^= Integer.rotateLeft(x4 + x7, 18);
            x11 ^= Integer.rotateLeft(x10 + x9, 7);
            x8 ^= Integer.rotateLeft(x11 + x10, 9);
            x9 ^= Integer.rotateLeft(x8 + x11, 13);
            x10 ^= Integer.rotateLeft(x9 + x8, 18);
            x12 ^= Integer.rotateLeft(x15 + x14, 7);
            x13 ^= Integer.rotateLeft(x12 + x15, 9);
            x14 ^= Integer.rotateLeft(x13 + x12, 13);
            x15 ^= Integer.rotateLeft(x14 + x13, 18);
        }
        b[0] += x0;
        b[1] += x1;
        b[2] += x2;
        b[3] += x3;
        b[4] += x4;
        b[5] += x5;
        b[6] += x6;
        b[7] += x7;
        b[8] += x8;
        b[9] += x9;
        b[10] += x10;
        b[11] += x11;
        b[12] += x12;
        b[13] += x13;
        b[14] += x14;
        b[15] += x15;
    }
}
