package org.holdfast.web.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.app.PlaceEnds;
import org.holdfast.domain.alert.Severity;

/** How figures, times and ids are put into words: the functions of the {@code hf} tag library. */
public final class Words {
    private static final DateTimeFormatter UTC = format("yyyy-MM-dd HH:mm:ss 'UTC'");
    private static final DateTimeFormatter MINUTE = format("d MMM yyyy HH:mm 'UTC'");
    private static final DateTimeFormatter CLOCK = format("HH:mm:ss");
    private static final DateTimeFormatter DAY = format("d MMM yyyy");
    private static final Pattern INSTANT =
            Pattern.compile(
                    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?Z");
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final int BRIEF = 8;

    private Words() {}

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    /** Bytes in the largest fitting binary unit, three digits: {@code 1.24 GiB}. */
    public static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        do {
            value /= 1024;
            unit++;
        } while (value >= 1000 && unit < UNITS.length - 1);
        String pattern = value < 10 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ENGLISH, pattern, value, UNITS[unit]);
    }

    /** Exact, for the hover: {@code 1,331,439,862 bytes}. */
    public static String bytes(long bytes) {
        return number(bytes) + (bytes == 1 ? " byte" : " bytes");
    }

    public static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** {@code 3 h ago}, {@code in 2 d}; after 60 days the date. Empty for null. */
    public static String ago(Instant instant) {
        return instant == null ? "" : ago(instant, Instant.now());
    }

    static String ago(Instant instant, Instant now) {
        return ago(instant, now, ZoneOffset.UTC);
    }

    static String ago(Instant instant, Instant now, ZoneId zone) {
        Duration age = Duration.between(instant, now);
        boolean past = !age.isNegative();
        long seconds = age.abs().toSeconds();
        if (seconds < 45) {
            return past ? "just now" : "in a moment";
        }
        long minutes = (seconds + 30) / 60;
        String distance;
        if (minutes < 90) {
            distance = minutes + " min";
        } else if (minutes < 36 * 60) {
            distance = (minutes + 30) / 60 + " h";
        } else if (minutes < 60 * 24 * 60) {
            distance = (minutes + 12 * 60) / (24 * 60) + " d";
        } else {
            return DAY.withZone(zone).format(instant);
        }
        return past ? distance + " ago" : "in " + distance;
    }

    /** The class of a line that says when something ends: it stands out as its alert does. */
    public static String endTone(PlaceEnds.End end) {
        return end.told().map(Words::tone).orElse("");
    }

    private static String tone(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "bad";
            case WARNING -> "warn";
            case INFO -> "";
        };
    }

    /** {@code 2026-11-21 02:04:05 UTC}; empty for null. */
    public static String utc(Instant instant) {
        return instant == null ? "" : UTC.format(instant);
    }

    /** {@code 21 Nov 2026 02:04 UTC}; empty for null. */
    public static String minute(Instant instant) {
        return instant == null ? "" : MINUTE.format(instant);
    }

    /** {@code 02:04:05}, UTC; empty for null. */
    public static String clock(Instant instant) {
        return instant == null ? "" : CLOCK.format(instant);
    }

    /** A sentence of the log or a record, its times as people write them. */
    public static String plain(String text) {
        return text == null
                ? ""
                : INSTANT.matcher(text).replaceAll(found -> utc(Instant.parse(found.group())));
    }

    /** A duration in at most two units: {@code 21 min}, {@code 1 h 5 min}, {@code 0.8 s}. */
    public static String took(Duration duration) {
        if (duration == null) {
            return "";
        }
        long millis = duration.abs().toMillis();
        if (millis < 10_000) {
            return String.format(Locale.ENGLISH, "%.1f s", millis / 1000.0);
        }
        long seconds = (millis + 500) / 1000;
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        long minutes = (seconds + 30) / 60;
        if (minutes < 60) {
            return minutes + " min";
        }
        long hours = minutes / 60;
        return hours < 48
                ? two(hours, "h", minutes % 60, "min")
                : two(hours / 24, "d", hours % 24, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** As {@link #took}, of whole seconds. */
    public static String seconds(long seconds) {
        return took(Duration.ofSeconds(seconds));
    }

    /** From {@code start} to {@code end}, to now where there is no end; empty without a start. */
    public static String between(Instant start, Instant end) {
        return start == null
                ? ""
                : took(Duration.between(start, end == null ? Instant.now() : end));
    }

    /** When somebody is called: {@code at once}, {@code after 30 min}. */
    public static String after(int minutes) {
        return minutes == 0 ? "at once" : "after " + took(Duration.ofMinutes(minutes));
    }

    /**
     * The last eight digits of an id: the first ones of a version 7 UUID are its time and the same
     * for neighbours.
     */
    public static String brief(Object id) {
        String text = id == null ? "" : id.toString();
        return text.length() <= BRIEF ? text : text.substring(text.length() - BRIEF);
    }

    /** {@code a, b, c}. */
    public static String names(Collection<?> items) {
        return items == null
                ? ""
                : items.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /**
     * A constant's name for people: {@code AWAITING_APPROVAL} becomes {@code Awaiting approval}.
     */
    public static String word(Object constant) {
        if (constant == null || constant.toString().isEmpty()) {
            return "";
        }
        String text = constant.toString().toLowerCase(Locale.ENGLISH).replace('_', ' ');
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
