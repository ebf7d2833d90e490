package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.holdfast.testing.Browser;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Fault 25: the source is read at 127.0.0.1 and the target {@code origin} is at localhost, and both
 * are one database. Besides, what globals do to a target that is left as it was.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SourceItselfIT {
    private static final String BAR =
            "ALLOW_SOURCE_RESTORE is true: restores may replace the very databases";

    private static RunningHoldfast holdfast;
    private static Installation around;
    private static PostgresServer source;
    private static Server open;
    private static String backup;

    @BeforeAll
    static void start() {
        around = Installation.create("itself", 1);
        source = around.sourceServer();
        source.execute(
                "postgres",
                "CREATE ROLE reporting",
                "CREATE ROLE rescuer LOGIN CREATEDB PASSWORD 'canary-rescuer-2b'",
                "GRANT pg_signal_backend TO rescuer",
                "CREATE DATABASE tiny OWNER rescuer",
                "GRANT CONNECT ON DATABASE tiny TO backup");
        source.execute(
                "tiny",
                "SET ROLE rescuer; CREATE TABLE orders AS SELECT n FROM generate_series(1, 10) n");
        around.targetServer().execute("postgres", "ALTER ROLE restorer CREATEROLE");
        String origin = source.url("rescuer", "canary-rescuer-2b", "tiny").reveal();
        around.with("BACKUP_SOURCE_TINY_URL", around.sourceUrl().withDatabase("tiny").reveal())
                .with("RESTORE_TARGET_ORIGIN_URL", origin.replace("@127.0.0.1:", "@localhost:"))
                .with("RESTORE_TARGET_ORIGIN_IN_PLACE", "true")
                .with("ALLOW_GLOBALS_RESTORE", "1");
        holdfast = RunningHoldfast.start(around);
        backup = holdfast.backUp("tiny");
    }

    @AfterAll
    static void stop() {
        if (open != null) {
            open.close();
        }
        holdfast.close();
    }

    @Test
    @Order(1)
    void by_another_name_is_refused_and_what_can_be_done_is_said() {
        Answer refused = ask(holdfast, holdfast.order(backup, "origin"));

        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(refused.string("code")).isEqualTo("TARGET-IS-SOURCE");
        assertThat(refused.text())
                .contains("Target origin is the very database this snapshot was taken from.")
                .contains("Restore under a new name beside it (mode NEW_NAME)")
                .contains("set ALLOW_SOURCE_RESTORE=true on every server and restart Holdfast");
        assertThat(impact(holdfast).getString("status")).isEqualTo("BLOCKED");
        assertThat(orders()).isEqualTo("10");
        assertThat(page(holdfast)).doesNotContain("ALLOW_SOURCE_RESTORE");
    }

    @Test
    @Order(2)
    void takes_a_new_name_beside_it_at_any_time() {
        holdfast.restore(
                backup,
                holdfast.order(backup, "origin").add("mode", "NEW_NAME").add("newName", "beside"));

        assertThat(source.query("beside", "SELECT count(*) FROM orders")).isEqualTo("10");
        source.dropDatabase("beside");
    }

    @Test
    @Order(3)
    void globals_come_with_a_restore_and_outlive_one_that_is_cancelled() {
        around.resetTarget("staging");
        holdfast.restore(backup, holdfast.order(backup, "staging").add("includeGlobals", true));
        assertThat(reporting()).isEqualTo("1");

        around.targetServer().execute("postgres", "DROP ROLE reporting");
        around.resetTarget("staging");
        String id;
        try (Halts.Halt halt = holdfast.halts().at("create")) {
            id =
                    holdfast.ask(
                            backup, holdfast.order(backup, "staging").add("includeGlobals", true));
            halt.awaitReached();
            holdfast.guru().post("/admin/restores/" + id + "/cancel").require(202);
        }
        JsonObject ended = holdfast.guru().await("/admin/restores/" + id, "CANCELLED");

        assertThat(ended.getString("result"))
                .isEqualTo(
                        "Cancelled. The target is as it was, except roles and tablespaces, which"
                                + " were restored.");
        assertThat(reporting()).isEqualTo("1");
        assertThat(around.targetServer().query("staging", "SELECT count(*) FROM only_here"))
                .isEqualTo("42");
        isDroppedLaterAndSaidSo(id);
    }

    /** As where the target's server did not answer when the restore was cleaned up after. */
    private static void isDroppedLaterAndSaidSo(String id) {
        String digits = id.replace("-", "");
        String aside = "staging_holdfast_" + digits.substring(digits.length() - 8);
        PostgresServer targets = around.targetServer();
        targets.execute("postgres", "CREATE DATABASE " + aside + " OWNER restorer");
        around.catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE backup_restores SET aside_database = '"
                                + aside
                                + "', lease_until = NULL WHERE id = '"
                                + id
                                + "'");

        JsonObject log =
                holdfast.guru()
                        .await(
                                "/admin/audit?action=restore.aside-dropped&subject=restore/" + id,
                                entries -> !entries.getJsonArray("items").isEmpty());

        assertThat(log.toString()).contains(aside);
        assertThat(targets.exists(aside)).isFalse();
    }

    @Test
    @Order(4)
    void tests_of_places_stand_in_the_audit_log_however_they_end() {
        for (String place : List.of("source", "target", "store")) {
            JsonObject first = places(place).getJsonObject(0);
            holdfast.guru()
                    .post("/admin/" + place + "s/" + first.getString("id") + "/test")
                    .require(200);

            assertThat(audited(place + ".test", place + "/" + first.getString("name")))
                    .contains("\"passed\":true");
        }
        String far =
                places("target").stream()
                        .map(item -> item.asJsonObject())
                        .filter(item -> item.getString("name").equals("far"))
                        .findFirst()
                        .orElseThrow()
                        .getString("id");
        around.wayToTargets().refuse();
        try {
            assertThat(holdfast.guru().post("/admin/targets/" + far + "/test").string("code"))
                    .isEqualTo("DATABASE-TEST");
        } finally {
            around.heal();
        }
        assertThat(audited("target.test", "target/far"))
                .contains("\"passed\":false", "DATABASE-TEST")
                .doesNotContain("canary");
    }

    @Test
    @Order(5)
    void is_refused_by_a_worker_whose_server_has_it_closed_still() {
        around.with("ALLOW_SOURCE_RESTORE", "true").with("RESTORE_WORKER_ENABLED", "false");
        open = Server.start(around);
        RunningHoldfast there = holdfast.on(open);
        assertThat(impact(there).getString("status")).isEqualTo("CLEAR");
        Answer inPlace = ask(there, there.order(backup, "origin").add("mode", "IN_PLACE_CLEAN"));
        assertThat(inPlace.string("code")).isEqualTo("TARGET-IS-SOURCE");
        assertThat(inPlace.string("detail")).endsWith("in place nothing of it would be kept.");
        Answer unread =
                ask(
                        there,
                        there.order(backup, "origin")
                                .add(
                                        "checklist",
                                        Json.createArrayBuilder()
                                                .add("owner-told")
                                                .add("application-stopped")
                                                .add("loss-accepted")
                                                .add("sessions-end")));
        assertThat(unread.string("detail")).isEqualTo("Not acknowledged yet: source-replaced.");

        String id = there.ask(backup, there.order(backup, "origin"));
        JsonObject failed = there.guru().await("/admin/restores/" + id, "FAILED");

        assertThat(failed.getJsonObject("failure").getString("code")).isEqualTo("TARGET-IS-SOURCE");
        assertThat(failed.getString("failureReason")).endsWith(" The target is as it was.");
        assertThat(orders()).isEqualTo("10");
        open.close();
        holdfast.server().close();
    }

    @Test
    @Order(6)
    void is_restored_into_once_that_is_allowed_and_given_back_by_an_undo() {
        around.with("RESTORE_WORKER_ENABLED", "true");
        open = Server.start(around);
        RunningHoldfast there = holdfast.on(open);
        source.execute("tiny", "DELETE FROM orders WHERE n > 3");
        assertThat(page(there)).contains(BAR);
        JsonObject impact = impact(there);
        assertThat(impact.getString("status")).isEqualTo("CLEAR");
        assertThat(impact.getJsonArray("warnings").getJsonObject(0).getString("text"))
                .startsWith("Target origin is the very database this snapshot was taken from; what")
                .endsWith(" is lost from it, and kept as the old database.");

        JsonObject done = there.restore(backup, there.order(backup, "origin"));

        assertThat(orders()).isEqualTo("10");
        assertThat(source.exists(done.getString("keptDatabase"))).isTrue();
        assertThat(there.backUp("tiny")).as("it is backed up as before").isNotEqualTo(backup);

        String path = "/admin/restores/" + done.getString("id");
        there.guru()
                .post(
                        path + "/undo",
                        Json.createObjectBuilder().add("otp", there.freshCode()).build())
                .require(202);
        there.guru().await(path, "UNDONE");
        assertThat(orders()).isEqualTo("3");
    }

    private static String page(RunningHoldfast at) {
        Browser browser = new Browser(at.stranger());
        browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, at.freshCode());
        return browser.get("/console/databases.xhtml").require(200).text();
    }

    private static JsonObject impact(RunningHoldfast at) {
        return at.guru()
                .get("/admin/backups/" + backup + "/impact?target=origin")
                .require(200)
                .json();
    }

    private static Answer ask(RunningHoldfast at, JsonObjectBuilder order) {
        return at.guru().post("/admin/backups/" + backup + "/restores", order.build());
    }

    private static JsonArray places(String place) {
        return holdfast.guru()
                .get("/admin/" + place + "s")
                .require(200)
                .json()
                .getJsonArray("items");
    }

    private static String audited(String action, String subject) {
        return around.catalogServer()
                .query(
                        "holdfast",
                        "SELECT string_agg(detail::text, ' ') FROM audit_log WHERE action = '"
                                + action
                                + "' AND subject = '"
                                + subject
                                + "' AND actor LIKE 'guru%'");
    }

    private static String orders() {
        return source.query("tiny", "SELECT count(*) FROM orders");
    }

    private static String reporting() {
        return around.targetServer()
                .query("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'reporting'");
    }
}
