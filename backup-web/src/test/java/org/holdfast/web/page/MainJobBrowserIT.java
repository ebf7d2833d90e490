package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The main job as a person does it: back up, see it verified, restore, undo, take it along. */
@ExtendWith(RunningHoldfast.Given.class)
class MainJobBrowserIT {
    private Browser browser;

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void from_a_backup_to_a_restore_and_back(RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("staging");
        browser = Browser.signedIn(holdfast);
        String snapshot = backUpAndSeeVerified();
        toTheConfirmation(snapshot);

        browser.type("wizard:reason", "Trying the release");
        browser.type("wizard:phrase", "RESTORE something else");
        browser.type("wizard:otp", "123456");
        browser.click("wizard:submit");
        browser.await("the refusal", () -> browser.has(".said .notice.bad"));
        assertThat(browser.text(".said .notice.bad"))
                .contains("The confirmation phrase does not match.")
                .contains("Type exactly: RESTORE " + snapshot)
                .contains("RESTORE-PHRASE");
        assertThat(browser.valueOf("wizard:reason")).isEqualTo("Trying the release");
        assertThat(browser.valueOf("wizard:phrase")).isEqualTo("RESTORE something else");
        assertThat(browser.valueOf("wizard:otp")).isEqualTo("123456");
        assertThat(rows(holdfast)).isEqualTo("42");

        browser.type("wizard:phrase", "RESTORE " + snapshot);
        browser.type("wizard:otp", holdfast.freshCode());
        browser.click("wizard:submit");
        browser.await(
                "the restore's page", () -> browser.path().startsWith("/console/restores/detail"));
        browser.await("its end", () -> browser.text(".figure .pill").equals("Completed"));
        assertThat(browser.text("#main")).contains("Trying the release").contains("equal");
        assertThat(holdfast.installation().targetServer().query("staging", COUNT_ORDERS))
                .isEqualTo(holdfast.installation().sourceServer().query("shop", COUNT_ORDERS))
                .isNotEqualTo("0");

        browser.press("Undo");
        assertThat(browser.text("#main")).contains("kept beside for 72 h and then dropped");
        browser.type("page:undoOtp", "000000");
        browser.click("page:undo");
        browser.await("the refusal", () -> browser.has(".said .notice.bad"));
        assertThat(browser.text(".said .notice.bad")).contains("The code is wrong.");
        browser.type("page:undoOtp", holdfast.freshCode());
        browser.click("page:undo");
        browser.await("the undo", () -> browser.text(".figure .pill").equals("Undone"));
        assertThat(rows(holdfast)).isEqualTo("42");
        assertThat(browser.text("#main"))
                .contains("What served since is kept as staging_holdfast_")
                .contains("The database that served from the restore to the undo is kept")
                .containsPattern(
                        "ALTER DATABASE \"staging_holdfast_[0-9a-f]{8}\" ALLOW_CONNECTIONS true");
        assertThat(browser.complaints()).isEmpty();
    }

    private static final String COUNT_ORDERS = "SELECT count(*) FROM shop.orders";

    private static String rows(RunningHoldfast holdfast) {
        return holdfast.installation()
                .targetServer()
                .query("staging", "SELECT count(*) FROM only_here");
    }

    private String backUpAndSeeVerified() {
        browser.open("/console/backups/index.xhtml");
        browser.clickOn("#start summary");
        browser.press("Back up shop");
        browser.await(
                "the backup's page", () -> browser.path().startsWith("/console/backups/detail"));
        String id = browser.parameter("id");
        browser.await(
                "the ladder's second step",
                () -> browser.text(".ladder-large .label").equals("Verified"));
        assertThat(browser.all(".ladder-large circle.done")).hasSize(2);
        assertThat(browser.all(".ladder-large circle.open")).hasSize(1);
        browser.await("what can be done now", () -> browser.text("#main").contains("Restore …"));
        assertThat(browser.text("#main"))
                .contains("last restored never")
                .contains("age -d -i identity.txt database.dump.zst.age");
        return id;
    }

