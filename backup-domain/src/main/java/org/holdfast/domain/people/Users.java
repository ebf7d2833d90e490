package org.holdfast.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The people the catalog knows, their devices and tokens. */
public interface Users {
    /**
     * A person in a list.
     *
     * @param totp whether an authenticator is active
     * @param passkeys how many
     * @param sessions that are open
     * @param tokens that are valid
     */
    record Row(
            UUID id,
            String name,
            Role role,
            boolean disabled,
            boolean totp,
            int passkeys,
            Instant lastSignInAt,
            int sessions,
            int tokens) {}

    boolean none();

    /** By name. */
    List<Row> rows(Instant now);

    /**
     * The enabled SUPER_GURUs, locked until the transaction ends: of two who take the role from
     * each other at once, the second sees what the first did.
     */
    List<UUID> lockSuperGurus();

    Optional<User> find(UUID id);

    /**
     * As the person is now, locked until the transaction ends: what others do to the person's
     * passkeys and authenticator comes before it or after it.
     */
    Optional<User> lock(UUID id);

    Optional<User> byName(String name);

    /** The person of an OpenID provider. */
    Optional<User> bySubject(String issuer, String subject);

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

    /** With all recovery codes. */
    void removeDevice(UUID userId);

    /** Replaces every recovery code that is there. */
    void putRecoveryCodes(UUID userId, List<String> hashes, Instant now);

    /**
     * Marks a recovery code as used in one UPDATE, and forgets wrong codes before it.
     *
     * @return false where there is no such code, or it was used already
     */
    boolean useRecoveryCode(UUID userId, String hash, Instant now);

    /** Whether there is or was such a recovery code. */
    boolean knowsRecoveryCode(UUID userId, String hash);

    int recoveryCodesLeft(UUID userId);

    void add(ApiToken token);

    Optional<ApiToken> tokenByHash(String hash);

    List<ApiToken> tokens(UUID userId);

    /**
     * Ends every valid token of a person.
     *
     * @return how many
     */
    int revokeTokens(UUID userId, Instant now);

    void used(UUID tokenId, Instant now);
}
