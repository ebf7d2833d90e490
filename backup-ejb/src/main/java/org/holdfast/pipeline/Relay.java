package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Lets everything behind it run in a thread of its own, a few buffers later. Bytes stay as they
 * are; a failure behind it reaches the writer at its next write, or when sealing.
 */
final class Relay implements Stage<Void> {
    private final int slabs;
    private final int size;
    private final Executor executor;
    private Relaying link;

    Relay(int slabs, int size, Executor executor) {
        this.slabs = slabs;
        this.size = size;
        this.executor = executor;
    }

    @Override
    public Link onto(OutputStream next) {
        if (link != null) {
            throw new IllegalStateException("A stage serves one stream.");
        }
        link = new Relaying(next, new Belt(slabs, size));
        executor.execute(link::carry);
        return link;
    }

    /** Nothing to learn: what it carried is as it was. */
    @Override
    public Void result() {
        if (link == null || !link.sealed()) {
            throw new IllegalStateException("The stream was not sealed.");
        }
        return null;
    }

    private static final class Relaying extends Link {
        private final Belt belt;
        private final CompletableFuture<Void> carried = new CompletableFuture<>();
        private Belt.Slab filling;

        Relaying(OutputStream next, Belt belt) {
            super(next);
            this.belt = belt;
        }

        @Override
        protected void take(byte[] bytes, int offset, int length) throws IOException {
            int from = offset;
            int left = length;
            while (left > 0) {
                if (filling == null) {
                    filling = belt(belt::empty);
                    filling.length = 0;
                }
                int now = Math.min(left, filling.bytes.length - filling.length);
                System.arraycopy(bytes, from, filling.bytes, filling.length, now);
                filling.length += now;
                from += now;
                left -= now;
                if (filling.length == filling.bytes.length) {
                    belt.put(filling);
                    filling = null;
                }
            }
        }

        @Override
        protected void ending() throws IOException {
            if (filling != null) {
                belt.put(filling);
                filling = null;
            }
            belt.end();
            await();
        }

        @Override
        protected void release() {
            belt.stop();
        }

        /** Runs in the other thread until the belt ends or stops. */
        private void carry() {
            try {
                for (Belt.Slab slab = belt.take(); slab != null; slab = belt.take()) {
                    next.write(slab.bytes, 0, slab.length);
                    belt.recycle(slab);
                }
                carried.complete(null);
            } catch (Throwable e) {
                carried.completeExceptionally(e);
                belt.stop();
            }
        }

        private Belt.Slab belt(Emptied emptied) throws IOException {
            try {
                return emptied.get();
            } catch (Cancelled e) {
                if (carried.isCompletedExceptionally()) {
                    await();
                }
                throw e;
            }
        }

        private void await() throws IOException {
            try {
                carried.get();
            } catch (ExecutionException e) {
                throw Belt.rethrow(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Cancelled("The thread was interrupted.");
            }
        }

        private interface Emptied {
            Belt.Slab get() throws IOException;
        }
    }
}
