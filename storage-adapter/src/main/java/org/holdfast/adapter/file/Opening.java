package org.holdfast.adapter.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens what somebody else may exchange between the look at it and its opening. Opening a pipe
 * waits until somebody writes to it (fifo(7)); Java cannot open without waiting, nothing interrupts
 * the wait, and a child process cannot be given the open directory that the way down is taken from.
 * So it is done in a thread of its own, which is given up after a while. It ends when the pipe is
 * written to, or with the server. A network share that does not answer holds its openings up just
 * so, and the reads of what was opened before it died. There can be only a few of them in one
 * place, and those of one place hold up no other.
 */
final class Opening {
    static final int MOST_STUCK = 8;

    private static final String NOT_OPENED =
            "it did not open within %d s, as does neither a pipe that nobody writes to nor a share"
                    + " that does not answer";
    private static final String NOT_READ =
            "a read of it did not end within %d s, as none does of a share that does not answer";

    private static final Map<Path, Integer> STUCK = new ConcurrentHashMap<>();

    /** Told each time that one of them ends. */
    private static final Object ROOM = new Object();

    private Opening() {}

    /**
     * @param place the directory that what is opened lies below
     * @param open what it gives is closed where it comes too late
     * @throws IOException what {@code open} throws, or that it did not come to an end
     */
    static <T> T within(Path place, Duration limit, Callable<T> open) throws IOException {
        return within(place, limit, NOT_OPENED, open);
    }

    /**
     * The same for reading what was opened.
     *
     * @param read what it gives is closed where it comes too late
     */
    static <T> T reading(Path place, Duration limit, Callable<T> read) throws IOException {
        return within(place, limit, NOT_READ, read);
    }

    /**
     * The same for work that can wait: where too many hang there already, it waits until one of
     * them ends.
     *
     * @param limit for both together, but {@code least} for the opening at least
     * @param open what it gives is closed where it comes too late
     */
    static <T> T patiently(Path place, Duration limit, Duration least, Callable<T> open)
            throws IOException {
        long until = System.nanoTime() + limit.toNanos();
        try {
            awaitRoom(place, until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
        Duration left = Duration.ofNanos(until - System.nanoTime());
        return within(place, left.compareTo(least) > 0 ? left : least, open);
    }

    private static void awaitRoom(Path place, long until) throws InterruptedException {
        synchronized (ROOM) {
            while (stuck(place) >= MOST_STUCK) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(ROOM, left);
            }
        }
    }

    private static <T> T within(Path place, Duration limit, String late, Callable<T> open)
            throws IOException {
        if (stuck(place) >= MOST_STUCK) {
            throw new NotBegun(
                    place,
                    MOST_STUCK
                            + " openings there hang already, of pipes that were put in a file's"
                            + " place, or of a share that does not answer, reads among them; see"
                            + " which it is, and restart Holdfast if they go on hanging");
        }
        CompletableFuture<T> opened = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(place, open, opened), "foreign-file-open");
        thread.setDaemon(true);
        thread.start();
        try {
            return opened.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            giveUp(place, opened);
            throw hanging(place, late.formatted(limit.toSeconds()));
        } catch (InterruptedException e) {
            giveUp(place, opened);
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

    /** So many hang already that nothing was opened or read. */
    static final class NotBegun extends FileSystemException {
        private static final long serialVersionUID = 1L;

        private NotBegun(Path place, String why) {
            super(place.toString(), null, why);
        }
    }

    /** Of the kind that {@link Trouble} believes without a look at the place: it may hang too. */
    private static FileSystemException hanging(Path place, String why) {
        return new FileSystemException(place.toString(), null, why);
    }

    /** Openings below a directory that were given up and still wait. */
    static int stuck(Path place) {
        return STUCK.getOrDefault(place, 0);
    }

    private static void ended(Path place) {
        synchronized (ROOM) {
            STUCK.computeIfPresent(place, (key, stuck) -> stuck == 1 ? null : stuck - 1);
            ROOM.notifyAll();
        }
    }

    private static <T> void run(Path place, Callable<T> open, CompletableFuture<T> opened) {
        T result;
        try {
            result = open.call();
        } catch (Throwable e) {
            if (!opened.completeExceptionally(e)) {
                ended(place);
            }
            return;
        }
        if (!opened.complete(result)) {
            ended(place);
            close(result);
        }
    }

    private static <T> void giveUp(Path place, CompletableFuture<T> opened) {
        STUCK.merge(place, 1, Integer::sum);
        if (!opened.cancel(false)) {
            // It came just now, and nobody takes it any more.
            ended(place);
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
