package org.holdfast.config;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.holdfast.domain.policy.OnCall;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Retention;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.policy.RowProof;

/**
 * Reads the policy, a JSON object:
 *
 * <pre>{@code
 * {"rpo_minutes": 60, "rto_minutes": 240, "retention_days": 30,
 *  "logical_export_frequency_minutes": 360, "monthly_restore_day": "first_sunday",
 *  "key_rotation_days": 60, "freshness_minutes": 480,
 *  "time_zone": "Europe/Berlin", "window": {"from": "20:00", "to": "06:00"},
 *  "sources": {"shop": {"row_proof": "hashes", "stores": ["local"],
 *                       "retry": {"attempts": 3, "first_pause_seconds": 60}}},
 *  "contacts": [{"name": "M. Weiss", "role": "database on call", "phone": "+49 30 1234",
 *                "email": "m.weiss@example.org"}],
 *  "escalation": [{"after_minutes": 30, "contact": "M. Weiss"}]}
 * }</pre>
 *
 * <p>For {@code schedule}, {@code time_zone} and {@code window} see {@link ScheduleText}, for
 * {@code retention} {@link RetentionText}.
 *
 * <p>Every key may be left out. An unknown key or a wrong value is a problem that names its path.
 */
final class PolicyText {
    private static final String DAY =
            "((first|second|third|fourth|last)_(mon|tues|wednes|thurs|fri|satur|sun)day)";
    private static final String PHONE = "\\+?[0-9][0-9 ()./-]{1,38}[0-9]";
    private static final String EMAIL = "[^\\s@<>\"]{1,64}@[^\\s@<>\"]{1,200}";
    static final int LONGEST_MINUTES = 527_040;

    private final JsonObject json;
    private final List<PolicyDocument.Wrong> wrong = new ArrayList<>();
    private final Map<String, List<String>> known = new TreeMap<>();

    PolicyText(JsonObject json) {
        this.json = json;
    }

    /** What was found wrong by {@link #policy}, in the order of the document. */
    List<PolicyDocument.Wrong> wrong() {
        return wrong;
    }

    /** The keys that {@link #policy} knows of each object it met, by the object's path. */
    Map<String, List<String>> known() {
        return known;
    }

