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

    /** As where polls are under way: the page is drawn while the answer waits for its turn. */
    private static final String DRAW_BEFORE_IT_IS_SENT =
            """
            const queue = PrimeFaces.ajax.Queue, offer = queue.offer;
            queue.offer = function (request) {
              document.body.append(document.createElement("i"));
              setTimeout(function () { offer.call(queue, request); }, 0);
            };""";

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
        String here = holdfast.address().toString();
        browser = Browser.signedIn(holdfast);
        UUID nora = holdfast.user("nora", Role.OPERATOR);
        SoftKey key = keyOf(holdfast, nora, "Soft key");
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

    @Test
    void a_reset_removes_them_or_keeps_them_until_another_reset(RunningHoldfast holdfast) {
        String here = holdfast.address().toString();
        browser = Browser.signedIn(holdfast);
        UUID olga = holdfast.user("olga", Role.OPERATOR);
        UUID pia = holdfast.user("pia", Role.OPERATOR);
        SoftKey removed = keyOf(holdfast, olga, "Removed key");
        SoftKey kept = keyOf(holdfast, pia, "Kept key");
        signOut();

        reset(holdfast, olga, false);
        send(removed.show(asked(), here));
        refused();

        reset(holdfast, pia, true);
        send(kept.show(asked(), here));
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
        browser.open("/console/profile.xhtml");
        browser.script(KEEP_THE_QUESTION);
        browser.click("totp:begin");
        browser.await("the refusal", () -> browser.has("[id='totp'] .notice.bad"));
        assertThat(browser.text("[id='totp']")).contains("this needs a passkey of yours");
        assertThat(browser.has("#totpSecret")).isFalse();
        browser.clickOn("[id='totp'] [data-use-passkey]");
        browser.click("totp:begin");
        browser.driver()
                .executeScript(
                        """
                        document.getElementById("totp:passkeyFirst").value = arguments[0];
                        document.getElementById("totp:begin").click();""",
                        kept.show(question(), here));
        browser.await("the secret", () -> browser.has("#totpSecret"));
        signOut();

        reset(holdfast, pia, false);
        send(kept.show(asked(), here));
        refused();
        assertThat(browser.complaints()).isEmpty();
    }

    /** Added by the first user at the browser; from then on it is this person's. */
    private SoftKey keyOf(RunningHoldfast holdfast, UUID person, String name) {
        SoftKey key = new SoftKey();
        browser.open("/console/profile.xhtml");
        browser.script(KEEP_THE_QUESTION);
        browser.press("Add a passkey");
        browser.type("passkeys:name", name);
        browser.type("passkeys:otp", holdfast.freshCode());
        browser.click("passkeys:begin");
        send(key.create(question(), holdfast.address().toString()));
        browser.await("the passkey", () -> browser.has("[id='passkeys:said'] .notice.good"));
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE passkeys SET user_id = '%s' WHERE name = '%s'"
                                .formatted(person, name));
        return key.of(person);
    }

    /** One asks, another agrees. */
    private static void reset(RunningHoldfast holdfast, UUID person, boolean keepPasskeys) {
        String approval =
                holdfast.guru()
                        .post(
                                "/admin/users/" + person + "/reset-authenticator",
                                Json.createObjectBuilder()
                                        .add("reason", "She called, I know her voice")
                                        .add("keepPasskeys", keepPasskeys)
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(202)
                        .string("approval");
        holdfast.as(Role.ADMIN)
                .post(
                        "/admin/approvals/" + approval + "/approve",
                        Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                .require(200);
    }

    private void aTokenByPasskey() {
        browser.press("Make a token");
        browser.type("tokens:name", "by finger");
        browser.clickOn("[id='tokens'] [data-use-passkey]");
        browser.script(DRAW_BEFORE_IT_IS_SENT);
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
