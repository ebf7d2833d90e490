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
import org.holdfast.domain.shared.Beat;

/** Knocks for the head of the audit chain; that one server writes it in its time, a row decides. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AnchorTimer {
    @Inject private Anchoring anchoring;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("The head of the audit log", executor, clock, anchoring::work);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void knock() {
        beat.fire();
    }
}
