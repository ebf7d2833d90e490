package org.holdfast.metrics;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.holdfast.config.PolicyFileState;
import org.holdfast.config.Settings;
import org.holdfast.domain.policy.PolicyInForce;

/** Which policy is in force, and whether this server's policy file is taken. */
@Singleton
@Startup
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PolicyFigures {
    @Inject private MetricRegistry registry;
    @Inject private PolicyInForce policy;
    @Inject private PolicyFileState file;
    @Inject private Settings settings;

    @PostConstruct
    void register() {
        registry.gauge(
                about(
                        "holdfast_policy_version",
                        "Number of the policy version in force; 0 where nobody has said anything"),
                () -> number(policy.now().version()));
        if (settings.policyFile().isPresent()) {
            registry.gauge(
                    about(
                            "holdfast_policy_file_problems",
                            "What is wrong with this server's policy file; while it is above 0, the"
                                    + " last good version stays in force"),
                    () -> file.problems().map(List::size).orElse(0));
        }
    }

    /** The label begins with it. */
    private static int number(String label) {
        int dash = label.indexOf('-');
        return dash < 0 ? 0 : Integer.parseInt(label.substring(0, dash));
    }

    private static Metadata about(String name, String description) {
        return Metadata.builder()
                .withName(name)
                .withDescription(description)
                .withUnit("none")
                .build();
    }
}
