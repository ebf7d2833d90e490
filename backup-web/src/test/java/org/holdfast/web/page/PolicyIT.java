package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The policy as a file that is followed, as a page and as an address, on two servers. */
class PolicyIT {
    private static Installation installation;
    private static RunningHoldfast holdfast;
    private static Path file;
    private static int written;

    @BeforeAll
    static void start() {
        installation =
                Installation.create("policy", 8)
                        .withPolicy("{\"rpo_minutes\": 30}")
                        .with("FOUR_EYES_OPERATIONS", "retention.shorten");
        file = installation.home().resolve("policy.json");
        holdfast = RunningHoldfast.start(installation);
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
    }

    /** A good file that no test wrote before, and that is in force. */
    @BeforeEach
    void fileInForce() {
        int rto = 100 + ++written;
        write("{\"rpo_minutes\": 30, \"retention_days\": 30, \"rto_minutes\": " + rto + "}");
        holdfast.guru().await("/admin/policy", policy -> policy.getInt("rtoMinutes") == rto);
    }

    private static void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject policy(RunningHoldfast on) {
        return on.guru().get("/admin/policy").require(200).json();
    }

    private static Answer put(int version, String document) {
        return holdfast.guru()
                .put(
                        "/admin/policy",
                        Json.createObjectBuilder()
                                .add(
                                        "document",
                                        Json.createReader(new StringReader(document)).readObject())
                                .add("version", version)
                                .add("reason", "The contract of October.")
                                .add("otp", holdfast.freshCode())
                                .build()
                                .toString());
    }

    private static String status(JsonObject policy) {
        return policy.getJsonArray("files").getJsonObject(0).getString("status");
    }

    @Test
    void a_file_that_changes_makes_a_version_that_the_next_backup_records() {
        JsonObject now = policy(holdfast);
        assertThat(now.getString("id")).startsWith(now.getInt("version") + "-");
        assertThat(status(now)).isEqualTo("IN_FORCE");
        JsonObject made =
                holdfast.guru()
                        .get("/admin/policy/versions/" + now.getInt("version"))
                        .require(200)
                        .json();
        assertThat(made.getJsonObject("made").getString("origin")).isEqualTo("FILE");
        assertThat(made.getJsonObject("made").getString("place")).endsWith(file.toString());

        String backup = holdfast.queue("shop");

        assertThat(recorded("backup_runs", backup)).isEqualTo(now.getString("id"));
        assertThat(
                        holdfast.guru()
                                .send(
                                        holdfast.guru()
                                                .request("/metrics")
                                                .setHeader("Accept", "text/plain")
                                                .GET())
                                .require(200)
                                .text())
                .contains("holdfast_policy_version")
                .contains("holdfast_policy_file_problems");
    }

    private static String recorded(String table, String id) {
        return installation
                .catalogServer()
                .query(
                        "holdfast",
                        "SELECT policy_version FROM " + table + " WHERE id = '" + id + "'");
    }

    @Test
    void a_wrong_file_is_refused_whole_and_a_server_starts_with_it_on_the_last_good_version() {
        JsonObject before = policy(holdfast);
        write("{\"rpo_minutes\": 15, \"rto_minutes\": \"soon\"}");

        JsonObject after =
                holdfast.guru().await("/admin/policy", policy -> status(policy).equals("REFUSED"));

        assertThat(after.getString("id")).isEqualTo(before.getString("id"));
        assertThat(after.getInt("rpoMinutes")).isEqualTo(30);
        assertThat(
                        after.getJsonArray("files")
                                .getJsonObject(0)
                                .getJsonArray("problems")
                                .getString(0))
                .isEqualTo(
                        "Policy file "
                                + file
                                + ": rto_minutes is \"soon\", but it has to be a whole number from 1"
                                + " to 527040. Leave it out for 240.");
        try (Server other = Server.start(installation)) {
            RunningHoldfast second = holdfast.on(other);
            assertThat(policy(second).getString("id")).isEqualTo(before.getString("id"));

            put(before.getInt("version"), "{\"rpo_minutes\": 45, \"retention_days\": 30}")
                    .require(200);

            JsonObject there = policy(second);
            assertThat(there.getInt("version")).isEqualTo(before.getInt("version") + 1);
            assertThat(there.getString("id")).isNotEqualTo(before.getString("id"));
            assertThat(there.getInt("rpoMinutes"))
                    .as("of the document, whatever the other server still goes by")
                    .isEqualTo(45);
        }
    }

