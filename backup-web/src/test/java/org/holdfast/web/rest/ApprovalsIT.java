package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What two people do together, on the running product. On a server of its own: it adds, changes and
 * retires places.
 */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class ApprovalsIT {
    private static final String WHY = "Moving the database to another server";
    private static int made;

    private RunningHoldfast holdfast;
    private RestClient guru;
    private RestClient admin;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        guru = running.guru();
        admin = running.as(Role.ADMIN);
    }

    /** A new target of the console; gives its id. */
    private String target(boolean production) {
        String name = "desk-" + ++made;
        holdfast.installation().resetTarget(name.replace('-', '_'));
        return guru.post(
                        "/admin/targets",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add(
                                        "url",
                                        holdfast.installation()
                                                .targetUrl(name.replace('-', '_'))
                                                .reveal())
                                .add("production", production)
                                .add("otp", holdfast.freshCode())
                                .build())
                .require(201)
                .string("id");
    }

    private JsonObjectBuilder rules(boolean production, boolean fourEyes, int keptHours) {
        return Json.createObjectBuilder()
                .add("production", production)
                .add("inPlaceAllowed", false)
                .add("fourEyes", fourEyes)
                .add("keptHours", keptHours)
                .add("command", Json.createArrayBuilder())
                .add("commandSeconds", 600)
                .add("approvalHours", 24)
                .add("otp", holdfast.freshCode());
    }

    private Answer change(String target, JsonObjectBuilder rules) {
        return guru.post("/admin/targets/" + target + "/change", rules.build());
    }

    /** Asks to take the second person away from a production target; gives the approval's id. */
    private String asked(String target) {
        Answer answer = change(target, rules(true, false, 72).add("reason", WHY)).require(200);
        assertThat(answer.string("status")).isEqualTo("AWAITING_APPROVAL");
        return answer.string("approval");
    }

    private JsonObject seen(String target) {
        return guru.get("/admin/targets").require(200).json().getJsonArray("items").stream()
                .map(item -> item.asJsonObject())
                .filter(item -> item.getString("id").equals(target))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject code() {
        return Json.createObjectBuilder().add("otp", holdfast.freshCode()).build();
    }

    private String audit(String action, String subject) {
        return catalog()
                .query(
                        "holdfast",
                        "SELECT detail FROM audit_log WHERE action = '%s' AND subject = '%s' ORDER BY seq DESC LIMIT 1"
                                .formatted(action, subject));
    }

    private PostgresServer catalog() {
        return holdfast.installation().catalogServer();
    }

    @Test
    void a_target_of_no_production_is_changed_by_one_person_at_once() {
        String target = target(false);

        Answer answer = change(target, rules(false, true, 5)).require(200);

        assertThat(answer.string("status")).isEqualTo("CHANGED");
        assertThat(answer.json().containsKey("approval")).isFalse();
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();
        assertThat(seen(target).getInt("keptSeconds")).isEqualTo(5 * 3600);
    }

    @Test
    void a_target_of_no_production_loses_its_second_person_only_by_a_second_person() {
        String target = target(false);
        change(target, rules(false, true, 72)).require(200);

        Answer answer = change(target, rules(false, false, 72).add("reason", WHY)).require(200);

        assertThat(answer.string("status")).isEqualTo("AWAITING_APPROVAL");
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();
    }

    @Test
    void a_target_of_no_production_that_is_like_this_already_is_said_so() {
        Answer answer = change(target(false), rules(false, false, 72));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.string("code")).isEqualTo("TARGET-SAME");
    }

    @Test
    void what_waits_shows_the_whole_plan_and_changes_nothing_yet() {
        String target = target(true);

        String id = asked(target);

        JsonObject whole = admin.get("/admin/approvals/" + id).require(200).json();
        assertThat(whole.getString("status")).isEqualTo("REQUESTED");
        assertThat(whole.getString("requestedBy")).isEqualTo("guru");
        assertThat(whole.getString("reason")).isEqualTo(WHY);
        assertThat(whole.getBoolean("production")).isTrue();
        assertThat(whole.getJsonArray("plan").toString())
                .contains("A second person approves: yes → no")
                .contains("Lost: one person alone can restore into it from then on.")
                .doesNotContain("canary");
        assertThat(whole.getJsonObject("parameters").getBoolean("fourEyes")).isFalse();
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();
        assertThat(box(admin, "waiting")).contains(id);
        assertThat(box(guru, "waiting")).doesNotContain(id);
        assertThat(box(guru, "mine")).contains(id);
    }

    @Test
    void what_waits_needs_a_reason() {
        String target = target(true);

        Answer answer = change(target, rules(true, false, 72));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.string("code")).isEqualTo("APPROVAL-REASON");
    }

    @Test
    void what_waits_is_asked_for_once() {
        String target = target(true);
        String id = asked(target);

        Answer again = change(target, rules(true, false, 72).add("reason", "again"));

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.string("detail")).contains(id);
    }

    @Test
    void what_waits_is_not_approved_by_the_one_who_asked() {
        String target = target(true);
        String id = asked(target);

        Answer own = guru.post("/admin/approvals/" + id + "/approve", code());

        assertThat(own.status()).isEqualTo(403);
        assertThat(own.string("code")).isEqualTo("APPROVAL-OWN");
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();
    }

    @Test
    void what_waits_is_not_approved_with_a_wrong_code_and_goes_on_waiting() {
        String id = asked(target(true));

        Answer wrong =
                admin.post(
                        "/admin/approvals/" + id + "/approve",
                        Json.createObjectBuilder().add("otp", "00000x").build());

        assertThat(wrong.status()).isEqualTo(403);
        assertThat(wrong.string("code")).isEqualTo("STEP-UP");
        assertThat(status(id)).isEqualTo("REQUESTED");
    }

    @Test
    void what_waits_is_carried_out_when_another_approves_and_the_audit_has_both() {
        String target = target(true);
        String id = asked(target);

        Answer answer = admin.post("/admin/approvals/" + id + "/approve", code()).require(200);

        assertThat(answer.string("status")).isEqualTo("APPROVED");
        assertThat(answer.string("decidedBy")).isEqualTo("admin");
        assertThat(seen(target).getBoolean("fourEyes")).isFalse();
        assertThat(audit("target.change", "target/" + seen(target).getString("name")))
                .contains("\"requestedBy\":\"guru\"")
                .contains("\"approvedBy\":\"admin\"");
        assertThat(audit("approval.approve", "approval/" + id)).contains(answer.string("planHash"));
        assertThat(box(admin, "decided")).contains(id);
    }

    @Test
    void what_waits_is_carried_out_once_though_two_approve_at_once() throws Exception {
        String target = target(true);
        String id = asked(target);
        holdfast.user("second.admin", Role.ADMIN);
        RestClient second =
                holdfast.server()
                        .client(
                                holdfast.tokenOf(
                                        holdfast.user("second.admin", Role.ADMIN), Role.ADMIN));
        JsonObject code = code();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Answer>> calls =
                    List.of(
                            () -> admin.post("/admin/approvals/" + id + "/approve", code),
                            () -> second.post("/admin/approvals/" + id + "/approve", code));
            List<Integer> statuses =
                    threads.invokeAll(calls).stream()
                            .map(ApprovalsIT::got)
                            .map(Answer::status)
                            .toList();
            assertThat(statuses).containsExactlyInAnyOrder(200, 409);
        } finally {
            threads.shutdown();
        }
        assertThat(
                        catalog()
                                .query(
                                        "holdfast",
                                        "SELECT count(*) FROM audit_log WHERE action = 'target.change' AND subject = 'target/"
                                                + seen(target).getString("name")
                                                + "'"))
                .isEqualTo("1");
    }

    @Test
    void what_waits_whose_plan_has_changed_meanwhile_is_refused_for_good() {
        String target = target(true);
        String first = asked(target);
        Answer other = change(target, rules(true, true, 9).add("reason", WHY)).require(200);
        admin.post("/admin/approvals/" + other.string("approval") + "/approve", code())
                .require(200);

        Answer answer = admin.post("/admin/approvals/" + first + "/approve", code());

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.string("code")).isEqualTo("APPROVAL-PLAN-CHANGED");
        assertThat(status(first)).isEqualTo("REFUSED_AT_ACT");
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();
        assertThat(audit("approval.refused-at-act", "approval/" + first))
                .contains("is not what was asked for any more");
    }

    @Test
    void what_waits_ends_by_a_no_or_is_taken_back() {
        String rejected = asked(target(true));
        String withdrawn = asked(target(true));

        admin.post(
                        "/admin/approvals/" + rejected + "/reject",
                        Json.createObjectBuilder().add("reason", "not on a Friday").build())
                .require(200);
        assertThat(admin.post("/admin/approvals/" + withdrawn + "/withdraw").string("code"))
                .isEqualTo("APPROVAL-NOT-YOURS");
        guru.post("/admin/approvals/" + withdrawn + "/withdraw").require(200);

        assertThat(guru.get("/admin/approvals/" + rejected).json().getString("decision"))
                .isEqualTo("not on a Friday");
        assertThat(status(rejected)).isEqualTo("REJECTED");
        assertThat(status(withdrawn)).isEqualTo("WITHDRAWN");
        assertThat(admin.post("/admin/approvals/" + withdrawn + "/approve", code()).string("code"))
                .isEqualTo("APPROVAL-DECIDED");
    }

    @Test
    void what_waits_ends_by_time_when_nobody_decides() {
        String id = asked(target(true));
        overdue("approvals", "expires_at", id);

        JsonObject ended =
                guru.await(
                        "/admin/approvals/" + id,
                        json -> json.getString("status").equals("EXPIRED"));

        assertThat(ended.getString("decidedBy")).isEqualTo("holdfast");
        assertThat(audit("approval.expire", "approval/" + id)).contains("guru");
    }

    private JsonObject glass(String phrase, String reason) {
        return Json.createObjectBuilder()
                .add("phrase", phrase)
                .add("reason", reason)
                .add("otp", holdfast.freshCode())
                .build();
    }

    @Test
    void breaking_the_glass_lets_the_guru_alone_through_marked_in_record_and_audit() {
        String target = target(true);
        String id = asked(target);
        String path = "/admin/approvals/" + id + "/break-glass";
        String why = "The other admin cannot be reached tonight";

        assertThat(admin.post(path, glass("BREAK GLASS target.change", why)).status())
                .isEqualTo(403);
        assertThat(guru.post(path, glass("break glass", why)).string("code"))
                .isEqualTo("BREAK-GLASS-PHRASE");
        assertThat(guru.post(path, glass("BREAK GLASS target.change", "short")).string("code"))
                .isEqualTo("BREAK-GLASS-REASON");
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();

        Answer answer = guru.post(path, glass("BREAK GLASS target.change", why)).require(200);

        assertThat(answer.json().getBoolean("breakGlass")).isTrue();
        assertThat(answer.string("decidedBy")).isEqualTo("guru");
        assertThat(seen(target).getBoolean("fourEyes")).isFalse();
        assertThat(audit("approval.break-glass", "approval/" + id)).contains(why);
    }

    // --- places --------------------------------------------------------------------------------

    @Test
    void a_target_is_retired_once_no_restore_holds_it() {
        String target = target(false);
        String name = seen(target).getString("name");
        String database = name.replace('-', '_');
        change(target, rules(false, true, 72)).require(200);
        String waiting =
                holdfast.ask(
                        holdfast.verifiedBackup(), holdfast.order(holdfast.verifiedBackup(), name));

        assertThat(guru.post("/admin/targets/" + target + "/retire", code()).string("code"))
                .isEqualTo("RESTORE-BUSY");
        guru.post("/admin/restores/" + waiting + "/cancel").require(202);
        assertThat(
                        guru.post("/admin/targets/" + target + "/retire", code())
                                .require(200)
                                .string("status"))
                .isEqualTo("RETIRED");

        assertThat(guru.get("/admin/targets").text()).doesNotContain(target);
        assertThat(guru.post("/admin/targets/" + target + "/retire", code()).string("code"))
                .isEqualTo("PLACE-RETIRED");
        assertThat(guru.get("/admin/restores/" + waiting).json().getString("target"))
                .isEqualTo(name);
        assertThat(audit("target.retire", "target/" + name)).contains(database);
    }

    @Test
    void a_protected_database_is_not_added_once_more_without_its_protection() {
        String target = target(true);
        String database = seen(target).getString("name").replace('-', '_');

        Answer beside =
                guru.post(
                        "/admin/targets",
                        Json.createObjectBuilder()
                                .add("name", "beside")
                                .add("url", holdfast.installation().targetUrl(database).reveal())
                                .add("production", false)
                                .add("otp", holdfast.freshCode())
                                .build());

        assertThat(beside.status()).isEqualTo(409);
        assertThat(beside.string("code")).isEqualTo("TARGET-WEAKER");
        guru.post("/admin/targets/" + target + "/retire", code()).require(200);
        Answer after =
                guru.post(
                        "/admin/targets",
                        Json.createObjectBuilder()
                                .add("name", "afterwards")
                                .add("url", holdfast.installation().targetUrl(database).reveal())
                                .add("production", false)
                                .add("otp", holdfast.freshCode())
                                .build());
        assertThat(after.string("detail")).contains("(retired)");
    }

    @Test
    void a_protected_database_is_not_reached_by_another_way_without_its_protection() {
        String database = "another_way";
        holdfast.installation().resetTarget(database);
        String direct = holdfast.installation().targetUrl(database).reveal();
        String pooler = holdfast.installation().otherWayTo(database);
        String weak = add("weak-way", pooler, false).require(201).string("id");
        change(weak, rules(false, true, 72)).require(200);
        String backup = holdfast.verifiedBackup();
        String waiting = holdfast.ask(backup, holdfast.order(backup, "weak-way"));
        add("strong-way", direct, true).require(201);

        Answer beside = add("beside-way", pooler, false);
        assertThat(beside.string("code")).isEqualTo("TARGET-WEAKER");
        assertThat(beside.string("detail")).contains("target strong-way already");

        admin.post("/admin/restores/" + waiting + "/approve", code()).require(202);
        assertThat(guru.await("/admin/restores/" + waiting, "FAILED").toString())
                .contains("TARGET-WEAKER", "the very database of target strong-way");
        Answer again =
                guru.post(
                        "/admin/backups/" + backup + "/restores",
                        holdfast.order(backup, "weak-way").build());
        assertThat(again.string("code")).isEqualTo("TARGET-WEAKER");
        holdfast.restore(backup, holdfast.order(backup, "weak-way").add("dryRun", true));
    }

    private Answer add(String name, String url, boolean production) {
        return guru.post(
                "/admin/targets",
                Json.createObjectBuilder()
                        .add("name", name)
                        .add("url", url)
                        .add("production", production)
                        .add("otp", holdfast.freshCode())
                        .build());
    }

    @Test
    void a_source_is_retired_once_no_backup_of_it_goes_on() {
        String source =
                guru.post(
                                "/admin/sources",
                                Json.createObjectBuilder()
                                        .add("name", "shop-again")
                                        .add("url", holdfast.installation().sourceUrl().reveal())
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(201)
                        .string("id");
        String backup = holdfast.backUp("shop-again");
        catalog()
                .execute(
                        "holdfast",
                        "INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof, state, policy_version, queued_at, not_before)"
                                + " SELECT gen_random_uuid(), id, 'test', 'CUSTOM', 'OFF', 'QUEUED', '1', now(), now() + interval '1 day' FROM sources WHERE name = 'shop-again'");

        assertThat(guru.post("/admin/sources/" + source + "/retire", code()).string("code"))
                .isEqualTo("PLACE-BUSY");
        catalog()
                .execute(
                        "holdfast",
                        "UPDATE backup_runs SET state = 'CANCELLED' WHERE state = 'QUEUED' AND requested_by = 'test'");
        guru.post("/admin/sources/" + source + "/retire", code()).require(200);

        assertThat(guru.get("/admin/sources").text()).doesNotContain("shop-again");
        assertThat(guru.get("/admin/backups/" + backup).require(200).string("status"))
                .isEqualTo("VERIFIED");
    }

    @Test
    void a_store_is_retired_once_it_holds_no_only_copy() {
        String store =
                guru.post(
                                "/admin/stores",
                                Json.createObjectBuilder()
                                        .add("name", "cellar")
                                        .add("kind", "DIRECTORY")
                                        .add(
                                                "directory",
                                                holdfast.installation()
                                                        .home()
                                                        .resolve("cellar")
                                                        .toString())
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(201)
                        .string("id");
        String backup = holdfast.backUp("shop");
        String others =
                "UPDATE snapshot_copies SET state = '%s' WHERE snapshot_id = '"
                        + backup
                        + "' AND store_id <> '"
                        + store
                        + "'";
        catalog().execute("holdfast", others.formatted("CORRUPT"));

        Answer only = guru.post("/admin/stores/" + store + "/retire", code());

        assertThat(only.status()).isEqualTo(409);
        assertThat(only.string("detail"))
                .isEqualTo("Store cellar holds the only copy of 1 snapshot.");
        catalog().execute("holdfast", others.formatted("VERIFIED"));
        guru.post("/admin/stores/" + store + "/retire", code()).require(200);
        assertThat(guru.get("/admin/stores").text()).doesNotContain("cellar");
    }

    @Test
    void what_the_configuration_set_up_is_neither_changed_nor_retired_here() {
        String staging =
                guru.get("/admin/targets").json().getJsonArray("items").stream()
                        .map(item -> item.asJsonObject())
                        .filter(item -> item.getString("name").equals("staging"))
                        .findFirst()
                        .orElseThrow()
                        .getString("id");

        assertThat(change(staging, rules(true, true, 5)).string("code"))
                .isEqualTo("SET-BY-CONFIGURATION");
        assertThat(guru.post("/admin/targets/" + staging + "/retire", code()).string("code"))
                .isEqualTo("SET-BY-CONFIGURATION");
    }

    // --- restores ----------------------------------------------------------------------------

    /** Asks for a restore into {@code ledger}, which takes a second person; gives its id. */
    private String restore() {
        holdfast.installation().resetTarget("ledger");
        return holdfast.ask(
                holdfast.verifiedBackup(), holdfast.order(holdfast.verifiedBackup(), "ledger"));
    }

    private JsonObject restoreOf(String id) {
        return guru.get("/admin/restores/" + id).require(200).json();
    }

    @Test
    void a_restore_that_two_decide_on_needs_a_reason() {
        Answer answer =
                guru.post(
                        "/admin/backups/" + holdfast.verifiedBackup() + "/restores",
                        holdfast.order(holdfast.verifiedBackup(), "ledger")
                                .add("reason", " ")
                                .build());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.string("code")).isEqualTo("RESTORE-REASON");
    }

    @Test
    void a_restore_that_waits_is_in_the_inbox_with_what_is_lost_and_expires() {
        String id = restore();

        JsonObject waiting = restoreOf(id);
        assertThat(waiting.getString("status")).isEqualTo("AWAITING_APPROVAL");
        assertThat(waiting.getString("reason")).isEqualTo("A test asks for it");
        assertThat(waiting.getJsonArray("lost").toString()).contains("public.only_here: 42 rows");
        assertThat(box(admin, "waiting")).contains(id);
        JsonObject item =
                admin.get("/admin/approvals?box=waiting").json().getJsonArray("items").stream()
                        .map(value -> value.asJsonObject())
                        .filter(value -> value.getString("id").equals(id))
                        .findFirst()
                        .orElseThrow();
        assertThat(item.getString("kind")).isEqualTo("RESTORE");
        assertThat(item.getString("what")).startsWith("Restore shop of ").endsWith(" into ledger");
        assertThat(item.getString("address")).isEqualTo("/admin/restores/" + id);
        assertThat(
                        catalogRefuses(
                                "UPDATE backup_restores SET status = 'QUEUED' WHERE id = '"
                                        + id
                                        + "'"))
                .contains("waits for a second person");

        overdue("backup_restores", "approval_until", id);
        JsonObject ended =
                guru.await(
                        "/admin/restores/" + id,
                        json -> json.getString("status").equals("REJECTED"));

        assertThat(ended.getString("failureReason")).startsWith("expired: nobody approved it");
        assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("RESTORE-EXPIRED");
        assertThat(audit("restore.expire", "restore/" + id)).contains("guru");
        assertThat(box(admin, "decided")).contains(id);
    }

    @Test
    void a_restore_whose_target_points_elsewhere_by_then_is_not_what_was_asked_for() {
        String id = restore();
        catalog()
                .execute(
                        "holdfast",
                        "UPDATE targets SET redacted_url = redacted_url || '?elsewhere' WHERE name = 'ledger'");
        try {
            Answer answer = admin.post("/admin/restores/" + id + "/approve", code());

            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.string("code")).isEqualTo("RESTORE-PLAN-CHANGED");
            assertThat(restoreOf(id).getString("status")).isEqualTo("AWAITING_APPROVAL");
        } finally {
            catalog()
                    .execute(
                            "holdfast",
                            "UPDATE targets SET redacted_url = replace(redacted_url, '?elsewhere', '') WHERE name = 'ledger'");
            guru.post("/admin/restores/" + id + "/cancel").require(202);
        }
    }

    @Test
    void a_restore_in_place_goes_nowhere_once_the_target_no_longer_allows_it() {
        targets("in_place_allowed = true, four_eyes = true", "sandbox");
        String backup = holdfast.verifiedBackup();
        String id =
                holdfast.ask(
                        backup, holdfast.order(backup, "sandbox").add("mode", "IN_PLACE_SCHEMA"));
        targets("in_place_allowed = false", "sandbox");
        try {
            Answer answer = admin.post("/admin/restores/" + id + "/approve", code());

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.string("code")).isEqualTo("RESTORE-MODE");
            assertThat(restoreOf(id).getString("status")).isEqualTo("AWAITING_APPROVAL");

            queueAsApproved(id);
            JsonObject ended = guru.await("/admin/restores/" + id, "FAILED");

            assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("RESTORE-MODE");
        } finally {
            targets("in_place_allowed = true, four_eyes = false", "sandbox");
        }
    }

    /** As though it had been approved before. */
    private void queueAsApproved(String id) {
        catalog()
                .execute(
                        "holdfast",
                        "UPDATE backup_restores SET status = 'QUEUED', approved_by = 'admin', approved_at = now() WHERE id = '"
                                + id
                                + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "role = 'OPERATOR' | | , who asked for this, is OPERATOR by now; it needs ADMIN.",
                "disabled = true | | , who asked for this, is disabled.",
                "| revoked_at = now() | , by which this was asked for, is revoked."
            })
    void a_restore_that_waits_for_its_turn_does_not_run_for_who_may_no_longer(
            String person, String token, String why) {
        UUID leaver = holdfast.user("queuer-" + ++made, Role.ADMIN);
        RestClient client = holdfast.server().client(holdfast.tokenOf(leaver, Role.ADMIN));
        holdfast.installation().resetTarget("ledger");
        String backup = holdfast.verifiedBackup();
        String id =
                client.post(
                                "/admin/backups/" + backup + "/restores",
                                holdfast.order(backup, "ledger").build())
                        .require(202)
                        .string("id");
        String before = databaseOf("ledger");
        if (person != null) {
            people(person, leaver);
        }
        if (token != null) {
            tokens(token, leaver);
            assertThat(admin.post("/admin/restores/" + id + "/approve", code()).string("code"))
                    .isEqualTo("REQUESTER");
        }

        queueAsApproved(id);
        JsonObject ended = guru.await("/admin/restores/" + id, "FAILED");

        assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("REQUESTER");
        assertThat(ended.getString("failureReason"))
                .contains(why, "Somebody who may can ask for it anew", "The target is as it was.");
        assertThat(audit("restore.failed", "restore/" + id)).contains(why);
        assertThat(databaseOf("ledger")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "approved_by = '%1$s', approved_at = now() | disabled = true | , who approved this, is disabled.",
                "approved_by = '%1$s', approved_at = now() | role = 'OPERATOR' | , who approved this, is OPERATOR by now; it needs ADMIN.",
                "break_glass = true, break_glass_by = '%1$s', break_glass_at = now(), break_glass_reason = 'Everybody else is on a flight' | role = 'ADMIN' | , who let this through alone, is ADMIN by now; it needs SUPER_GURU."
            })
    void a_restore_that_waits_for_its_turn_does_not_run_where_who_let_it_through_may_no_longer(
            String through, String person, String why) {
        String name = "approver-" + ++made;
        UUID approver = holdfast.user(name, Role.SUPER_GURU);
        holdfast.installation().resetTarget("ledger");
        String backup = holdfast.verifiedBackup();
        String id = holdfast.ask(backup, holdfast.order(backup, "ledger"));
        String before = databaseOf("ledger");
        people(person, approver);

        catalog()
                .execute(
                        "holdfast",
                        "UPDATE backup_restores SET status = 'QUEUED', "
                                + through.formatted(name)
                                + " WHERE id = '"
                                + id
                                + "'");
        JsonObject ended = guru.await("/admin/restores/" + id, "FAILED");

        assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("REQUESTER");
        assertThat(ended.getString("failureReason"))
                .contains(name + why, "Ask for it anew", "The target is as it was.");
        assertThat(databaseOf("ledger")).isEqualTo(before);
    }

    /** Which database has the name on the targets' server: a restore beside puts another there. */
    private String databaseOf(String name) {
        return holdfast.installation()
                .targetServer()
                .query("postgres", "SELECT oid FROM pg_database WHERE datname = '" + name + "'");
    }

    @Test
    void a_restore_that_waits_for_its_turn_runs_under_the_rules_of_then() {
        holdfast.installation().resetTarget("sandbox");
        String backup = holdfast.verifiedBackup();
        String done = holdfast.ask(backup, holdfast.order(backup, "sandbox"));
        guru.await("/admin/restores/" + done, "COMPLETED");
        String before = databaseOf("sandbox");
        String url =
                catalog()
                        .query(
                                "holdfast",
                                "SELECT redacted_url FROM targets WHERE name = 'sandbox'");
        try {
            targets("four_eyes = true", "sandbox");
            String unapproved = queuedLike(done);
            assertThat(failure(unapproved)).isEqualTo("RESTORE-UNAPPROVED");
            assertThat(restoreOf(unapproved).getString("failureReason"))
                    .startsWith("Target sandbox asks for a second person by now")
                    .contains("Ask for it again");
            targets("four_eyes = false, production = true", "sandbox");
            assertThat(failure(queuedLike(done))).isEqualTo("RESTORE-PRODUCTION");
            targets("production = false, redacted_url = '" + url + "?elsewhere'", "sandbox");
            assertThat(failure(queuedLike(done))).isEqualTo("RESTORE-PLAN-CHANGED");
        } finally {
            targets(
                    "four_eyes = false, production = false, redacted_url = '" + url + "'",
                    "sandbox");
        }
        assertThat(databaseOf("sandbox")).isEqualTo(before);

        guru.await("/admin/restores/" + queuedLike(done), "COMPLETED");
        assertThat(databaseOf("sandbox")).isNotEqualTo(before);
    }

    private String failure(String id) {
        return guru.await("/admin/restores/" + id, "FAILED")
                .getJsonObject("failure")
                .getString("code");
    }

    /** The same as another was, as though it had been asked for before and waited since. */
    private String queuedLike(String id) {
        return catalog()
                .query(
                        "holdfast",
                        """
                        INSERT INTO backup_restores
                        SELECT (jsonb_populate_record(r, jsonb_build_object(
                            'id', gen_random_uuid(), 'status', 'QUEUED', 'attempt', 0,
                            'queued_at', now(), 'started_at', NULL, 'finished_at', NULL,
                            'lease_owner', NULL, 'lease_until', NULL, 'result', NULL,
                            'kept_database', NULL, 'kept_until', NULL, 'aside_database', NULL))).*
                        FROM backup_restores r WHERE id = '%s' RETURNING id"""
                                .formatted(id));
    }

    private void targets(String set, String name) {
        catalog().execute("holdfast", "UPDATE targets SET " + set + " WHERE name = '" + name + "'");
    }

    @Test
    void what_somebody_asked_for_who_may_no_longer_is_not_approved_and_can_be_rejected() {
        String target = target(true);
        UUID leaver = holdfast.user("leaver-" + made, Role.SUPER_GURU);
        RestClient client = holdfast.server().client(holdfast.tokenOf(leaver, Role.SUPER_GURU));
        String id =
                client.post(
                                "/admin/targets/" + target + "/change",
                                rules(true, false, 72).add("reason", WHY).build())
                        .require(200)
                        .string("approval");
        String path = "/admin/approvals/" + id;

        people("role = 'ADMIN'", leaver);
        Answer demoted = admin.post(path + "/approve", code());
        assertThat(demoted.status()).isEqualTo(409);
        assertThat(demoted.string("code")).isEqualTo("REQUESTER");
        assertThat(demoted.string("detail"))
                .isEqualTo(
                        "leaver-"
                                + made
                                + ", who asked for this, is ADMIN by now; it needs SUPER_GURU.");

        people("role = 'SUPER_GURU', disabled = true", leaver);
        assertThat(admin.post(path + "/approve", code()).string("detail"))
                .isEqualTo("leaver-" + made + ", who asked for this, is disabled.");

        people("disabled = false", leaver);
        tokens("revoked_at = now()", leaver);
        assertThat(admin.post(path + "/approve", code()).string("detail"))
                .isEqualTo(
                        "Token test of leaver-"
                                + made
                                + ", by which this was asked for, is revoked.");
        assertThat(seen(target).getBoolean("fourEyes")).isTrue();
        assertThat(status(id)).isEqualTo("REQUESTED");

        admin.post(path + "/reject", Json.createObjectBuilder().build()).require(200);
    }

    @Test
    void a_restore_that_somebody_asked_for_who_may_no_longer_is_not_approved() {
        UUID leaver = holdfast.user("restorer", Role.ADMIN);
        RestClient client = holdfast.server().client(holdfast.tokenOf(leaver, Role.ADMIN));
        String backup = holdfast.verifiedBackup();
        String id =
                client.post(
                                "/admin/backups/" + backup + "/restores",
                                holdfast.order(backup, "ledger").build())
                        .require(202)
                        .string("id");
        String path = "/admin/restores/" + id;

        people("role = 'OPERATOR'", leaver);
        Answer demoted = admin.post(path + "/approve", code());
        assertThat(demoted.status()).isEqualTo(409);
        assertThat(demoted.string("code")).isEqualTo("REQUESTER");
        people("disabled = true", leaver);
        assertThat(
                        guru.post(
                                        path + "/break-glass",
                                        glass(
                                                "BREAK GLASS ledger",
                                                "Everybody else is on the same flight"))
                                .string("code"))
                .isEqualTo("REQUESTER");
        assertThat(restoreOf(id).getString("status")).isEqualTo("AWAITING_APPROVAL");

        admin.post(path + "/reject", Json.createObjectBuilder().build());
        assertThat(restoreOf(id).getString("status")).isEqualTo("REJECTED");
    }

    private void tokens(String set, UUID user) {
        catalog()
                .execute(
                        "holdfast",
                        "UPDATE api_tokens SET " + set + " WHERE user_id = '" + user + "'");
    }

    private void people(String set, UUID id) {
        catalog().execute("holdfast", "UPDATE users SET " + set + " WHERE id = '" + id + "'");
    }

    @Test
    void a_restore_goes_through_on_one_word_with_broken_glass_marked_wherever_it_shows() {
        String id = restore();
        String path = "/admin/restores/" + id + "/break-glass";
        String why = "Everybody else is on the same flight";

        assertThat(admin.post(path, glass("BREAK GLASS ledger", why)).string("code"))
                .isEqualTo("ROLE");
        assertThat(guru.post(path, glass("BREAK GLASS live", why)).string("code"))
                .isEqualTo("BREAK-GLASS-PHRASE");
        assertThat(restoreOf(id).getString("status")).isEqualTo("AWAITING_APPROVAL");

        guru.post(path, glass("BREAK GLASS ledger", why)).require(202);
        JsonObject done = guru.await("/admin/restores/" + id, "COMPLETED");

        assertThat(done.getBoolean("breakGlass")).isTrue();
        assertThat(done.getJsonObject("glass").getString("by")).isEqualTo("guru");
        assertThat(done.getJsonObject("glass").getString("reason")).isEqualTo(why);
        assertThat(done.containsKey("approvedBy")).isFalse();
        assertThat(
                        guru.get("/admin/restores").json().getJsonArray("items").stream()
                                .map(value -> value.asJsonObject())
                                .filter(value -> value.getString("id").equals(id))
                                .map(value -> value.getBoolean("breakGlass")))
                .containsExactly(true);
        assertThat(
                        guru.get("/admin/backups/" + holdfast.verifiedBackup())
                                .json()
                                .getJsonObject("latestRestore")
                                .getBoolean("breakGlass"))
                .isTrue();
        assertThat(audit("restore.break-glass", "restore/" + id))
                .contains(why)
                .contains(done.getString("planHash"));
        assertThat(
                        catalogRefuses(
                                "UPDATE backup_restores SET break_glass = false, break_glass_by = NULL, break_glass_at = NULL, break_glass_reason = NULL WHERE id = '"
                                        + id
                                        + "'"))
                .contains("who let it through is not changed");
        assertThat(holdfast.server().log()).contains("BREAK GLASS: guru acted alone");
    }

    private String catalogRefuses(String sql) {
        try {
            catalog().execute("holdfast", sql);
            return "nothing was refused";
        } catch (RuntimeException refused) {
            return String.valueOf(refused);
        }
    }

    private static Answer got(Future<Answer> answer) {
        try {
            return answer.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String status(String approval) {
        return guru.get("/admin/approvals/" + approval).require(200).string("status");
    }

    private static List<String> box(RestClient client, String box) {
        return client
                .get("/admin/approvals?limit=500&box=" + box)
                .require(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(item -> item.asJsonObject().getString("id"))
                .toList();
    }

    /** Lets the time pass that it may wait; the catalog itself would not let anybody. */
    private void overdue(String table, String column, String id) {
        catalog()
                .execute(
                        "holdfast",
                        "SET session_replication_role = replica; UPDATE %s SET %s = now() - interval '1 second'%s WHERE id = '%s'"
                                .formatted(
                                        table,
                                        column,
                                        table.equals("approvals")
                                                ? ", requested_at = now() - interval '"
                                                        + Duration.ofHours(24).toSeconds()
                                                        + " seconds'"
                                                : "",
                                        id));
    }
}
