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
import java.util.logging.Logger;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Beat;

/**
 * Knocks for what is to go. That the rules are looked at once an hour, by one server, is decided by
 * a row; the knock comes often so that a lost one is made up for.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RetentionTimer {
    private static final Logger LOG = Logger.getLogger(RetentionTimer.class.getName());

    @Inject private RetentionRunner runner;
    @Inject private Settings settings;
    @Inject private ThisServer server;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("What is to go from the stores", executor, clock, this::work);
        LOG.info(
                "RetentionWorker "
                        + (settings.retentionWorkerEnabled()
                                ? "started"
                                : "is off: RETENTION_WORKER_ENABLED=false")
                        + " as "
                        + server.name());
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void knock() {
        beat.fire();
    }

    private void work() {
        if (settings.retentionWorkerEnabled()) {
            runner.work(server.name());
        }
    }
}
