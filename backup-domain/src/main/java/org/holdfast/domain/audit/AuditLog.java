package org.holdfast.domain.audit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The append-only log. */
public interface AuditLog {
    /** The name under which Holdfast itself acts: workers and timers. */
    String SYSTEM = "holdfast";

    /**
     * Appends in the caller's transaction, so that the act and its entry stand or fall together.
     *
     * @param detail facts by name; never a secret
     */
    void append(String actor, String action, String subject, Map<String, ?> detail);

    /** Newest first; {@code before} a sequence number to page on from. */
    List<AuditEntry> newest(AuditFilter filter, Optional<Long> before, int max);

    /** In order, those behind {@code after} up to and with {@code last}. */
    List<AuditEntry> following(AuditFilter filter, long after, long last, int max);

    /** Every actor's name, those of tokens without the token. */
    List<String> actors();

    /** Every action that was ever entered. */
    List<String> actions();

    /**
     * The end of the chain.
     *
     * @param entries how many there are
     * @param hash of the last; {@link AuditEntry#GENESIS} where there is none
     */
    record Head(long entries, String hash) {}

    Head head();

    /** The hash of one entry as it stands. */
    Optional<String> hashAt(long seq);

    /**
     * What reading the whole chain found.
     *
     * @param entries how many are whole from the first on
     * @param brokenAt sequence number of the first that does not follow, empty where all do
     */
    record ChainStatus(long entries, Optional<Long> brokenAt) {}

    ChainStatus verify();
}
