package org.holdfast.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Page;

/** What waits for a second person or did: table {@code approvals}, and restores beside it. */
public interface ApprovalRecords {
    /** Written at once. */
    void add(Approval approval);

    Optional<Approval> find(UUID id);

    /** The row locked until the transaction ends. */
    Optional<Approval> lock(UUID id);

    /** The one that waits for the same operation with the same parameters, if any. */
    Optional<Approval> waiting(String operation, String parameters);

    /** Those that wait although their time is over. */
    List<UUID> overdue(Instant now);

    /** Whether a row is of an operation or of a restore. */
    enum Kind {
        OPERATION,
        RESTORE
    }

    /**
     * An operation's or a restore's.
     *
     * @param operation {@code restore} for a restore
     * @param decision why it was decided so, or why the glass was broken; may be null
     * @param decidedBy null while it waits
     */
    record Row(
            UUID id,
            Kind kind,
            String operation,
            String subject,
            String what,
            boolean production,
            String reason,
            String requestedBy,
            Instant requestedAt,
            Instant expiresAt,
            ApprovalState status,
            String decidedBy,
            Instant decidedAt,
            String decision,
            boolean breakGlass,
            String planHash) {}

    /** Which rows. */
    enum Box {
        ALL,
        /** Waiting, asked for by somebody else. */
        WAITING_FOR_ME,
        /** Waiting, asked for by the person. */
        ASKED_BY_ME,
        DECIDED
    }

    /**
     * Newest first by keyset.
     *
     * @param person whose boxes they are
     */
    Page<Row> page(Box box, String person, Optional<String> cursor, int max);

    /**
     * The same of a box of what waits, the first to expire first: what is overlooked is what waits
     * no longer.
     */
    Page<Row> ending(Box box, String person, Optional<String> cursor, int max);

    /** How many a box holds, on all its pages. */
    long count(Box box, String person);

    /** Where one person acted alone since, newest first. */
    List<Row> glassBrokenSince(Instant since);
}