    @Test
    void a_change_is_refused_with_its_path_and_where_another_came_before() {
        int version = policy(holdfast).getInt("version");

        Answer wrong = put(version, "{\"sources\": {\"shop\": {\"stores\": []}}}");
        assertThat(wrong.require(422).string("code")).isEqualTo("POLICY-WRONG");
        assertThat(wrong.string("detail")).contains("sources.shop.stores is []");
        assertThat(put(version - 1, "{}").require(409).string("code")).isEqualTo("POLICY-MOVED");
        assertThat(
                        put(version, policy(holdfast).getJsonObject("document").toString())
                                .require(409)
                                .string("code"))
                .isEqualTo("POLICY-SAME");
        assertThat(policy(holdfast).getInt("version")).isEqualTo(version);
    }

    @Test
    void a_change_by_if_match_is_made_once_and_refused_where_another_came_before() {
        RestClient guru = holdfast.guru();
        Answer before = guru.get("/admin/policy").require(200);
        int version = before.json().getInt("version");
        String tag = before.header("ETag").orElseThrow();
        assertThat(tag).isEqualTo("\"" + version + "\"");
        JsonObject body =
                Json.createObjectBuilder()
                        .add(
                                "document",
                                Json.createObjectBuilder()
                                        .add("rpo_minutes", 17)
                                        .add("retention_days", 30))
                        .add("reason", "Less loss.")
                        .build();

        assertThat(ifMatch("\"" + (version - 1) + "\"", body).require(412).string("code"))
                .isEqualTo("POLICY-STALE");
        assertThat(ifMatch("W/" + tag, body).require(412).string("code")).isEqualTo("POLICY-STALE");
        assertThat(ifMatch("7", body).require(400).string("code")).isEqualTo("REQUEST-PARAMETER");
        assertThat(ifMatch(null, body).require(400).string("code")).isEqualTo("REQUEST-FIELD");
        assertThat(policy(holdfast).getInt("version")).isEqualTo(version);

        Answer made = ifMatch(tag, body).require(200);
        assertThat(made.json().getInt("version")).isEqualTo(version + 1);
        assertThat(made.header("ETag")).contains("\"" + (version + 1) + "\"");
        assertThat(guru.get("/admin/policy").require(200).header("ETag"))
                .contains("\"" + (version + 1) + "\"");
        assertThat(ifMatch(tag, body).require(412).string("code")).isEqualTo("POLICY-STALE");
    }

    private static Answer ifMatch(String tags, JsonObject body) {
        HttpRequest.Builder request =
                holdfast.guru()
                        .request("/admin/policy")
                        .setHeader("Content-Type", "application/json")
                        .PUT(
                                HttpRequest.BodyPublishers.ofString(
                                        Json.createObjectBuilder(body)
                                                .add("otp", holdfast.freshCode())
                                                .build()
                                                .toString()));
        return holdfast.guru().send(tags == null ? request : request.setHeader("If-Match", tags));
    }

    @Test
    void keeping_backups_shorter_waits_for_a_second_person() {
        JsonObject before = policy(holdfast);
        JsonObject asked =
                put(before.getInt("version"), "{\"rpo_minutes\": 30, \"retention_days\": 7}")
                        .require(200)
                        .json();

        assertThat(asked.getString("status")).isEqualTo("AWAITING_APPROVAL");
        assertThat(asked.getString("id")).isEqualTo(before.getString("id"));
        assertThat(policy(holdfast).getInt("retentionDays")).isEqualTo(30);
        String approval = asked.getString("approval");
        assertThat(holdfast.guru().get("/admin/approvals/" + approval).require(200).text())
                .contains("retention_days: 30 → 7")
                .contains("Lost: Every other source in every other directory: 30 days");
        holdfast.as(Role.ADMIN)
                .post(
                        "/admin/approvals/" + approval + "/approve",
                        "{\"otp\":\"" + holdfast.freshCode() + "\"}")
                .require(200);

        JsonObject after = policy(holdfast);
        assertThat(after.getInt("retentionDays")).isEqualTo(7);
        assertThat(after.getInt("version")).isEqualTo(before.getInt("version") + 1);
        assertThat(status(after)).isEqualTo("DIFFERS");
    }

