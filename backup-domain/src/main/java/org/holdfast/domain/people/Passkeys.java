package org.holdfast.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The passkeys the catalog knows. */
public interface Passkeys {
    /** A person's, the oldest first. */
    List<Passkey> of(UUID userId);

    /**
     * @param credentialId Base64url without padding
     */
    Optional<Passkey> byCredential(String credentialId);

    /** Written at once; fails where the credential is known already. */
    void add(Passkey passkey);

    /**
     * Writes a use down, in one UPDATE.
     *
     * @param before the count the use was checked against
     * @param after the count it came with
     * @return false where another use came between, or the passkey is suspect or gone
     */
    boolean used(UUID id, long before, long after, Instant now);

    void suspect(UUID id, Instant now);

    /**
     * @return false where the person has no such passkey
     */
    boolean remove(UUID userId, UUID id);

    /**
     * @return how many there were
     */
    int removeAll(UUID userId);

    /**
     * Remembers what a session was asked to show a passkey for. Also forgets what nobody answered.
     *
     * @param operation as {@link SecondFactor#require} has it
     */
    void ask(UUID session, String challenge, String operation, Instant until, Instant now);

    /**
     * Uses a question up, in one DELETE: where the transaction is rolled back, it was not.
     *
     * @return false where this session was not asked this for this operation, its time is over, or
     *     it was answered
     */
    boolean answered(UUID session, String challenge, String operation, Instant now);
}
