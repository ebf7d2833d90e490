package org.holdfast.domain.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Once on certain days, at one time of the day in a time zone. Where summer time leaves that time
 * out, the slot is as much later as was left out; where it comes twice, the slot is the first. So
 * every such day has exactly one slot.
 *
 * @param name {@code nightly}, {@code monthly} (the first), {@code quarterly} (the first of
 *     January, April, July and October), or a day such as {@code first_sunday} or {@code
 *     last_friday}
 */
public record OnDays(String name, LocalTime at, ZoneId zone) implements Schedule {
    /** What {@code name} may be. */
    public static final String NAMES =
            "nightly|monthly|quarterly|(first|second|third|fourth|last)_(mon|tues|wednes|thurs|fri|satur|sun)day";

    private static final Pattern DAY = Pattern.compile("(\\w+)_(\\w+)");
    private static final List<String> ORDINALS = List.of("first", "second", "third", "fourth");

    public OnDays {
        if (!name.matches(NAMES)) {
            throw new IllegalArgumentException("\"" + name + "\" names no days.");
        }
    }

    @Override
    public String words() {
        return name.replace('_', ' ') + " at " + at + " " + zone;
    }

    @Override
    public Optional<Instant> next(Instant after) {
        Predicate<LocalDate> falls = falls();
        LocalDate first = after.atZone(zone).toLocalDate().minusDays(1);
        return first.datesUntil(first.plusDays(HORIZON.toDays()))
                .filter(falls)
                .map(day -> day.atTime(at).atZone(zone).toInstant())
                .filter(slot -> slot.isAfter(after))
                .findFirst();
    }

    private Predicate<LocalDate> falls() {
        Matcher day = DAY.matcher(name);
        if (day.matches()) {
            int ordinal = ORDINALS.indexOf(day.group(1)) + 1;
            DayOfWeek weekday = DayOfWeek.valueOf(day.group(2).toUpperCase(Locale.ROOT));
            return date ->
                    date.equals(
                            date.with(
                                    ordinal == 0
                                            ? TemporalAdjusters.lastInMonth(weekday)
                                            : TemporalAdjusters.dayOfWeekInMonth(
                                                    ordinal, weekday)));
        }
        return switch (name) {
            case "monthly" -> date -> date.getDayOfMonth() == 1;
            case "quarterly" -> date -> date.getDayOfMonth() == 1 && date.getMonthValue() % 3 == 1;
            default -> date -> true;
        };
    }
}
