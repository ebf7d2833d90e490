package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import org.holdfast.app.PolicyFields.When;
import org.holdfast.config.PolicyDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFieldsTest {
    private static final List<String> STORES = List.of("local", "s3.eu");

    private static final String WHOLE =
            """
            {"rpo_minutes": 60, "monthly_restore_day": "first_sunday", "freshness_minutes": 480,
             "schedule": "nightly at 03:30", "time_zone": "Europe/Berlin",
             "window": {"from": "20:00", "to": "06:00"},
             "retention": {"days": 30, "weekly": 4, "keep_verified": 3,
                           "stores": {"local": {"days": 7}, "s3.eu": {"yearly": 2}, "gone": {"days": 1}}},
             "sources": {"shop": {"row_proof": "hashes", "stores": ["local", "s3.eu"],
                                  "logical_export_frequency_minutes": 60,
                                  "retry": {"attempts": 3, "first_pause_seconds": 60}},
                         "crm": {"schedule": "*/15 * * * *"}, "old": {"schedule": "never"}},
             "contacts": [{"name": "M. Weiss", "phone": "+49 30 1234"}]}""";

    private static JsonObject json(String text) {
        return PolicyDocument.of(text).json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "shop", "crm", "old", "new"})
    void what_nobody_touches_goes_back_as_it_came(String source) {
        PolicyFields fields = PolicyFields.of(json(WHOLE), source, STORES);

        assertThat(fields.onto(json(WHOLE))).isEqualTo(json(WHOLE));
    }

    @Test
    void the_form_shows_what_the_document_says() {
        PolicyFields fields = PolicyFields.of(json(WHOLE), "", STORES);

        assertThat(fields.getValues())
                .containsEntry("rpo_minutes", "60")
                .containsEntry("rto_minutes", "")
                .containsEntry("window.to", "06:00")
                .containsEntry("retention.weekly", "4")
                .containsEntry(PolicyFields.path("local", "days"), "7")
                .containsEntry(PolicyFields.path("s3.eu", "yearly"), "2");
        assertThat(fields.getWhen()).isEqualTo(When.DAYS);
        assertThat(fields.getDay()).isEqualTo("nightly");
        assertThat(fields.getAt()).isEqualTo("03:30");
        assertThat(PolicyFields.of(json(WHOLE), "shop", STORES).getWhen()).isEqualTo(When.EVERY);
        assertThat(PolicyFields.of(json(WHOLE), "crm", STORES).getCron()).isEqualTo("*/15 * * * *");
        assertThat(PolicyFields.of(json(WHOLE), "old", STORES).getWhen()).isEqualTo(When.NEVER);
        assertThat(PolicyFields.of(json(WHOLE), "new", STORES).getWhen()).isEqualTo(When.UNSAID);
    }

    @Test
    void what_is_typed_stands_in_the_document_and_nothing_else_changes() {
        PolicyFields fields = PolicyFields.of(json(WHOLE), "", STORES);
        fields.getValues().put("rto_minutes", " 240 ");
        fields.getValues().put("freshness_minutes", "");
        fields.getValues().put(PolicyFields.path("local", "days"), "");
        fields.getValues().put(PolicyFields.path("s3.eu", "count"), "9");
        fields.setWhen(When.EVERY);
        fields.setEvery("360");

        JsonObject changed = fields.onto(json(WHOLE));

        assertThat(PolicyDocument.of(changed).wrong()).isEmpty();
        assertThat(changed.getInt("rto_minutes")).isEqualTo(240);
        assertThat(changed).doesNotContainKeys("freshness_minutes", "schedule");
        assertThat(changed.getInt("logical_export_frequency_minutes")).isEqualTo(360);
        JsonObject stores = changed.getJsonObject("retention").getJsonObject("stores");
        assertThat(stores).doesNotContainKey("local").containsKey("gone");
        assertThat(stores.getJsonObject("s3.eu").toString())
                .contains("\"count\":9", "\"yearly\":2");
        assertThat(changed.get("contacts")).isEqualTo(json(WHOLE).get("contacts"));
        assertThat(changed.get("sources")).isEqualTo(json(WHOLE).get("sources"));
    }

    @Test
    void an_override_is_made_and_goes_with_its_last_value() {
        PolicyFields fields = PolicyFields.of(json("{}"), "billing", STORES);
        fields.setWhen(When.DAYS);
        fields.setDay("first_sunday");
        fields.setAt("04:00");
        fields.getValues().put("stores", "local s3.eu");

        JsonObject made = fields.onto(json("{}"));

        assertThat(made)
                .isEqualTo(
                        json(
                                "{\"sources\": {\"billing\": {\"schedule\": \"first_sunday at 04:00\","
                                        + " \"stores\": [\"local\", \"s3.eu\"]}}}"));
        PolicyFields again = PolicyFields.of(made, "billing", STORES);
        again.setWhen(When.UNSAID);
        again.getValues().put("stores", "");
        assertThat(again.onto(made)).isEqualTo(json("{}"));
    }

    @Test
    void what_is_wrong_is_refused_with_the_words_that_were_typed() {
        PolicyFields fields = PolicyFields.of(json("{}"), "", STORES);
        fields.getValues().put("rpo_minutes", "soon");
        fields.getValues().put("retention.days", "1.5");
        fields.setWhen(When.CRON);
        fields.setCron("61 * * * *");

        assertThat(PolicyDocument.of(fields.onto(json("{}"))).wrong())
                .extracting(PolicyDocument.Wrong::path)
                .containsExactlyInAnyOrder("rpo_minutes", "retention.days", "schedule");
        assertThat(PolicyDocument.of(fields.onto(json("{}"))).wrong().toString())
                .contains("\"soon\"");
    }
}
