package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.Settings;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyChanged;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.PolicyVersions;

/**
 * The newest version of the catalog, read into memory: whether there is a newer one is asked for
 * once in two seconds at most, and at once where it was made on this server. So a change is in
 * force everywhere within two seconds, and asking costs nothing.
 */
@ApplicationScoped
public class CatalogPolicyInForce implements PolicyInForce {
    private static final Logger LOG = Logger.getLogger(CatalogPolicyInForce.class.getName());
    private static final long FRESH = Duration.ofSeconds(2).toNanos();

    @Inject private PolicyVersions versions;
    @Inject private Settings settings;

    private final AtomicInteger made = new AtomicInteger();
    private volatile Read read;

    /**
     * @param number the newest version's; one that this server cannot read, as after a step back to
     *     an older Holdfast, is passed over, and {@code policy} is the newest that it can
     * @param made how many versions this server had made when it was read
     */
    private record Read(int number, Policy policy, int made, long at) {}

    @Override
    public Policy now() {
        Read last = read;
        return last != null && last.made() == made.get() && System.nanoTime() - last.at() < FRESH
                ? last.policy()
                : look(last).policy();
    }

    /** Without a lock: whoever waited for one could hold the connection that its owner needs. */
    private Read look(Read last) {
        int known = made.get();
        Read next;
        try {
            int newest = versions.newest();
            next =
                    new Read(
                            newest,
                            last != null && last.number() == newest
                                    ? last.policy()
                                    : readable(newest),
                            known,
                            System.nanoTime());
        } catch (RuntimeException e) {
            if (last == null) {
                throw e;
            }
            LOG.log(Level.WARNING, "The catalog did not answer; the last known policy counts.", e);
            next = new Read(last.number(), last.policy(), known, System.nanoTime());
        }
        read = next;
        return next;
    }

    private Policy readable(int newest) {
        for (int number = newest; number > 0; number--) {
            Optional<PolicyVersion> version = versions.find(number);
            if (version.isEmpty()) {
                continue;
            }
            PolicyDocument document = PolicyDocument.of(version.get().document());
            if (document.good()) {
                return document.policy(version.get().label(), settings.configuredRetentionDays());
            }
            LOG.log(
                    Level.SEVERE,
                    "Policy version {0} cannot be read by this server, so the one before counts"
                            + " here: {1}",
                    new Object[] {number, document.wrong().get(0).sentence()});
        }
        if (newest > 0) {
            throw new IllegalStateException(
                    "No version of the policy in the catalog can be read by this Holdfast. Run the"
                            + " newer one that wrote them.");
        }
        return PolicyDocument.of("{}").policy("default", settings.configuredRetentionDays());
    }

    /** A version was made on this server: the next question finds it. */
    void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) PolicyChanged event) {
        made.incrementAndGet();
    }
}
