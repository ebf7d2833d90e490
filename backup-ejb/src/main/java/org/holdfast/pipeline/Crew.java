package org.holdfast.pipeline;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that carry one object, and the one that waits for them and keeps listening. */
final class Crew implements Executor {
    /** Between two looks at cancellation and progress. */
    static final long BEAT_MILLIS = 500;

    /** How long closing waits for a thread that was told to stop. */
    private static final long SETTLE_SECONDS = 5;

    /** Work that may fail as a stream does. */
    interface Task {
        void run() throws IOException;
    }

    /** What the waiting thread does meanwhile. */
    interface Beat {
        void run() throws Cancelled;
    }

    private final Executor executor;
    private final Duration patience;
    private final AtomicInteger unstarted = new AtomicInteger();
    private final List<CompletableFuture<Void>> inside = new ArrayList<>();

    Crew(Executor executor) {
        this(executor, Duration.ofSeconds(30));
    }

    /**
     * @param patience how long a task may wait for a thread: the tasks wait for each other, so too
     *     few threads would wait for ever
     */
    Crew(Executor executor, Duration patience) {
        this.executor = executor;
        this.patience = patience;
    }

    /** Runs in a thread of its own; not waited for. */
    @Override
    public void execute(Runnable task) {
        unstarted.incrementAndGet();
        executor.execute(
                () -> {
                    unstarted.decrementAndGet();
                    task.run();
                });
    }

    /**
     * Runs {@code task} in a thread of its own and waits for its end, calling {@code beat} every
     * half second and once at the end.
     *
     * @throws IOException the task's failure, what the beat threw, or that a task got no thread
     */
    void drive(Task task, Beat beat) throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        execute(
                () -> {
                    try {
                        task.run();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                });
        inside.add(done);
        long start = System.nanoTime();
        while (true) {
            beat.run();
            try {
                done.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
                beat.run();
                return;
            } catch (TimeoutException e) {
                requireThreads(System.nanoTime() - start);
            } catch (ExecutionException e) {
                throw Belt.rethrow(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Cancelled("The thread was interrupted.");
            }
        }
    }

    /** Waits until the tasks that were driven have left the streams, so that these can be freed. */
    void settle() {
        for (CompletableFuture<Void> done : inside) {
            try {
                done.get(SETTLE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // It was told to whoever drove it; or it hangs, and what it holds guards itself.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void requireThreads(long waitedNanos) throws IOException {
        int waiting = unstarted.get();
        if (waiting > 0 && waitedNanos > patience.toNanos()) {
            throw new IOException(
                    waiting
                            + " of the tasks that carry the stream got no thread within "
                            + patience.toSeconds()
                            + " s: the executor has too few.");
        }
    }
}
