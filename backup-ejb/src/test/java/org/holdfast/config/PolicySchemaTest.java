package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.holdfast.config.PolicySchema.Difference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schema and what Holdfast takes are held together. */
class PolicySchemaTest {
    /** Every key that there is, once. */
    static final String EVERYTHING =
            """
            {"rpo_minutes": 30, "rto_minutes": 120, "retention_days": 30, "monthly_restore_day": "last_friday",
             "key_rotation_days": 45, "schedule": "nightly at 21:30", "time_zone": "Europe/Berlin",
             "window": {"from": "20:00", "to": "06:00"},
             "retention": {"days": 30, "count": 5, "daily": 7, "weekly": 4, "monthly": 12, "yearly": 2,
                           "keep_verified": 3, "grace_hours": 48,
                           "stores": {"local": {"days": 7, "count": 1, "daily": 1, "weekly": 4, "monthly": 0,
                                                "yearly": 0}}},
             "sources": {"shop": {"row_proof": "HASHES", "stores": ["local"],
                                  "retry": {"attempts": 5, "first_pause_seconds": 10},
                                  "schedule": "*/30 * * * *", "time_zone": "UTC",
                                  "window": {"from": "20:00", "to": "06:00"},
                                  "retention": {"keep_verified": 5, "stores": {"s3": {"days": 60}}}},
                         "crm": {"logical_export_frequency_minutes": 60}},
             "contacts": [{"name": "M. Weiss", "role": "on call", "phone": "+49 30 1234",
                           "email": "m.weiss@example.org"}],
             "escalation": [{"after_minutes": 30, "contact": "M. Weiss"}]}""";

    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(PolicySchema.text());

    private static boolean valid(String document) {
        return SCHEMA.validate(document, InputFormat.JSON).isEmpty();
    }

    @Test
    void it_has_every_key_that_is_known_and_no_other() {
        PolicyDocument document = PolicyDocument.of(EVERYTHING);
        PolicyText text = new PolicyText(document.json());
        text.policy("1", Optional.empty());
        assertThat(text.wrong()).isEmpty();
        Map<String, Set<String>> known = new TreeMap<>();
        text.known().forEach((path, keys) -> known.put(path, new TreeSet<>(keys)));
        Map<String, Set<String>> published = new TreeMap<>();
        known.keySet()
                .forEach(
                        path -> published.put(path, at(path).getJsonObject("properties").keySet()));

        assertThat(published).isEqualTo(known);
        assertThat(known).containsKeys("", "sources.shop.retry.", "contacts[0].", "window.");
    }

    @Test
    void no_object_in_it_takes_an_unknown_key() {
        PolicyDocument document = PolicyDocument.of(EVERYTHING);
        PolicyText text = new PolicyText(document.json());
        text.policy("1", Optional.empty());

        assertThat(text.known().keySet())
                .allMatch(path -> at(path).get("additionalProperties") == JsonValue.FALSE);
    }

