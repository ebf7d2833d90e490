package org.holdfast.work;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.pipeline.Cancelled;

/** Keeps a claim without an attempt number while its work goes on: an undo, a missing copy. */
final class Hold implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Hold.class.getName());
    private static final long BEAT_SECONDS = Leases.TERM.toSeconds() / 3;

    private final BooleanSupplier prolong;
    private final ScheduledFuture<?> beat;

    /**
     * @param prolong whether the claim was still this worker's, and is for another {@link
     *     Leases#TERM}
     */
    Hold(ScheduledExecutorService scheduler, BooleanSupplier prolong) {
        this.prolong = prolong;
        this.beat =
                scheduler.scheduleWithFixedDelay(
                        this::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    private void beat() {
        try {
            prolong.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A claim was not prolonged, trying again", e);
        }
    }

    /** To be asked before each act that another worker must not meet. */
    void requireHeld() throws Cancelled {
        if (!prolong.getAsBoolean()) {
            throw new Cancelled("Another worker has taken over.");
        }
    }

    @Override
    public void close() {
        beat.cancel(false);
    }
}
