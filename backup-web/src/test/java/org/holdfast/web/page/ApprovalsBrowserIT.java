package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What waits for a second person, as people decide on it in the console. On a server of its own: it
 * changes places and leaves the mark of broken glass on every page.
 */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class ApprovalsBrowserIT {
    private static final String APPROVALS_WAITING = ".rail a[href$='approvals/index.xhtml'] .waits";

    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    private void signInAsSecond(RunningHoldfast holdfast) {
        holdfast.user("second.admin", Role.ADMIN);
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE name = 'guru')"
                                + " WHERE name = 'second.admin'");
        browser = Browser.at(holdfast.address());
        browser.open("/console/approvals/index.xhtml");
        browser.signIn("second.admin", RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the inbox", () -> browser.path().startsWith("/console/approvals/"));
    }

    /** Asks to take the second person away from a production target; gives the approval's id. */
    private static String asked(RunningHoldfast holdfast, String name) {
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
        JsonObjectBuilder rules =
                Json.createObjectBuilder()
                        .add("production", true)
                        .add("inPlaceAllowed", false)
                        .add("fourEyes", false)
                        .add("keptHours", 72)
                        .add("commandSeconds", 600)
                        .add("approvalHours", 24)
                        .add("reason", "Moving the database to another server")
                        .add("otp", holdfast.freshCode());
        return holdfast.guru()
                .post("/admin/targets/" + target + "/change", rules.build())
                .require(200)
                .string("approval");
    }

    @Test
    void a_request_is_found_in_the_inbox_read_whole_and_approved(RunningHoldfast holdfast) {
        asked(holdfast, "payments");
        signInAsSecond(holdfast);
        assertThat(browser.text(APPROVALS_WAITING)).startsWith("1");
        assertThat(browser.text("#waiting"))
                .contains("Change the rules of target payments")
                .contains("PRODUCTION")
                .contains("guru")
                .contains("Moving the database to another server");

        browser.clickOn("#waiting .row-link");
        browser.await("the plan", () -> browser.has("[id='page:approveOtp']"));
        assertThat(browser.text(".plan"))
                .contains("A second person approves: yes → no")
                .contains("Lost: one person alone can restore into it from then on.");
        browser.type("page:approveOtp", "000000");
        browser.click("page:approve");
        browser.await("the refusal", () -> browser.has(".said .notice.bad"));
        assertThat(browser.text(".said .notice.bad")).contains("The code is wrong.");
        browser.type("page:approveOtp", holdfast.freshCode());
        browser.click("page:approve");

        browser.await("the decision", () -> browser.text(".figure .pill").equals("Approved"));
        assertThat(browser.text("#main"))
                .contains("second.admin agreed, and it was carried out.")
                .doesNotContain("Approve and carry out");
        browser.open("/console/approvals/index.xhtml");
        assertThat(browser.text("#decided")).contains("Change the rules of target payments");
        assertThat(browser.has(APPROVALS_WAITING)).isFalse();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_guru_alone_breaks_the_glass_and_everybody_sees_it(RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("ledger");
        String restore =
                holdfast.ask(
                        holdfast.verifiedBackup(),
                        holdfast.order(holdfast.verifiedBackup(), "ledger")
                                .add("reason", "The ledger is damaged since noon"));
        browser = Browser.signedIn(holdfast);
        browser.open("/console/approvals/index.xhtml");
        assertThat(browser.text("#mine")).contains("into ledger");
        browser.clickOn("#mine .row-link");
        browser.await("the restore", () -> browser.has("[id='page:lookAtLoss']"));
        assertThat(browser.text("#main"))
                .contains("The ledger is damaged since noon")
                .contains("public.only_here: 42 rows")
                .contains("another ADMIN has to open this page");
        browser.click("page:lookAtLoss");
        browser.await("the loss", () -> browser.text("#main").contains("What would be lost now"));

        browser.clickOn("[id='page:glassFold'] summary");
        browser.type("page:glassReason", "too short");
        browser.type("page:glassPhrase", "BREAK GLASS ledger");
        browser.type("page:glassOtp", holdfast.freshCode());
        browser.click("page:breakGlass");
        browser.await("the refusal", () -> browser.has(".said .notice.bad"));
        assertThat(browser.text(".said .notice.bad"))
                .contains("needs a reason of at least 20 characters");
        assertThat(browser.valueOf("page:glassPhrase")).isEqualTo("BREAK GLASS ledger");
        browser.type("page:glassReason", "Everybody else is on the same flight");
        browser.type("page:glassOtp", holdfast.freshCode());
        browser.click("page:breakGlass");
        browser.await("its end", () -> browser.text(".figure .pill").equals("Completed"));
        assertThat(browser.text("h1")).contains("BREAK GLASS");
        assertThat(browser.text("#glassMark")).contains("Everybody else is on the same flight");
        browser.open("/console/restores/index.xhtml");
        assertThat(browser.text("[id='list:table'] tbody")).contains("BREAK GLASS");
        assertThat(browser.complaints()).isEmpty();
        browser.close();

        signInAsSecond(holdfast);
        browser.open("/console/stores.xhtml");
        assertThat(browser.text(".glass-bar"))
                .contains("guru acted alone")
                .contains("into ledger")
                .contains("Everybody else is on the same flight");
        browser.clickOn(".glass-bar a");
        browser.await(
                "the restore",
                () -> browser.path().equals("/console/restores/detail.xhtml?id=" + restore));
    }

    @Test
    void a_targets_rules_are_changed_at_once_or_asked_for_and_it_is_retired(
            RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("rehearsal");
        String target =
                holdfast.guru()
                        .post(
                                "/admin/targets",
                                Json.createObjectBuilder()
                                        .add("name", "rehearsal")
                                        .add(
                                                "url",
                                                holdfast.installation()
                                                        .targetUrl("rehearsal")
                                                        .reveal())
                                        .add("production", false)
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(201)
                        .string("id");
        String link = "a[href$='change=" + target + "']";
        browser = Browser.signedIn(holdfast);
        browser.open("/console/databases.xhtml");
        browser.clickOn(link);
        browser.await("the rules", () -> browser.has("[id='edit:kept']"));
        browser.type("edit:kept", "0");
        browser.click("edit:fourEyes");
        browser.type("edit:otp", holdfast.freshCode());
        browser.click("edit:save");
        browser.await("the refusal", () -> browser.has("[id='edit:said'] .notice.bad"));
        assertThat(browser.text("[id='edit:said'] .notice.bad"))
                .contains("must be kept for at least one hour");
        browser.type("edit:kept", "9");
        browser.type("edit:otp", holdfast.freshCode());
        browser.click("edit:save");
        browser.await("the new rules", () -> browser.has("[id='page:said'] .notice.good"));
        assertThat(browser.text("[id='page:lists']"))
                .contains("old database kept 9 h")
                .contains("a second person approves within 24 h");

        browser.clickOn(link);
        browser.await("the rules", () -> browser.has("[id='edit:kept']"));
        browser.click("edit:fourEyes");
        browser.type("edit:reason", "Only for rehearsals from now on");
        browser.type("edit:otp", holdfast.freshCode());
        browser.click("edit:save");
        browser.await(
                "the request", () -> browser.path().startsWith("/console/approvals/detail.xhtml"));
        assertThat(browser.text("#main"))
                .contains("Change the rules of target rehearsal")
                .contains("Only for rehearsals from now on");
        browser.click("page:withdraw");
        browser.await("its end", () -> browser.text(".figure .pill").equals("Withdrawn"));

        browser.open("/console/databases.xhtml");
        browser.clickOn(link);
        browser.await("the rules", () -> browser.has("[id='edit:kept']"));
        browser.type("edit:otp", holdfast.freshCode());
        browser.press("Retire target rehearsal");
        browser.await("its end", () -> browser.has("[id='page:said'] .notice.good"));
        assertThat(browser.text("[id='page:lists']")).doesNotContain("rehearsal");
        assertThat(browser.has("[id='edit:kept']")).isFalse();
        assertThat(browser.complaints()).isEmpty();
    }
}
