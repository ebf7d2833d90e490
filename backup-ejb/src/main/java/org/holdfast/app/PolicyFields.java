package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of a policy that people set most often, of all databases or of one, as texts of a
 * form. What is typed goes into the document as it is, and everything else in the document stays:
 * whether a value is right is said by the document, the same way for a form and for JSON.
 */
public final class PolicyFields implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Texts and whole numbers by their path below the policy, or below the one database. */
    private static final List<String> PLAIN =
            List.of(
                    "rpo_minutes",
                    "rto_minutes",
                    "freshness_minutes",
                    "key_rotation_days",
                    "certificate_days",
                    "credential_days",
                    "monthly_restore_day",
                    "row_proof",
                    "time_zone",
                    "window.from",
                    "window.to",
                    "retention.keep_verified",
                    "retention.grace_hours");

    /** What a rule of keeping can say, for every store or for one. */
    public static final List<String> KEEPS =
            List.of("days", "count", "daily", "weekly", "monthly", "yearly");

    /** Days such as {@code first_sunday}, in the order of the month. */
    public static final List<String> DAYS =
            Stream.of("first", "second", "third", "fourth", "last")
                    .flatMap(
                            which ->
                                    Stream.of(
                                                    "mon", "tues", "wednes", "thurs", "fri",
                                                    "satur", "sun")
                                            .map(day -> which + "_" + day + "day"))
                    .toList();

    /** What menus offer; the document may say the same in other letters, or something wrong. */
    private static final Map<String, List<String>> MENUS =
            Map.of("monthly_restore_day", DAYS, "row_proof", List.of("off", "counts", "hashes"));

    private static final List<String> WHOLES = List.of("nightly", "monthly", "quarterly");
    private static final List<String> TEXTS =
            List.of("monthly_restore_day", "row_proof", "time_zone", "window.from", "window.to");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}");
    private static final Pattern ON_DAYS = Pattern.compile("([a-z_]+?)(?: at (\\d\\d:\\d\\d))?");
    private static final String SCHEDULE = "schedule";
    private static final String EVERY = "logical_export_frequency_minutes";
    private static final String STORES = "stores";

    /** How a schedule is written. */
    public enum When {
        /** Nothing is said: nightly at 02:00, or, of one database, as all. */
        UNSAID,
        EVERY,
        DAYS,
        CRON,
        NEVER
    }

    private final String source;
    private final Map<String, String> values = new LinkedHashMap<>();
    private When when = When.UNSAID;
    private String every = "";
    private String day = "nightly";
    private String at = "02:00";
    private String cron = "";

    private PolicyFields(String source) {
        this.source = source;
    }

    /**
     * @param document a JSON object; values of a kind that a form cannot show are shown as text
     * @param source whose own values are meant; empty: those of all
     * @param stores names of stores that have fields of their own
     */
    public static PolicyFields of(JsonObject document, String source, List<String> stores) {
        PolicyFields fields = new PolicyFields(source);
        JsonObject object = fields.own(document);
        PLAIN.forEach(path -> fields.values.put(path, text(in(object, steps(path)))));
        for (String keep : KEEPS) {
            String all = "retention." + keep;
            fields.values.put(all, text(in(object, steps(all))));
            for (String store : stores) {
                String path = path(store, keep);
                fields.values.put(path, text(in(object, steps(path))));
            }
        }
        fields.values.put(STORES, names(object.get(STORES)));
        fields.schedule(object);
        return fields;
    }

    /** Where a rule of one store stands. */
    public static String path(String store, String keep) {
        return "stores/" + store + "/" + keep;
    }

    /** Where a field's value stands in the document, as what is wrong with it is told. */
    public String path(String field) {
        return (source.isEmpty() ? "" : "sources." + source + ".")
                + (field.startsWith("stores/")
                        ? "retention." + field.replace('/', '.')
                        : field.equals("every") ? EVERY : field);
    }

    /** A store's name may have dots in it; it stands between slashes. */
    private static List<String> steps(String path) {
        String[] store = path.split("/");
        return store.length == 3
                ? List.of("retention", STORES, store[1], store[2])
                : List.of(path.split("\\."));
    }

    private JsonObject own(JsonObject document) {
        return source.isEmpty() ? document : member(member(document, "sources"), source);
    }

    private static JsonObject member(JsonObject object, String name) {
        return object.get(name) instanceof JsonObject member ? member : JsonValue.EMPTY_JSON_OBJECT;
    }

    private static String text(JsonValue value) {
        if (value == null) {
            return "";
        }
        return value instanceof JsonString string ? string.getString() : value.toString();
    }

    private static String names(JsonValue value) {
        return value instanceof JsonArray array
                ? array.stream().map(PolicyFields::text).collect(Collectors.joining(", "))
                : text(value);
    }

    /** What is no schedule is shown as well: only what is shown can be put right. */
    private void schedule(JsonObject object) {
        if (object.containsKey(EVERY)) {
            when = When.EVERY;
            every = text(object.get(EVERY));
        } else if (object.containsKey(SCHEDULE)) {
            String words = text(object.get(SCHEDULE)).strip();
            Matcher days = ON_DAYS.matcher(words);
            if (words.equals("never")) {
                when = When.NEVER;
            } else if (days.matches() && known(days.group(1))) {
                when = When.DAYS;
                day = days.group(1);
                at = days.group(2) == null ? "02:00" : days.group(2);
            } else {
                when = When.CRON;
                cron = words;
            }
        }
    }

    private static boolean known(String day) {
        return WHOLES.contains(day) || DAYS.contains(day);
    }

    // --- back into the document ----------------------------------------------------------------

    /**
     * The document with these values in it; what is left empty is left out. A value that is shown
     * as the document has it stays as it is written there: looking at it changes nothing.
     */
    public JsonObject onto(JsonObject document) {
        JsonObject before = own(document);
        JsonObject object = before;
        for (Map.Entry<String, String> value : values.entrySet()) {
            List<String> steps = steps(value.getKey());
            if (!value.getKey().equals(STORES)
                    && !same(text(in(before, steps)), value.getValue())) {
                object = with(object, steps, json(value));
            }
        }
        if (!source.isEmpty() && !same(names(before.get(STORES)), values.get(STORES))) {
            object = with(object, List.of(STORES), list(values.get(STORES)));
        }
        if (!sameSchedule(before)) {
            object = with(object, List.of(EVERY), when == When.EVERY ? number(every) : null);
            object = with(object, List.of(SCHEDULE), said());
        }
        return object.equals(before)
                ? document
                : source.isEmpty()
                        ? object
                        : with(
                                document,
                                List.of("sources", source),
                                object.isEmpty() ? null : object);
    }

    private static JsonValue in(JsonObject object, List<String> steps) {
        JsonObject inner = object;
        for (String step : steps.subList(0, steps.size() - 1)) {
            inner = member(inner, step);
        }
        return inner.get(steps.get(steps.size() - 1));
    }

    private static boolean same(String before, String now) {
        return before.strip().equals(now == null ? "" : now.strip());
    }

    private boolean sameSchedule(JsonObject object) {
        PolicyFields before = new PolicyFields(source);
        before.schedule(object);
        return when == before.when
                && switch (when) {
                    case UNSAID, NEVER -> true;
                    case EVERY -> same(before.every, every);
                    case DAYS -> before.day.equals(day) && same(before.at, at);
                    case CRON -> same(before.cron, cron);
                };
    }

    private static JsonValue json(Map.Entry<String, String> value) {
        String text = value.getValue() == null ? "" : value.getValue().strip();
        if (text.isEmpty()) {
            return null;
        }
        return TEXTS.contains(value.getKey()) ? Json.createValue(text) : number(text);
    }

    /** What is no number stays as it was typed, and is refused with these words. */
    private static JsonValue number(String text) {
        String stripped = text.strip();
        return NUMBER.matcher(stripped).matches()
                ? Json.createValue(Integer.parseInt(stripped))
                : Json.createValue(stripped);
    }

    private static JsonValue list(String text) {
        List<String> names =
                Pattern.compile("[,\\s]+")
                        .splitAsStream(text == null ? "" : text.strip())
                        .filter(name -> !name.isEmpty())
                        .toList();
        JsonArrayBuilder array = Json.createArrayBuilder();
        names.forEach(array::add);
        return names.isEmpty() ? null : array.build();
    }

    private JsonValue said() {
        return switch (when) {
            case UNSAID, EVERY -> null;
            case DAYS -> Json.createValue(day + " at " + at.strip());
            case CRON -> Json.createValue(cron.strip());
            case NEVER -> Json.createValue("never");
        };
    }

    /** An object that nothing is left of goes as well; one that was there empty stays. */
    private static JsonObject with(JsonObject object, List<String> path, JsonValue value) {
        String name = path.get(0);
        JsonValue inner = value;
        if (path.size() > 1) {
            JsonObject before = member(object, name);
            JsonObject after = with(before, path.subList(1, path.size()), value);
            if (after.equals(before)) {
                return object;
            }
            inner = after.isEmpty() ? null : after;
        }
        JsonObjectBuilder built = Json.createObjectBuilder(object);
        if (inner == null) {
            built.remove(name);
        } else {
            built.add(name, inner);
        }
        return built.build();
    }

    // --- of the form ---------------------------------------------------------------------------

    /** Name of the database whose own values these are; empty: of all. */
    public String getSource() {
        return source;
    }

    /** By path. */
    public Map<String, String> getValues() {
        return values;
    }

    /** A value that a field's menu does not offer by itself; without it the menu would drop it. */
    public List<String> unlisted(String field) {
        String value = values.get(field);
        return value == null || value.isEmpty() || MENUS.get(field).contains(value)
                ? List.of()
                : List.of(value);
    }

    public When getWhen() {
        return when;
    }

    public void setWhen(When when) {
        this.when = when;
    }

    public String getEvery() {
        return every;
    }

    public void setEvery(String every) {
        this.every = every == null ? "" : every;
    }

    public String getDay() {
        return day;
    }

    public void setDay(String day) {
        this.day = day;
    }

    public String getAt() {
        return at;
    }

    public void setAt(String at) {
        this.at = at == null ? "" : at;
    }

    public String getCron() {
        return cron;
    }

    public void setCron(String cron) {
        this.cron = cron == null ? "" : cron;
    }
}
