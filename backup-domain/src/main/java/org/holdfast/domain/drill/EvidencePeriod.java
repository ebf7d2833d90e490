package org.holdfast.domain.drill;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Refused;

/**
 * A span of whole days, UTC, whose drills are handed out together. A drill is of the period in
 * which it was asked for.
 *
 * @param from first day
 * @param last day, inclusive
 */
public record EvidencePeriod(String name, LocalDate from, LocalDate last) {
    private static final int LONGEST_DAYS = 366;

    private static final Pattern MONTH = Pattern.compile("\\d{4}-\\d{2}");
    private static final Pattern QUARTER = Pattern.compile("(\\d{4})-Q([1-4])");
    private static final Pattern SPAN =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2})\\.\\.(\\d{4}-\\d{2}-\\d{2})");

    /**
     * @param text a month {@code 2026-11}, a quarter {@code 2026-Q4}, a year {@code 2026}, or two
     *     days {@code 2026-10-05..2026-11-20}, both inclusive
     * @throws Refused EVIDENCE-PERIOD
     */
    public static EvidencePeriod of(String text) {
        String name = text == null ? "" : text.strip();
        try {
            Matcher quarter = QUARTER.matcher(name);
            if (quarter.matches()) {
                LocalDate first =
                        LocalDate.of(
                                Integer.parseInt(quarter.group(1)),
                                Integer.parseInt(quarter.group(2)) * 3 - 2,
                                1);
                return whole(name, first, first.plus(1, IsoFields.QUARTER_YEARS).minusDays(1));
            }
            Matcher span = SPAN.matcher(name);
            if (span.matches()) {
                return whole(name, LocalDate.parse(span.group(1)), LocalDate.parse(span.group(2)));
            }
            if (name.matches("\\d{4}")) {
                Year year = Year.parse(name);
                return whole(name, year.atDay(1), year.atMonth(12).atEndOfMonth());
            }
            // a year with a sign is none of ours, though java.time reads it
            if (MONTH.matcher(name).matches()) {
                YearMonth month = YearMonth.parse(name);
                return whole(name, month.atDay(1), month.atEndOfMonth());
            }
            throw none(name);
        } catch (DateTimeException e) {
            throw none(name);
        }
    }

    private static Refused none(String name) {
        return new Refused(
                "EVIDENCE-PERIOD",
                "\""
                        + (name.length() > 40 ? name.substring(0, 40) + "…" : name)
                        + "\" is no period.",
                "Give a month (2026-11), a quarter (2026-Q4), a year (2026), or a first and a"
                        + " last day (2026-10-05..2026-11-20).");
    }

    private static EvidencePeriod whole(String name, LocalDate from, LocalDate last) {
        if (last.isBefore(from)) {
            throw new Refused(
                    "EVIDENCE-PERIOD",
                    "The period ends on " + last + ", before it begins on " + from + ".",
                    "Give the first day first.");
        }
        long days = ChronoUnit.DAYS.between(from, last) + 1;
        if (days > LONGEST_DAYS) {
            throw new Refused(
                    "EVIDENCE-PERIOD",
                    "The period has " + days + " days.",
                    "Take evidence of at most " + LONGEST_DAYS + " days at once.");
        }
        return new EvidencePeriod(name, from, last);
    }

    public Instant begin() {
        return from.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The first moment that is no longer in it. */
    public Instant end() {
        return last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /**
     * The end of what can be told of it now: an unfinished period ends with this moment.
     *
     * @throws Refused EVIDENCE-PERIOD where it has not begun
     */
    public Instant endBy(Instant now) {
        if (!begin().isBefore(now)) {
            throw new Refused(
                    "EVIDENCE-PERIOD",
                    "The period begins on " + from + "; that is to come.",
                    "Choose one that has begun.");
        }
        return end().isBefore(now) ? end() : now;
    }
}
