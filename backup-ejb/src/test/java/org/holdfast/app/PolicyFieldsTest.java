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

    /** As a form does that is left for another one, and shown again. */
    private static JsonObject shownAgain(JsonObject document) {
        return PolicyFields.of(document, "", STORES).onto(document);
    }

    @Test
    void a_wrong_number_of_minutes_stays_wrong_when_the_form_is_shown_again() {
        PolicyFields fields = PolicyFields.of(json("{}"), "", STORES);
        fields.setWhen(When.EVERY);
        fields.setEvery("6h");
        JsonObject typed = fields.onto(json("{}"));

        PolicyFields again = PolicyFields.of(typed, "", STORES);

        assertThat(again.getWhen()).isEqualTo(When.EVERY);
        assertThat(again.getEvery()).isEqualTo("6h");
        assertThat(again.onto(typed)).isEqualTo(typed);
        assertThat(PolicyDocument.of(again.onto(typed)).wrong())
                .extracting(PolicyDocument.Wrong::path)
                .containsOnly("logical_export_frequency_minutes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schedule\": \"nightly\"}",
                "{\"schedule\": \"nightly at 03:00\", \"logical_export_frequency_minutes\": 60}",
                "{\"schedule\": \"hourly\"}",
                "{\"schedule\": \" never \"}",
                "{\"schedule\": 5}",
                "{\"schedule\": \"\"}",
                "{\"logical_export_frequency_minutes\": null}",
                "{\"rpo_minutes\": true, \"retention\": {\"days\": 1.5}}",
                "{\"rpo_minutes\": \"60\", \"time_zone\": \"\", \"retention\": {}}"
            })
    void looking_at_a_document_changes_nothing_in_it(String text) {
        assertThat(shownAgain(json(text))).hasToString(json(text).toString());
    }

    @Test
    void days_that_no_menu_offers_are_shown_as_they_are_written() {
        PolicyFields fields = PolicyFields.of(json("{\"schedule\": \"hourly\"}"), "", STORES);

        assertThat(fields.getWhen()).isEqualTo(When.CRON);
        assertThat(fields.getCron()).isEqualTo("hourly");
    }

    @Test
    void a_menu_offers_what_the_document_says_in_other_letters() {
        JsonObject loud = json("{\"sources\": {\"shop\": {\"row_proof\": \"HASHES\"}}}");

        assertThat(PolicyFields.of(loud, "shop", STORES).unlisted("row_proof"))
                .containsExactly("HASHES");
        assertThat(PolicyFields.of(json(WHOLE), "shop", STORES).unlisted("row_proof")).isEmpty();
        assertThat(PolicyFields.of(json("{}"), "", STORES).unlisted("monthly_restore_day"))
                .isEmpty();
    }

    @Test
    void what_was_typed_can_be_taken_back() {
        JsonObject nightly = json("{\"rpo_minutes\": 60, \"schedule\": \"never\"}");
        PolicyFields fields = PolicyFields.of(nightly, "", STORES);
        fields.getValues().put("rpo_minutes", "90");
        fields.setWhen(When.UNSAID);
        JsonObject changed = fields.onto(nightly);
        fields.getValues().put("rpo_minutes", "60");
        fields.setWhen(When.NEVER);

        assertThat(changed).isEqualTo(json("{\"rpo_minutes\": 90}"));
        assertThat(fields.onto(changed)).isEqualTo(nightly);
    }

    @Test
    void another_time_is_written_and_another_schedule_takes_the_place_of_both() {
        JsonObject both =
                json("{\"schedule\": \"nightly\", \"logical_export_frequency_minutes\": 60}");
        PolicyFields fields = PolicyFields.of(both, "", STORES);
        assertThat(PolicyDocument.of(fields.onto(both)).wrong()).isNotEmpty();
        fields.setWhen(When.DAYS);
        fields.setAt("04:00");

        assertThat(fields.onto(both)).isEqualTo(json("{\"schedule\": \"nightly at 04:00\"}"));
    }
}
