package org.holdfast.pipeline;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded belt of reused buffers from one thread to another: the one fills while the other
 * empties. A failure of the filling side reaches the emptying side after the bytes that came before
 * it; {@link #stop()} wakes both.
 */
final class Belt {
    /** A buffer on the belt. */
    static final class Slab {
        final byte[] bytes;
        int length;

        private Slab(int size) {
            bytes = new byte[size];
        }
    }

    private final int size;
    private final int slabs;
    private final Deque<Slab> free = new ArrayDeque<>();
    private final Deque<Slab> full = new ArrayDeque<>();
    private int made;
    private boolean ended;
    private boolean stopped;
    private Throwable failure;

    Belt(int slabs, int size) {
        this.slabs = slabs;
        this.size = size;
    }

    /**
     * An empty buffer to fill; waits while all are under way.
     *
     * @throws Cancelled the belt was stopped
     */
    synchronized Slab empty() throws IOException {
        while (!stopped && free.isEmpty() && made == slabs) {
            await();
        }
        requireRunning();
        if (!free.isEmpty()) {
            return free.pop();
        }
        made++;
        return new Slab(size);
    }

    synchronized void put(Slab slab) {
        full.addLast(slab);
        notifyAll();
    }

    /** Nothing more comes. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Nothing more comes because of {@code failure}, which the emptying side will throw. */
    synchronized void fail(Throwable failure) {
        if (this.failure == null) {
            this.failure = failure;
        }
        end();
    }

    /** Both sides give up now. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /**
     * The next full buffer, to be given back with {@link #recycle}; null at the end.
     *
     * @throws IOException the filling side's failure, or {@link Cancelled} where the belt was
     *     stopped
     */
    synchronized Slab take() throws IOException {
        while (!stopped && full.isEmpty() && !ended) {
            await();
        }
        requireRunning();
        if (!full.isEmpty()) {
            return full.pollFirst();
        }
        if (failure != null) {
            throw rethrow(failure);
        }
        return null;
    }

    synchronized void recycle(Slab slab) {
        free.push(slab);
        notifyAll();
    }

    /** The same failure as the kind of exception a stream may throw. */
    static IOException rethrow(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        throw new IOException(failure);
    }

    private void requireRunning() throws Cancelled {
        if (stopped) {
            throw new Cancelled("The stream was given up.");
        }
    }

    private void await() throws Cancelled {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("The thread was interrupted.");
        }
    }
}
