package org.holdfast.work;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.shared.Beat;

/**
 * Says in the catalog that the identities given for waiting restores and drills are still in this
 * server's memory. When it stops saying so, any server takes the work and ends it with the reason.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class IdentityWatch {
    @Inject private HeldIdentities held;
    @Inject private Leases leases;
    @Inject private ThisServer server;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;

    @PostConstruct
    void start() {
        beat =
                new Beat(
                        "The identities held for restores and drills",
                        executor,
                        clock,
                        this::renew);
    }

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void knock() {
        beat.fire();
    }

    private void renew() {
        Set<UUID> here = held.work();
        if (!here.isEmpty()) {
            held.keepOnly(leases.renewIdentities(server.name(), here));
        }
    }
}
