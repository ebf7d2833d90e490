package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.util.UUID;
import org.holdfast.domain.people.Role;
import org.holdfast.security.passkey.SoftKey;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

/** Passkeys: by the browser's own authenticator, and by one that answers what no browser would. */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class PasskeyBrowserIT {
    private static final String REFUSED = "That passkey was not accepted.";

    /** The server's question is kept for the test, and the browser does not answer it. */
    private static final String KEEP_THE_QUESTION =
            """
            window.asked = null;
            navigator.credentials.create = navigator.credentials.get = function () {
              return new Promise(function () {});
            };
            jQuery(document).on("pfAjaxComplete", function (event, xhr, settings, args) {
              if (args) { window.asked = args.passkeyShow || args.passkeyMake || window.asked; }
            });""";

    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void one_is_added_signs_in_once_per_question_and_opens_nothing_once_removed(
            RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.driver()
                .addVirtualAuthenticator(
                        new VirtualAuthenticatorOptions()
                                .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
                                .setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL)
                                .setHasResidentKey(true)
                                .setHasUserVerification(true)
                                .setIsUserVerified(true));
        browser.open("/console/profile.xhtml");
        assertThat(browser.text("[id='passkeys']")).contains("You have no passkey.");
        browser.press("Add a passkey");
        browser.type("passkeys:name", "Laptop");
        browser.type("passkeys:otp", "000000");
        browser.click("passkeys:begin");
        browser.await("the refusal", () -> browser.has("[id='passkeys:said'] .notice.bad"));
        assertThat(browser.text("[id='passkeys:said']")).contains("The code is wrong.");
        browser.type("passkeys:otp", holdfast.freshCode());
        browser.click("passkeys:begin");
        browser.await("the passkey", () -> browser.has("[id='passkeys:said'] .notice.good"));
        assertThat(browser.text("[id='passkeys'] table")).contains("Laptop").contains("never");
        assertThat(Axe.findingsInBothThemes(browser)).isEmpty();

        signOut();
        String before = browser.driver().manage().getCookieNamed("HOLDFAST").getValue();
        browser.script(
                "document.querySelector('[data-passkey-send]').addEventListener('click', () =>"
                        + " sessionStorage.setItem('answer',"
                        + " document.querySelector('[data-passkey-answer]').value), true)");
        browser.tabTo("signIn:passkey");
        browser.keys(org.openqa.selenium.Keys.ENTER);
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
        assertThat(browser.driver().manage().getCookieNamed("HOLDFAST").getValue())
                .isNotEqualTo(before);
        String answer = (String) browser.script("return sessionStorage.getItem('answer')");
        assertThat(answer).contains("signature");

        signOut();
        send(answer);
        refused();
        browser.script(KEEP_THE_QUESTION);
        browser.click("signIn:passkey");
        browser.await("the question", () -> browser.script("return window.asked") != null);
        send(answer);
        refused();
        assertThat(browser.path()).startsWith("/console/sign-in.xhtml");
        assertThat(audit(holdfast))
                .contains("passkey was not asked for, or shown twice")
                .contains("passkey: BadChallenge")
                .contains("passkey.add")
                .contains("\"by\":\"passkey\"");

        browser.open("/console/sign-in.xhtml");
        browser.click("signIn:passkey");
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
        browser.open("/console/people.xhtml");
        assertThat(browser.text("[id='page:list']")).contains("1 passkey");
        browser.open("/console/profile.xhtml");
        aTokenByPasskey();
        browser.open("/console/profile.xhtml");
        browser.press("Remove");
        browser.clickOn("details[open] [data-use-passkey]");
        browser.press("Remove Laptop");
        browser.await("the list", () -> browser.text("#passkeys").contains("You have no passkey."));
        signOut();
        browser.click("signIn:passkey");
        refused();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void another_origin_a_counter_that_goes_back_and_a_disabled_person_are_refused(
            RunningHoldfast holdfast) {
        SoftKey key = new SoftKey();
        String here = holdfast.address().toString();
        browser = Browser.signedIn(holdfast);
        browser.open("/console/profile.xhtml");
        browser.script(KEEP_THE_QUESTION);
        browser.press("Add a passkey");
        browser.type("passkeys:name", "Soft key");
        browser.type("passkeys:otp", holdfast.freshCode());
        browser.click("passkeys:begin");
        send(key.create(question(), here));
        browser.await("the passkey", () -> browser.has("[id='passkeys:said'] .notice.good"));
        UUID nora = holdfast.user("nora", Role.OPERATOR);
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE passkeys SET user_id = '%s' WHERE name = 'Soft key'"
                                .formatted(nora));
        key.of(nora);
        signOut();

        send(key.show(asked(), "https://holdfast.example.org"));
        refused();
        send(key.show(asked(), here));
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
        assertThat(browser.text("details.who > summary")).contains("nora");
        signOut();

        String otp = holdfast.freshCode();
        holdfast.guru()
                .post(
                        "/admin/users/" + nora + "/disable",
                        Json.createObjectBuilder().add("otp", otp).build())
                .require(200);
        send(key.show(asked(), here));
        refused();
        holdfast.guru()
                .post(
                        "/admin/users/" + nora + "/enable",
                        Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                .require(200);

        send(key.countingFrom(1).show(asked(), here));
        refused();
        send(key.countingFrom(1000).show(asked(), here));
        refused();
        assertThat(audit(holdfast))
                .contains("passkey: BadOrigin")
                .contains("\"why\":\"disabled\"")
                .contains("passkey.suspect")
                .contains("the passkey is suspect");
        assertThat(browser.complaints()).isEmpty();

        browser.driver().get(here.replace("localhost", "127.0.0.1") + "/console/sign-in.xhtml");
        browser.await("sign-in", () -> browser.has("[id='signIn:enter']"));
        assertThat(browser.has("[id='signIn:passkey']")).isFalse();
    }

    private void aTokenByPasskey() {
        browser.press("Make a token");
        browser.type("tokens:name", "by finger");
        browser.clickOn("[id='tokens'] [data-use-passkey]");
        browser.click("tokens:create");
        browser.await("the token", () -> browser.has("#newToken"));
        assertThat(browser.text("[id='tokens'] table")).contains("by finger");
    }

    private void signOut() {
        browser.clickOn("details.who > summary");
        browser.press("Sign out");
        browser.await("sign-in", () -> browser.path().startsWith("/console/sign-in.xhtml"));
        browser.await("the page", () -> browser.has("[id='signIn:passkey']"));
    }

    /** A new question of the sign-in page. */
    private String asked() {
        browser.open("/console/sign-in.xhtml");
        browser.script(KEEP_THE_QUESTION);
        browser.click("signIn:passkey");
        return question();
    }

    private String question() {
        browser.await("the question", () -> browser.script("return window.asked") != null);
        return (String) browser.script("return window.asked");
    }

    private void send(String answer) {
        browser.driver()
                .executeScript(
                        """
                        document.querySelectorAll(".said .notice").forEach(n => n.remove());
                        document.querySelector("[data-passkey-answer]").value = arguments[0];
                        document.querySelector("[data-passkey-send]").click();""",
                        answer);
    }

    private void refused() {
        browser.await("the refusal", () -> browser.has(".said .notice.bad"));
        assertThat(browser.text(".said .notice .strong")).isEqualTo(REFUSED);
    }

    private static String audit(RunningHoldfast holdfast) {
        return holdfast.guru().get("/admin/audit?limit=100").require(200).json().toString();
    }
}
