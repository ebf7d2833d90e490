package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

/** A person makes a plan, drills by it, and reads the record. */
class DrillPagesBrowserIT {
    private static RunningHoldfast holdfast;
    private static String backup;
    private Browser browser;

    @BeforeAll
    static void start() {
        holdfast = RunningHoldfast.start(Installation.create("drillpages", 8));
        backup = holdfast.verifiedBackup();
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
    }

    @BeforeEach
    void open() {
        browser = Browser.signedIn(holdfast);
    }

    @AfterEach
    void close() {
        browser.close();
    }

    private void choose(String id, String value) {
        browser.clickOn("[id='" + id + "'] option[value='" + value + "']");
    }

    @Test
    void a_plan_is_made_followed_by_hand_and_its_record_says_what_was_shown() {
        browser.open("/console/drills/index.xhtml");
        browser.keys("g", "d");
        browser.await("the drills", () -> browser.text("h1").equals("Drills"));
        browser.press("New drill plan");
        browser.await("the plan", () -> browser.text("h1").equals("New drill plan"));
        assertThat(browser.valueOf("plan:schedule")).isEqualTo("first_sunday at 03:00 UTC");
        assertThat(browser.all("[id='plan:dates'] li")).hasSize(4);

        browser.type("plan:name", "Shop, each quarter");
        choose("plan:source", "shop");
        browser.type("plan:schedule", "first_someday");
        browser.click("plan:keyTables");
        browser.await("what is wrong", () -> browser.text(".said").contains("first_someday"));
        browser.type("plan:schedule", "quarterly at 04:00 Europe/Berlin");
        browser.type("plan:keyTables", "shop.orders\nshop.customers");
        browser.await(
                "its dates",
                () ->
                        browser.text("[id='plan:dates']")
                                .contains("quarterly at 04:00 Europe/Berlin"));
        browser.clickOn("label[for$=':8:demand']");
        browser.click("plan:save");
        browser.await("the list", () -> browser.path().startsWith("/console/drills/index"));
        browser.await(
                "that it is said",
                () -> browser.text(".said").contains("Shop, each quarter is saved"));
        assertThat(browser.text("main"))
                .contains("quarterly at 04:00 Europe/Berlin", "No drill yet");

        browser.press("Run a drill now");
        choose("run:what", "plan:Shop, each quarter");
        browser.type("run:ticket", "OPS-17");
        browser.click("run:go");
        browser.await("the record", () -> browser.path().startsWith("/console/drills/detail"));
        String id = browser.parameter("id");
        holdfast.guru().await("/admin/drills/" + id, "PASSED");
        browser.await("the verdict", () -> browser.text(".panel .pill").equals("Passed"));
        browser.await("the seal", () -> browser.has("a[href*='drill-evidence']"));

        assertThat(browser.text("h1")).matches("Drill D-\\d{4}-\\d+ of shop");
        assertThat(browser.text("main"))
                .contains(
                        "Shop, each quarter, version 1",
                        "OPS-17",
                        "restored into a throw-away cluster",
                        "Key tables hold rows",
                        "Within");
        assertThat(browser.text("[id='foot']")).contains("another person signs it");

        browser.open("/console/drills/index.xhtml?source=shop&verdict=PASSED");
        assertThat(browser.text("[id='page:list']")).contains("Passed", "shop");
        assertThat(browser.all(".trend rect")).isNotEmpty();
        assertThat(browser.all(".months a")).hasSize(1);
        browser.open("/console/drills/index.xhtml?source=shop&verdict=ABORTED");
        assertThat(browser.text("[id='page:list']")).contains("No drill fits these filters");

        PostgresServer catalog = holdfast.installation().catalogServer();
        catalog.execute("holdfast", "UPDATE sources SET retired = true WHERE name = 'shop'");
        try {
            browser.open("/console/drills/index.xhtml?source=shop");
            assertThat(browser.text("[id='page:list']")).contains("Passed", "shop");
            assertThat(browser.all(".chips a[href*='source=shop']")).isNotEmpty();
            assertThat(browser.has("[id='evidence:of'] option[value='shop']")).isTrue();
            assertThat(browser.has("[id='run:what'] option[value='source:far-shop']")).isTrue();
            assertThat(browser.has("[id='run:what'] option[value='source:shop']")).isFalse();
        } finally {
            catalog.execute("holdfast", "UPDATE sources SET retired = false WHERE name = 'shop'");
        }
    }

