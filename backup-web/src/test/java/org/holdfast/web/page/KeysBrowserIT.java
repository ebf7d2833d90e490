package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys in the console: made, proved with plain {@code age}, rotated, retired. */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class KeysBrowserIT {
    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void a_key_lives_from_its_making_to_its_retirement(RunningHoldfast holdfast) throws Exception {
        holdfast.backUp("shop");
        browser = Browser.signedIn(holdfast);
        browser.open("/console/keys.xhtml");
        assertThat(browser.text(".rail a[aria-current='page']")).startsWith("Keys").contains("1");
        assertThat(browser.text("[id='page:all']"))
                .contains("Escrow, offline", "never shown", "1 backup");

        browser.press("Add a key");
        browser.type("add:name", "vault");
        browser.type("add:otp", "000000");
        browser.click("add:save");
        browser.await("the refusal", () -> browser.has("[id='add:said'] .notice.bad"));
        assertThat(browser.valueOf("add:name")).isEqualTo("vault");
        browser.type("add:otp", holdfast.freshCode());
        browser.click("add:save");
        browser.await("the identity", () -> browser.has("#identityHere"));
        String identity = browser.text("#identityHere");
        assertThat(identity).contains("AGE-SECRET-KEY-1");
        browser.await("the key", () -> browser.text("[id='page:all']").contains("vault"));

        browser.open("/console/keys.xhtml");
        assertThat(browser.text("body")).doesNotContain("AGE-SECRET-KEY-1");
        row("vault", "Prove");
        browser.await("the way to a challenge", () -> browser.has("[id='page:ask']"));
        browser.click("page:ask");
        browser.await("the challenge", () -> browser.has("#challenge"));
        String answer = decrypt(holdfast, identity, browser.text("#challenge"));
        browser.type("page:answer", answer);
        browser.type("page:otp", holdfast.freshCode());
        browser.click("page:prove");
        browser.await("the proof", () -> browser.text("[id='page:all']").contains("shown to guru"));

        row("vault", "Rotate");
        browser.await("the code", () -> browser.has("[id='page:rotate']"));
        browser.type("page:otp", holdfast.freshCode());
        browser.click("page:rotate");
        browser.await("the new identity", () -> browser.has("#identityInstead"));
        assertThat(browser.text("#identityInstead"))
                .contains("AGE-SECRET-KEY-1")
                .isNotEqualTo(identity);
        assertThat(browser.text("[id='page:all']")).contains("vault-2", "older backups only");

        row("vault", "Retire");
        browser.await("the code", () -> browser.has("[id='page:retire']"));
        browser.type("page:otp", holdfast.freshCode());
        browser.click("page:retire");
        browser.await(
                "its end", () -> browser.text("[id='page:said']").contains("vault is retired"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_page_tells_what_a_key_opens_and_fits_a_telephone(RunningHoldfast holdfast)
            throws Exception {
        String backup = holdfast.backUp("shop");
        browser = Browser.signedIn(holdfast);
        browser.open("/console/keys.xhtml");

        browser.all("a.row-link").stream()
                .filter(a -> a.getText().startsWith("escrow-"))
                .findFirst()
                .orElseThrow()
                .click();
        browser.await("what it opens", () -> browser.text("#actTitle").contains("opens"));
        assertThat(browser.has("a[href='backups/detail.xhtml?id=" + backup + "']")).isTrue();
        assertThat(browser.parameter("key")).isNotEmpty();
        browser.width(390);
        assertThat(
                        (Boolean)
                                browser.script(
                                        "return document.documentElement.scrollWidth <= window.innerWidth"))
                .isTrue();
        assertThat(browser.complaints()).isEmpty();
    }

    private void row(String key, String button) {
        browser.await(
                button + " of " + key,
                () -> {
                    browser.all("tr").stream()
                            .filter(r -> r.getText().lines().findFirst().orElse("").equals(key))
                            .findFirst()
                            .orElseThrow()
                            .findElements(org.openqa.selenium.By.tagName("button"))
                            .stream()
                            .filter(b -> b.getText().equals(button))
                            .findFirst()
                            .orElseThrow()
                            .click();
                    return true;
                });
    }

    private static String decrypt(RunningHoldfast holdfast, String identity, String challenge)
            throws IOException, InterruptedException {
        Path home = holdfast.installation().home();
        Path keys = Files.writeString(home.resolve("held.txt"), identity);
        Path file = Files.writeString(home.resolve("challenge.age"), challenge + "\n");
        Process age =
                new ProcessBuilder("age", "-d", "-i", keys.toString(), file.toString()).start();
        String answer =
                new String(age.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(age.waitFor()).isZero();
        return answer;
    }
}
