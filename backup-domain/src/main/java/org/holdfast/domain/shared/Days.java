package org.holdfast.domain.shared;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Days as people, scripts and settings give them. Only such as every part of Holdfast can read:
 * Java knows years before 0 and after 9999, PostgreSQL and JSON's readers do not, or write them
 * otherwise.
 */
public final class Days {
    /** For sentences that say what is expected. */
    public static final String EXPECTED = "a day from 2000-01-01 to 9999-12-31";

    private static final int FIRST_YEAR = 2000;
    private static final int LAST_YEAR = 9999;

    private Days() {}

    /**
     * @param text as {@code 2027-03-31}
     * @return empty where it is anything else
     */
    public static Optional<LocalDate> read(String text) {
        if (!text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text)).filter(Days::known);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Whether a day that did not come as a text is one that {@link #read} gives. */
    public static boolean known(LocalDate day) {
        return day.getYear() >= FIRST_YEAR && day.getYear() <= LAST_YEAR;
    }
}
