package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.shared.Refused;

/**
 * A check plan's text, JSON:
 *
 * <pre>{@code
 * {"demanded": ["CONTENT", "KEY_TABLES"], "keyTables": ["public.orders"],
 *  "securedTables": ["public.customers"],
 *  "migrations": {"table": "public.schema_version", "column": "version", "expected": "42"},
 *  "roles": ["app"], "verificationSql": "SELECT …;", "smokeTest": "shop",
 *  "canary": {"table": "public.heartbeat", "column": "at"}, "amcheck": true, "limitSeconds": 60}
 * }</pre>
 *
 * <p>What is left out is as in {@link CheckPlan#STANDARD}.
 */
public final class CheckPlanJson {
    private static final Set<String> KEYS =
            Set.of(
                    "demanded",
                    "keyTables",
                    "securedTables",
                    "migrations",
                    "roles",
                    "verificationSql",
                    "smokeTest",
                    "canary",
                    "amcheck",
                    "limitSeconds");

    private CheckPlanJson() {}

    public static String write(CheckPlan plan) {
        return object(plan).toString();
    }

    /** The same as {@link #write}, not yet as text. */
    public static JsonObject object(CheckPlan plan) {
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add(
                                "demanded",
                                strings(plan.demanded().stream().sorted().map(Enum::name).toList()))
                        .add("keyTables", strings(plan.keyTables()))
                        .add("securedTables", strings(plan.securedTables()));
        plan.migrations()
                .ifPresent(
                        m -> {
                            JsonObjectBuilder migrations =
                                    Json.createObjectBuilder()
                                            .add("table", m.table())
                                            .add("column", m.column());
                            m.expected().ifPresent(v -> migrations.add("expected", v));
                            json.add("migrations", migrations);
                        });
        json.add("roles", strings(plan.roles())).add("verificationSql", plan.verificationSql());
        plan.smokeTest().ifPresent(name -> json.add("smokeTest", name));
        plan.canary()
                .ifPresent(
                        c ->
                                json.add(
                                        "canary",
                                        Json.createObjectBuilder()
                                                .add("table", c.table())
                                                .add("column", c.column())));
        return json.add("amcheck", plan.amcheck())
                .add("limitSeconds", plan.limit().toSeconds())
                .build();
    }

    /**
     * @throws Refused DRILL-CHECKS: it is no check plan, in words that name the member
     */
    public static CheckPlan read(String text) {
        JsonObject json;
        try (var reader = Json.createReader(new StringReader(text))) {
            json = reader.readObject();
        } catch (JsonException e) {
            throw refused("The check plan is no JSON object: " + e.getMessage());
        }
        Set<String> unknown = new TreeSet<>(json.keySet());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw refused(
                    "A check plan has no "
                            + String.join(", ", unknown)
                            + "; it has "
                            + String.join(", ", new TreeSet<>(KEYS))
                            + ".");
        }
        CheckPlan standard = CheckPlan.STANDARD;
        return new CheckPlan(
                json.containsKey("demanded") ? kinds(json) : standard.demanded(),
                list(json, "keyTables"),
                list(json, "securedTables"),
                object(json, "migrations")
                        .map(
                                m ->
                                        new CheckPlan.Migrations(
                                                required(m, "migrations", "table"),
                                                required(m, "migrations", "column"),
                                                text(m, "expected"))),
                list(json, "roles"),
                text(json, "verificationSql").orElse(""),
                text(json, "smokeTest"),
                object(json, "canary")
                        .map(
                                c ->
                                        new CheckPlan.Canary(
                                                required(c, "canary", "table"),
                                                required(c, "canary", "column"))),
                flag(json, "amcheck", standard.amcheck()),
                seconds(json, "limitSeconds", standard.limit()));
    }

    private static Set<CheckKind> kinds(JsonObject json) {
        Set<CheckKind> kinds = EnumSet.noneOf(CheckKind.class);
        for (String name : list(json, "demanded")) {
            try {
                kinds.add(CheckKind.valueOf(name));
            } catch (IllegalArgumentException e) {
                throw refused(
                        "There is no check \""
                                + name
                                + "\"; there are "
                                + Arrays.toString(CheckKind.values())
                                + ".");
            }
        }
        return kinds;
    }

    private static boolean flag(JsonObject json, String name, boolean otherwise) {
        JsonValue value = json.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value.getValueType() == JsonValue.ValueType.TRUE) {
            return true;
        }
        if (value.getValueType() == JsonValue.ValueType.FALSE) {
            return false;
        }
        throw refused("\"" + name + "\" is not true or false, but " + value + ".");
    }

    private static Duration seconds(JsonObject json, String name, Duration otherwise) {
        JsonValue value = json.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Duration.ofSeconds(json.getJsonNumber(name).longValueExact());
        } catch (ClassCastException | ArithmeticException e) {
            throw refused("\"" + name + "\" is no whole number, but " + value + ".");
        }
    }

    private static Optional<JsonObject> object(JsonObject json, String name) {
        JsonValue value = json.get(name);
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        if (value instanceof JsonObject object) {
            return Optional.of(object);
        }
        throw refused("\"" + name + "\" is no object, but " + value + ".");
    }

    private static String required(JsonObject json, String of, String name) {
        return text(json, name)
                .orElseThrow(() -> refused("\"" + of + "\" has no \"" + name + "\"."));
    }

    private static Optional<String> text(JsonObject json, String name) {
        JsonValue value = json.get(name);
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        if (value instanceof JsonString string) {
            return string.getString().isBlank()
                    ? Optional.empty()
                    : Optional.of(string.getString());
        }
        throw refused("\"" + name + "\" is no text, but " + value + ".");
    }

    private static List<String> list(JsonObject json, String name) {
        JsonValue value = json.get(name);
        if (value == null || value == JsonValue.NULL) {
            return List.of();
        }
        if (value.getValueType() != JsonValue.ValueType.ARRAY
                || !value.asJsonArray().stream().allMatch(JsonString.class::isInstance)) {
            throw refused("\"" + name + "\" is no list of texts, but " + value + ".");
        }
        return value.asJsonArray().getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    private static JsonArrayBuilder strings(Collection<String> values) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(array::add);
        return array;
    }

    private static Refused refused(String what) {
        return new Refused("DRILL-CHECKS", what, "Mend the check plan and try again.");
    }
}
