package org.holdfast.domain.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What is known of the signed heads of the chain that lie in the stores. */
public interface Anchors {
    /** Names this catalog's chain among others that the same stores may keep heads of. */
    UUID catalog();

    /** Whether it is this server's turn now; then it is nobody's for as long. */
    boolean claim(Duration every);

    /**
     * What was seen in one store when its heads were last looked at.
     *
     * @param key the newest head's; null where there is none
     * @param entries of that head
     * @param at when that head was signed
     * @param lookedAt when the store last answered
     * @param failure why it does not answer now; null where it does
     * @param mismatch in what the head differs from the log; null where it does not
     */
    record Anchor(
            UUID storeId,
            String store,
            String key,
            long entries,
            String hash,
            Instant at,
            Instant lookedAt,
            String failure,
            String mismatch) {}

    /** Of every store that takes copies, by name; one that was never looked at has no times. */
    List<Anchor> all();

    /** What was found in a store that answered. */
    void seen(UUID storeId, Optional<Seen> newest, String mismatch);

    record Seen(String key, long entries, String hash, Instant at) {}

    /** The store did not answer. */
    void failed(UUID storeId, String failure);
}
