package org.holdfast.work;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.engine.Cancel;

/**
 * Keeps one lease alive while its work goes on: renews it every second together with the progress,
 * and ends the work when a person asked for it, when another worker took it over, or when the
 * catalog could not be reached for as long as the lease lasts.
 */
final class Watch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Watch.class.getName());
    private static final long BEAT_MILLIS = 1000;

    private final Leases leases;
    private final Lease lease;
    private final Cancel cancel = new Cancel();
    private final ScheduledFuture<?> beat;

    private String phase;
    private long phaseId;
    private long phaseBytes;
    private long phaseTotal;
    private long rawBytes;
    private long storedBytes;
    private long estimateBytes;
    private long renewedNanos = System.nanoTime();
    private volatile boolean lost;
    private volatile boolean byPerson;

    Watch(Leases leases, Lease lease, ScheduledExecutorService scheduler) {
        this.leases = leases;
        this.lease = lease;
        leases.endOpenPhases(lease.id());
        this.beat =
                scheduler.scheduleWithFixedDelay(
                        this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Asked by everything that takes long. */
    Cancel cancel() {
        return cancel;
    }

    boolean cancelled() {
        return cancel.asked();
    }

    /** Whether the lease is gone: then nothing more may be written, nor cleaned up by name. */
    boolean lost() {
        return lost;
    }

    /** Whether a person asked for the end. */
    boolean byPerson() {
        return byPerson;
    }

    Lease lease() {
        return lease;
    }

    /** Ends the phase that goes on and begins the next. */
    synchronized void phase(String name, long totalBytes) {
        end();
        phaseId = leases.beginPhase(lease, name, totalBytes);
        phase = name;
        phaseBytes = 0;
        phaseTotal = totalBytes;
        beat();
    }

    synchronized void end() {
        if (phaseId != 0) {
            leases.endPhase(phaseId, phaseBytes);
            phaseId = 0;
            phase = null;
        }
    }

    /** Bytes moved in this phase so far. */
    synchronized void moved(long bytes) {
        phaseBytes = bytes;
    }

    /** Bytes of the work so far. */
    synchronized void sizes(long raw, long stored) {
        rawBytes = raw;
        storedBytes = stored;
    }

    synchronized void estimate(long bytes) {
        estimateBytes = bytes;
    }

    void info(String text) {
        leases.log(lease.id(), "INFO", text);
    }

    void warn(String text) {
        leases.log(lease.id(), "WARN", text);
    }

    void error(String text) {
        leases.log(lease.id(), "ERROR", text);
    }

    private synchronized void beat() {
        try {
            Leases.Renewal renewal =
                    leases.renew(
                            lease,
                            new Leases.Status(
                                    phase,
                                    phaseId,
                                    phaseBytes,
                                    phaseTotal,
                                    rawBytes,
                                    storedBytes,
                                    estimateBytes));
            renewedNanos = System.nanoTime();
            switch (renewal) {
                case HELD -> {}
                case CANCEL -> {
                    byPerson = true;
                    cancel.now("Cancelled by request.");
                }
                case LOST -> lose("Another worker has taken over.");
            }
        } catch (RuntimeException e) {
            if (Duration.ofNanos(System.nanoTime() - renewedNanos).compareTo(Leases.TERM) > 0) {
                lose("The catalog could not be reached for " + Leases.TERM.toSeconds() + " s.");
            } else {
                LOG.log(Level.WARNING, "Lease of " + lease.id() + " not renewed, trying again", e);
            }
        }
    }

    private void lose(String why) {
        lost = true;
        cancel.now(why);
    }

    @Override
    public void close() {
        beat.cancel(false);
        if (!lost) {
            end();
        }
    }
}
