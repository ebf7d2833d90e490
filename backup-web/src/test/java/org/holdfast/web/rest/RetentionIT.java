package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.holdfast.adapter.testing.HttpFaultProxy;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What goes, on the running product with a directory and a bucket: marked, taken back, removed,
 * held, refused by the store. Times are moved in the catalog; what follows is waited for.
 */
class RetentionIT {
    private static RunningHoldfast holdfast;
    private static Installation around;

    /** Keeps the other backups from being the last verified. */
    private static String newest;

    private static String goes;
    private static String restored;
    private static String refused;
    private static String kept;
    private static String held;

    @BeforeAll
    static void start() {
        around =
                Installation.create("retention", 8)
                        .withPolicy(
                                """
                                {"retention": {"days": 5, "weekly": 0, "keep_verified": 1,
                                               "grace_hours": 2}}""")
                        .with("FOUR_EYES_OPERATIONS", "hold.remove");
        around.storeFaults();
        holdfast = RunningHoldfast.start(around);
        newest = holdfast.backUp("shop");
        goes = backUp(6);
        restored = backUp(7);
        refused = backUp(8);
        kept = backUp(9);
        held = backUp(30);
        anHourLater();
        List.of(goes, restored, refused, kept, held)
                .forEach(id -> guru().await("/admin/backups/" + id, b -> b.containsKey("goesAt")));
    }

    @AfterAll
    static void stop() {
        holdfast.close();
    }

    @AfterEach
    void heal() {
        around.heal();
    }

    private static RestClient guru() {
        return holdfast.guru();
    }

    private static void catalog(String... statements) {
        around.catalogServer().execute("holdfast", statements);
    }

    private static String ask(String query) {
        return around.catalogServer().query("holdfast", query);
    }

    /** A verified backup in both stores that is as old as this. */
    private static String backUp(int daysOld) {
        String id = holdfast.backUp("shop");
        catalog(
                "UPDATE snapshots SET taken_at = now() - interval '%d days' WHERE id = '%s'"
                        .formatted(daysOld, id));
        return id;
    }

    /** Lets an hour be over since the rules were looked at. */
    private static void anHourLater() {
        catalog("UPDATE retention_looks SET looked_at = looked_at - interval '1 hour'");
    }

    private static void graceIsOver(String id) {
        catalog(
                "UPDATE snapshot_copies SET remove_after = now() - interval '1 second' WHERE doomed_at IS NOT NULL AND snapshot_id = '%s'"
                        .formatted(id));
    }

