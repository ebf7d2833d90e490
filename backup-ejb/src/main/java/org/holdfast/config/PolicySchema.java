package org.holdfast.config;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The published JSON Schema (2020-12) of the policy, {@code policy.schema.json}: for editors, for
 * other people's checks, and for the defaults that a comparison of two policies fills in. What is
 * refused is decided by {@link PolicyDocument}; tests hold the two together.
 */
public final class PolicySchema {
    private static final String TEXT = read();
    private static final JsonObject SCHEMA = parse(TEXT);

    private PolicySchema() {}

    /**
     * A value that is not the same in two policies.
     *
     * @param path e.g. {@code sources.shop.row_proof}
     * @param before empty where neither the document nor a default says anything
     * @param after as {@code before}
     */
    public record Difference(String path, Optional<Value> before, Optional<Value> after) {}

    /**
     * @param standard whether it is the default of a value that was left out
     */
    public record Value(JsonValue json, boolean standard) {
        /** For people: texts without quotation marks. */
        public String words() {
            String text = json instanceof JsonString string ? string.getString() : json.toString();
            return standard ? text + " (default)" : text;
        }
    }

    public static String text() {
        return TEXT;
    }

    static JsonObject json() {
        return SCHEMA;
    }

    private static String read() {
        try (InputStream in = PolicySchema.class.getResourceAsStream("policy.schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject parse(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /**
     * What differs in effect, by path: what a document leaves out counts as its default.
     *
     * @param retentionDays of {@code RETENTION_DAYS}; empty where that is not set
     */
    public static List<Difference> differences(
            JsonObject before, JsonObject after, Optional<Integer> retentionDays) {
        List<Difference> found = new ArrayList<>();
        new Walk(retentionDays, found).walk("", SCHEMA, before, after, true, true);
        return found;
    }

    static JsonObject resolved(JsonObject schema) {
        String ref = schema.getString("$ref", "");
        return ref.isEmpty()
                ? schema
                : (JsonObject) SCHEMA.getValue(ref.substring(1).replace("%24", "$"));
    }

    /** Goes through two documents and the schema at once. */
    private record Walk(Optional<Integer> retentionDays, List<Difference> found) {
        /**
         * @param filled whether a default counts for what {@code before} leaves out: not below an
         *     item of a list that it does not have
         * @param filledAfter the same of {@code after}
         */
        void walk(
                String path,
                JsonObject said,
                JsonValue before,
                JsonValue after,
                boolean filled,
                boolean filledAfter) {
            JsonObject schema = resolved(said);
            JsonObject properties = object(schema.get("properties"));
            JsonObject others = object(schema.get("additionalProperties"));
            JsonObject items = resolved(object(schema.get("items")));
            if (!properties.isEmpty()
                    || !others.isEmpty()
                    || before instanceof JsonObject
                    || after instanceof JsonObject) {
                Set<String> names = new TreeSet<>(properties.keySet());
                names.addAll(object(before).keySet());
                names.addAll(object(after).keySet());
                for (String name : names) {
                    walk(
                            path.isEmpty() ? name : path + "." + name,
                            object(properties.getOrDefault(name, others)),
                            object(before).get(name),
                            object(after).get(name),
                            filled && counts(name, object(before)),
                            filledAfter && counts(name, object(after)));
                }
            } else if (items.containsKey("properties")) {
                JsonArray first = array(before);
                JsonArray second = array(after);
                for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
                    walk(
                            path + "[" + i + "]",
                            items,
                            i < first.size() ? first.get(i) : null,
                            i < second.size() ? second.get(i) : null,
                            filled && i < first.size(),
                            filledAfter && i < second.size());
                }
            } else {
                Optional<Value> first = value(path, said, before, filled);
                Optional<Value> second = value(path, said, after, filledAfter);
                if (!first.map(Value::json).equals(second.map(Value::json))) {
                    found.add(new Difference(path, first, second));
                }
            }
        }

        /** A frequency stands in the place of a schedule: the default of that is not meant then. */
        private static boolean counts(String name, JsonObject in) {
            return !name.equals("schedule") || !in.containsKey(ScheduleText.EVERY);
        }

        private Optional<Value> value(
                String path, JsonObject said, JsonValue value, boolean filled) {
            if (value != null) {
                return Optional.of(new Value(value, false));
            }
            JsonValue standard =
                    path.equals("retention_days") && retentionDays.isPresent()
                            ? Json.createValue(retentionDays.get())
                            : said.getOrDefault("default", resolved(said).get("default"));
            return filled && standard != null
                    ? Optional.of(new Value(standard, true))
                    : Optional.empty();
        }

        private static JsonObject object(JsonValue value) {
            return value instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
        }

        private static JsonArray array(JsonValue value) {
            return value instanceof JsonArray array ? array : JsonValue.EMPTY_JSON_ARRAY;
        }
    }
}
