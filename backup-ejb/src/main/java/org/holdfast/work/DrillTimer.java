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
import org.holdfast.app.DrillPlans;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Beat;

/** Knocks for drills that are due by their plans; every server may, the plan's row decides. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DrillTimer {
    private static final Logger LOG = Logger.getLogger(DrillTimer.class.getName());

    @Inject private DrillPlans plans;
    @Inject private Settings settings;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("The drill plans", executor, clock, this::follow);
    }

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void knock() {
        beat.fire();
    }

    private void follow() {
        if (settings.backupSchedulerEnabled()) {
            plans.behind().forEach(this::look);
        }
    }

    /** What is wrong with one plan must not keep the others from being looked at. */
    private void look(UUID plan) {
        try {
            plans.due(plan);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "A drill plan could not be followed; the next knock tries again.",
                    e);
        }
    }
}