    private static JsonObject body(String... members) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        for (int i = 0; i < members.length; i += 2) {
            json.add(members[i], members[i + 1]);
        }
        return json.build();
    }

    private static JsonObject copy(JsonObject backup, String store) {
        return backup.getJsonArray("stores").stream()
                .map(JsonValue::asJsonObject)
                .filter(c -> c.getString("store").equals(store))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> verdicts(String id) {
        return guru()
                .get("/admin/retention?source=shop")
                .require(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(JsonValue::asJsonObject)
                .flatMap(
                        f ->
                                f.getJsonArray("copies").stream()
                                        .map(JsonValue::asJsonObject)
                                        .filter(c -> c.getString("id").equals(id))
                                        .map(
                                                c ->
                                                        f.getString("store")
                                                                + " "
                                                                + (c.getBoolean("goes")
                                                                        ? "goes"
                                                                        : "stays")
                                                                + ": "
                                                                + c.getString("words")))
                .sorted()
                .toList();
    }

    @Test
    void what_no_rule_keeps_is_marked_and_after_the_grace_removed_from_every_store() {
        String rule = "no rule keeps it: 5 days, always the last 1 verified";
        assertThat(verdicts(goes)).containsExactly("local goes: " + rule, "s3 goes: " + rule);
        assertThat(verdicts(newest)).hasSize(2).allMatch(v -> v.contains(" stays: "));
        assertThat(guru().get("/admin/backups/" + newest).json()).doesNotContainKey("goesAt");
        JsonObject marked = guru().get("/admin/backups/" + goes).json();
        assertThat(marked.getString("status")).isEqualTo("VERIFIED");
        assertThat(copy(marked, "s3").getJsonObject("goes").getString("why")).isEqualTo(rule);
        assertThat(copy(marked, "s3").getJsonObject("goes").getString("by")).isEqualTo("holdfast");
        assertThat(around.inStores(goes)).isNotEmpty();

        String byHand = holdfast.backUp("shop");
        guru().post("/admin/backups/" + byHand + "/delete", deletion(byHand)).require(200);
        graceIsOver(byHand);
        graceIsOver(goes);
        anHourLater();
        JsonObject gone = guru().await("/admin/backups/" + goes, "EXPIRED");
        guru().await("/admin/backups/" + byHand, "EXPIRED");

        assertThat(around.inStores(goes)).isEmpty();
        assertThat(around.inStores(byHand)).isEmpty();
        assertThat(copy(gone, "local").getString("status")).isEqualTo("REMOVED");
        assertThat(gone).containsKey("expiredAt");
        assertThat(guru().get("/admin/backups/" + goes + "/manifest").status()).isEqualTo(200);
        assertThat(around.inStores(newest)).anyMatch(name -> name.endsWith("/manifest.json"));
        assertThat(
                        ask(
                                "SELECT string_agg(detail, ' ') FROM audit_log WHERE action = 'snapshot.remove' AND subject = 'backup/"
                                        + goes
                                        + "'"))
                .contains("\"store\":\"local\"", "\"store\":\"s3\"", "\"expired\":true", rule);
        assertThat(
                        guru().post(
                                        "/admin/backups/" + goes + "/delete",
                                        body("reason", "x", "phrase", "y", "otp", "000000"))
                                .string("code"))
                .isEqualTo("BACKUP-GONE");
    }

    @Test
    void a_restore_that_is_asked_for_takes_the_mark_away() {
        holdfast.restore(restored, holdfast.order(restored, "staging"));

        assertThat(
                        ask(
                                "SELECT detail FROM audit_log WHERE action = 'snapshot.keep' AND subject = 'backup/"
                                        + restored
                                        + "'"))
                .contains("was asked for");
    }

    @Test
    void after_a_jump_of_the_clock_nothing_is_marked_or_removed() {
        String unmarked = backUp(400);
        graceIsOver(kept);
        for (String jump : List.of("- interval '1 year'", "+ interval '1 year'")) {
            catalog("UPDATE retention_looks SET looked_at = clock_timestamp() " + jump);
            guru().await(
                            "/admin/backups/" + newest,
                            b ->
                                    ask("SELECT NOT steady AND looked_at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() FROM retention_looks")
                                            .equals("t"));
            assertThat(guru().get("/admin/backups/" + unmarked).json()).doesNotContainKey("goesAt");
            assertThat(guru().get("/admin/backups/" + kept).json().getString("status"))
                    .isEqualTo("VERIFIED");
        }
        assertThat(around.inStores(kept)).anyMatch(name -> name.endsWith("/manifest.json"));

        anHourLater();
        guru().await("/admin/backups/" + kept, "EXPIRED");
        guru().await("/admin/backups/" + unmarked, b -> b.containsKey("goesAt"));
    }

    @Test
    void a_store_that_refuses_is_told_once_and_the_copy_stays_readable() {
        around.storeFaults()
                .failAlways(
                        r -> r.isDelete() && r.path().contains(refused),
                        new HttpFaultProxy.Answer(403, "AccessDenied"));

        graceIsOver(refused);
        anHourLater();
        JsonObject told =
                guru().await(
                                "/admin/backups/" + refused,
                                b ->
                                        copy(b, "s3").containsKey("failure")
                                                && copy(b, "local")
                                                        .getString("status")
                                                        .equals("REMOVED"));

        assertThat(told.getString("status")).isEqualTo("VERIFIED");
        assertThat(copy(told, "s3").getString("status")).isEqualTo("VERIFIED");
        assertThat(copy(told, "s3").getString("failure")).contains("AccessDenied");
        assertThat(around.inStores(refused)).anyMatch(n -> n.endsWith("/manifest.json"));
        assertThat(around.storeFaults().seen(r -> r.isDelete() && r.path().contains(refused)))
                .isEqualTo(1);

        around.heal();
        catalog(
                "UPDATE snapshot_copies SET remove_try_at = now() WHERE snapshot_id = '"
                        + refused
                        + "'");
        guru().await("/admin/backups/" + refused, "EXPIRED");
        assertThat(around.inStores(refused)).isEmpty();
    }

    @Test
    void by_hand_it_needs_reason_phrase_and_code_and_can_be_taken_back() {
        String id = holdfast.backUp("shop");
        String path = "/admin/backups/" + id;

        assertThat(
                        guru().post(
                                        path + "/delete",
                                        body("reason", " ", "phrase", "DELETE " + id, "otp", "1"))
                                .string("code"))
                .isEqualTo("DELETE-REASON");
        assertThat(
                        guru().post(
                                        path + "/delete",
                                        body("reason", "x", "phrase", "DELETE", "otp", "1"))
                                .string("code"))
                .isEqualTo("DELETE-PHRASE");
        assertThat(
                        guru().post(
                                        path + "/delete",
                                        body(
                                                "reason", "x",
                                                "phrase", "DELETE " + id,
                                                "otp", "000000"))
                                .string("code"))
                .isEqualTo("STEP-UP");
        assertThat(guru().get(path).json()).doesNotContainKey("goesAt");

        guru().post(path + "/delete", deletion(id)).require(200);
        JsonObject deleted = guru().get(path).json();
        assertThat(copy(deleted, "local").getJsonObject("goes").getString("by"))
                .isEqualTo(RunningHoldfast.USER);
        assertThat(verdicts(id))
                .containsExactly("local goes: deleted by hand", "s3 goes: deleted by hand");
        assertThat(guru().post(path + "/delete", deletion(id)).string("code"))
                .isEqualTo("BACKUP-DELETED");

        guru().post(path + "/take-back").require(200);
        assertThat(guru().get(path).json()).doesNotContainKey("goesAt");
        assertThat(guru().post(path + "/take-back").string("code")).isEqualTo("BACKUP-NOT-DELETED");
    }

    private static JsonObject deletion(String id) {
        return body(
                "reason",
                "a customer asked for it",
                "phrase",
                "DELETE " + id,
                "otp",
                holdfast.freshCode());
    }

    @Test
    void a_legal_hold_keeps_it_until_two_people_remove_it() {
        String id = held;
        String path = "/admin/backups/" + id;
        RestClient admin = holdfast.as(Role.ADMIN);

        assertThat(admin.post(path + "/hold", body("reason", "")).string("code"))
                .isEqualTo("HOLD-REASON");
        admin.post(path + "/hold", body("reason", "case 4711")).require(200);
        JsonObject backup = guru().get(path).json();
        assertThat(backup).doesNotContainKey("goesAt");
        assertThat(backup.getJsonObject("hold").getString("reason")).isEqualTo("case 4711");
        assertThat(verdicts(id)).allMatch(v -> v.endsWith("stays: legal hold: case 4711"));
        assertThat(guru().post(path + "/delete", deletion(id)).string("code"))
                .isEqualTo("BACKUP-HELD");

        String approval =
                admin.post(
                                path + "/hold/remove",
                                body("reason", "the case is closed", "otp", holdfast.freshCode()))
                        .require(200)
                        .string("approval");
        assertThat(guru().get(path).json()).containsKey("hold");
        guru().post("/admin/approvals/" + approval + "/approve", body("otp", holdfast.freshCode()))
                .require(200);

        assertThat(guru().get(path).json()).doesNotContainKey("hold");
        assertThat(verdicts(id)).hasSize(2).allMatch(v -> v.contains(" goes: no rule keeps it"));
    }

    @Test
    void left_overs_of_its_own_are_found_and_removed_and_nothing_else_is_touched()
            throws IOException {
        String failed = holdfast.queue("far-shop");
        guru().await("/admin/backups/" + failed, "VERIFIED", "RESTORED");
        String month =
                "far-shop/"
                        + java.time.YearMonth.now(java.time.ZoneOffset.UTC)
                                .toString()
                                .replace("-", "/")
                        + "/";
        String stranger = month + "0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b/";
        Path store = around.storeDirectory();
        Files.createDirectories(store.resolve(month + failed + ".9"));
        Files.writeString(store.resolve(month + failed + ".9/database.dump.zst.age"), "half");
        Files.createDirectories(store.resolve(stranger));
        Files.writeString(store.resolve(stranger + "database.dump.zst.age"), "theirs");
        Files.writeString(store.resolve("notes.txt"), "not ours");

        look();
        assertThat(strays())
                .contains(
                        "LEFT " + month + failed + ".9",
                        "UNKNOWN " + stranger.substring(0, stranger.length() - 1));
        assertThat(store.resolve(month + failed + ".9")).exists();

        FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofHours(30)));
        Files.setLastModifiedTime(
                store.resolve(month + failed + ".9/database.dump.zst.age"), yesterday);
        Files.setLastModifiedTime(store.resolve(stranger + "database.dump.zst.age"), yesterday);
        catalog("UPDATE strays SET found_at = found_at - interval '30 hours'");
        look();

        assertThat(store.resolve(month + failed + ".9")).doesNotExist();
        assertThat(store.resolve(stranger + "database.dump.zst.age")).exists();
        assertThat(store.resolve("notes.txt")).exists();
        assertThat(around.inStores(failed)).anyMatch(name -> name.endsWith("/manifest.json"));
        assertThat(strays()).noneMatch(s -> s.startsWith("LEFT"));
    }

    private static void look() {
        anHourLater();
        catalog("UPDATE store_sweeps SET swept_at = NULL");
        guru().await(
                        "/admin/backups/" + newest,
                        b ->
                                ask("SELECT count(*) = 2 FROM store_sweeps WHERE swept_at IS NOT NULL AND failure IS NULL")
                                        .equals("t"));
    }

    private static List<String> strays() {
        return guru()
                .get("/admin/retention/strays")
                .require(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(JsonValue::asJsonObject)
                .map(s -> s.getString("status") + " " + s.getString("place"))
                .toList();
    }
}
