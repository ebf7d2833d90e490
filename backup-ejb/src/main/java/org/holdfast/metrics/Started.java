package org.holdfast.metrics;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;
import org.holdfast.config.Settings;

/**
 * Started: settings were read and found right, and the schema is up to date. Both come before
 * anything else at start, and where one fails nothing is deployed that could answer here.
 */
@Startup
@ApplicationScoped
public class Started implements HealthCheck {
    @Inject private Settings settings;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("started")
                .up()
                .withData("sources", settings.sources().size())
                .withData("targets", settings.targets().size())
                .withData("stores", settings.stores().size())
                .build();
    }
}
