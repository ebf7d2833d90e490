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

    private final Map<Thing, Instant> ends = new ConcurrentHashMap<>();
    private Beat beat;

    private record Thing(AlertKind kind, String subject) {
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
        Map<Thing, Instant> now = new HashMap<>();
        for (AlertFacts.Expiring it : expiries.known(clock.instant())) {
            now.put(new Thing(it.kind(), it.subject()), it.at());
        }
        Set<Thing> gone = new HashSet<>(ends.keySet());
        gone.removeAll(now.keySet());
        for (Thing thing : gone) {
            registry.remove(new MetricID(LEFT, thing.tags()));
            ends.remove(thing);
        }
        now.forEach(this::keep);
    }

    private void keep(Thing thing, Instant at) {
        if (ends.put(thing, at) != null) {
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
                    Instant end = ends.get(thing);
                    return end == null ? 0L : Duration.between(clock.instant(), end).toSeconds();
                },
                thing.tags());
    }
}
