package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.holdfast.adapter.testing.HttpFaultProxy;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What becomes of kept copies over time, on the running product with a directory and a bucket.
 * Times are moved in the catalog; what follows is waited for.
 */
class IntegrityIT {
    private static RunningHoldfast holdfast;
    private static Installation around;

    @BeforeAll
    static void start() {
        around =
                Installation.create("integrity", 8)
                        .with("SCRUB_GIB_PER_DAY", "1")
                        .with("ALERT_EVERY_SECONDS", "1")
                        .withNoise(1);
        around.storeFaults();
        holdfast = RunningHoldfast.start(around);
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

    private static String path(String id) {
        return "/admin/backups/" + id;
    }

    private static JsonObject copy(JsonObject backup, String store) {
        return backup.getJsonArray("stores").stream()
                .map(JsonValue::asJsonObject)
                .filter(c -> c.getString("store").equals(store))
                .findFirst()
                .orElseThrow();
    }

    private static boolean read(JsonObject backup, String store, String finding) {
        JsonObject copy = copy(backup, store);
        return copy.containsKey("reading")
                && copy.getJsonObject("reading").getString("finding", "").equals(finding);
    }

    private static void verify(String id) {
        guru().post(path(id) + "/verify").require(202);
    }

    /** The dump in the directory store. */
    private static Path dump(String id) throws IOException {
        try (Stream<Path> files = Files.walk(around.storeDirectory())) {
            return files.filter(f -> f.toString().contains(id))
                    .filter(f -> f.endsWith("database.dump.zst.age"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void rot(Path object) throws IOException {
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);
    }

    private static String damagedIn(String store) {
        return ask(
                "SELECT coalesce(string_agg(CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END, ' ' ORDER BY opened_at), '')"
                        + " FROM alerts WHERE kind = 'COPY_DAMAGED' AND subject = 'store/"
                        + store
                        + "'");
    }

    @Test
    void rot_is_found_in_the_background_and_told_and_a_restore_takes_the_sound_copy()
            throws IOException {
        String id = holdfast.backUp("shop");
        Path object = dump(id);
        byte[] right = Files.readAllBytes(object);
        rot(object);
        catalog(
                "UPDATE snapshot_copies c SET uploaded_at = now() - interval '9 days', verified_at = now() - interval '8 days'"
                        + " FROM stores s WHERE s.id = c.store_id AND s.name = 'local' AND c.snapshot_id = '"
                        + id
                        + "'");

        JsonObject found = guru().await(path(id), b -> read(b, "local", "CORRUPT"));

        assertThat(copy(found, "local").getString("status")).isEqualTo("CORRUPT");
        assertThat(copy(found, "local").getJsonObject("reading")).doesNotContainKey("askedBy");
        assertThat(copy(found, "local").getString("failure"))
                .startsWith("Store local: database.dump.zst.age");
        assertThat(found.getString("status")).isEqualTo("VERIFIED");
        assertThat(
                        ask(
                                "SELECT round(extract(epoch FROM rest_until - queued_at) * (1 << 30) / 86400) - total_bytes BETWEEN 0 AND 99999"
                                        + " FROM copy_readings r JOIN store_readings s USING (store_id) WHERE r.asked_by IS NULL AND r.snapshot_id = '"
                                        + id
                                        + "'"))
                .as("the store rests as long as the budget asks")
                .isEqualTo("t");
        guru().await(path(id), b -> damagedIn("local").equals("open"));
        JsonObject restore =
                holdfast.restore(id, holdfast.order(id, "staging").add("dryRun", true));
        assertThat(guru().get("/admin/restores/" + restore.getString("id") + "/log").text())
                .contains("Read from store s3;")
                .doesNotContain("Store local");

        verify(id);
        guru().await(path(id), b -> read(b, "s3", "SOUND") && read(b, "local", "CORRUPT"));
        assertThat(damagedIn("local")).isEqualTo("open");

        Files.write(object, right);
        verify(id);
        JsonObject healed = guru().await(path(id), b -> read(b, "local", "SOUND"));
        assertThat(copy(healed, "local").getString("status")).isEqualTo("VERIFIED");
        assertThat(copy(healed, "local").getString("verifiedDepth")).isEqualTo("WHOLE");
        guru().await(path(id), b -> damagedIn("local").equals("resolved"));
        assertThat(
                        ask(
                                "SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log WHERE subject = 'backup/"
                                        + id
                                        + "' AND action IN ('backup.corrupt', 'backup.verify', 'backup.healed')"))
                .isEqualTo(
                        "backup.corrupt backup.verify backup.corrupt backup.verify backup.healed");
    }

    @Test
    void without_any_sound_copy_it_is_suspect_and_a_silent_store_is_not_a_damaged_one()
            throws IOException {
        String id = holdfast.backUp("shop");
        around.storeFaults()
                .failAlways(
                        r -> r.path().contains(id), new HttpFaultProxy.Answer(403, "AccessDenied"));
        verify(id);
        JsonObject denied = guru().await(path(id), b -> read(b, "s3", "UNREACHABLE"));
        assertThat(copy(denied, "s3").getString("status")).isEqualTo("VERIFIED");
        assertThat(copy(denied, "s3").getJsonObject("reading").getString("text"))
                .contains("AccessDenied");
        around.heal();

        Path object = dump(id);
        byte[] right = Files.readAllBytes(object);
        rot(object);
        for (BlobStore each : around.stores()) {
            try (BlobStore store = each) {
                if (store.name().equals("s3")) {
                    store.delete(key(object));
                }
            }
        }
        verify(id);
        JsonObject suspect = guru().await(path(id), b -> b.getString("status").equals("SUSPECT"));
        assertThat(suspect.getString("doubt")).isNotBlank();
        assertThat(guru().get(path(id) + "/impact?target=staging").require(200).text())
                .contains("RESTORE-UNVERIFIED");

        Files.write(object, right);
        verify(id);
        JsonObject mended = guru().await(path(id), b -> b.getString("status").equals("VERIFIED"));
        assertThat(mended).doesNotContainKey("doubt");
        assertThat(copy(mended, "s3").getString("status")).isEqualTo("CORRUPT");
    }

    @Test
    void an_emptied_database_s_backups_are_suspect_until_somebody_says_that_they_are_right() {
        for (int i = 0; i < 3; i++) {
            holdfast.backUp("noise");
        }
        around.sourceServer().execute("noise", "TRUNCATE noise");
        String first = holdfast.queue("noise");
        guru().await(path(first), "SUSPECT");
        String id = holdfast.queue("noise");
        JsonObject suspect = guru().await(path(id), "SUSPECT");

        assertThat(suspect.getJsonObject("shrunken").getString("found"))
                .contains("0 rows where 8,192 are usual");
        assertThat(suspect.getString("doubt")).contains("0 rows where 8,192 are usual");
        assertThat(copy(suspect, "local").getString("status")).isEqualTo("VERIFIED");
        guru().await(path(first), b -> alerts("noise").equals("BACKUP_SHRUNKEN open"));

        JsonObjectBuilder order = holdfast.order(id, "staging").add("mode", "NEW_NAME");
        JsonObject unaware =
                order.add("newName", "nothing").add("checklist", Json.createArrayBuilder()).build();
        assertThat(guru().post(path(id) + "/restores", unaware).string("code"))
                .isEqualTo("RESTORE-SUSPECT");
        JsonObject restored =
                holdfast.restore(
                        id,
                        holdfast.order(id, "staging")
                                .add("mode", "NEW_NAME")
                                .add("newName", "nothing"));
        assertThat(restored.getJsonArray("checklist").toString()).contains("suspect-shrunken");
        assertThat(guru().get(path(id)).string("status")).isEqualTo("SUSPECT");

        RestClient operator = holdfast.as(Role.OPERATOR);
        String accept = path(id) + "/accept-shrinkage";
        assertThat(operator.post(accept, "{\"reason\":\" \"}").string("code"))
                .isEqualTo("SHRINKAGE-REASON");
        JsonObject accepted =
                operator.post(accept, "{\"reason\":\"noise is measured elsewhere now\"}")
                        .require(200)
                        .json();
        assertThat(accepted.getString("status")).isEqualTo("RESTORED");
        assertThat(accepted.getJsonObject("shrunken").getString("acceptedBy"))
                .isEqualTo("operator");
        guru().await(path(id), b -> alerts("noise").equals("BACKUP_SHRUNKEN resolved"));
        assertThat(guru().get(path(first)).string("status")).isEqualTo("SUSPECT");
        assertThat(
                        ask(
                                "SELECT actor || ': ' || detail FROM audit_log WHERE action = 'backup.accept-shrinkage'"))
                .startsWith("operator")
                .contains("noise is measured elsewhere now");
        holdfast.backUp("noise");
    }

    private static String alerts(String source) {
        return ask(
                "SELECT coalesce(string_agg(kind || CASE WHEN resolved_at IS NULL THEN ' open' ELSE ' resolved' END, ', ' ORDER BY opened_at), '')"
                        + " FROM alerts WHERE kind IN ('BACKUP_SHRUNKEN', 'VERIFICATION_FAILED') AND subject = 'source/"
                        + source
                        + "'");
    }

    @Test
    void an_empty_catalog_is_rebuilt_from_signed_manifests_and_restores_what_the_source_has()
            throws IOException {
        String id = holdfast.backUp("shop");
        String forged = holdfast.backUp("noise");
        String fingerprint =
                guru().get("/admin/keys/server")
                        .require(200)
                        .json()
                        .getJsonArray("signing")
                        .getJsonObject(0)
                        .getString("fingerprint");
        holdfast.server().close();
        Path manifest = dump(forged).resolveSibling("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"guru\"", "\"ada\""));
        for (BlobStore each : around.stores()) {
            try (BlobStore store = each) {
                if (store.name().equals("s3")) {
                    store.delete(key(manifest.resolveSibling("manifest.json.sig")));
                }
            }
        }
        around.catalogServer().dropDatabase("holdfast");
        around.catalogServer().execute("postgres", "CREATE DATABASE holdfast OWNER holdfast");
        around.with(
                "HOLDFAST_DATA_DIR",
                Files.createDirectories(around.home().resolve("second")).toString());
        holdfast = RunningHoldfast.start(around);

        JsonObject foreign = recover();
        assertThat(foreign.getInt("added") + foreign.getInt("copiesAdded")).isZero();
        assertThat(of(foreign, id))
                .containsExactly(
                        "local LEFT FOREIGN " + fingerprint, "s3 LEFT FOREIGN " + fingerprint);
        assertThat(guru().get(path(id)).status()).isEqualTo(404);

        JsonObject entered = recover(fingerprint);
        assertThat(entered.getString("status")).isEqualTo("WHOLE");
        assertThat(of(entered, id))
                .containsExactly(
                        "local ADDED SIGNED " + fingerprint, "s3 COPY_ADDED SIGNED " + fingerprint);
        assertThat(of(entered, forged))
                .containsExactly("local LEFT WRONGLY_SIGNED " + fingerprint, "s3 LEFT UNSIGNED ");
        assertThat(guru().get(path(forged)).status()).isEqualTo(404);
        JsonObject backup = guru().get(path(id)).require(200).json();
        assertThat(backup.getString("status")).isEqualTo("UPLOADED");
        assertThat(backup.getString("source")).isEqualTo("shop");
        assertThat(copy(backup, "s3").getString("status")).isEqualTo("UPLOADED");

        String before = ask("SELECT string_agg(x::text, ' ' ORDER BY id) FROM snapshots x");
        JsonObject again = recover();
        assertThat(again.getInt("added") + again.getInt("copiesAdded")).isZero();
        assertThat(of(again, id)).isEmpty();
        assertThat(ask("SELECT string_agg(x::text, ' ' ORDER BY id) FROM snapshots x"))
                .isEqualTo(before);

        verify(id);
        guru().await(path(id), "VERIFIED");
        holdfast.restore(id, holdfast.order(id, "staging"));
        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url("shop"),
                                around.targetServer().url("staging")))
                .isEmpty();
    }

    private static JsonObject recover(String... accepted) {
        JsonArrayBuilder keys = Json.createArrayBuilder();
        List.of(accepted).forEach(keys::add);
        return guru().post(
                        "/admin/recover",
                        Json.createObjectBuilder()
                                .add("acceptKeys", keys)
                                .add("otp", holdfast.freshCode())
                                .build())
                .require(200)
                .json();
    }

    /** What became of a backup in each store. */
    private static List<String> of(JsonObject report, String id) {
        return report.getJsonArray("items").stream()
                .map(JsonValue::asJsonObject)
                .filter(i -> i.getString("folder").contains(id))
                .map(
                        i ->
                                String.join(
                                        " ",
                                        i.getString("store"),
                                        i.getString("status"),
                                        i.getString("signature"),
                                        i.getString("key", "")))
                .sorted()
                .toList();
    }

    private static ObjectKey key(Path object) {
        return new ObjectKey(around.storeDirectory().relativize(object).toString());
    }

    @Test
    void what_a_killed_server_was_reading_is_read_by_another() {
        String id = holdfast.backUp("shop");
        catalog(
                "INSERT INTO copy_readings (copy_id, snapshot_id, store_id, asked_by, state, attempt, started_at, lease_owner, lease_until, total_bytes)"
                        + " SELECT id, snapshot_id, store_id, 'ada', 'RUNNING', 3, now(), 'gone', now() - interval '1 second', 1"
                        + " FROM snapshot_copies WHERE snapshot_id = '"
                        + id
                        + "'");

        JsonObject read =
                guru().await(path(id), b -> read(b, "local", "SOUND") && read(b, "s3", "SOUND"));

        assertThat(copy(read, "s3").getJsonObject("reading").getInt("attempt")).isEqualTo(4);
        assertThat(List.of("local", "s3"))
                .allMatch(
                        store ->
                                copy(read, store)
                                        .getJsonObject("reading")
                                        .getString("askedBy")
                                        .equals("ada"));
    }
}
