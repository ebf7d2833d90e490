package org.holdfast.persistence;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.Refused;

/** What reading rows has in common. */
final class Rows {
    private Rows() {}

    /**
     * The row as it is now, locked FOR UPDATE until the transaction ends. What this transaction
     * changed before is written first; what others changed since is seen.
     */
    static <T> Optional<T> lock(EntityManager entities, Class<T> type, UUID id) {
        entities.flush();
        return Optional.ofNullable(
                entities.find(
                        type,
                        id,
                        LockModeType.PESSIMISTIC_WRITE,
                        Map.of("eclipselink.refresh", "true")));
    }

    /**
     * The page that is asked for, or the nearest there is. A row that went since they were counted
     * may leave the last page empty.
     *
     * @param count of the rows that {@code all} selects
     */
    static <T> Part<T> part(TypedQuery<Long> count, TypedQuery<T> all, int page, int size) {
        long total = count.getSingleResult();
        int there = Part.within(page, size, total);
        List<T> items = all.setFirstResult((there - 1) * size).setMaxResults(size).getResultList();
        return new Part<>(items, there, size, total);
    }

    static Instant instant(Object column) {
        if (column == null) {
            return null;
        }
        return column instanceof OffsetDateTime time
                ? time.toInstant()
                : ((Timestamp) column).toInstant();
    }

    static Timestamp timestamp(Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    static UUID uuid(Object column) {
        return column == null || column instanceof UUID
                ? (UUID) column
                : UUID.fromString(column.toString());
    }

    static long number(Object column) {
        return ((Number) column).longValue();
    }

    static String text(Object column) {
        return (String) column;
    }

    /** Names that were joined by commas; a name holds none. */
    static List<String> names(Object column) {
        return column == null ? List.of() : List.of(column.toString().split(","));
    }

    /** A place in a list that is ordered by a time and an id, newest first. */
    record Cursor(Instant at, UUID id) {
        String text() {
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, at);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((micros + " " + id).getBytes(StandardCharsets.US_ASCII));
        }

        static Cursor of(String text) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII)
                                .split(" ", 2);
                return new Cursor(
                        Instant.EPOCH.plus(Long.parseLong(parts[0]), ChronoUnit.MICROS),
                        UUID.fromString(parts[1]));
            } catch (RuntimeException e) {
                throw new Refused(
                        "BAD-CURSOR",
                        "The page asked for does not exist.",
                        "Begin with the first page and follow each answer's \"next\".");
            }
        }
    }
}
