package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;

/** The server's clock, UTC, as a bean so that tests can set another. */
@ApplicationScoped
public class SystemClock {
    @Produces
    @ApplicationScoped
    public Clock clock() {
        return new UtcClock();
    }

    /** A proxyable clock: the platform's own clocks are final. */
    public static class UtcClock extends Clock {
        private final Clock system = Clock.systemUTC();

        @Override
        public java.time.ZoneId getZone() {
            return system.getZone();
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return system.withZone(zone);
        }

        @Override
        public java.time.Instant instant() {
            return system.instant();
        }
    }
}
