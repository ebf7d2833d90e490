package org.holdfast.domain.drill;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.holdfast.domain.shared.Sha256;

/**
 * The chain of drill records: each state of a record that was sealed, whole, each carrying the hash
 * of the one before, over all drills. Append only.
 */
public interface DrillRecords {
    /**
     * A link without its text.
     *
     * @param record SHA-256 of the document's bytes in UTF-8
     * @param previous the hash of the link before; 64 zeros for the first
     */
    record Link(long seq, UUID drillId, Instant at, Sha256 record, String previous, String hash) {
        public static final String GENESIS = "0".repeat(64);

        /** The link that follows {@code previous}. */
        public static Link behind(
                long lastSeq, String previous, UUID drillId, Instant at, Sha256 record) {
            long seq = lastSeq + 1;
            return new Link(
                    seq, drillId, at, record, previous, hash(seq, drillId, at, record, previous));
        }

        static String hash(long seq, UUID drillId, Instant at, Sha256 record, String previous) {
            return Sha256.ofFields(
                            List.of(
                                    previous,
                                    Long.toString(seq),
                                    drillId.toString(),
                                    at.toString(),
                                    record.hex()))
                    .hex();
        }
    }

    /**
     * A link with what it seals.
     *
     * @param document the record as JSON
     * @param envelope the link, signed when it was made
     */
    record Sealed(Link link, String document, String envelope) {}

    /**
     * Appends in the caller's transaction.
     *
     * @param envelope makes the signed envelope of the link
     */
    Sealed append(UUID drillId, Instant at, String document, Function<Link, String> envelope);

    /** The newest of a drill. */
    Optional<Sealed> newest(UUID drillId);

    /** Every one of a drill, oldest first. */
    List<Sealed> of(UUID drillId);

    /** Links behind {@code after} up to and with {@code last}, in order. */
    List<Link> links(long after, long last, int max);

    /** Drills that ended and were not sealed, or whose place was destroyed since they were. */
    List<UUID> unsealed(int max);

    /** The same, among some. */
    List<UUID> unsealed(Collection<UUID> ids);
}
