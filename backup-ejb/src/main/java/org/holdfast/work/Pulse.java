package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.Pulses;

/** Notes in the catalog that this server does its part; not at every knock, which are many. */
@ApplicationScoped
class Pulse {
    private static final long PAUSE_NANOS = 30_000_000_000L;

    @Inject private Pulses pulses;

    private final Map<AlertFacts.Duty, Long> last = new ConcurrentHashMap<>();

    void beat(AlertFacts.Duty duty) {
        long now = System.nanoTime();
        Long before = last.get(duty);
        if (before == null || now - before > PAUSE_NANOS) {
            pulses.beat(duty);
            last.put(duty, now);
        }
    }
}
