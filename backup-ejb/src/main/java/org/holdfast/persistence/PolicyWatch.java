package org.holdfast.persistence;

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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Beat;

/**
 * Follows the policy file by reading it every two seconds, because a notification of the file
 * system does not come over NFS, nor where a directory above is exchanged, as it is for a
 * ConfigMap. A change counts once two looks found the same, so that a file half written is not
 * judged.
 */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PolicyWatch {
    /** So often the catalog is told that the file is still followed. */
    private static final long RENEWED = Duration.ofMinutes(1).toNanos();

    @Inject private Settings settings;
    @Inject private ConfiguredPolicy policy;
    @Inject private Clock clock;
    @Resource private ManagedExecutorService executor;

    private Beat beat;
    private volatile String last;
    private volatile String taken;
    private volatile long takenAt;

    @PostConstruct
    void start() {
        beat = new Beat("The policy file", executor, clock, this::look);
    }

    @Schedule(hour = "*", minute = "*", second = "*/2", persistent = false)
    void knock() {
        beat.fire();
    }

    /** One look at a time: a beat leaves out what comes while it is under way. */
    private void look() {
        if (settings.policyFile().isEmpty()) {
            return;
        }
        Path file = settings.policyFile().get();
        PolicyDocument document = PolicyDocument.of(file);
        String now = document.text() + document.wrong();
        boolean steady = now.equals(last);
        last = now;
        if (steady && (!now.equals(taken) || System.nanoTime() - takenAt > RENEWED)) {
            policy.follow(file, document);
            taken = now;
            takenAt = System.nanoTime();
        }
    }
}
