package org.holdfast.metrics;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.holdfast.config.Settings;
import org.holdfast.domain.people.Users;

/** Ready: the catalog answers a query of the schema this version needs. */
@Readiness
@ApplicationScoped
public class CatalogAnswers implements HealthCheck {
    @Inject private Users users;
    @Inject private Settings settings;

    @Override
    public HealthCheckResponse call() {
        try {
            users.none();
            return HealthCheckResponse.named("catalog")
                    .up()
                    .withData("backupWorker", settings.backupWorkerEnabled())
                    .withData("restoreWorker", settings.restoreWorkerEnabled())
                    .build();
        } catch (RuntimeException e) {
            return HealthCheckResponse.named("catalog")
                    .down()
                    .withData("problem", "The catalog does not answer; the server's log says why.")
                    .build();
        }
    }
}
