package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.holdfast.adapter.testing.CephGateway;
import org.holdfast.domain.people.Role;
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
            browser.await("its end", () -> browser.has("[id='page:said'] .notice.good"));
            assertThat(browser.text("[id='page:lists'] .act"))
                    .contains("Old versions go 30 days after they were replaced.")
                    .contains("All four blocks of public access are on.")
                    .doesNotContain("Refused:");
            assertThat(browser.complaints()).isEmpty();
        }
        assertThat(found(store("s3"), "LACKING")).isEmpty();
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
                                "/admin/stores/" + id + "/harden",
                                Json.createObjectBuilder()
                                        .add("otp", holdfast.freshCode())
                                        .build());
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.string("code")).isEqualTo("STORE-NOTHING-TO-SET");
    }
}
