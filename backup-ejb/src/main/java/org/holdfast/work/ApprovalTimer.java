package org.holdfast.work;

import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.ApprovalExpiry;

/** Knocks for what waited too long for a second person; every server may, the row decides. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ApprovalTimer {
    private static final Logger LOG = Logger.getLogger(ApprovalTimer.class.getName());

    @Inject private ApprovalExpiry expiry;

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void knock() {
        try {
            expiry.overdue().forEach(expiry::expire);
            expiry.overdueRestores().forEach(expiry::expireRestore);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The catalog did not answer; the next knock tries again.", e);
        }
    }
}
