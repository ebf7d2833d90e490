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
import java.util.stream.Collectors;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.holdfast.domain.alert.AlertBook;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.shared.Beat;

/** Open alerts under {@code /metrics}, and how long ago the facts were judged. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AlertFigures {
    @Inject private MetricRegistry registry;
    @Inject private AlertBook book;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private volatile Map<String, Long> open = Map.of();
    private volatile Instant judged;
    private Beat beat;

    @PostConstruct
    void register() {
        judged = clock.instant();
        beat = new Beat("The alerts", executor, clock, this::read);
        for (AlertKind kind : AlertKind.values()) {
            for (Severity severity : Severity.values()) {
                registry.gauge(
                        Metadata.builder()
                                .withName("holdfast_alerts")
                                .withDescription("Open alerts by kind and severity")
                                .withUnit("none")
                                .build(),
                        () -> open.getOrDefault(key(kind, severity), 0L),
                        new Tag("kind", kind.word()),
                        new Tag("severity", severity.word()));
            }
        }
        registry.gauge(
                Metadata.builder()
                        .withName("holdfast_alerts_judged_age_seconds")
                        .withDescription("How long ago alerts were last judged by any server")
                        .withUnit("seconds")
                        .build(),
                () -> Math.max(0, Duration.between(judged, clock.instant()).toSeconds()));
        beat.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void tick() {
        beat.fire();
    }

    private void read() {
        open =
                book.open().stream()
                        .collect(
                                Collectors.groupingBy(
                                        alert -> key(alert.kind(), alert.severity()),
                                        Collectors.counting()));
        book.judgedAt().ifPresent(at -> judged = at);
    }

    private static String key(AlertKind kind, Severity severity) {
        return kind + " " + severity;
    }
}