    @Test
    void the_page_shows_the_difference_saves_it_and_goes_back() {
        JsonObject before = policy(holdfast);
        int version = before.getInt("version");
        Browser browser = Browser.signedIn(holdfast);
        try {
            browser.open("/console/policy-edit.xhtml");
            browser.type("edit:rpo", "soon");
            browser.click("edit:compare");
            browser.await("what is wrong", () -> browser.has(".plan.wrong"));
            assertThat(browser.text(".plan.wrong")).contains("rpo_minutes is \"soon\"");
            assertThat(browser.text(".field .bad")).contains("rpo_minutes is \"soon\"");

            browser.open("/console/policy-edit.xhtml");
            browser.type("edit:rpo", "20");
            browser.click("edit:asJson");
            browser.await("the document", () -> browser.has("textarea.code"));
            assertThat(browser.valueOf("edit:document")).contains("\"rpo_minutes\": 20");
            browser.click("edit:compare");
            browser.await("the difference", () -> browser.has("table.changes"));
            assertThat(browser.text("table.changes")).contains("rpo_minutes", "30", "20");
            browser.type("edit:reason", "Less loss.");
            browser.type("edit:otp", holdfast.freshCode());
            browser.click("edit:save");
            browser.await("the new version", () -> browser.path().equals("/console/policy.xhtml"));
            assertThat(browser.text("#main"))
                    .contains("Version " + (version + 1) + " of the policy is in force.")
                    .contains("Less loss.")
                    .contains("What is in force is not what the file says.");

            browser.open("/console/policy-version.xhtml?number=" + version);
            browser.clickOn(".acts a.button");
            browser.await("the older one", () -> browser.has("table.changes"));
            browser.type("edit:otp", holdfast.freshCode());
            browser.click("edit:save");
            browser.await("the version", () -> browser.path().equals("/console/policy.xhtml"));
            assertThat(browser.complaints()).isEmpty();
        } finally {
            browser.close();
        }
        JsonObject after = policy(holdfast);
        assertThat(after.getInt("version")).isEqualTo(version + 2);
        assertThat(after.getJsonObject("document")).isEqualTo(before.getJsonObject("document"));
        assertThat(status(after)).isEqualTo("IN_FORCE");
    }

    private static int rows(Browser browser, String section) {
        return browser.all("[aria-labelledby=" + section + "] tbody tr").size();
    }