    /** The schema of the object at a path such as {@code sources.shop.retry.}. */
    private static JsonObject at(String path) {
        JsonObject here = PolicySchema.json();
        for (String step : path.isEmpty() ? new String[0] : path.split("\\.")) {
            String name = step.replaceAll("\\[\\d+]", "");
            JsonValue next =
                    here.containsKey("properties")
                            ? here.getJsonObject("properties").get(name)
                            : here.get("additionalProperties");
            assertThat(next).as(path).isInstanceOf(JsonObject.class);
            here = PolicySchema.resolved((JsonObject) next);
            if (step.endsWith("]")) {
                here = PolicySchema.resolved(here.getJsonObject("items"));
            }
        }
        return here;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                EVERYTHING,
                "{\"schedule\": \"never\"}",
                "{\"schedule\": \"first_sunday\"}",
                "{\"schedule\": \"0 2 * * 1-5\"}",
                "{\"logical_export_frequency_minutes\": 360, \"time_zone\": \"UTC\"}",
                "{\"contacts\": [{\"name\": \"Duty desk\", \"email\": \"desk@example.org\"}]}",
                "{\"retention\": {\"days\": 0}}",
                "{\"sources\": {\"shop\": {}}}"
            })
    void what_it_takes_holdfast_takes(String document) {
        assertThat(PolicyDocument.of(document).wrong()).isEmpty();
        assertThat(valid(document)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"rpo_minute\": 60}",
                "{\"rpo_minutes\": \"60\"}",
                "{\"rpo_minutes\": 0}",
                "{\"rpo_minutes\": 1.5}",
                "{\"retention_days\": 36501}",
                "{\"monthly_restore_day\": \"sunday\"}",
                "{\"key_rotation_days\": 61}",
                "{\"schedule\": \"sometimes\"}",
                "{\"schedule\": \"nightly at 25:00\"}",
                "{\"schedule\": \"nightly\", \"logical_export_frequency_minutes\": 60}",
                "{\"window\": {\"from\": \"9\", \"to\": \"17:00\"}}",
                "{\"window\": {\"from\": \"21:00\"}}",
                "{\"retention\": {\"days\": -1}}",
                "{\"retention\": {\"keep_verified\": 0}}",
                "{\"retention\": {\"hourly\": 1}}",
                "{\"retention\": {\"stores\": {\"local\": {\"grace_hours\": 1}}}}",
                "{\"sources\": []}",
                "{\"sources\": {\"shop\": 7}}",
                "{\"sources\": {\"shop\": {\"row_proof\": \"all\"}}}",
                "{\"sources\": {\"shop\": {\"stores\": []}}}",
                "{\"sources\": {\"shop\": {\"retry\": {\"attempts\": 11}}}}",
                "{\"sources\": {\"shop\": {\"time_zone\": \"UTC\"}}}",
                "{\"contacts\": [{\"name\": \"A\"}]}",
                "{\"contacts\": [{\"name\": \"A\", \"phone\": \"call me\"}]}",
                "{\"escalation\": [{\"after_minutes\": 5}]}"
            })
    void what_it_refuses_holdfast_refuses(String document) {
        assertThat(PolicyDocument.of(document).wrong()).isNotEmpty();
        assertThat(valid(document)).isFalse();
    }

    @Nested
    class A_difference {
        @Test
        void fills_in_what_is_left_out() {
            assertThat(words("{}", "{\"rpo_minutes\": 30, \"rto_minutes\": 240}"))
                    .containsExactly("rpo_minutes: 60 (default) → 30");
        }

        @Test
        void of_a_source_that_is_named_anew_is_what_it_changes() {
            assertThat(
                            words(
                                    "{}",
                                    "{\"sources\": {\"shop\": {\"row_proof\": \"hashes\", \"retry\":"
                                            + " {\"attempts\": 3}, \"stores\": [\"local\"]}}}"))
                    .containsExactly(
                            "sources.shop.row_proof: counts (default) → hashes",
                            "sources.shop.stores: nothing → [\"local\"]");
        }

        @Test
        void knows_that_a_frequency_takes_the_place_of_a_schedule() {
            assertThat(words("{}", "{\"logical_export_frequency_minutes\": 60}"))
                    .containsExactly(
                            "logical_export_frequency_minutes: nothing → 60",
                            "schedule: nightly (default) → nothing");
        }

        @Test
        void of_lists_is_told_item_by_item() {
            assertThat(
                            words(
                                    "{\"contacts\": [{\"name\": \"A\", \"phone\": \"110\"}]}",
                                    "{\"contacts\": [{\"name\": \"A\", \"phone\": \"112\"},"
                                            + " {\"name\": \"B\", \"phone\": \"110\"}]}"))
                    .containsExactly(
                            "contacts[0].phone: 110 → 112",
                            "contacts[1].name: nothing → B",
                            "contacts[1].phone: nothing → 110");
        }

        @Test
        void of_the_order_of_the_members_is_none() {
            assertThat(
                            words(
                                    "{\"rpo_minutes\": 30, \"rto_minutes\": 90}",
                                    "{\"rto_minutes\": 90, \"rpo_minutes\": 30}"))
                    .isEmpty();
            assertThat(PolicyDocument.of("{\"b\": 1, \"a\": 2}").text())
                    .isEqualTo("{\"a\":2,\"b\":1}");
        }

        private List<String> words(String before, String after) {
            return PolicySchema.differences(
                            PolicyDocument.of(before).json(),
                            PolicyDocument.of(after).json(),
                            Optional.empty())
                    .stream()
                    .map(A_difference::words)
                    .toList();
        }

        private static String words(Difference difference) {
            return difference.path()
                    + ": "
                    + difference.before().map(PolicySchema.Value::words).orElse("nothing")
                    + " → "
                    + difference.after().map(PolicySchema.Value::words).orElse("nothing");
        }
    }
}
