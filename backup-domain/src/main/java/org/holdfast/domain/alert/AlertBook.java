package org.holdfast.domain.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Page;

/** Alerts and what was sent of them. */
public interface AlertBook {
    /**
     * Takes the next judgement on, until the transaction ends: of several servers one does.
     *
     * @param every how long ago the last one has to be
     * @return the catalog's time; empty where another server has judged since
     */
    Optional<Instant> begin(Duration every);

    /** The facts as they are now. */
    AlertFacts facts(Instant now);

    /** Those open, the most severe first, then the oldest. */
    default List<Alert> open() {
        return open(0, Integer.MAX_VALUE);
    }

    /** A part of those open, in the same order. */
    List<Alert> open(int first, int max);

    /** How many are open. */
    long countOpen();

    /** When the facts were last judged; empty where they never were. */
    Optional<Instant> judgedAt();

    /** How many are open and not acknowledged, by severity. */
    Map<Severity, Long> unanswered();

    /** Writes it at once. */
    void add(Alert alert);

    Optional<Alert> find(UUID id);

    /** Locked until the transaction ends. */
    Optional<Alert> lock(UUID id);

    /** Those resolved, newest first by keyset. */
    Page<Alert> history(Optional<String> cursor, int max);

    // --- deliveries --------------------------------------------------------------------------

    /** Notes what is to be sent; once for each alert, channel, event and step. */
    void send(UUID alert, String channel, Notice.Event event, int step, String contact);

    /** Channels over which an alert was told, or is to be. */
    List<String> toldOver(UUID alert);

    /**
     * The next that is due, taken for a minute. One is due only after those before it of the same
     * alert and channel: nobody hears of an end before the beginning.
     */
    Optional<Delivery> claim();

    /** It arrived. */
    void delivered(UUID delivery);

    /**
     * It did not.
     *
     * @param again empty: it is given up
     */
    void undelivered(UUID delivery, String why, Optional<Duration> again);

    /** Of some alerts, in the order they were made. */
    List<Delivery> deliveries(List<UUID> alerts);
}