    @Test
    void of_many_databases_a_page_is_shown_and_the_others_are_searched_for() {
        PostgresServer catalog = installation.catalogServer();
        catalog.execute(
                "holdfast",
                "INSERT INTO sources (id, name, origin, redacted_url, sealed_url, known_since)"
                        + " SELECT gen_random_uuid(), 'many-' || lpad(n::text, 3, '0'), 'CATALOG',"
                        + " 'postgresql://db' || n || '.invalid/app', 'none', now()"
                        + " FROM generate_series(1, 60) AS n");
        int all =
                Integer.parseInt(
                        catalog.query(
                                "holdfast", "SELECT count(*) FROM sources WHERE NOT retired"));
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/databases.xhtml");
            assertThat(rows(browser, "sourcesTitle")).isEqualTo(25);
            assertThat(browser.text("[aria-labelledby=sourcesTitle] .part-of"))
                    .contains("1–25 of " + all);
            browser.clickOn("[aria-labelledby=sourcesTitle] nav a.button");
            browser.await("the next", () -> browser.path().endsWith("databases.xhtml?sources=2"));
            assertThat(browser.text("[aria-labelledby=sourcesTitle]"))
                    .contains("26–50 of " + all)
                    .doesNotContain("many-001");
            browser.open("/console/databases.xhtml?sources=99");
            assertThat(browser.text("[aria-labelledby=sourcesTitle]"))
                    .contains("51–" + all + " of " + all);

            browser.type("named", "MANY-06");
            browser.keys(Keys.ENTER);
            browser.await("the one", () -> browser.path().endsWith("databases.xhtml?q=MANY-06"));
            assertThat(rows(browser, "sourcesTitle")).isEqualTo(1);
            assertThat(browser.text("[aria-labelledby=sourcesTitle]")).contains("many-060");
            browser.open("/console/databases.xhtml?q=invalid&sources=2");
            browser.clickOn("[aria-labelledby=sourcesTitle] tbody a.button");
            browser.await("the question", () -> browser.has("[id='retireSource:otp']"));
            assertThat(browser.text("h2")).isEqualTo("Retire source many-026");
            browser.press("Leave it as it is");
            browser.await(
                    "the list as it was",
                    () -> browser.path().endsWith("databases.xhtml?q=invalid&sources=2"));
            browser.clickOn("[aria-labelledby=sourcesTitle] tbody a.button");
            browser.await("the question", () -> browser.has("[id='retireSource:otp']"));
            browser.type("retireSource:otp", holdfast.freshCode());
            browser.click("retireSource:retire");
            browser.await(
                    "the list without it",
                    () ->
                            browser.path().endsWith("databases.xhtml?q=invalid&sources=2")
                                    && browser.text("[id='page:said']")
                                            .contains("Retired source many-026."));
            assertThat(browser.text("[aria-labelledby=sourcesTitle]"))
                    .contains("26–50 of 59", "many-027")
                    .doesNotContain("many-026");
            browser.open("/console/databases.xhtml?q=db7.invalid");
            assertThat(browser.text("[aria-labelledby=sourcesTitle]")).contains("many-007");
            browser.open("/console/databases.xhtml?q=%25");
            assertThat(browser.text("[aria-labelledby=sourcesTitle]"))
                    .contains("None has “%” in its name or address.");

            browser.open("/console/policy.xhtml?q=many-0&schedules=3");
            assertThat(browser.text("[aria-labelledby=schedulesTitle]"))
                    .contains("51–59 of 59", "many-060")
                    .doesNotContain("many-050");
            versions(11);
            browser.open("/console/policy.xhtml?q=many-0&schedules=2");
            browser.press("Older versions");
            browser.await("the older ones", () -> browser.path().contains("before="));
            assertThat(browser.text("[aria-labelledby=schedulesTitle]")).contains("26–50 of 59");
            String before = browser.parameter("before");
            browser.script("scrollTo(0, 0)");
            browser.clickOn("[aria-labelledby=schedulesTitle] nav a.button");
            browser.await("the page before", () -> !browser.path().contains("schedules="));
            assertThat(browser.parameter("before")).isEqualTo(before);
            assertThat(browser.text("[aria-labelledby=schedulesTitle]")).contains("1–25 of 59");
            browser.open("/console/policy.xhtml");
            assertThat(rows(browser, "schedulesTitle")).isEqualTo(25);
            browser.type("named", "many-03");
            browser.keys(Keys.ENTER);
            browser.await("the ten", () -> browser.path().contains("policy.xhtml?q=many-03"));
            assertThat(rows(browser, "schedulesTitle")).isEqualTo(10);

            browser.clickOn("details.fold summary");
            browser.type("pause:sourceNamed_input", "many-03");
            browser.await(
                    "the names that hold it",
                    () -> browser.all(".ui-autocomplete-item").size() == 10);
            browser.clickOn(".ui-autocomplete-item[data-item-label='many-037']");
            browser.script(
                    "document.getElementById('pause:until').value = '"
                            + LocalDate.now(ZoneOffset.UTC).plusDays(2)
                            + "T10:00'");
            browser.type("pause:reason", "It moves to another server.");
            browser.click("pause:save");
            browser.await(
                    "the pause",
                    () ->
                            browser.text("[aria-labelledby=schedulesTitle]")
                                    .contains("It moves to another server."));
            assertThat(
                            catalog.query(
                                    "holdfast",
                                    "SELECT string_agg(s.name, ' ') FROM source_schedules p JOIN"
                                            + " sources s ON s.id = p.source_id WHERE"
                                            + " p.paused_until IS NOT NULL"))
                    .isEqualTo("many-037");
            browser.script(
                    "document.querySelector('[aria-labelledby=schedulesTitle] tbody button')"
                            + ".scrollIntoView({block: 'center'})");
            browser.clickOn("[aria-labelledby=schedulesTitle] tbody button");
            browser.await(
                    "its schedule",
                    () ->
                            !browser.text("[aria-labelledby=schedulesTitle]")
                                    .contains("It moves to another server."));

            browser.open("/console/backups/retention.xhtml");
            assertThat(browser.text("main"))
                    .as("only databases that have backups are offered")
                    .contains("What goes and what stays")
                    .doesNotContain("many-");
            assertThat(browser.has("[id='of:show']")).isFalse();
            haveBackups(catalog);
            browser.open("/console/backups/retention.xhtml");
            browser.click("of:show");
            browser.await(
                    "that none is named",
                    () -> browser.text("#said").contains("No database was named."));
            assertThat(browser.path()).isEqualTo("/console/backups/retention.xhtml");
            browser.type("of:named_input", "nobodys");
            browser.click("of:show");
            browser.await(
                    "that there is none",
                    () ->
                            browser.text("#said")
                                    .contains(
                                            "None of the databases offered here has the name “nobodys”"));
            browser.type("of:named_input", "NY-00");
            browser.await(
                    "the names that hold it",
                    () -> browser.all(".ui-autocomplete-item").size() == 9);
            browser.clickOn(".ui-autocomplete-item[data-item-label='many-007']");
            browser.click("of:show");
            browser.await(
                    "its own", () -> browser.path().endsWith("retention.xhtml?source=many-007"));
            assertThat(browser.text("main")).contains("many-007");
            assertThat(browser.complaints()).isEmpty();
            assertThat(
                            PageTable.wrong(
                                    browser,
                                    List.of(
                                            "/console/databases.xhtml?sources=2",
                                            "/console/policy.xhtml?schedules=2",
                                            "/console/backups/retention.xhtml",
                                            "/console/stores.xhtml?keys=" + bucket(catalog))))
                    .isEmpty();
            assertThat(browser.text("#changing")).contains("ends on 2099-03-31");
            assertThat(browser.valueOf("storeKeys:endOn"))
                    .as("the day is of the old key")
                    .isEmpty();
        } finally {
            catalog.execute(
                    "holdfast",
                    "UPDATE snapshots SET rung = 'EXPIRED' WHERE key_prefix LIKE 'many-%'",
                    "UPDATE stores SET retired = true WHERE name = 'faraway'",
                    "UPDATE sources SET retired = true WHERE name LIKE 'many-%'");
        }
    }

    /** So many versions that the page shows only the newest. */
    private static void versions(int many) {
        for (int made = 0; made < many; made++) {
            int version = policy(holdfast).getInt("version");
            put(version, "{\"rpo_minutes\": " + (40 + made) + ", \"retention_days\": 30}")
                    .require(200);
        }
    }

    /** As many as no row of chips holds; no store has a copy of them. */
    private static void haveBackups(PostgresServer catalog) {
        catalog.execute(
                "holdfast",
                "INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof, state,"
                        + " policy_version, queued_at, not_before, started_at, finished_at,"
                        + " attempt, raw_bytes, stored_bytes) SELECT gen_random_uuid(), id,"
                        + " 'many', 'CUSTOM', 'COUNTS', 'COMPLETED', '1', now(), now(), now(),"
                        + " now(), 1, 1, 1 FROM sources WHERE name BETWEEN 'many-001' AND"
                        + " 'many-013'",
                "INSERT INTO snapshots (id, source_id, rung, format, key_prefix, taken_at,"
                        + " raw_bytes, stored_bytes, server_major, manifest, manifest_sha256,"
                        + " committed_at, table_count, row_count) SELECT r.id, s.id, 'UPLOADED',"
                        + " 'CUSTOM', s.name, now(), 1, 1, 15, '{}', repeat('0', 64), now(), 0, 0"
                        + " FROM backup_runs r JOIN sources s ON s.id = r.source_id"
                        + " WHERE r.requested_by = 'many'");
    }

    /** A bucket that nobody reaches. */
    private static String bucket(PostgresServer catalog) {
        return catalog.query(
                "holdfast",
                "INSERT INTO stores (id, name, origin, kind, endpoint, region, bucket,"
                        + " access_key_id, keys_end_on) VALUES (gen_random_uuid(), 'faraway',"
                        + " 'CATALOG', 'S3', 'https://s3.invalid', 'us-east-1', 'vault',"
                        + " 'AKIAEXAMPLE', '2099-03-31') RETURNING id");
    }
}
