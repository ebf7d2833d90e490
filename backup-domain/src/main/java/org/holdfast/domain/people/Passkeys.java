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
}
