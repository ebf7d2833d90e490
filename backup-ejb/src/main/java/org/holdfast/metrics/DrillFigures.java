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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.holdfast.domain.drill.DrillAges;
import org.holdfast.domain.shared.Beat;

/** How long ago each source was last shown to be restorable, under {@code /metrics}. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DrillFigures {
    private static final Metadata AGE =
            Metadata.builder()
                    .withName("holdfast_drill_passed_age_seconds")
                    .withDescription("How long ago the newest passed drill of a source ended")
                    .withUnit("seconds")
                    .build();

    @Inject private MetricRegistry registry;
    @Inject private DrillAges ages;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private final Map<String, Instant> shown = new ConcurrentHashMap<>();
    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("The drills' ages", executor, clock, this::read);
        beat.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "25", persistent = false)
    void tick() {
        beat.fire();
    }

    private void read() {
        Map<String, Instant> passed = ages.lastPassed();
        for (String gone : shown.keySet()) {
            if (!passed.containsKey(gone)) {
                registry.remove(new MetricID(AGE.getName(), of(gone)));
                shown.remove(gone);
            }
        }
        passed.forEach(
                (source, at) -> {
                    if (shown.put(source, at) == null) {
                        registry.gauge(AGE, () -> age(source), of(source));
                    }
                });
    }

    private long age(String source) {
        Instant at = shown.get(source);
        return at == null ? 0 : Math.max(0, Duration.between(at, clock.instant()).toSeconds());
    }

    private static Tag of(String source) {
        return new Tag("source", source);
    }
}
