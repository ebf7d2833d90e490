package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** People in the console, as whoever invites and whoever is invited see it. */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class PeopleBrowserIT {
    private static final String PASSWORD = "kettle orbit plain 41";

    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void somebody_is_invited_joins_and_is_let_in_and_shut_out(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/people.xhtml");
        browser.press("Invite somebody");
        browser.type("invite:name", "Nora");
        browser.type("invite:otp", holdfast.freshCode());
        browser.click("invite:make");
        browser.await("the refusal", () -> browser.has("[id='invite:said'] .notice.bad"));
        assertThat(browser.text("[id='invite:said'] .notice.bad")).contains("\"Nora\" is no user");
        assertThat(browser.valueOf("invite:name")).isEqualTo("Nora");
        browser.type("invite:name", "nora");
        browser.type("invite:otp", holdfast.freshCode());
        browser.click("invite:make");
        browser.await("the link", () -> browser.has("#joinLink"));
        String link = browser.text("#joinLink");
        assertThat(link).startsWith(holdfast.address() + "/console/join.xhtml?token=hf_");
        assertThat(browser.text("[id='page:list']")).contains("nora").contains("Invited");
        browser.open("/console/people.xhtml?state=INVITED");
        assertThat(browser.has("#joinLink")).isFalse();
        assertThat(browser.text("[id='page:list']")).contains("nora").doesNotContain("guru");
        assertThat(browser.complaints()).isEmpty();
        browser.close();

        browser = Browser.at(holdfast.address());
        browser.open(link);
        assertThat(browser.text("h1")).isEqualTo("Welcome, nora");
        browser.type("join:password", PASSWORD);
        browser.click("join:begin");
        browser.await("the QR code", () -> browser.has("svg.qr path"));
        String secret = browser.text("#totpSecret");
        browser.type("join:code", RunningHoldfast.codeOf(secret));
        browser.click("join:confirm");
        browser.await("the recovery codes", () -> browser.has("#recoveryCodes"));
        assertThat(browser.all("#recoveryCodes li")).hasSize(10);
        String code = browser.text("#recoveryCodes li");
        browser.press("I have kept them, sign in");
        browser.await("sign-in", () -> browser.has("[id='signIn:user']"));
        browser.type("signIn:user", "nora");
        browser.type("signIn:password", PASSWORD);
        browser.press("Lost your authenticator?");
        browser.type("signIn:recovery", code);
        browser.click("signIn:enter");
        browser.await("her account", () -> browser.path().equals("/console/profile.xhtml"));
        assertThat(browser.text("#main"))
                .contains("You came in with a recovery code.")
                .contains("9 of 10 recovery codes are left.")
                .contains("this one");
        assertThat(browser.complaints()).isEmpty();
        browser.close();

        browser = Browser.signedIn(holdfast);
        browser.open("/console/people.xhtml?name=nor");
        browser.press("nora");
        browser.await("her page", () -> browser.path().startsWith("/console/people/detail.xhtml"));
        assertThat(browser.text("#lists")).contains("Chrome on Linux").contains("by recovery code");
        browser.press("Change role");
        browser.clickOn("[id='role:next'] option[value='AUDITOR']");
        browser.type("role:otp", holdfast.freshCode());
        browser.click("role:go");
        browser.await("her role", () -> browser.text("#facts").contains("AUDITOR"));
        browser.press("End sessions");
        browser.type("end:otp", holdfast.freshCode());
        browser.click("end:go");
        browser.await("their end", () -> browser.text("#lists").contains("No browser is signed"));
        browser.press("Disable");
        browser.type("standing:otp", "00000x");
        browser.click("standing:disable");
        browser.await("the refusal", () -> browser.has(".said .notice.bad"));
        browser.type("standing:otp", holdfast.freshCode());
        browser.click("standing:disable");
        browser.await("her state", () -> browser.text("#facts").contains("Disabled"));
        browser.press("Enable");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void one_s_own_recovery_codes_and_sessions(RunningHoldfast holdfast) {
        browser = Browser.signedIn(holdfast);
        browser.close();
        browser = Browser.signedIn(holdfast);
        browser.open("/console/profile.xhtml");
        assertThat(browser.text("#main")).contains("No recovery code is left.");
        browser.press("Make ten new recovery codes");
        browser.type("codes:otp", holdfast.freshCode());
        browser.click("codes:make");
        browser.await("the codes", () -> browser.has("#recoveryCodes"));
        assertThat(browser.text("[id='codes']")).contains("10 of 10 recovery codes are left.");
        browser.open("/console/profile.xhtml");
        assertThat(browser.has("#recoveryCodes")).isFalse();
        assertThat(browser.all("[id='sessions'] tbody tr").size()).isGreaterThan(1);
        browser.click("sessions:others");
        browser.await("their end", () -> browser.all("[id='sessions'] tbody tr").size() == 1);
        assertThat(browser.text("[id='sessions']")).contains("this one");
        assertThat(browser.complaints()).isEmpty();
    }
}
