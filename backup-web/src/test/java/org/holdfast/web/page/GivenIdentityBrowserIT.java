package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.holdfast.pipeline.Identity;
import org.holdfast.testing.Installation;
import org.holdfast.testing.Leaks;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wizard on a server that cannot read the backups: a person brings what opens them. */
class GivenIdentityBrowserIT {
    private static final String PASSPHRASE = "seven grebes row the attic piano";

    private static RunningHoldfast holdfast;

    @TempDir Path home;
    private Browser browser;

    @BeforeAll
    static void start() {
        holdfast =
                RunningHoldfast.start(
                        Installation.create("given-page", 9).with("BACKUP_IDENTITY_FILE", ""));
    }

    @AfterAll
    static void stop() {
        holdfast.close();
    }

    @AfterEach
    void close() {
        browser.close();
    }

    private static String backUp() {
        String id = holdfast.queue("shop");
        holdfast.guru().await("/admin/backups/" + id, "UPLOADED");
        return id;
    }

    /** A rehearsal changes nothing, so nothing is to be acknowledged. */
    private void toTheConfirmation(String backup) {
        browser.open("/console/restores/new.xhtml?snapshot=" + backup + "&target=staging");
        browser.click("wizard:dryRun");
        browser.await(
                "the rehearsal",
                () -> browser.text(".consequence").contains("a rehearsal applies"));
        assertThat(browser.has(".consequence table.loss")).isFalse();
        browser.click("wizard:toImpact");
        browser.await("the impact", () -> browser.has("[id='wizard:toConfirm']"));
        browser.click("wizard:toConfirm");
        browser.await("the confirmation", () -> browser.has("[id='wizard:identity']"));
        browser.type("wizard:phrase", "RESTORE " + backup);
    }

    private void submit() {
        browser.type("wizard:otp", holdfast.freshCode());
        browser.click("wizard:submit");
    }

    private void awaitEnd() {
        browser.await(
                "the restore's page", () -> browser.path().startsWith("/console/restores/detail"));
        browser.await("its end", () -> browser.text(".figure .pill").equals("Completed"));
    }

    private void awaitRefusal(String words) {
        browser.await("the refusal", () -> browser.text(".said .notice.bad").contains(words));
    }

    @Test
    void an_identity_is_pasted_or_chosen_as_a_file_and_never_shown_again() throws Exception {
        String backup = backUp();
        Identity mine = holdfast.installation().operator();
        browser = Browser.signedIn(holdfast);
        toTheConfirmation(backup);

        submit();
        awaitRefusal("This server has no identity that opens this backup.");
        Identity foreign = Identity.generate();
        browser.type("wizard:identity", foreign.secret().reveal());
        submit();
        awaitRefusal("The identity given belongs to " + foreign.recipient());
        assertThat(browser.valueOf("wizard:identity")).isEmpty();
        assertThat(browser.valueOf("wizard:phrase")).isEqualTo("RESTORE " + backup);
        browser.width(390);
        assertThat(
                        (Boolean)
                                browser.script(
                                        "return document.documentElement.scrollWidth <= window.innerWidth"))
                .as("long keys break on a telephone")
                .isTrue();
        browser.width(1440);

        Path file = Files.writeString(home.resolve("me.txt"), mine.file(Instant.now()).reveal());
        browser.find("input[data-into='wizard:identity']").sendKeys(file.toString());
        browser.await(
                "the file in the field",
                () -> browser.valueOf("wizard:identity").contains("AGE-SECRET-KEY-1"));
        submit();
        awaitEnd();

        assertThat(browser.driver().getPageSource()).doesNotContain("AGE-SECRET-KEY-1");
        Leaks.requireNowhere(holdfast, mine.secret().reveal(), foreign.secret().reveal());
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_passphrase_is_chosen_under_keys_and_restores_alone() {
        browser = Browser.signedIn(holdfast);
        browser.open("/console/keys.xhtml");
        browser.press("Add a key");
        browser.clickAndUpdate(browser.find("input[name='add:how'][value='PASSPHRASE']"));
        browser.await("its field", () -> browser.has("[id='add:newPassphrase']"));
        browser.type("add:name", "sesame");
        browser.type("add:newPassphrase", "too short");
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await(
                "the refusal",
                () -> browser.text("[id='add:said']").contains("less than 20 characters"));
        assertThat(browser.valueOf("add:newPassphrase")).isEmpty();
        browser.type("add:newPassphrase", PASSPHRASE);
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await("the protected identity", () -> browser.has("#identityHere"));
        assertThat(browser.text("#identityHere")).startsWith("-----BEGIN AGE ENCRYPTED FILE-----");

        String backup = backUp();
        toTheConfirmation(backup);
        browser.type("wizard:passphrase", "seven grebes row the attic organ");
        submit();
        awaitRefusal("The passphrase does not open the protected identity.");
        assertThat(browser.valueOf("wizard:passphrase")).isEmpty();
        browser.type("wizard:passphrase", PASSPHRASE);
        submit();
        awaitEnd();

        Leaks.requireNowhere(holdfast, PASSPHRASE);
        assertThat(browser.complaints()).isEmpty();
    }
}
