package org.holdfast.work;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Says in the catalog that the identities given for waiting restores are still in this server's
 * memory. When it stops saying so, any server takes the restore and ends it with the reason.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class IdentityWatch {
    private static final Logger LOG = Logger.getLogger(IdentityWatch.class.getName());

    @Inject private HeldIdentities held;
    @Inject private Leases leases;
    @Inject private ThisServer server;

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void renew() {
        Set<UUID> here = held.restores();
        if (here.isEmpty()) {
            return;
        }
        try {
            held.keepOnly(leases.renewIdentities(server.name(), here));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The catalog did not answer; the next try is in 10 s.", e);
        }
    }
}
