package org.holdfast.adapter.s3;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;

/**
 * How often and how long a request is tried: as long as the fault can pass and the deadline is not
 * over, with pauses that double from 100 ms to 5 s, of which a random half is left out so that
 * several writers do not return at once.
 */
final class Patience {
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = 5_000;
    private static final int SENT_DAMAGED = 3;

    private final Trouble trouble;
    private final Duration deadline;

    Patience(Trouble trouble, Duration deadline) {
        this.trouble = trouble;
        this.deadline = deadline;
    }

    Patience within(Duration other) {
        return new Patience(trouble, other);
    }

    /** Tries {@code request} until it gives a result. */
    <T> T call(String doing, Supplier<CompletableFuture<T>> request) throws StoreFailure {
        Tries tries = tries(doing);
        while (true) {
            try {
                return await(doing, request.get());
            } catch (ExecutionException e) {
                tries.failed(Trouble.cause(e));
            }
        }
    }

    /** Tries what a caller wants to drive itself. */
    Tries tries(String doing) {
        return new Tries(doing, () -> false);
    }

    Tries tries(String doing, BooleanSupplier abandoned) {
        return new Tries(doing, abandoned);
    }

    /** Waits for one answer; the HTTP time-outs bound it. */
    static <T> T await(String doing, CompletableFuture<T> answer)
            throws StoreFailure, ExecutionException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            // What still arrives holds a connection.
            answer.thenAccept(Patience::discard);
            throw interrupted(doing);
        }
    }

    private static void discard(Object late) {
        if (late instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                // Nobody waits for it any more.
            }
        }
    }

    static StoreFailure interrupted(String doing) {
        Thread.currentThread().interrupt();
        return new StoreFailure(Kind.UNREACHABLE, "Interrupted: stopped trying to " + doing + ".");
    }

    /** The attempts at one thing. */
    final class Tries {
        private final String doing;
        private final BooleanSupplier abandoned;
        private final long start = System.nanoTime();
        private int failures;

        private Tries(String doing, BooleanSupplier abandoned) {
            this.doing = doing;
            this.abandoned = abandoned;
        }

        int failures() {
            return failures;
        }

        /**
         * Takes note of a failed attempt and returns when it is time for the next one.
         *
         * @throws StoreFailure when there shall be no other
         */
        void failed(Throwable cause) throws StoreFailure {
            failures++;
            switch (Trouble.advice(cause)) {
                case GIVE_UP -> throw trouble.with(doing, cause);
                case SEND_AGAIN -> {
                    if (failures >= SENT_DAMAGED) {
                        throw trouble.with(doing, cause);
                    }
                }
                case WAIT -> {}
            }
            pause(cause);
        }

        /** Like {@link #failed} for what can pass whatever the store said. */
        void pause(Throwable cause) throws StoreFailure {
            long pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(failures - 1, 10));
            pause -= ThreadLocalRandom.current().nextLong(pause / 2 + 1);
            long left = deadline.toMillis() - (System.nanoTime() - start) / 1_000_000;
            if (abandoned.getAsBoolean() || pause >= left) {
                throw trouble.exhausted(doing, cause, failures, deadline);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                throw interrupted(doing);
            }
        }
    }
}
