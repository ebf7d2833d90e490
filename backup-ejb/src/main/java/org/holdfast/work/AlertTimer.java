package org.holdfast.work;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.app.AlertDesk;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.LifeSign;
import org.holdfast.domain.alert.StoreChecks;
import org.holdfast.domain.people.GlassBroken;
import org.holdfast.domain.shared.Beat;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;

/**
 * Knocks for alerts: looks whether the stores answer, has the facts judged, sends what is to be
 * sent. It depends on no scheduler and no worker, so that their silence is told.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AlertTimer {
    private static final Logger LOG = Logger.getLogger(AlertTimer.class.getName());

    /** Nothing is there: that the store can say so is enough. */
    private static final ObjectKey NOWHERE = new ObjectKey("holdfast-probe/answer");

    @Inject private AlertDesk desk;
    @Inject private Settings settings;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private StoreChecks checks;
    @Inject private LifeSign lifeSign;
    @Inject private CertificateLook certificate;
    @Inject private HostLook hosts;
    @Inject private Clock clock;
    @Inject @Any private Instance<Channel> channels;
    @Resource private TimerService timers;
    @Resource private ManagedExecutorService executor;

    private Beat judging;
    private Beat looking;
    private Beat reading;
    private Beat sending;

    @PostConstruct
    void begin() {
        judging = new Beat("What alerts are judged by", executor, clock, this::judge);
        looking = new Beat("The stores", executor, clock, this::look);
        reading =
                new Beat("The certificates of hosts", executor, clock, () -> hosts.look(executor));
        sending = new Beat("What is to be told", executor, clock, this::deliver);
        long every = settings.alerting().every().toMillis();
        timers.createIntervalTimer(every, every, new TimerConfig("alerts", false));
    }

    @Timeout
    void knock(Timer timer) {
        looking.fire();
        reading.fire();
        judging.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void send() {
        sending.fire();
    }

    private void judge() {
        certificate.look();
        Optional<Boolean> calm = desk.judge(false);
        sending.fire();
        if (calm.filter(all -> all).isPresent()) {
            live();
        }
    }

    /** Everybody is to know at once. */
    public void told(@Observes(during = TransactionPhase.AFTER_SUCCESS) GlassBroken broken) {
        try {
            executor.execute(
                    () -> {
                        desk.judge(true);
                        sending.fire();
                    });
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "The next judgement will find it.", e);
        }
    }

    private void deliver() {
        for (Optional<AlertDesk.Outgoing> next = desk.next();
                next.isPresent();
                next = desk.next()) {
            AlertDesk.Outgoing out = next.get();
            desk.settle(out.delivery(), failure(out), clock.instant());
        }
    }

    private Optional<String> failure(AlertDesk.Outgoing out) {
        try {
            Optional<Channel> channel =
                    channels.stream()
                            .filter(c -> c.name().equals(out.delivery().channel()))
                            .findFirst();
            if (channel.isEmpty()) {
                return Optional.of("There is no such channel any more.");
            }
            channel.get().send(out.notice());
            return Optional.empty();
        } catch (Channel.Undelivered e) {
            LOG.log(
                    Level.WARNING,
                    "Alert {0} was not delivered over {1}: {2}",
                    new Object[] {
                        out.delivery().alert(), out.delivery().channel(), e.getMessage()
                    });
            return Optional.of(e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A channel broke.", e);
            return Optional.of("The server's log tells what broke.");
        }
    }

    private void look() {
        for (StorageLocation store : locations.active()) {
            checks.checked(store.id(), failure(store));
        }
    }

    private Optional<String> failure(StorageLocation place) {
        try (BlobStore store = blobStores.open(locations.access(place))) {
            store.stat(NOWHERE);
            store.room();
            return Optional.empty();
        } catch (StoreFailure | RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void live() {
        try {
            lifeSign.give();
        } catch (Channel.Undelivered e) {
            LOG.log(Level.WARNING, "The dead-man address was not reached: {0}", e.getMessage());
        }
    }
}