    /** A JSON array of strings, empty where the text is none. */
    static Optional<List<String>> strings(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonArray array = reader.readArray();
            List<String> words = new ArrayList<>();
            for (JsonValue value : array) {
                if (!(value instanceof JsonString word)) {
                    return Optional.empty();
                }
                words.add(word.getString());
            }
            return Optional.of(List.copyOf(words));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /**
     * @param version label of the version that the document is
     * @param retentionDays of {@code RETENTION_DAYS}, which counts where the document says nothing;
     *     empty where that is not set
     */
    Policy policy(String version, Optional<Integer> retentionDays) {
        Policy standard = Policy.standard(retentionDays.orElse(Settings.RETENTION_DAYS));
        refuseUnknown(
                json,
                "",
                List.of(
                        "rpo_minutes",
                        "rto_minutes",
                        "retention_days",
                        "logical_export_frequency_minutes",
                        "monthly_restore_day",
                        "key_rotation_days",
                        "freshness_minutes",
                        "certificate_days",
                        "credential_days",
                        "sources",
                        "schedule",
                        "time_zone",
                        "window",
                        RetentionText.KEY,
                        "contacts",
                        "escalation"));
        int days = number(json, "retention_days", 1, 36_500, standard.retentionDays(), "");
        Retention retention = new RetentionText(this, json, "").read();
        return new Policy(
                version,
                number(json, "rpo_minutes", 1, LONGEST_MINUTES, standard.rpoMinutes(), ""),
                number(json, "rto_minutes", 1, LONGEST_MINUTES, standard.rtoMinutes(), ""),
                days,
                number(
                        json,
                        "logical_export_frequency_minutes",
                        1,
                        LONGEST_MINUTES,
                        standard.logicalExportFrequencyMinutes(),
                        ""),
                day(json, standard.monthlyRestoreDay()),
                number(json, "key_rotation_days", 30, 60, standard.keyRotationDays(), ""),
                sources(json),
                onCall(json),
                new ScheduleText(this, json, "").read().orElse(Policy.NIGHTLY),
                // Only days that somebody chose count for every store; else each kind has its own.
                json.containsKey("retention_days") || retentionDays.isPresent()
                        ? retention.orDays(days)
                        : retention,
                freshness(json, ""),
                new Policy.Ahead(
                        number(
                                json,
                                "certificate_days",
                                1,
                                365,
                                standard.ahead().certificates(),
                                ""),
                        number(
                                json,
                                "credential_days",
                                1,
                                365,
                                standard.ahead().credentials(),
                                "")));
    }

    private String day(JsonObject json, String otherwise) {
        JsonValue value = json.get("monthly_restore_day");
        if (value == null) {
            return otherwise;
        }
        if (value instanceof JsonString day && day.getString().matches(DAY)) {
            return day.getString();
        }
        wrong(
                "monthly_restore_day",
                value,
                "a day such as first_sunday or last_friday",
                "Write first, second, third, fourth or last, an underscore and a weekday.");
        return otherwise;
    }

    private Map<String, Policy.ForSource> sources(JsonObject json) {
        Map<String, Policy.ForSource> sources = new TreeMap<>();
        object(json, "sources", "")
                .forEach(
                        (name, value) -> {
                            String path = "sources." + name;
                            if (value instanceof JsonObject source) {
                                sources.put(name, source(source, path + "."));
                            } else {
                                wrong(
                                        path,
                                        value,
                                        "an object",
                                        "Write {\"row_proof\": \"counts\"}.");
                            }
                        });
        return sources;
    }

    private Policy.ForSource source(JsonObject json, String path) {
        List<String> known =
                new ArrayList<>(List.of("row_proof", "stores", "retry", "freshness_minutes"));
        known.addAll(ScheduleText.KEYS);
        known.add(RetentionText.KEY);
        refuseUnknown(json, path, known);
        Policy.ForSource standard = Policy.ForSource.DEFAULT;
        RowProof proof = standard.rowProof();
        JsonValue value = json.get("row_proof");
        if (value instanceof JsonString text && text.getString().matches("(?i)off|counts|hashes")) {
            proof = RowProof.valueOf(text.getString().toUpperCase(Locale.ROOT));
        } else if (value != null) {
            wrong(
                    path + "row_proof",
                    value,
                    "\"off\", \"counts\" or \"hashes\"",
                    "Use one of these.");
        }
        List<String> stores = standard.stores();
        value = json.get("stores");
        if (value != null) {
            Optional<List<String>> names = strings(value.toString());
            if (names.isEmpty() || names.get().isEmpty()) {
                wrong(
                        path + "stores",
                        value,
                        "an array of store names",
                        "Write [\"local\", \"s3\"], or leave it out for all stores.");
            } else {
                stores = names.get();
            }
        }
        JsonObject retry = object(json, "retry", path);
        refuseUnknown(retry, path + "retry.", List.of("attempts", "first_pause_seconds"));
        return new Policy.ForSource(
                proof,
                stores,
                new Retry(
                        number(
                                retry,
                                "attempts",
                                1,
                                10,
                                standard.retry().attempts(),
                                path + "retry."),
                        Duration.ofSeconds(
                                number(
                                        retry,
                                        "first_pause_seconds",
                                        0,
                                        3600,
                                        (int) standard.retry().firstPause().toSeconds(),
                                        path + "retry."))),
                new ScheduleText(this, json, path).read(),
                new RetentionText(this, json, path).read(),
                freshness(json, path));
    }

    private Optional<Duration> freshness(JsonObject json, String path) {
        return json.containsKey("freshness_minutes")
                ? Optional.of(
                        Duration.ofMinutes(
                                number(
                                        json,
                                        "freshness_minutes",
                                        1,
                                        LONGEST_MINUTES,
                                        (int) Policy.FRESHNESS.toMinutes(),
                                        path)))
                : Optional.empty();
    }

    private OnCall onCall(JsonObject json) {
        Map<String, OnCall.Contact> contacts = new LinkedHashMap<>();
        each(
                json,
                "contacts",
                "{\"name\": \"M. Weiss\", \"phone\": \"+49 30 1234\"}",
                (contact, path) -> {
                    refuseUnknown(contact, path, List.of("name", "role", "phone", "email"));
                    String name = words(contact, "name", path, ".{1,80}", "a name");
                    String role = words(contact, "role", path, ".{0,80}", "a few words");
                    String phone = words(contact, "phone", path, PHONE, "a telephone number");
                    String email = words(contact, "email", path, EMAIL, "an e-mail address");
                    if (name.isEmpty() || phone.isEmpty() && email.isEmpty()) {
                        wrong(
                                path.substring(0, path.length() - 1),
                                contact,
                                "an object with a name and a phone or an email",
                                "Add what is missing.");
                    } else if (contacts.put(name, new OnCall.Contact(name, role, phone, email))
                            != null) {
                        wrong(
                                path + "name",
                                contact.get("name"),
                                "a name that no other contact has",
                                "Tell the two apart, or remove one.");
                    }
                });
        List<OnCall.Step> escalation = new ArrayList<>();
        each(
                json,
                "escalation",
                "{\"after_minutes\": 30, \"contact\": \"M. Weiss\"}",
                (step, path) -> {
                    refuseUnknown(step, path, List.of("after_minutes", "contact"));
                    String contact = words(step, "contact", path, ".{1,80}", "a contact's name");
                    if (!contacts.containsKey(contact)) {
                        wrong(
                                path + "contact",
                                step.getOrDefault("contact", JsonValue.NULL),
                                "the name of one of the contacts",
                                "Known are "
                                        + (contacts.isEmpty()
                                                ? "none: add them under contacts"
                                                : String.join(", ", contacts.keySet()))
                                        + ".");
                        return;
                    }
                    escalation.add(
                            new OnCall.Step(
                                    number(step, "after_minutes", 0, 10_080, 0, path), contact));
                });
        return new OnCall(List.copyOf(contacts.values()), escalation);
    }

    private void each(
            JsonObject json, String key, String example, BiConsumer<JsonObject, String> take) {
        JsonValue value = json.get(key);
        if (value == null) {
            return;
        }
        if (!(value instanceof JsonArray array)) {
            wrong(key, value, "an array of objects", "Write [" + example + "].");
            return;
        }
        for (int i = 0; i < array.size(); i++) {
            String path = key + "[" + i + "]";
            if (array.get(i) instanceof JsonObject object) {
                take.accept(object, path + ".");
            } else {
                wrong(path, array.get(i), "an object", "Write " + example + ".");
            }
        }
    }

    /** A text of this shape; empty where it is left out or wrong. */
    private String words(JsonObject json, String key, String path, String shape, String expected) {
        JsonValue value = json.get(key);
        if (value == null) {
            return "";
        }
        if (value instanceof JsonString text && text.getString().strip().matches(shape)) {
            return text.getString().strip();
        }
        wrong(path + key, value, expected, "Correct it, or leave it out.");
        return "";
    }

    JsonObject object(JsonObject json, String key, String path) {
        JsonValue value = json.get(key);
        if (value instanceof JsonObject object) {
            return object;
        }
        if (value != null) {
            wrong(path + key, value, "an object", "Write {…}, or leave it out.");
        }
        return JsonValue.EMPTY_JSON_OBJECT;
    }

    int number(JsonObject json, String key, int least, int most, int otherwise, String path) {
        JsonValue value = json.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof JsonNumber number
                && number.isIntegral()
                && number.bigIntegerValue().bitLength() < Integer.SIZE
                && number.intValue() >= least
                && number.intValue() <= most) {
            return number.intValue();
        }
        wrong(
                path + key,
                value,
                "a whole number from " + least + " to " + most,
                "Leave it out for " + otherwise + ".");
        return otherwise;
    }

    void refuseUnknown(JsonObject json, String path, List<String> known) {
        this.known.put(path, known);
        for (String key : json.keySet()) {
            if (!known.contains(key)) {
                wrong.add(
                        new PolicyDocument.Wrong(
                                path + key,
                                "is no known key.",
                                "Known here are " + String.join(", ", known) + "."));
            }
        }
    }

    void wrong(String path, JsonValue value, String expected, String remedy) {
        String shown = value.toString();
        wrong.add(
                new PolicyDocument.Wrong(
                        path,
                        "is "
                                + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown)
                                + ", but it has to be "
                                + expected
                                + ".",
                        remedy));
    }
}
