package org.holdfast.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.holdfast.domain.shared.BlockInput;

/** Reads a stream in a thread of its own, a few buffers ahead of its reader. */
final class ReadAhead extends BlockInput {
    /** How long closing waits for a read that is under way before it closes the source under it. */
    private static final long SETTLE_SECONDS = 2;

    private final InputStream in;
    private final Belt belt;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Belt.Slab slab;
    private int at;
    private boolean end;

    ReadAhead(InputStream in, int slabs, int size, Executor executor) {
        this.in = in;
        this.belt = new Belt(slabs, size);
        executor.execute(this::fetch);
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (end) {
            return -1;
        }
        if (slab == null) {
            slab = belt.take();
            at = 0;
            if (slab == null) {
                end = true;
                return -1;
            }
        }
        int count = Math.min(length, slab.length - at);
        System.arraycopy(slab.bytes, at, b, offset, count);
        at += count;
        if (at == slab.length) {
            belt.recycle(slab);
            slab = null;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        belt.stop();
        try {
            ended.get(SETTLE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // It hangs in a read: closing the source is what ends it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        in.close();
    }

    private void fetch() {
        try {
            while (true) {
                Belt.Slab filling = belt.empty();
                filling.length = in.readNBytes(filling.bytes, 0, filling.bytes.length);
                if (filling.length > 0) {
                    belt.put(filling);
                }
                if (filling.length < filling.bytes.length) {
                    belt.end();
                    return;
                }
            }
        } catch (Throwable e) {
            belt.fail(e);
        } finally {
            ended.complete(null);
        }
    }
}
