package org.holdfast.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The people the catalog knows, their devices and tokens. */
public interface Users {
    boolean none();

    List<User> all();

    Optional<User> find(UUID id);

    Optional<User> byName(String name);

    void add(User user);

    Optional<TotpDevice> device(UUID userId);

    /** Replaces a device that is there. */
    void put(TotpDevice device);

    /**
     * Advances the last used step in one UPDATE, and activates the device.
     *
     * @return false where the step was used already or lies before the last used one
     */
    boolean useStep(UUID userId, long step);

    /** Counts a wrong code; {@code blockedUntil} null: no delay yet. */
    void countFailure(UUID userId, Instant blockedUntil);

    void add(ApiToken token);

    Optional<ApiToken> tokenByHash(String hash);

    List<ApiToken> tokens(UUID userId);

    void used(UUID tokenId, Instant now);
}
