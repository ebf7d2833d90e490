package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.nio.file.Path;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is set up in the console, and what takes a second person. On a server of its own: the places
 * it adds would turn up in what other tests ask for.
 */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class PlacesAndPeopleBrowserIT {
    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    private String verifiedSnapshot(RunningHoldfast holdfast) {
        String snapshot =
                holdfast.guru()
                        .post(
                                "/admin/backups",
                                Json.createObjectBuilder().add("source", "shop").build())
                        .require(202)
                        .string("id");
        holdfast.guru().await("/admin/backups/" + snapshot, "VERIFIED", "RESTORED");
        return snapshot;
    }

    @Test
    void a_target_is_added_once_it_answers_and_a_refusal_keeps_what_was_typed(
            RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("staging");
        String url = holdfast.installation().targetUrl("staging").reveal();
        browser = Browser.signedIn(holdfast);
        browser.open("/console/databases.xhtml?sources=abc&targets=2147483648");
        assertThat(browser.text("[id='page:lists']")).contains("shop");
        browser.open("/console/databases.xhtml");
        browser.press("Add a database");
        browser.clickAndUpdate(browser.find("input[name='add:kind'][value='target']"));
        browser.await("the rules", () -> browser.has("[id='add:kept']"));
        browser.type("add:name", "rehearsal");
        browser.type("add:url", "postgresql://somebody@127.0.0.1:1/nothing");
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await("the refusal", () -> browser.has("[id='add:said'] .notice.bad"));
        assertThat(browser.valueOf("add:name")).isEqualTo("rehearsal");
        assertThat(browser.valueOf("add:url"))
                .isEqualTo("postgresql://somebody@127.0.0.1:1/nothing");

        browser.type("add:url", url);
        browser.type("add:kept", "5");
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await("the target", () -> browser.text("[id='page:lists']").contains("rehearsal"));
        assertThat(browser.text("[id='page:lists']"))
                .contains("old database kept 5 h")
                .doesNotContain("canary");
        browser.script("scrollTo(0, 0)");
        browser.clickOn("[id='page:lists'] button");
        browser.await("what was found", () -> browser.has("[id='page:lists'] .good"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void when_a_login_ends_stands_beside_its_database(RunningHoldfast holdfast) {
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "INSERT INTO expiries (kind, subject, what, expires_at) VALUES"
                                + " ('CREDENTIAL_EXPIRES', 'source/shop', 'The password of login"
                                + " shop', clock_timestamp() + interval '10 days')");
        browser = Browser.signedIn(holdfast);
        browser.open("/console/databases.xhtml");
        assertThat(browser.text("[aria-labelledby=sourcesTitle]")).contains("Password ends in ");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_directory_store_is_added_after_a_probe_and_retired(RunningHoldfast holdfast) {
        Path directory = holdfast.installation().home().resolve("another-store");
        browser = Browser.signedIn(holdfast);
        browser.open("/console/stores.xhtml");
        browser.press("Add a store");
        browser.clickAndUpdate(browser.find("input[name='add:kind'][value='DIRECTORY']"));
        browser.await("the field", () -> browser.has("[id='add:directory']"));
        browser.type("add:name", "another");
        browser.type("add:directory", "not/absolute");
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await("the refusal", () -> browser.has("[id='add:said'] .notice.bad"));
        assertThat(browser.text("[id='add:said'] .notice.bad"))
                .contains("\"not/absolute\" is not an absolute directory.");
        browser.type("add:directory", directory.toString());
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await("the store", () -> browser.text("[id='page:lists']").contains("another"));
        assertThat(directory).isDirectory();

        browser.script("scrollTo(0, 0)");
        browser.press("Retire …");
        browser.await("what it means", () -> browser.has("[id='retireStore:otp']"));
        browser.type("retireStore:otp", holdfast.freshCode());
        browser.press("Retire store another");
        browser.await("its end", () -> browser.has("[id='page:said'] .notice.good"));
        assertThat(browser.text("[id='page:lists']")).doesNotContain("another");
        assertThat(directory).isDirectory();
    }

    @Test
    void a_token_is_shown_once_works_and_ends_when_revoked(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/profile.xhtml");
        browser.press("Make a token");
        browser.type("tokens:name", "nightly check");
        browser.type("tokens:otp", holdfast.freshCode());
        browser.click("tokens:create");
        browser.await("the token", () -> browser.has("#newToken"));
        String token = browser.text("#newToken");
        assertThat(holdfast.server().client(token).get("/admin/backups").status()).isEqualTo(200);
        browser.open("/console/profile.xhtml");
        assertThat(browser.text("#main")).doesNotContain(token).contains("nightly check");
        browser.press("Revoke nightly check");
        browser.await("its end", () -> browser.text("#main").contains("revoked"));
        assertThat(holdfast.server().client(token).get("/admin/backups").status()).isEqualTo(401);
    }

    @Test
    void a_restore_by_hand_is_entered_as_a_record(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/restores/index.xhtml");
        browser.press("Enter a restore that was done by hand");
        browser.script(
                "document.getElementById('byHand:began').value='2026-11-20T02:00';"
                        + "document.getElementById('byHand:ended').value='2026-11-20T01:00'");
        browser.type("byHand:note", "pg_restore from the escrow copy");
        browser.press("Enter this record");
        browser.await("the refusal", () -> browser.has("[id='byHand:said'] .notice.bad"));
        assertThat(browser.text("[id='byHand:said'] .notice.bad"))
                .contains("The restore by hand ended before it began.");
        assertThat(browser.valueOf("byHand:note")).isEqualTo("pg_restore from the escrow copy");
        browser.script("document.getElementById('byHand:ended').value='2026-11-20T02:21'");
        browser.press("Enter this record");
        browser.await(
                "the record", () -> browser.path().startsWith("/console/restores/detail.xhtml"));
        assertThat(browser.text("#main"))
                .contains("entered by hand by guru")
                .contains("pg_restore from the escrow copy")
                .contains("21 min");
    }

    @Test
    void a_second_person_approves_what_the_first_may_not(RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("ledger");
        String snapshot = verifiedSnapshot(holdfast);
        String restore =
                holdfast.guru()
                        .post(
                                "/admin/backups/" + snapshot + "/restores",
                                Json.createObjectBuilder()
                                        .add("target", "ledger")
                                        .add("mode", "ASIDE_SWAP")
                                        .add("reason", "The ledger is damaged")
                                        .add("phrase", "RESTORE " + snapshot)
                                        .add("otp", holdfast.freshCode())
                                        .add(
                                                "checklist",
                                                Json.createArrayBuilder()
                                                        .add("owner-told")
                                                        .add("application-stopped")
                                                        .add("loss-accepted")
                                                        .add("sessions-end"))
                                        .build())
                        .require(202)
                        .string("id");
        String page = "/console/restores/detail.xhtml?id=" + restore;
        browser = Browser.signedIn(holdfast);
        browser.open(page);
        assertThat(browser.text("#main")).contains("another ADMIN has to open this page");
        assertThat(browser.has("[id='page:approveOtp']")).isFalse();
        browser.close();

        holdfast.user("second.admin", Role.ADMIN);
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE name = 'guru')"
                                + " WHERE name = 'second.admin'");
        browser = Browser.at(holdfast.address());
        browser.open(page);
        browser.signIn("second.admin", RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the request", () -> browser.has("[id='page:approveOtp']"));
        browser.type("page:approveOtp", holdfast.freshCode());
        browser.press("Approve restore into ledger");
        browser.await("its end", () -> browser.text(".figure .pill").equals("Completed"));
        assertThat(browser.text("#main")).contains("second.admin");
    }

    @Test
    void a_click_after_the_session_ended_leads_to_sign_in_and_back(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/stores.xhtml");
        browser.driver().manage().deleteAllCookies();
        browser.script("scrollTo(0, 0)");
        browser.clickOn("[id='page:lists'] button");
        browser.await(
                "sign-in",
                () ->
                        browser.path()
                                .equals("/console/sign-in.xhtml?next=%2Fconsole%2Fstores.xhtml"));
        browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the stores", () -> browser.path().equals("/console/stores.xhtml"));
    }
}
