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
    List<AuditEntry> newest(Optional<Long> before, int max);

    /**
     * What reading the whole chain found.
     *
     * @param entries how many are whole from the first on
     * @param brokenAt sequence number of the first that does not follow, empty where all do
     */
    record ChainStatus(long entries, Optional<Long> brokenAt) {}

    ChainStatus verify();
}
