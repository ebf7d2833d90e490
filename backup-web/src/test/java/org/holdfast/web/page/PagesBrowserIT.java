package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.Keys;

/** How pages are moved about in; what holds for each of them is in {@link EveryPageIT}. */
@ExtendWith(RunningHoldfast.Given.class)
class PagesBrowserIT {
    private Browser browser;

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private List<String> pages(RunningHoldfast holdfast) {
        String snapshot =
                holdfast.guru()
                        .post(
                                "/admin/backups",
                                jakarta.json.Json.createObjectBuilder()
                                        .add("source", "shop")
                                        .build())
                        .require(202)
                        .string("id");
        holdfast.guru().await("/admin/backups/" + snapshot, "VERIFIED", "RESTORED");
        return List.of(
                "/console/backups/index.xhtml",
                "/console/backups/detail.xhtml?id=" + snapshot,
                "/console/restores/new.xhtml?snapshot=" + snapshot + "&target=staging",
                "/console/restores/new.xhtml?snapshot=" + snapshot + "&target=live",
                "/console/restores/index.xhtml",
                "/console/databases.xhtml",
                "/console/stores.xhtml",
                "/console/people.xhtml",
                "/console/people/detail.xhtml?id=" + holdfast.user(RunningHoldfast.USER, null),
                "/console/audit.xhtml",
                "/console/profile.xhtml");
    }

    @Test
    void a_page_of_production_wears_its_colour_and_a_bar(RunningHoldfast holdfast) {
        String page =
                pages(holdfast).stream()
                        .filter(p -> p.contains("target=live"))
                        .findFirst()
                        .orElseThrow();
        browser = Browser.signedIn(holdfast);
        browser.open(page);
        assertThat(browser.text(".production-bar"))
                .isEqualTo("PRODUCTION: live is a production database.");
        assertThat(browser.has(".is-production")).isTrue();
        browser.click("wizard:toImpact");
        browser.await("the block", () -> browser.has(".notice.bad"));
        assertThat(browser.text("#main")).contains("ALLOW_DB_RESTORE is not true");
        assertThat(browser.has("[id='wizard:toConfirm']")).isFalse();
    }

    @Test
    void sorting_and_filters_stand_in_the_address(RunningHoldfast holdfast) {
        pages(holdfast);
        browser = Browser.signedIn(holdfast);
        browser.open("/console/backups/index.xhtml");
        browser.press("Verified");
        browser.await("the filter", () -> browser.path().contains("status=VERIFIED"));
        browser.clickAndUpdate(browser.all(".ui-datatable th.ui-sortable-column").get(3));
        browser.await("the order", () -> browser.path().contains("sort=stored_bytes"));
        String address = browser.path();
        assertThat(address).contains("status=VERIFIED").contains("dir=asc");

        browser.open(address);
        assertThat(browser.text(".chip.on + *")).isNotNull();
        assertThat(browser.all("th[aria-sort='ascending']")).hasSize(1);
        assertThat(browser.text("th[aria-sort='ascending']")).contains("Size");
        assertThat(browser.all(".ui-datatable-data .ladder .label"))
                .isNotEmpty()
                .allMatch(label -> label.getText().equals("Verified"));
    }

    @Test
    void the_keyboard_finds_search_pages_and_rows(RunningHoldfast holdfast) {
        pages(holdfast);
        browser = Browser.signedIn(holdfast);
        browser.open("/console/audit.xhtml");
        browser.keys("/");
        assertThat(browser.script("return document.activeElement.name")).isEqualTo("q");
        browser.keys(Keys.ESCAPE);
        browser.script("document.activeElement.blur()");
        browser.keys("g", "b");
        browser.await(
                "the history",
                () ->
                        browser.path().startsWith("/console/backups/index")
                                && browser.has("td[data-label]"));
        browser.keys(Keys.ARROW_DOWN, Keys.ENTER);
        browser.await("a backup", () -> browser.path().startsWith("/console/backups/detail"));
    }

