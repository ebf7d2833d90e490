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
import org.holdfast.app.ApprovalExpiry;
import org.holdfast.domain.shared.Beat;

/** Knocks for what waited too long for a second person; every server may, the row decides. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ApprovalTimer {
    @Inject private ApprovalExpiry expiry;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("What waits for a second person", executor, clock, this::expire);
    }

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void knock() {
        beat.fire();
    }

    private void expire() {
        expiry.overdue().forEach(expiry::expire);
        expiry.overdueRestores().forEach(expiry::expireRestore);
    }
}
