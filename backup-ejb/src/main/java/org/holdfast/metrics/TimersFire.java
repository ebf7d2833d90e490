package org.holdfast.metrics;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive: the container's timers fire, on which all work rests. They are judged by the one that
 * reads the figures; that the catalog is down is no reason to restart this server, so a reading
 * that failed counts as a firing, too.
 */
@Liveness
@ApplicationScoped
public class TimersFire implements HealthCheck {
    private static final Duration LONGEST = Duration.ofMinutes(3);

    @EJB private Figures figures;

    @Override
    public HealthCheckResponse call() {
        Duration silence = figures.silence();
        return HealthCheckResponse.named("timers")
                .status(silence.compareTo(LONGEST) < 0)
                .withData("lastFiredSecondsAgo", silence.toSeconds())
                .build();
    }
}
