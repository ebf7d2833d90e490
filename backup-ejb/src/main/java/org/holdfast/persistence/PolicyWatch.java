package org.holdfast.persistence;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.Settings;

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
    private static final Logger LOG = Logger.getLogger(PolicyWatch.class.getName());

    /** So often the catalog is told that the file is still followed. */
    private static final long RENEWED = Duration.ofMinutes(1).toNanos();

    @Inject private Settings settings;
    @Inject private ConfiguredPolicy policy;

    private final AtomicBoolean looking = new AtomicBoolean();
    private String last;
    private String taken;
    private long takenAt;

    @Schedule(hour = "*", minute = "*", second = "*/2", persistent = false)
    void look() {
        if (settings.policyFile().isEmpty() || !looking.compareAndSet(false, true)) {
            return;
        }
        try {
            Path file = settings.policyFile().get();
            PolicyDocument document = PolicyDocument.of(file);
            String now = document.text() + document.wrong();
            if (now.equals(last) && (!now.equals(taken) || System.nanoTime() - takenAt > RENEWED)) {
                policy.follow(file, document);
                taken = now;
                takenAt = System.nanoTime();
            }
            last = now;
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "The policy file could not be followed; the next try is in 2 s.",
                    e);
        } finally {
            looking.set(false);
        }
    }
}