    @Test
    void another_person_raises_an_issue_closes_it_and_signs() {
        String id =
                holdfast.as(Role.OPERATOR)
                        .post(
                                "/admin/drills",
                                Json.createObjectBuilder().add("snapshotId", backup).build())
                        .require(202)
                        .string("id");
        holdfast.guru().await("/admin/drills/" + id, "PASSED");
        browser.open("/console/drills/detail.xhtml?id=" + id);
        browser.press("Raise an issue");
        browser.type("foot:issueTitle", "No room was left");
        browser.click("foot:raise");
        browser.await(
                "what lacks",
                () -> browser.text("[id='foot'] .notice.bad").contains("needs an owner"));
        assertThat(browser.has("details[open] [id='foot:issueTitle']")).isTrue();
        assertThat(browser.valueOf("foot:issueTitle")).isEqualTo("No room was left");
        browser.type("foot:issueOwner", "M. Weiss");
        browser.script("document.getElementById('foot:issueDue').value = '2026-12-31'");
        browser.click("foot:raise");
        browser.await("the issue", () -> browser.text("[id='page']").contains("No room was left"));
        browser.script(
                "document.querySelector(\"button[id$=':again']\").scrollIntoView({block: 'center'})");
        browser.clickOn("button[id$=':again']");
        browser.await(
                "the retest",
                () ->
                        !browser.parameter("id").equals(id)
                                && browser.text("main").contains("for “No room was left”"));
        String retest = browser.parameter("id");
        holdfast.guru().await("/admin/drills/" + retest, "PASSED");
        browser.open("/console/drills/detail.xhtml?id=" + id);
        assertThat(browser.text("[id='page:live']"))
                .containsPattern("Retest D-\\d{4}-\\d+, Passed");
        browser.press("Close an issue");
        browser.type("foot:resolution", "A larger disk was ordered.");
        browser.click("foot:settle");
        browser.await("its end", () -> browser.text("[id='page']").contains("A larger disk"));

        browser.await("the seal", () -> browser.has("[id='foot:otp']"));
        browser.type("foot:comment", "Read, and the checklist with it.");
        browser.type("foot:otp", "000000");
        browser.click("foot:accept");
        browser.await("the refusal", () -> browser.has("[id='foot'] .notice.bad"));
        assertThat(browser.valueOf("foot:comment")).isEqualTo("Read, and the checklist with it.");
        browser.type("foot:otp", holdfast.freshCode());
        browser.click("foot:accept");
        browser.await("the sign-off", () -> browser.text(".panel").contains("Signed off"));

        assertThat(browser.text("main")).contains("Accepted guru", "of record", "Integrity");
        assertThat(browser.has("[id='foot:accept']")).isFalse();
        assertThat(browser.all("a[href*='drill-evidence']")).hasSize(1);
    }

    @Test
    void a_plan_that_is_being_written_is_tried_and_counts_for_nothing() {
        browser.open("/console/drills/plan.xhtml?source=shop");
        browser.type("plan:name", "Not to be saved");
        browser.type("plan:sql", "-- expect: > 0\nSELECT count(*) FROM shop.orders;");
        browser.type("plan:tried", backup);
        browser.click("plan:try");
        browser.await("the trial", () -> browser.path().startsWith("/console/drills/detail"));
        String trial = browser.parameter("id");
        holdfast.guru().await("/admin/drills/" + trial, "PASSED");
        browser.await("the verdict", () -> browser.text(".panel .pill").equals("Passed"));
        browser.await("the seal", () -> browser.has("a[href*='drill-evidence']"));

        assertThat(browser.text(".panel")).contains("Trial", "counts for nothing");
        assertThat(browser.text("main")).contains("statement 1");
        assertThat(browser.has("[id='foot:otp']")).isFalse();
        assertThat(
                        holdfast.as(Role.AUDITOR)
                                .post("/admin/drills/" + trial + "/signoff", "{\"otp\":\"000000\"}")
                                .require(409)
                                .string("code"))
                .isEqualTo("DRILL-TRIAL");
        assertThat(holdfast.guru().get("/admin/drill-plans").require(200).text())
                .doesNotContain("Not to be saved");
        browser.open("/console/drills/index.xhtml");
        assertThat(browser.text("[id='page:list']")).contains("Trial");
    }

