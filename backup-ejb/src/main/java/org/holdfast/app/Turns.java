package org.holdfast.app;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.holdfast.domain.shared.Refused;

/**
 * Lets few at a time do what costs much, on this server; who comes then waits for a while.
 *
 * @param <K> of what turns are taken apart; of each that was ever named a little is kept
 */
final class Turns<K> {
    private final Map<K, Semaphore> turns = new ConcurrentHashMap<>();
    private final int atOnce;
    private final Function<K, Refused> busy;

    /**
     * @param busy what is told who gets no turn
     */
    Turns(int atOnce, Function<K, Refused> busy) {
        this.atOnce = atOnce;
        this.busy = busy;
    }

    /**
     * How somebody waits.
     *
     * @param behind how many may be waiting already; where there are more, it is not begun
     */
    record Wait(int behind, Duration patience) {}

    /**
     * @throws Refused where there is no turn to be had, or what {@code work} throws
     */
    <T> T take(K of, Wait wait, Supplier<T> work) {
        Semaphore turn = turns.computeIfAbsent(of, k -> new Semaphore(atOnce, true));
        if (!acquired(turn, wait)) {
            throw busy.apply(of);
        }
        try {
            return work.get();
        } finally {
            turn.release();
        }
    }

    private static boolean acquired(Semaphore turn, Wait wait) {
        try {
            return turn.getQueueLength() <= wait.behind()
                    && turn.tryAcquire(wait.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
