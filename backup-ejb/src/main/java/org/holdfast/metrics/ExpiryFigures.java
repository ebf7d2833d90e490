package org.holdfast.metrics;

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
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.shared.Beat;

/** When certificates and credentials end, under {@code /metrics}. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ExpiryFigures {
    private static final String LEFT = "holdfast_expires_in_seconds";

    @Inject private MetricRegistry registry;
    @Inject private Expiries expiries;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private final Map<Thing, AlertFacts.Expiring> ends = new ConcurrentHashMap<>();
    private Beat beat;

    record Thing(AlertKind kind, String subject) {
        Tag[] tags() {
            return new Tag[] {new Tag("kind", kind.word()), new Tag("subject", subject)};
        }
    }

    @PostConstruct
    void register() {
        beat = new Beat("What expires", executor, clock, this::read);
        beat.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void tick() {
        beat.fire();
    }

    private void read() {
        Instant at = clock.instant();
        Map<Thing, AlertFacts.Expiring> now = told(expiries.known(at), at);
        Set<Thing> gone = new HashSet<>(ends.keySet());
        gone.removeAll(now.keySet());
        for (Thing thing : gone) {
            registry.remove(new MetricID(LEFT, thing.tags()));
            ends.remove(thing);
        }
        now.forEach(this::keep);
    }

    /** Without the certificates that were not read since they would have ended. */
    static Map<Thing, AlertFacts.Expiring> told(List<AlertFacts.Expiring> known, Instant now) {
        Map<Thing, AlertFacts.Expiring> told = new HashMap<>();
        for (AlertFacts.Expiring it : known) {
            if (!it.endedUnseen(now)) {
                told.put(new Thing(it.kind(), it.subject()), it);
            }
        }
        return told;
    }

    /** In seconds; not below 0 for a certificate that ends between two looks at the catalog. */
    static long left(AlertFacts.Expiring it, Instant now) {
        return it.endedUnseen(now) ? 0 : Duration.between(now, it.at()).toSeconds();
    }

    private void keep(Thing thing, AlertFacts.Expiring it) {
        if (ends.put(thing, it) != null) {
            return;
        }
        registry.gauge(
                Metadata.builder()
                        .withName(LEFT)
                        .withDescription(
                                "How long a certificate or credential is still good; below 0 it has"
                                        + " ended")
                        .withUnit("seconds")
                        .build(),
                () -> {
                    AlertFacts.Expiring last = ends.get(thing);
                    return last == null ? 0L : left(last, clock.instant());
                },
                thing.tags());
    }
}
