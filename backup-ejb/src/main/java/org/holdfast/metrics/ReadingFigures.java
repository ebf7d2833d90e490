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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
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
    private static final String BYTES = "holdfast_read_back_bytes";
    private static final String OLDEST = "holdfast_read_back_oldest_seconds";
    private static final String DAMAGED = "holdfast_copies_damaged";

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
        List<CopyReadings.Standing> standings = readings.standings();
        Set<String> retired = new HashSet<>(stores.keySet());
        standings.forEach(standing -> retired.remove(standing.store()));
        retired.forEach(this::forget);
        standings.forEach(this::keep);
    }

    private void forget(String store) {
        for (String name : List.of(BYTES, OLDEST, DAMAGED)) {
            registry.remove(new MetricID(name, new Tag("store", store)));
        }
        stores.remove(store);
    }

    private <T> T of(String store, Function<CopyReadings.Standing, T> figure, T retired) {
        CopyReadings.Standing standing = stores.get(store);
        return standing == null ? retired : figure.apply(standing);
    }

    private void keep(CopyReadings.Standing standing) {
        String store = standing.store();
        if (stores.put(store, standing) != null) {
            return;
        }
        Tag tag = new Tag("store", store);
        registry.gauge(
                about(
                        BYTES,
                        "Read back from the store after backups were made, since the beginning",
                        "bytes"),
                () -> of(store, CopyReadings.Standing::bytes, 0L),
                tag);
        registry.gauge(
                about(
                        OLDEST,
                        "How long ago the kept copy that waits longest was read back; 0: no copy",
                        "seconds"),
                () ->
                        of(store, CopyReadings.Standing::oldest, Optional.<Instant>empty())
                                .map(at -> Duration.between(at, clock.instant()).toSeconds())
                                .map(age -> Math.max(0, age))
                                .orElse(0L),
                tag);
        registry.gauge(
                about(DAMAGED, "Kept copies in the store that are not what was written", "none"),
                () -> of(store, CopyReadings.Standing::damaged, 0L),
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
