package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.CephGateway;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A bucket of a Ceph RADOS Gateway and a directory, checked and set from the console. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StoreGuardsBrowserIT {
    @TempDir static Path work;
    private static CephGateway ceph;
    private static RunningHoldfast holdfast;

    @BeforeAll
    static void start() throws IOException {
        ceph = CephGateway.start(work);
        ceph.makeLockingBucket("vault");
        holdfast =
                RunningHoldfast.start(
                        Installation.create("guards", 8)
                                .with("S3_ENDPOINT", ceph.endpoint().toString())
                                .with("ALERT_EVERY_SECONDS", "1")
                                .with("S3_BUCKET", "vault")
                                .with("S3_ACCESS_KEY_ID", ceph.accessKey())
                                .with("S3_SECRET_ACCESS_KEY", ceph.secretKey()));
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
        if (ceph != null) {
            ceph.close();
        }
    }

    private static JsonObject store(String name) {
        return holdfast
                .guru()
                .get("/admin/stores")
                .require(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(item -> (JsonObject) item)
                .filter(item -> item.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> found(JsonObject store, String status) {
        return store.getJsonObject("check").getJsonArray("findings").stream()
                .map(item -> (JsonObject) item)
                .filter(item -> item.getString("status").equals(status))
                .map(item -> item.getString("guard"))
                .toList();
    }

    private static String audited(String action) {
        return holdfast.installation()
                .catalogServer()
                .query(
                        "holdfast",
                        "SELECT string_agg(subject || ' ' || detail, '; ') FROM audit_log WHERE action = '"
                                + action
                                + "'");
    }

    @Test
    @Order(1)
    void a_store_is_checked_and_what_is_lacking_is_set_by_one_button_and_a_code() {
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/stores.xhtml");
            assertThat(browser.text("[id='page:lists']")).contains("Nobody has looked yet");
            browser.clickOn("button[title='Check now local']");
            browser.await(
                    "the directory's check",
                    () -> browser.text("[id='page:lists']").contains("A directory has no locks"));
            browser.clickOn("button[title='Check now s3']");
            browser.await(
                    "the bucket's check",
                    () -> browser.text("[id='page:lists']").contains("ListBucketResult"));
            assertThat(found(store("s3"), "LACKING"))
                    .containsExactly(
                            "OLD_VERSIONS", "DELETE_MARKERS", "UNFINISHED_UPLOADS", "PUBLIC_BLOCK");
            assertThat(found(store("s3"), "UNSUPPORTED")).containsExactly("ENCRYPTION");
            assertThat(found(store("s3"), "FULFILLED")).contains("VERSIONING", "OBJECT_LOCK");

            browser.press("Set what is lacking …");
            browser.await("what it means", () -> browser.has("[id='hardenStore:otp']"));
            browser.type("hardenStore:otp", "000000");
            browser.click("hardenStore:set");
            browser.await("the refusal", () -> browser.has("[id='hardenStore:said'] .notice.bad"));
            assertThat(found(store("s3"), "LACKING")).hasSize(4);
            browser.type("hardenStore:otp", holdfast.freshCode());
            browser.click("hardenStore:set");
            // Ceph 16 takes no object once BlockPublicAcls is on.
            browser.await("its end", () -> browser.has("[id='page:said'] .notice.warn"));
            assertThat(browser.text("[id='page:lists'] .act"))
                    .contains(
                            "Set: Old versions: Old versions go 30 days after they were replaced.")
                    .contains("Refused: Public access block: Set, and taken back:");
            assertThat(browser.complaints()).isEmpty();
        }
        assertThat(found(store("s3"), "LACKING")).containsExactly("PUBLIC_BLOCK");
        assertThat(audited("store.harden"))
                .contains("store/s3", "set: Uploads that never ended go after 7 days.");
        assertThat(audited("store.check")).contains("store/local", "OBJECT_LOCK UNSUPPORTED");
    }

    @Test
    @Order(2)
    void the_api_tells_the_same_and_sets_nothing_twice() {
        String id = store("s3").getString("id");
        JsonObject checked =
                holdfast.as(Role.OPERATOR)
                        .post("/admin/stores/" + id + "/check")
                        .require(200)
                        .json();
        assertThat(checked.getString("status")).isEqualTo("CHECKED");
        assertThat(holdfast.as(Role.AUDITOR).get("/admin/stores/" + id).require(200).json())
                .isEqualTo(store("s3"));
        RestClient.Answer again =
                holdfast.guru()
                        .post(
                                "/admin/stores/" + store("local").getString("id") + "/harden",
                                Json.createObjectBuilder()
                                        .add("otp", holdfast.freshCode())
                                        .build());
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.string("code")).isEqualTo("STORE-NOTHING-TO-SET");
    }

    private static JsonObject copyInS3(JsonObject backup) {
        return backup.getJsonArray("stores").stream()
                .map(item -> (JsonObject) item)
                .filter(item -> item.getString("store").equals("s3"))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject copyInS3(String backup) {
        return copyInS3(holdfast.guru().get("/admin/backups/" + backup).require(200).json());
    }

    private static void catalog(String statement, String backup) {
        holdfast.installation().catalogServer().execute("holdfast", statement.formatted(backup));
    }

    @Test
    @Order(3)
    void a_backup_is_locked_until_its_retention_ends_and_retention_waits_for_that()
            throws IOException {
        String backup = holdfast.backUp("shop");
        // The worker or the beat beside it locks it: the one that took it first.
        JsonObject copy =
                copyInS3(
                        holdfast.guru()
                                .await(
                                        "/admin/backups/" + backup,
                                        b -> copyInS3(b).containsKey("lock")));
        Instant until = Instant.parse(copy.getJsonObject("lock").getString("until"));
        assertThat(copy.getJsonObject("lock").getString("mode")).isEqualTo("GOVERNANCE");
        assertThat(until)
                .isAfter(Instant.now().plus(Duration.ofDays(29)))
                .isBefore(Instant.now().plus(Duration.ofDays(31)));
        String prefix = holdfast.guru().get("/admin/backups/" + backup).require(200).string("key");
        try (BlobStore vault = new OpenStores().open(ceph.bucket("vault", "vault"))) {
            List<ObjectKey> keys = new ArrayList<>();
            vault.list(prefix + "/", blob -> keys.add(blob.key()));
            assertThat(keys).extracting(ObjectKey::name).contains("manifest.json", "RECOVER.md");
            for (ObjectKey key : keys) {
                assertThat(vault.lockOf(key).orElseThrow().until()).isAfterOrEqualTo(until);
            }
        }
        assertThat(audited("backup.lock")).contains("backup/" + backup, "GOVERNANCE");

        holdfast.guru()
                .post(
                        "/admin/backups/" + backup + "/delete",
                        Json.createObjectBuilder()
                                .add("reason", "to meet the lock")
                                .add("phrase", "DELETE " + backup)
                                .add("otp", holdfast.freshCode())
                                .build())
                .require(200);
        catalog("UPDATE retention_looks SET looked_at = clock_timestamp(), steady = true", backup);
        catalog(
                "UPDATE snapshot_copies SET remove_after = clock_timestamp() WHERE snapshot_id = '%s'",
                backup);
        JsonObject waits =
                holdfast.guru()
                        .await(
                                "/admin/backups/" + backup,
                                b ->
                                        b.getJsonArray("stores").stream()
                                                .map(
                                                        item ->
                                                                ((JsonObject) item)
                                                                        .getString("failure", ""))
                                                .anyMatch(
                                                        f ->
                                                                f.startsWith(
                                                                        "Locked in store s3 until ")));
        assertThat(waits.getString("status")).isEqualTo("VERIFIED");
        assertThat(copyInS3(backup).getString("status")).isEqualTo("VERIFIED");
        assertThat(audited("snapshot.remove-locked")).contains("backup/" + backup, "s3");
        assertThat(audited("snapshot.remove-failed")).isNull();
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/backups/detail.xhtml?id=" + backup);
            assertThat(browser.text("[aria-labelledby=storesTitle]"))
                    .contains("locked until")
                    .contains("(Governance)")
                    .contains("Locked in store s3 until");
        }
    }

    @Test
    @Order(4)
    void a_store_that_is_set_to_lock_nothing_locks_no_new_copy() {
        String id = store("s3").getString("id");
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/stores.xhtml?lock=" + id);
            browser.clickOn("input[name='lockStore:mode'][value='OFF']");
            browser.type("lockStore:otp", holdfast.freshCode());
            browser.click("lockStore:set");
            browser.await("its end", () -> browser.has("[id='page:said'] .notice.good"));
            assertThat(browser.text("[id='page:lists']")).contains("New copies are not locked.");
            browser.await(
                    "an address that opens it no more",
                    () -> browser.path().equals("/console/stores.xhtml"));
            assertThat(browser.complaints()).isEmpty();
        }
        assertThat(store("s3").getString("lockMode")).isEqualTo("OFF");
        assertThat(audited("store.lock")).contains("GOVERNANCE", "OFF");
        assertThat(copyInS3(holdfast.backUp("shop"))).doesNotContainKeys("lock", "lockFailure");
    }

    @Test
    @Order(5)
    void a_bucket_gets_another_key_once_the_store_takes_it_and_its_end_is_told_before() {
        RestClient guru = holdfast.guru();
        JsonObject bucket =
                Json.createObjectBuilder()
                        .add("name", "second")
                        .add("kind", "S3")
                        .add("endpoint", ceph.endpoint().toString())
                        .add("bucket", "vault")
                        .add("prefix", "second")
                        .add("accessKeyId", ceph.accessKey())
                        .add("secretAccessKey", ceph.secretKey())
                        .build();
        JsonObject over =
                Json.createObjectBuilder(bucket)
                        .add("keysEndOn", "2020-02-29")
                        .add("otp", holdfast.freshCode())
                        .build();
        assertThat(guru.post("/admin/stores", over).string("code")).isEqualTo("STORE-KEYS");
        String id =
                guru.post(
                                "/admin/stores",
                                Json.createObjectBuilder(bucket)
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(201)
                        .json()
                        .getString("id");
        assertThat(store("second")).doesNotContainKey("keysEndOn");
        assertThat(audited("store.add")).contains("store/second", ceph.accessKey(), "not known");
        String keys = "/admin/stores/" + id + "/keys";
        assertThat(
                        guru.post(
                                        keys,
                                        Json.createObjectBuilder()
                                                .add("accessKeyId", ceph.accessKey())
                                                .add("secretAccessKey", "not-the-secret")
                                                .add("otp", holdfast.freshCode())
                                                .build())
                                .string("code"))
                .isEqualTo("STORE-PROBE");
        assertThat(
                        guru.post(
                                        "/admin/stores/" + store("s3").getString("id") + "/keys",
                                        "{\"otp\":\"000000\",\"keysEndOn\":\"2099-01-01\"}")
                                .string("code"))
                .isEqualTo("SET-BY-CONFIGURATION");
        assertThat(audited("store.keys")).isNull();

        LocalDate day = LocalDate.now(ZoneOffset.UTC).plusDays(6);
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/stores.xhtml?keys=" + id);
            browser.type("storeKeys:keyId", ceph.accessKey());
            browser.type("storeKeys:secret", ceph.secretKey());
            browser.script("document.getElementById('storeKeys:endOn').value = '" + day + "'");
            browser.type("storeKeys:otp", holdfast.freshCode());
            browser.click("storeKeys:set");
            browser.await("its end", () -> browser.has("[id='page:said'] .notice.good"));
            assertThat(browser.text("[id='page:lists']")).contains("Access key ends in");
            browser.await(
                    "an address that opens it no more",
                    () -> browser.path().equals("/console/stores.xhtml"));
            assertThat(browser.complaints()).isEmpty();
        }
        assertThat(store("second").getString("keysEndOn")).isEqualTo(day.toString());
        assertThat(audited("store.keys"))
                .contains("store/second", day.toString())
                .doesNotContain(ceph.secretKey());
        guru.post("/admin/stores/" + id + "/test").require(200);
        JsonObject told =
                guru.await(
                        "/admin/alerts",
                        list -> list.toString().contains("\"subject\":\"store/second\""));
        assertThat(told.toString())
                .contains("The access key of store second expires at " + day + " 00:00 UTC");

        catalog(
                "UPDATE stores SET keys_end_on = CAST(now() AT TIME ZONE 'UTC' AS date) WHERE name"
                        + " = '%s'",
                "second");
        guru.await(
                "/admin/alerts",
                list -> list.toString().contains(" 00:00 UTC, but it still works: say when"));
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/stores.xhtml");
            assertThat(browser.text("[id='page:lists'] .two.warn"))
                    .contains("Access key still works, though it was said to end");
        }
    }
}
