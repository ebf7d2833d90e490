package org.holdfast.work;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.DrillRecorder;
import org.holdfast.domain.shared.Beat;

/**
 * Knocks for drills that ended and whose record is not sealed. Which server seals it does not
 * matter: the drill's row is locked, and what is sealed already is not sealed again.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DrillSealTimer {
    private static final Logger LOG = Logger.getLogger(DrillSealTimer.class.getName());

    @Inject private DrillRecorder recorder;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("The records of drills", executor, clock, this::work);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void knock() {
        beat.fire();
    }

    private void work() {
        recorder.unsealed().forEach(this::seal);
    }

    /** What is wrong with one must not keep the others from being sealed. */
    private void seal(UUID drill) {
        try {
            recorder.seal(drill);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The record of drill " + drill + " was not sealed.", e);
        }
    }
}
