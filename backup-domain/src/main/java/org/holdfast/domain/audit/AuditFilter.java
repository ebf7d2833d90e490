package org.holdfast.domain.audit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Which entries are asked for; what is empty lets everything through.
 *
 * @param from the first moment
 * @param to the moment after the last
 * @param actor user name; what a token of the person did is found too
 * @param action whole, or its first words: {@code restore} finds {@code restore.request}
 * @param subject a part of it, whatever the case
 */
public record AuditFilter(
        Optional<Instant> from,
        Optional<Instant> to,
        Optional<String> actor,
        Optional<String> action,
        Optional<String> subject) {
    public static final AuditFilter ALL =
            new AuditFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /**
     * A moment as a person gives it: {@code 2026-11-21T02:00:00Z}, or {@code 2026-11-21} for the
     * day's beginning in UTC.
     *
     * @throws java.time.DateTimeException it is neither
     */
    public static Instant since(String text) {
        return text.length() == 10
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
    }

    /**
     * As {@link #since}, but a day counts to its end.
     *
     * @throws java.time.DateTimeException it is neither
     */
    public static Instant until(String text) {
        return text.length() == 10
                ? LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
    }

    /** Whether it lets every entry through. */
    public boolean all() {
        return equals(ALL);
    }
}
