package org.holdfast.adapter.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens what somebody else may exchange between the look at it and its opening. Opening a pipe
 * waits until somebody writes to it (fifo(7)); Java cannot open without waiting, nothing interrupts
 * the wait, and a child process cannot be given the open directory that the way down is taken from.
 * So it is done in a thread of its own, which is given up after a while. It ends when the pipe is
 * written to, or with the server; there can be only a few of them.
 */
final class Opening {
    static final int MOST_STUCK = 8;

    private static final AtomicInteger STUCK = new AtomicInteger();

    private Opening() {}

    /**
     * @param open what it gives is closed where it comes too late
     * @throws IOException what {@code open} throws, or that it did not come to an end
     */
    static <T> T within(Duration limit, Callable<T> open) throws IOException {
        if (stuck() >= MOST_STUCK) {
            throw new IOException(
                    MOST_STUCK
                            + " openings hang already, of pipes that were put in a file's place; find"
                            + " out who does that, and restart Holdfast");
        }
        CompletableFuture<T> opened = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(open, opened), "foreign-file-open");
        thread.setDaemon(true);
        thread.start();
        try {
            return opened.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            giveUp(opened);
            throw new IOException(
                    "it did not open within "
                            + limit.toSeconds()
                            + " s, as a pipe does not that nobody writes to",
                    e);
        } catch (InterruptedException e) {
            giveUp(opened);
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e.getCause() instanceof RuntimeException broken
                    ? broken
                    : new IllegalStateException(e.getCause());
        }
    }

    /** Openings that were given up and still wait. */
    static int stuck() {
        return STUCK.get();
    }

    private static <T> void run(Callable<T> open, CompletableFuture<T> opened) {
        T result;
        try {
            result = open.call();
        } catch (Throwable e) {
            if (!opened.completeExceptionally(e)) {
                STUCK.decrementAndGet();
            }
            return;
        }
        if (!opened.complete(result)) {
            STUCK.decrementAndGet();
            close(result);
        }
    }

    private static <T> void giveUp(CompletableFuture<T> opened) {
        STUCK.incrementAndGet();
        if (!opened.cancel(false)) {
            // It came just now, and nobody takes it any more.
            STUCK.decrementAndGet();
            opened.thenAccept(Opening::close);
        }
    }

    private static void close(Object result) {
        if (result instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                // Nothing was read from it.
            }
        }
    }
}
