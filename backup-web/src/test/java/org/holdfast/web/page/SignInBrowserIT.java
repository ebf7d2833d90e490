package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.testing.Installation;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Coming in: the first person, the right one, the wrong one. */
@ExtendWith(RunningHoldfast.Given.class)
class SignInBrowserIT {
    private static final String REFUSED = "User name, password or code is wrong.";
    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void every_failure_says_the_same_and_keeps_the_name(RunningHoldfast holdfast) {
        browser = Browser.at(holdfast.address());
        browser.open("/console/sign-in.xhtml");
        String[][] wrong = {
            {"nobody.at.all", RunningHoldfast.PASSWORD, holdfast.freshCode()},
            {RunningHoldfast.USER, "not the right words", holdfast.freshCode()},
            {RunningHoldfast.USER, RunningHoldfast.PASSWORD, "000000"},
        };
        for (String[] typed : wrong) {
            browser.script("document.querySelectorAll('.said .notice').forEach(n => n.remove())");
            browser.signIn(typed[0], typed[1], typed[2]);
            browser.await("the refusal", () -> browser.has(".said .notice"));
            assertThat(browser.text(".said .notice .strong")).isEqualTo(REFUSED);
            assertThat(browser.valueOf("signIn:user")).isEqualTo(typed[0]);
            assertThat(browser.valueOf("signIn:password")).isEmpty();
        }
        assertThat(Axe.findingsInBothThemes(browser)).isEmpty();
    }

    @Test
    void one_comes_to_where_one_wanted_to_go_and_leaves_for_good(RunningHoldfast holdfast) {
        browser = Browser.at(holdfast.address());
        browser.open("/console/restores/index.xhtml");
        browser.await("sign-in", () -> browser.path().startsWith("/console/sign-in.xhtml?next="));
        browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the restores", () -> browser.path().equals("/console/restores/index.xhtml"));

        browser.clickOn("details.who > summary");
        browser.press("Sign out");
        browser.await("sign-in", () -> browser.path().startsWith("/console/sign-in.xhtml"));
        browser.open("/console/restores/index.xhtml");
        browser.await("sign-in", () -> browser.path().startsWith("/console/sign-in.xhtml"));
    }

    @Test
    void another_address_as_the_goal_is_not_followed(RunningHoldfast holdfast) {
        browser = Browser.at(holdfast.address());
        browser.open("/console/sign-in.xhtml?next=//example.org/console/");
        browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
    }

    @Test
    void the_first_person_comes_with_the_token_and_an_authenticator() {
        Installation installation = Installation.create("first", 1);
        try (Server server = Server.start(installation)) {
            browser = Browser.at(server.address());
            browser.open("/");
            browser.await("the first page", () -> browser.has("[id='first:token']"));
            browser.type("first:token", "not the token");
            browser.type("first:user", "m.weiss");
            browser.type("first:password", "kettle orbit plain 41");
            browser.click("first:make");
            browser.await("the refusal", () -> browser.has(".said .notice.bad"));
            assertThat(browser.text(".said .notice.bad"))
                    .contains("The bootstrap token is wrong.")
                    .contains("BOOTSTRAP-TOKEN");
            assertThat(browser.valueOf("first:user")).isEqualTo("m.weiss");
            assertThat(Axe.findingsInBothThemes(browser)).isEmpty();

            browser.type("first:token", Installation.BOOTSTRAP_TOKEN);
            browser.click("first:make");
            browser.await("the QR code", () -> browser.has("svg.qr path"));
            String secret = browser.text("#totpSecret");
            assertThat(secret).matches("[A-Z2-7]{32}");
            assertThat(Axe.findingsInBothThemes(browser)).isEmpty();
            browser.type("first:code", RunningHoldfast.codeOf(secret));
            browser.click("first:confirm");
            browser.await("the recovery codes", () -> browser.has("#recoveryCodes"));
            assertThat(browser.all("#recoveryCodes li")).hasSize(10);
            browser.click("goOn");
            browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
            assertThat(browser.text("#main")).contains("Back it up now");
            browser.open("/console/backups/index.xhtml");
            assertThat(browser.text("#main")).contains("There is no backup yet.");
            assertThat(browser.complaints()).isEmpty();
        } finally {
            installation.close();
        }
    }
}
