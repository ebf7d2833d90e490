package org.holdfast.config;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.policy.Every;
import org.holdfast.domain.policy.OnDays;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.policy.Within;

/**
 * Schedules in the policy file, of the whole policy or of one source:
 *
 * <pre>{@code
 * {"schedule": "nightly at 02:00", "time_zone": "Europe/Berlin",
 *  "window": {"from": "22:00", "to": "06:00"}}
 * }</pre>
 *
 * <p>{@code schedule} is {@code never}, an expression of crontab(5), or {@code nightly}, {@code
 * monthly}, {@code quarterly} or a day such as {@code first_sunday}, with {@code at HH:MM} behind
 * it (02:00 where it is left out). {@code logical_export_frequency_minutes} stands in its place
 * where a source is backed up every so many minutes.
 */
final class ScheduleText {
    static final String EVERY = "logical_export_frequency_minutes";
    static final List<String> KEYS = List.of("schedule", EVERY, "time_zone", "window");

    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Pattern DAYS =
            Pattern.compile("(" + OnDays.NAMES + ")(?: at ([01]\\d|2[0-3]):([0-5]\\d))?");
    private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d";

    private final PolicyText policy;
    private final JsonObject json;
    private final String path;

    /**
     * @param path of the object that has the keys, e.g. {@code sources.shop.}, empty for the policy
     */
    ScheduleText(PolicyText policy, JsonObject json, String path) {
        this.policy = policy;
        this.json = json;
        this.path = path;
    }

    /** Empty where nothing is said. */
    Optional<Schedule> read() {
        ZoneId zone = zone();
        if (!json.containsKey("schedule") && !json.containsKey(EVERY)) {
            if (path.isEmpty()) {
                return Optional.of(windowed(new OnDays("nightly", LocalTime.of(2, 0), zone), zone));
            }
            for (String key : List.of("time_zone", "window")) {
                if (json.containsKey(key)) {
                    policy.wrong(
                            path + key,
                            json.get(key),
                            "beside a schedule of the same source",
                            "Give the source a schedule, or leave it out.");
                }
            }
            return Optional.empty();
        }
        if (json.containsKey("schedule") && json.containsKey(EVERY)) {
            policy.wrong(
                    path + "schedule",
                    json.get("schedule"),
                    "given alone, but " + path + EVERY + " stands beside it",
                    "Remove one of the two.");
            return Optional.of(Policy.NIGHTLY);
        }
        return Optional.of(windowed(json.containsKey(EVERY) ? every() : written(zone), zone));
    }

    private Schedule every() {
        return new Every(policy.number(json, EVERY, 1, PolicyText.LONGEST_MINUTES, 360, path));
    }

    private Schedule written(ZoneId zone) {
        JsonValue value = json.get("schedule");
        if (value instanceof JsonString text) {
            String words = text.getString().strip();
            if (words.equals("never")) {
                return Schedule.NEVER;
            }
            Matcher days = DAYS.matcher(words);
            if (days.matches()) {
                int at = words.indexOf(" at ");
                return new OnDays(
                        at < 0 ? words : words.substring(0, at),
                        at < 0 ? LocalTime.of(2, 0) : LocalTime.parse(words.substring(at + 4)),
                        zone);
            }
            try {
                return CronSchedule.of(words, zone);
            } catch (IllegalArgumentException e) {
                // told below
            }
        }
        policy.wrong(
                path + "schedule",
                value,
                "never, nightly, monthly, quarterly, a day such as first_sunday (each with \"at"
                        + " HH:MM\" behind it), or five fields of crontab(5)",
                "Write \"nightly at 02:00\" or \"0 2 * * 1-5\".");
        return Policy.NIGHTLY;
    }

    private ZoneId zone() {
        JsonValue value = json.get("time_zone");
        if (value == null) {
            return UTC;
        }
        if (value instanceof JsonString text) {
            try {
                return ZoneId.of(text.getString());
            } catch (DateTimeException e) {
                // told below
            }
        }
        policy.wrong(
                path + "time_zone",
                value,
                "a time zone of the IANA database",
                "Write \"Europe/Berlin\", or leave it out for UTC.");
        return UTC;
    }

    private Schedule windowed(Schedule schedule, ZoneId zone) {
        if (json.containsKey("window")) {
            JsonObject window = policy.object(json, "window", path);
            policy.refuseUnknown(window, path + "window.", List.of("from", "to"));
            String from = window.getString("from", "");
            String to = window.getString("to", "");
            if (!from.matches(TIME) || !to.matches(TIME) || from.equals(to)) {
                policy.wrong(
                        path + "window",
                        json.get("window"),
                        "an object with two different times",
                        "Write {\"from\": \"22:00\", \"to\": \"06:00\"}.");
                return schedule;
            }
            Schedule within =
                    new Within(schedule, LocalTime.parse(from), LocalTime.parse(to), zone);
            if (schedule != Schedule.NEVER && within.next(Instant.now()).isEmpty()) {
                policy.wrong(
                        path + "window",
                        json.get("window"),
                        "one that the schedule (" + schedule.words() + ") ever falls into",
                        "Widen the window, or change the schedule.");
                return schedule;
            }
            return within;
        }
        if (schedule != Schedule.NEVER && schedule.next(Instant.now()).isEmpty()) {
            policy.wrong(
                    path + "schedule",
                    json.get("schedule"),
                    "one that comes at all",
                    "Correct the day of the month or the month; \"never\" is for by hand only.");
        }
        return schedule;
    }
}