    @Test
    void of_many_databases_one_is_named() {
        PostgresServer catalog = holdfast.installation().catalogServer();
        catalog.execute(
                "holdfast",
                "INSERT INTO sources (id, name, origin, redacted_url)"
                        + " SELECT gen_random_uuid(), 'many-' || n, 'CONFIGURATION', 'postgresql://many'"
                        + " FROM generate_series(101, 140) n",
                "INSERT INTO targets (id, name, origin, redacted_url, production, in_place_allowed,"
                        + " four_eyes, kept_hours, command_seconds) SELECT gen_random_uuid(), 'into-' || n,"
                        + " 'CONFIGURATION', 'postgresql://many', false, false, false, 72, 60"
                        + " FROM generate_series(101, 120) n");
        try {
            browser.open("/console/drills/index.xhtml?verdict=FAILED");
            assertThat(browser.all(".chips a")).hasSize(5);
            browser.click("filter:show");
            browser.await(
                    "that none is named",
                    () -> browser.text("#top").contains("No database was named."));
            browser.type("filter:named_input", "nobodys");
            browser.click("filter:show");
            browser.await(
                    "that there is none",
                    () ->
                            browser.text("#top")
                                    .contains(
                                            "None of the databases offered here has the name “nobodys”"));
            assertThat(browser.valueOf("filter:named_input")).isEqualTo("nobodys");
            browser.type("filter:named_input", "MANY-101");
            browser.click("filter:show");
            browser.await(
                    "its drills", () -> browser.path().endsWith("?source=many-101&verdict=FAILED"));
            name("filter:named", "NY-13", "many-137");
            browser.await(
                    "its drills", () -> browser.path().endsWith("?source=many-137&verdict=FAILED"));
            assertThat(browser.all(".chips a")).hasSize(6);
            assertThat(browser.text("[id='page:list']")).contains("No drill fits these filters");

            browser.press("Run a drill now");
            name("run:named", "ny-13", "many-138, by the standard checks");
            browser.click("run:go");
            browser.await(
                    "the refusal", () -> browser.text(".said").contains("no verified backup"));
            assertThat(browser.valueOf("run:named_input"))
                    .isEqualTo("many-138, by the standard checks");

            name("evidence:named", "ny-13", "many-139");
            choose("evidence:span", "");
            browser.await("the days", () -> browser.has("[id='evidence:from']"));
            browser.click("evidence:take");
            browser.await(
                    "that no days are given", () -> browser.has("[id='evidence'] .notice.bad"));
            assertThat(browser.valueOf("evidence:named_input")).isEqualTo("many-139");
            assertThat(
                            PageTable.wrong(
                                    browser,
                                    List.of(
                                            "/console/drills/index.xhtml",
                                            "/console/drills/plan.xhtml")))
                    .isEmpty();
            browser.width(1440);
            browser.open("/console/drills/plan.xhtml");
            browser.type("plan:name", "One of many");
            name("plan:named", "hop", "shop");
            name("plan:placeNamed", "stag", "staging");
            browser.click("plan:save");
            browser.await(
                    "that it is said",
                    () -> browser.text(".said").contains("One of many is saved"));
            assertThat(browser.text("#plansTitle ~ .scroll")).contains("One of many", "staging");

            String wizard = "/console/restores/new.xhtml?snapshot=" + backup;
            assertThat(PageTable.wrong(browser, List.of(wizard))).isEmpty();
            browser.width(1440);
            browser.open(wizard);
            browser.click("wizard:toImpact");
            browser.await(
                    "that none is chosen",
                    () -> browser.text(".said").contains("Choose the target."));
            browser.type("wizard:targetNamed_input", "stagi");
            browser.clickOn("[id='wizard:targetNamed_panel'] li[data-item-value='staging']");
            browser.await("what it would mean", () -> browser.text("main").contains("How long"));
            assertThat(browser.valueOf("wizard:targetNamed_input")).startsWith("staging · ");
        } finally {
            catalog.execute(
                    "holdfast",
                    "UPDATE sources SET retired = true WHERE name LIKE 'many-%'",
                    "UPDATE targets SET retired = true WHERE name LIKE 'into-%'",
                    "UPDATE drill_plans SET retired = true WHERE name = 'One of many'");
        }
    }

    /** Types a part of a name, and takes one of no more than a dozen that are offered. */
    private void name(String id, String part, String whole) {
        browser.type(id + "_input", part);
        browser.await(
                "the offer of " + whole,
                () -> {
                    List<WebElement> offers = browser.all("[id='" + id + "_panel'] li");
                    Optional<WebElement> wanted =
                            offers.stream().filter(o -> o.getText().equals(whole)).findFirst();
                    wanted.ifPresent(
                            offer -> {
                                assertThat(offers).hasSizeLessThanOrEqualTo(Choices.MOST);
                                offer.click();
                            });
                    return wanted.isPresent();
                });
    }

    @Test
    void what_is_refused_beside_the_form_is_shown_with_what_was_typed_kept() {
        String plan =
                holdfast.guru()
                        .post("/admin/drill-plans", plan("Soon retired"))
                        .require(201)
                        .string("id");
        browser.open("/console/drills/plan.xhtml?id=" + plan);
        holdfast.guru().post("/admin/drill-plans/" + plan + "/retire").require(200);
        browser.type("plan:name", "Being renamed");
        browser.click("acts:pause");
        browser.await(
                "the refusal",
                () -> browser.text(".said").contains("Soon retired was retired by guru"));
        assertThat(browser.valueOf("plan:name")).isEqualTo("Being renamed");
    }

    private static JsonObject plan(String name) {
        return Json.createObjectBuilder().add("name", name).add("source", "shop").build();
    }

    @Test
    void what_was_refused_keeps_what_was_typed() {
        browser.open("/console/drills/plan.xhtml");
        browser.type("plan:name", "Shop");
        browser.type("plan:keyTables", "orders");
        browser.click("plan:save");
        browser.await("the refusal", () -> browser.text(".said").contains("names no table"));

        assertThat(browser.valueOf("plan:keyTables")).isEqualTo("orders");
        assertThat(browser.valueOf("plan:name")).isEqualTo("Shop");
        assertThat(holdfast.guru().get("/admin/drill-plans").require(200).text())
                .doesNotContain("\"Shop\"");
    }
}
