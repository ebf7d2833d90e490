package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What holds for every page of {@link PageTable}: nothing refused by the policy, nothing wider than
 * the screen, no barrier that axe-core finds, the security headers.
 */
class EveryPageIT {
    private static final String POLICY =
            """
            {"contacts": [{"name": "M. Weiss", "role": "database on call", "phone": "+49 30 1234",
                           "email": "m.weiss@example.org"},
                          {"name": "Duty desk", "phone": "+49 30 5678"}],
             "escalation": [{"after_minutes": 30, "contact": "Duty desk"}]}""";

    private static final String LIST = "/console/backups/index.xhtml";

    private static RunningHoldfast holdfast;
    private static PageTable.Facts facts;
    private Browser browser;

    @BeforeAll
    static void fill() {
        Installation installation = Installation.create("every-page", 8);
        try {
            Path policy = installation.home().resolve("policy.json");
            Files.writeString(policy, POLICY);
            installation.with("OPS_BACKUP_POLICY_FILE", policy.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        holdfast = RunningHoldfast.start(installation);
        String snapshot = holdfast.verifiedBackup();
        String restored =
                holdfast.restore(snapshot, holdfast.order(snapshot, "staging")).getString("id");
        String waiting = holdfast.ask(snapshot, holdfast.order(snapshot, "ledger"));
        String failed =
                holdfast.guru()
                        .post(
                                "/admin/restores",
                                Json.createObjectBuilder()
                                        .add("target", "sandbox")
                                        .add("note", "pg_restore ended with an error")
                                        .add("startedAt", "2026-11-01T02:00:00Z")
                                        .add("finishedAt", "2026-11-01T02:21:00Z")
                                        .add("success", false)
                                        .build())
                        .require(201)
                        .string("id");
        String withdrawn = approvalAsked("first");
        holdfast.guru().post("/admin/approvals/" + withdrawn + "/withdraw").require(200);
        String asked = approvalAsked("second");
        String target =
                holdfast.guru()
                        .get("/admin/approvals/" + asked)
                        .require(200)
                        .json()
                        .getJsonObject("parameters")
                        .getString("target");
        facts =
                new PageTable.Facts(
                        snapshot,
                        restored,
                        waiting,
                        failed,
                        withdrawn,
                        asked,
                        target,
                        holdfast.user("anna", Role.ADMIN).toString(),
                        invitation(),
                        drill(snapshot),
                        plan());
    }

    private static String drill(String snapshot) {
        String id =
                holdfast.guru()
                        .post(
                                "/admin/drills",
                                Json.createObjectBuilder().add("snapshotId", snapshot).build())
                        .require(202)
                        .string("id");
        holdfast.guru().await("/admin/drills/" + id, "PASSED");
        holdfast.guru()
                .await(
                        "/admin/drills/" + id + "/seal",
                        s -> s.getString("status").equals("SEALED"));
        return id;
    }

    private static String plan() {
        return holdfast.guru()
                .post(
                        "/admin/drill-plans",
                        Json.createObjectBuilder()
                                .add("name", "shop monthly")
                                .add("source", "shop")
                                .add("schedule", "first_sunday at 03:00 Europe/Berlin")
                                .build())
                .require(201)
                .string("id");
    }

    private static String invitation() {
        String link =
                holdfast.guru()
                        .post(
                                "/admin/users",
                                Json.createObjectBuilder()
                                        .add("name", "nora")
                                        .add("role", "OPERATOR")
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(201)
                        .string("link");
        return link.substring(link.indexOf("token=") + 6);
    }

    /** Asks to take the second person away from a new production target. */
    private static String approvalAsked(String name) {
        holdfast.installation().resetTarget(name);
        String target =
                holdfast.guru()
                        .post(
                                "/admin/targets",
                                Json.createObjectBuilder()
                                        .add("name", name)
                                        .add(
                                                "url",
                                                holdfast.installation().targetUrl(name).reveal())
                                        .add("production", true)
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(201)
                        .string("id");
        return holdfast.guru()
                .post(
                        "/admin/targets/" + target + "/change",
                        Json.createObjectBuilder()
                                .add("production", true)
                                .add("inPlaceAllowed", false)
                                .add("fourEyes", false)
                                .add("keptHours", 72)
                                .add("command", Json.createArrayBuilder())
                                .add("commandSeconds", 600)
                                .add("approvalHours", 24)
                                .add("reason", "This server is being taken down for good.")
                                .add("otp", holdfast.freshCode())
                                .build())
                .require(200)
                .string("approval");
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void no_page_complains_or_is_too_wide_or_has_a_barrier() {
        List<String> wrong = new ArrayList<>();
        browser = Browser.at(holdfast.address());
        wrong.addAll(PageTable.wrong(browser, PageTable.outside(facts)));
        browser.close();
        browser = Browser.signedIn(holdfast);
        wrong.addAll(PageTable.wrong(browser, PageTable.inside(facts)));
        assertThat(wrong).isEmpty();
    }

    @Test
    void no_menu_has_a_barrier() {
        browser = Browser.signedIn(holdfast);
        List<String> wrong = new ArrayList<>();
        for (int width : new int[] {1440, 390}) {
            browser.width(width);
            for (String menu :
                    List.of(
                            "details.who",
                            "details.tray",
                            "details.further",
                            "[id='start'] details.menu",
                            ".acts-cell details.menu")) {
                browser.open(LIST);
                browser.script("document.querySelector(\"" + menu + "\").open = true");
                // What lies below an open menu can be reached once it is closed.
                Axe.findingsInBothThemes(browser, menu)
                        .forEach(f -> wrong.add(menu + " at " + width + ": " + f));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void every_page_carries_the_security_headers() {
        Map<String, Integer> pages = new TreeMap<>();
        PageTable.outside(facts).forEach(address -> pages.put(address, 200));
        pages.put("/console/no-such-page.xhtml", 404);
        org.holdfast.testing.Browser person = new org.holdfast.testing.Browser(holdfast.stranger());
        person.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        PageTable.inside(facts).forEach(address -> pages.put(address, 200));
        pages.put("/console/backups/detail.xhtml?id=01936b2f-5c1e-7a40-9d3e-2f6a1c8b7e55", 404);
        for (String unreadable :
                List.of(
                        "restores/index.xhtml?snapshot=7f3a",
                        "restores/new.xhtml?snapshot=7f3a",
                        "drills/plan.xhtml?id=abc",
                        "policy-edit.xhtml?from=abc",
                        "policy-version.xhtml?number=abc",
                        "databases.xhtml?change=abc",
                        "stores.xhtml?keys=abc",
                        "alerts.xhtml?alert=abc",
                        "keys.xhtml?key=abc",
                        "people/detail.xhtml?id=abc")) {
            pages.put("/console/" + unreadable, 404);
        }
        pages.put("/console/audit.xhtml?before=abc", 200);
        pages.forEach((address, status) -> guarded(address, person.get(address).require(status)));
    }

    private static void guarded(String address, RestClient.Answer page) {
        assertThat(page.header("Strict-Transport-Security"))
                .as(address)
                .contains("max-age=31536000; includeSubDomains");
        assertThat(page.header("X-Content-Type-Options")).as(address).contains("nosniff");
        assertThat(page.header("X-Frame-Options")).as(address).contains("DENY");
        assertThat(page.header("Referrer-Policy")).as(address).contains("same-origin");
        assertThat(page.header("Cross-Origin-Opener-Policy")).as(address).contains("same-origin");
        assertThat(page.header("Cross-Origin-Resource-Policy")).as(address).contains("same-origin");
        assertThat(page.header("Permissions-Policy").orElse("")).as(address).contains("camera=()");
        assertThat(page.header("Cache-Control")).as(address).contains("no-store");
        assertThat(page.header("X-Powered-By")).as(address).isEmpty();
        assertThat(page.response().headers().allValues("Content-Security-Policy"))
                .as(address)
                .singleElement()
                .asString()
                .contains("default-src 'self'")
                .contains("object-src 'none'")
                .contains("base-uri 'none'")
                .contains("form-action 'self'")
                .contains("frame-ancestors 'none'")
                .matches(".*; script-src 'self' 'nonce-[A-Za-z0-9+/=]{20,}';?")
                .doesNotContain("unsafe-inline")
                .doesNotContain("unsafe-eval");
    }

    @Test
    void a_runbook_page_reads_well_and_a_code_leads_to_its_line() {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/runbooks/index.xhtml");
        assertThat(browser.text("h1")).isEqualTo("Runbooks");
        assertThat(browser.text(".reach")).contains("M. Weiss", "+49 30 1234", "after 30 min");
        browser.clickOn(".runbook a[href*='page=back-up']");
        browser.await("the page", () -> browser.text("h1").equals("Back up"));
        assertThat(browser.text(".runbook table")).contains("VERIFIED");

        browser.open("/console/restores/new.xhtml?snapshot=" + facts.snapshot() + "&target=live");
        browser.click("wizard:toImpact");
        browser.await("the block", () -> browser.has(".notice.bad a.ref"));
        browser.script("scrollTo(0, 0)");
        browser.clickOn(".notice.bad a.ref");
        browser.await("the codes", () -> browser.text("h1").startsWith("Codes"));
        assertThat(browser.script("return document.querySelector(':target').textContent"))
                .isEqualTo("RESTORE-PRODUCTION");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_failed_restore_says_whom_to_call() {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/restores/detail.xhtml?id=" + facts.failed());
        assertThat(browser.text(".reach")).contains("M. Weiss", "Duty desk");
    }

    @Test
    void a_picture_of_the_runbooks_is_for_whoever_is_signed_in() {
        String picture = "/console/runbooks/images/history.png";
        assertThat(holdfast.stranger().get(picture).status()).isEqualTo(302);
        org.holdfast.testing.Browser person = new org.holdfast.testing.Browser(holdfast.stranger());
        person.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        assertThat(person.get(picture).require(200).header("Content-Type")).contains("image/png");
        person.get("/console/runbooks/images/..%2fcodes.md").require(404);
        person.get("/console/runbooks/images/no-such.png").require(404);
    }

    @Test
    void a_refusal_of_the_api_names_the_same_page() {
        assertThat(holdfast.guru().get("/admin/no-such").require(404).string("help"))
                .isEqualTo("/console/runbooks/index.xhtml?page=codes#NOT-FOUND");
    }

    @Test
    void times_are_of_the_readers_wall_with_utc_on_hover() {
        browser = Browser.at(holdfast.address());
        browser.driver()
                .executeCdpCommand(
                        "Emulation.setTimezoneOverride", Map.of("timezoneId", "Europe/Berlin"));
        browser.open("/console/sign-in.xhtml");
        browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
        browser.open("/console/restores/detail.xhtml?id=" + facts.failed());
        assertThat(browser.text("#main"))
                .contains("2026-11-01 03:00:00 CET")
                .contains("2026-11-01 03:21:00 CET");
        assertThat(browser.find("dd time").getDomAttribute("title"))
                .isEqualTo("2026-11-01 02:00:00 UTC");
        org.holdfast.testing.Browser without =
                new org.holdfast.testing.Browser(holdfast.stranger());
        without.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        assertThat(without.get("/console/restores/detail.xhtml?id=" + facts.failed()).text())
                .contains("2026-11-01 02:00:00 UTC</time>");
    }

    // --- who may only read ---------------------------------------------------------------------

    private static org.holdfast.testing.Browser auditor() {
        holdfast.user("auditor", Role.AUDITOR);
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE"
                                + " name = 'guru') WHERE name = 'auditor'");
        org.holdfast.testing.Browser person = new org.holdfast.testing.Browser(holdfast.stranger());
        assertThat(
                        org.holdfast.testing.Browser.entered(
                                person.signIn(
                                        "auditor", RunningHoldfast.PASSWORD, holdfast.freshCode())))
                .isTrue();
        return person;
    }

    private static CatalogContent catalog() {
        return CatalogContent.of(holdfast.installation().catalogServer());
    }

    @Test
    void an_auditor_who_presses_everything_changes_nothing() {
        Spider spider = new Spider(auditor(), holdfast::freshCode);
        Map<String, Document> pages = spider.walk(PageTable.inside(facts));
        assertThat(pages.keySet()).containsAll(PageTable.inside(facts));
        // One's own password, tokens and authenticator are one's own, and so is one's word on a
        // drill: with a wrong code. One's own sessions are ended without a code.
        List<Spider.Press> presses =
                spider.buttons(pages).stream()
                        .filter(press -> !press.button().startsWith("sessions:"))
                        .map(EveryPageIT::withoutCodeOnOwnPage)
                        .toList();
        CatalogContent before = catalog();

        presses.forEach(spider::press);

        assertThat(catalog()).isEqualTo(before);
        assertThat(spider.broken()).isEmpty();
        assertThat(spider.pressed())
                .hasSizeGreaterThan(20)
                .contains("/console/profile.xhtml tokens:create")
                .anyMatch(
                        pressed ->
                                pressed.startsWith("/console/drills/detail.xhtml")
                                        && pressed.endsWith(" foot:accept"));
    }

    private static Spider.Press withoutCodeOnOwnPage(Spider.Press press) {
        if (!press.page().equals("/console/profile.xhtml")
                && !press.page().startsWith("/console/drills/detail.xhtml")) {
            return press;
        }
        Map<String, String> fields = new LinkedHashMap<>(press.fields());
        fields.replaceAll((name, value) -> value.equals("CODE") ? "000000" : value);
        return new Spider.Press(press.page(), press.button(), fields);
    }

    @Test
    void an_auditor_who_forges_the_buttons_of_others_changes_nothing() {
        org.holdfast.testing.Browser guru = new org.holdfast.testing.Browser(holdfast.stranger());
        guru.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        Spider seesAll = new Spider(guru, holdfast::freshCode);
        Map<String, Document> pages = seesAll.walk(PageTable.inside(facts));
        assertThat(seesAll.broken()).isEmpty();
        assertThat(pages.keySet()).containsAll(PageTable.inside(facts));
        List<Spider.Press> others =
                seesAll.buttons(pages).stream()
                        .filter(press -> !press.page().equals("/console/profile.xhtml"))
                        .toList();
        assertThat(others)
                .extracting(Spider.Press::button)
                .contains("add:save", "page:withdraw", "page:breakGlass");
        Spider spider = new Spider(auditor(), holdfast::freshCode);
        CatalogContent before = catalog();

        others.forEach(spider::press);

        assertThat(catalog()).isEqualTo(before);
        assertThat(spider.broken()).isEmpty();
    }

    @Test
    void a_form_of_another_site_changes_nothing_even_with_the_cookie() {
        org.holdfast.testing.Browser guru = new org.holdfast.testing.Browser(holdfast.stranger());
        guru.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        Spider spider = new Spider(guru, holdfast::freshCode);
        Document list = Jsoup.parse(guru.get(LIST).require(200).text(), LIST);
        Spider.Press start =
                spider.buttons(Map.of(LIST, list)).stream()
                        .filter(press -> press.button().startsWith("start:"))
                        .findFirst()
                        .orElseThrow();
        Map<String, String> fields = new LinkedHashMap<>(start.fields());
        fields.put(start.button(), start.button());
        CatalogContent before = catalog();

        assertThat(guru.submit(start.page(), fields, "Origin", "https://example.org").status())
                .isLessThan(500);
        fields.put("jakarta.faces.ViewState", "-1234567890:9876543210");
        assertThat(guru.submit(start.page(), fields, "Origin", "https://example.org").status())
                .isNotEqualTo(302);

        assertThat(catalog()).isEqualTo(before);

        spider.press(start);
        assertThat(catalog()).as("the same form from its own page").isNotEqualTo(before);
        holdfast.guru().get("/admin/backups").require(200).json().getJsonArray("items").stream()
                .map(item -> item.asJsonObject().getString("id"))
                .forEach(
                        id ->
                                holdfast.guru()
                                        .await("/admin/backups/" + id, "VERIFIED", "RESTORED"));
    }
}