    private void toTheConfirmation(String snapshot) {
        browser.open("/console/restores/new.xhtml?snapshot=" + snapshot);
        WebElement staging = browser.find("input[name='wizard:target'][value='staging']");
        browser.clickAndUpdate(staging);
        browser.await(
                "the consequence",
                () -> browser.text(".consequence").contains("staging has 42 rows"));
        assertThat(browser.text(".consequence .room"))
                .containsPattern("about [0-9.]+ [KMG]iB\\b.*needed while both databases stand")
                .containsPattern("[0-9.]+ [KMGT]iB free|cannot be seen from here");
        assertThat(browser.text(".consequence .versions"))
                .containsPattern("[0-9]+\\.[0-9]+ → [0-9]+\\.[0-9]+ (they fit|an upgrade)")
                .containsPattern("made by pg_dump [0-9]+\\.[0-9]+");
        assertThat(browser.text(".consequence > div"))
                .containsPattern("[0-9.]+ [KMG]iB of [0-9.]+ [KMG]iB");
        browser.click("wizard:toImpact");
        browser.await("the impact", () -> browser.text("table.list").contains("public.only_here"));
        for (WebElement item : browser.all("input[name='wizard:checklist']")) {
            item.click();
        }
        browser.click("wizard:toConfirm");
        browser.await("the confirmation", () -> browser.has("[id='wizard:phrase']"));
        assertThat(browser.text("[id='wizard:submit']")).isEqualTo("Queue restore into staging");
    }

    @Test
    void the_encrypted_file_is_downloaded_for_a_code_and_is_what_the_manifest_says(
            RunningHoldfast holdfast, @TempDir Path downloads) throws IOException {
        String snapshot = holdfast.verifiedBackup();
        JsonObject dump = holdfast.storedDump(snapshot);
        browser = Browser.signedIn(holdfast);
        browser.downloadInto(downloads);
        browser.open("/console/backups/detail.xhtml?id=" + snapshot);
        assertThat(browser.byId("payload:otp").isDisplayed()).isFalse();

        browser.press("Download the encrypted file");
        browser.await("the fold", () -> browser.byId("payload:otp").isDisplayed());
        browser.type("payload:otp", "000000");
        browser.click("payload:release");
        browser.await("the refusal", () -> browser.has("#payload .notice.bad"));
        assertThat(browser.text("#payload .notice.bad")).contains("The code is wrong.");
        assertThat(browser.all(".notice.bad")).as("at its form alone").hasSize(1);
        assertThat(browser.byId("payload:otp").isDisplayed()).as("the fold is open").isTrue();
        assertThat(browser.has("[id='payload:download']")).isFalse();

        browser.type("payload:otp", holdfast.freshCode());
        browser.click("payload:release");
        browser.await("the release", () -> browser.has("[id='payload:download']"));
        assertThat(browser.has("#payload .notice.bad")).isFalse();
        browser.click("payload:download");
        Path file = downloads.resolve(snapshot + ".database.dump.zst.age");
        browser.await(
                "the file", () -> file.toFile().length() == dump.getJsonNumber("size").longValue());

        assertThat(Sha256.of(Files.readAllBytes(file)).hex()).isEqualTo(dump.getString("sha256"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_wizard_can_be_walked_with_the_keyboard_alone(RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("staging");
        String snapshot =
                holdfast.guru()
                        .post(
                                "/admin/backups",
                                jakarta.json.Json.createObjectBuilder()
                                        .add("source", "shop")
                                        .build())
                        .require(202)
                        .string("id");
        holdfast.guru().await("/admin/backups/" + snapshot, "VERIFIED");
        browser = Browser.signedIn(holdfast);
        browser.open("/console/restores/new.xhtml?snapshot=" + snapshot + "&target=staging");
        browser.script("document.getElementById('main').focus()");

        browser.tabTo("wizard:dryRun");
        browser.keys(Keys.SPACE);
        browser.await(
                "the rehearsal",
                () -> browser.text(".consequence").contains("a rehearsal applies"));
        browser.tabTo("wizard:toImpact");
        browser.keys(Keys.ENTER);
        browser.await("the impact", () -> browser.has("[id='wizard:toConfirm']"));
        browser.tabTo("wizard:toConfirm");
        browser.keys(Keys.ENTER);
        browser.await("the confirmation", () -> browser.has("[id='wizard:phrase']"));
        browser.tabTo("wizard:phrase");
        browser.keys("RESTORE " + snapshot);
        browser.tabTo("wizard:otp");
        browser.keys(holdfast.freshCode());
        browser.tabTo("wizard:submit");
        browser.keys(Keys.ENTER);
        browser.await("its end", () -> browser.text(".figure .pill").equals("Completed"));
        assertThat(rows(holdfast)).isEqualTo("42");
    }
}
