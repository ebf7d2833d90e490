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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Beat;

/** What is due of the keys, under {@code /metrics}; read once a minute. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class KeyFigures {
    private static final Metadata ROTATION =
            about(
                    "holdfast_key_rotation_due_seconds",
                    "Until an active key is to be replaced; below 0 it is overdue");
    private static final Metadata PROOF =
            about(
                    "holdfast_key_proof_due_seconds",
                    "Until the holder of an escrow key is to show the identity; below 0 it is overdue");

    @Inject private MetricRegistry registry;
    @Inject private RecipientKeys keys;
    @Inject private PolicyInForce policy;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    /** Touched by the beat's work only, which never runs twice at once. */
    private final Map<MetricID, Instant> shown = new ConcurrentHashMap<>();

    private Beat beat;

    @PostConstruct
    void start() {
        beat = new Beat("The keys' dates", executor, clock, this::read);
        beat.fire();
    }

    @Schedule(hour = "*", minute = "*", second = "5", persistent = false)
    void tick() {
        beat.fire();
    }

    private void read() {
        Map<MetricID, Instant> due = new HashMap<>();
        int days = policy.now().keyRotationDays();
        for (RecipientKey key : keys.all()) {
            enter(due, ROTATION, key, key.rotationDue(days));
            enter(due, PROOF, key, key.proofDue());
        }
        shown.entrySet()
                .removeIf(
                        old -> {
                            boolean gone = !old.getValue().equals(due.get(old.getKey()));
                            if (gone) {
                                registry.remove(old.getKey());
                            }
                            return gone;
                        });
        due.forEach(
                (id, at) -> {
                    if (shown.putIfAbsent(id, at) == null) {
                        registry.gauge(
                                id.getName().equals(ROTATION.getName()) ? ROTATION : PROOF,
                                () -> Duration.between(clock.instant(), at).toSeconds(),
                                id.getTagsAsArray());
                    }
                });
    }

    private static void enter(
            Map<MetricID, Instant> due, Metadata of, RecipientKey key, Optional<Instant> at) {
        at.ifPresent(
                when ->
                        due.put(
                                new MetricID(
                                        of.getName(),
                                        new Tag("key", key.name()),
                                        new Tag("purpose", key.purpose().word())),
                                when));
    }

    private static Metadata about(String name, String description) {
        return Metadata.builder()
                .withName(name)
                .withDescription(description)
                .withUnit("seconds")
                .build();
    }
}
