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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.holdfast.domain.shared.Beat;
import org.holdfast.domain.snapshot.CopyReadings;

/** How far each store is with being read back, under {@code /metrics}. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ReadingFigures {
    @Inject private MetricRegistry registry;
    @Inject private CopyReadings readings;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private final Map<String, CopyReadings.Standing> stores = new ConcurrentHashMap<>();
    private Beat beat;

    @PostConstruct
    void register() {
        beat = new Beat("What was read back", executor, clock, this::read);
        beat.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void tick() {
        beat.fire();
    }

    private void read() {
        readings.standings().forEach(this::keep);
    }

    private void keep(CopyReadings.Standing standing) {
        String store = standing.store();
        if (stores.put(store, standing) != null) {
            return;
        }
        Tag tag = new Tag("store", store);
        registry.gauge(
                about(
                        "holdfast_read_back_bytes",
                        "Read back from the store after backups were made, since the beginning",
                        "bytes"),
                () -> stores.get(store).bytes(),
                tag);
        registry.gauge(
                about(
                        "holdfast_read_back_oldest_seconds",
                        "How long ago the kept copy that waits longest was read back; 0: no copy",
                        "seconds"),
                () ->
                        stores.get(store)
                                .oldest()
                                .map(at -> Duration.between(at, clock.instant()).toSeconds())
                                .map(age -> Math.max(0, age))
                                .orElse(0L),
                tag);
        registry.gauge(
                about(
                        "holdfast_copies_damaged",
                        "Kept copies in the store that are not what was written",
                        "none"),
                () -> stores.get(store).damaged(),
                tag);
    }

    private static Metadata about(String name, String description, String unit) {
        return Metadata.builder()
                .withName(name)
                .withDescription(description)
                .withUnit(unit)
                .build();
    }
}