    @Test
    void the_chain_of_the_audit_log_is_checked_when_asked_for(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/audit.xhtml?actor=nobody");
        String before = browser.text("[id='chain:checked'] .notice.good");
        assertThat(before).contains("Every entry was read at");

        browser.open("/console/audit.xhtml?actor=" + RunningHoldfast.USER);
        assertThat(browser.text("[id='chain:checked'] .notice.good")).isEqualTo(before);
        browser.click("chain:check");

        browser.await(
                "a reading of its own",
                () -> !browser.text("[id='chain:checked'] .notice.good").equals(before));
        assertThat(browser.has("table.list")).isTrue();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_wizard_opens_where_too_many_look_at_the_target(RunningHoldfast holdfast)
            throws Exception {
        String snapshot = holdfast.verifiedBackup();
        PostgresServer targets = holdfast.installation().targetServer();
        holdfast.installation().resetTarget("staging");
        int tables = 9;
        for (int i = 0; i < tables; i++) {
            targets.execute("staging", "CREATE TABLE slow_" + i + " ()");
        }
        browser = Browser.signedIn(holdfast);
        String impact = "/admin/backups/" + snapshot + "/impact?target=staging";
        ExecutorService others = Executors.newFixedThreadPool(2);
        try (Connection holder = targets.connect("staging")) {
            holder.setAutoCommit(false);
            // The count gives each of them a second.
            for (int i = 0; i < tables; i++) {
                holder.createStatement()
                        .execute("LOCK TABLE slow_" + i + " IN ACCESS EXCLUSIVE MODE");
            }
            others.submit(() -> holdfast.guru().get(impact));
            others.submit(() -> holdfast.guru().get(impact));
            browser.await(
                    "two who count",
                    () ->
                            targets.query(
                                            "staging",
                                            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT"
                                                    + " granted")
                                    .equals("2"));

            browser.open("/console/restores/new.xhtml?snapshot=" + snapshot + "&target=staging");

            assertThat(browser.text("#main"))
                    .contains("The rows of target staging are being counted twice already.")
                    .contains("What a restore into staging would mean was not looked at.");
        } finally {
            others.shutdown();
        }
        browser.click("wizard:lookNow");
        browser.await(
                "the consequence",
                () -> browser.text(".consequence").contains("staging has 42 rows"));
        assertThat(browser.text("#main")).doesNotContain("counted twice already");
        holdfast.installation().resetTarget("staging");
    }

    @Test
    void the_theme_is_remembered(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.clickOn("details.who > summary");
        browser.press("Dark");
        browser.open("/console/stores.xhtml");
        assertThat(browser.find("html").getDomAttribute("data-theme")).isEqualTo("dark");
        assertThat(browser.find("body").getCssValue("background-color"))
                .isEqualTo("rgba(12, 19, 21, 1)");
    }

    @Test
    void the_session_cookie_is_kept_from_scripts_and_other_sites(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        Cookie session = browser.driver().manage().getCookieNamed("HOLDFAST");
        assertThat(session.isHttpOnly()).isTrue();
        assertThat(session.isSecure()).isTrue();
        assertThat(session.getSameSite()).isEqualTo("Strict");
    }

    @Test
    void what_is_no_page_carries_a_policy_that_allows_nothing(RunningHoldfast holdfast) {
        RestClient.Answer answer = holdfast.stranger().get("/admin/backups").require(401);
        assertThat(answer.header("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
    }

    @Test
    void a_record_that_is_not_there_looks_like_the_product(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/backups/detail.xhtml?id=01936b2f-5c1e-7a40-9d3e-2f6a1c8b7e55");
        assertThat(browser.text("h1")).isEqualTo("There is nothing at this address");
        browser.open("/console/no-such-page.xhtml");
        assertThat(browser.text("h1")).isEqualTo("There is nothing at this address");
    }
}
