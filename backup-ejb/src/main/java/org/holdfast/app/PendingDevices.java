package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.holdfast.domain.shared.Secret;

/**
 * Authenticators that are being set up, in memory for a quarter of an hour: a device is in the
 * catalog only once it works, so one that is there is never weakened.
 */
@ApplicationScoped
class PendingDevices {
    private static final Duration TIME = Duration.ofMinutes(15);

    private record Begun(Secret secret, Instant at) {}

    /** By the person's id, or by that of the invitation of somebody who is not there yet. */
    private final Map<UUID, Begun> begun = new ConcurrentHashMap<>();

    void put(UUID whose, Secret secret, Instant now) {
        begun.values().removeIf(other -> over(other, now));
        begun.put(whose, new Begun(secret, now));
    }

    Optional<Secret> find(UUID whose, Instant now) {
        return Optional.ofNullable(begun.get(whose)).filter(b -> !over(b, now)).map(Begun::secret);
    }

    void remove(UUID whose) {
        begun.remove(whose);
    }

    private static boolean over(Begun one, Instant now) {
        return one.at().plus(TIME).isBefore(now);
    }
}
