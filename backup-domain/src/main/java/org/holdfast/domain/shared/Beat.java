package org.holdfast.domain.shared;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What a timer of the container starts. The work is done on an executor and never in the timer's
 * own call: a container gives a timer up for good after two calls in a row that fail, and a call
 * counts as failed already when a transaction within it did, caught or not. So a catalog that is
 * away for some seconds could end the timers of a server that looks well otherwise.
 *
 * <p>Firings that come while the work is still going on, or within 5 s of its failing, are left
 * out. What the work throws is logged: once with its stack, then in a line a minute while it stays
 * the same.
 */
public final class Beat {
    private static final Logger LOG = Logger.getLogger(Beat.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration SAME_AGAIN = Duration.ofMinutes(1);

    private final String name;
    private final Executor executor;
    private final Clock clock;
    private final Runnable work;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile Instant firedAt;
    private volatile Instant pauseUntil = Instant.MIN;
    private Class<?> failedWith;
    private Instant toldAt;

    /**
     * @param name of the work, for the log: "the schedules"
     * @param executor what does the work; one that refuses it costs this firing, not the next
     */
    public Beat(String name, Executor executor, Clock clock, Runnable work) {
        this.name = name;
        this.executor = executor;
        this.clock = clock;
        this.work = work;
        this.firedAt = clock.instant();
    }

    /** The timer fired. Throws nothing. */
    public void fire() {
        Instant now = clock.instant();
        firedAt = now;
        if (now.isBefore(pauseUntil) || !underWay.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            underWay.set(false);
            LOG.log(Level.WARNING, "No thread for " + name + "; the next beat tries again.", e);
        }
    }

    /** How long ago the timer fired last; counted from the making on where it never did. */
    public Duration silence() {
        return Duration.between(firedAt, clock.instant());
    }

    private void run() {
        try {
            work.run();
            failedWith = null;
        } catch (RuntimeException | LinkageError e) {
            tell(e);
        } finally {
            underWay.set(false);
        }
    }

    private void tell(Throwable e) {
        Instant now = clock.instant();
        pauseUntil = now.plus(PAUSE);
        boolean same = e.getClass() == failedWith;
        if (same && now.isBefore(toldAt.plus(SAME_AGAIN))) {
            return;
        }
        String what = name + " could not be looked at; the next beats try again.";
        if (same) {
            LOG.warning(what + " Still: " + e.getMessage());
        } else {
            LOG.log(Level.WARNING, what, e);
        }
        failedWith = e.getClass();
        toldAt = now;
    }
}
