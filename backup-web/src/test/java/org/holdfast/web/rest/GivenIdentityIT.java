package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.domain.people.Role;
import org.holdfast.pipeline.Identity;
import org.holdfast.testing.Installation;
import org.holdfast.testing.Leaks;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that can write what they cannot read: a person gives the identity for one restore. */
class GivenIdentityIT {
    private static Installation around;
    private static RunningHoldfast holdfast;
    private static RunningHoldfast other;
    private static String backup;

    @BeforeAll
    static void start() {
        around =
                Installation.create("given", 8)
                        .with("BACKUP_IDENTITY_FILE", "")
                        .with("FOUR_EYES_OPERATIONS", "recipient.change");
        holdfast = RunningHoldfast.start(around);
        other = holdfast.on(Server.start(around));
        backup = holdfast.queue("shop");
        holdfast.guru().await("/admin/backups/" + backup, "UPLOADED");
    }

    @AfterAll
    static void stop() {
        other.server().close();
        holdfast.close();
    }

    private static String identity() {
        return around.operator().file(java.time.Instant.now()).reveal();
    }

    @Test
    void a_drill_takes_an_identity_too_which_is_nowhere_afterwards() {
        JsonObjectBuilder without = Json.createObjectBuilder().add("snapshotId", backup);
        Answer refused = other.guru().post("/admin/drills", without.build());
        assertThat(refused.string("code")).isEqualTo("DRILL-IDENTITY");
        assertThat(refused.string("remedy")).contains(around.operator().recipient().value());

        String id =
                other.guru()
                        .post(
                                "/admin/drills",
                                Json.createObjectBuilder()
                                        .add("snapshotId", backup)
                                        .add("identity", identity())
                                        .build())
                        .require(202)
                        .string("id");
        JsonObject drill = other.guru().await("/admin/drills/" + id, "PASSED");

        assertThat(drill.getString("verdict")).isEqualTo("PASSED");
        assertThat(
                        around.catalogServer()
                                .query(
                                        "holdfast",
                                        "SELECT count(DISTINCT lease_owner) FROM drills WHERE"
                                                + " identity_holder = lease_owner AND id = '"
                                                + id
                                                + "'"))
                .isEqualTo("1");
        Leaks.requireNowhere(holdfast, Leaks.secrets(holdfast).toArray(String[]::new));
        assertThat(other.server().log()).doesNotContain("AGE-SECRET-KEY");
    }

    private static Answer ask(RunningHoldfast at, JsonObjectBuilder order) {
        return at.guru().post("/admin/backups/" + backup + "/restores", order.build());
    }

    @Test
    void a_backup_that_nobody_here_can_read_is_never_called_verified() {
        String id = holdfast.queue("shop");

        JsonObject done = holdfast.guru().await("/admin/backups/" + id, "UPLOADED");

        assertThat(done.toString())
                .contains(
                        "\"verifiedDepth\":\"HASHES\"",
                        "This server has no identity (BACKUP_IDENTITY_FILE).")
                .doesNotContain("\"verifiedDepth\":\"WHOLE\"")
                .doesNotContain("\"status\":\"VERIFIED\",\"source\"");
        assertThat(done.containsKey("verifiedAt")).isFalse();
    }

    @Test
    void a_restore_without_an_identity_or_with_a_foreign_one_is_refused_by_name() {
        Answer without = ask(holdfast, holdfast.order(backup, "staging"));
        assertThat(without.status()).isEqualTo(422);
        assertThat(without.string("code")).isEqualTo("RESTORE-IDENTITY");
        assertThat(without.string("remedy")).contains(around.operator().recipient().value());

        Identity foreign = Identity.generate();
        Answer wrong =
                ask(
                        holdfast,
                        holdfast.order(backup, "staging")
                                .add("identity", foreign.secret().reveal()));
        assertThat(wrong.string("code")).isEqualTo("KEY-NOT-OF-BACKUP");
        assertThat(wrong.text())
                .contains(foreign.recipient().value())
                .doesNotContain(foreign.secret().reveal());

        Answer none = ask(holdfast, holdfast.order(backup, "staging").add("identity", "hello"));
        assertThat(none.string("code")).isEqualTo("KEY-IDENTITY");
    }

    @Test
    void the_identity_restores_on_the_server_that_it_was_given_to_and_is_nowhere_afterwards() {
        Set<String> owners = new HashSet<>();
        for (RunningHoldfast at : new RunningHoldfast[] {holdfast, other, other, holdfast}) {
            JsonObject rehearsed =
                    at.guru()
                            .await(
                                    "/admin/restores/"
                                            + ask(
                                                            at,
                                                            at.order(backup, "sandbox")
                                                                    .add("dryRun", true)
                                                                    .add("identity", identity()))
                                                    .require(202)
                                                    .string("id"),
                                    "COMPLETED");
            owners.add(
                    around.catalogServer()
                            .query(
                                    "holdfast",
                                    "SELECT lease_owner FROM backup_restores WHERE identity_holder = lease_owner AND id = '"
                                            + rehearsed.getString("id")
                                            + "'"));
        }
        assertThat(owners).hasSize(2).doesNotContainNull();
        assertThat(holdfast.guru().get("/admin/backups/" + backup).json().getString("status"))
                .as("read to its end by a dry run")
                .isIn("VERIFIED", "RESTORED");

        around.resetTarget("staging");
        holdfast.restore(backup, holdfast.order(backup, "staging").add("identity", identity()));

        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url("shop"),
                                around.targetServer().url("staging")))
                .isEmpty();
        Leaks.requireNowhere(holdfast, Leaks.secrets(holdfast).toArray(String[]::new));
        assertThat(other.server().log()).doesNotContain("AGE-SECRET-KEY");
    }

    @Test
    void where_two_people_are_asked_for_a_new_key_waits_for_the_second() {
        Answer made =
                holdfast.guru()
                        .post(
                                "/admin/keys/generate",
                                Json.createObjectBuilder()
                                        .add("name", "new-hire")
                                        .add("purpose", "OPERATOR")
                                        .add("reason", "she starts on Monday")
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(202);
        assertThat(made.string("status")).isEqualTo("AWAITING_APPROVAL");
        assertThat(made.string("identityFile")).contains("AGE-SECRET-KEY-1");
        assertThat(holdfast.guru().get("/admin/keys").text()).doesNotContain("new-hire");

        holdfast.as(Role.ADMIN)
                .post(
                        "/admin/approvals/" + made.string("approval") + "/approve",
                        Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                .require(200);

        assertThat(holdfast.guru().get("/admin/keys").text())
                .contains("new-hire", made.string("publicKey"));
        assertThat(
                        around.catalogServer()
                                .query(
                                        "holdfast",
                                        "SELECT detail::jsonb ->> 'approvedBy' FROM audit_log WHERE action = 'recipient.add' AND subject = 'key/new-hire'"))
                .isEqualTo("admin");
    }

    @Test
    void a_passphrase_alone_restores_here_and_with_plain_age_and_is_nowhere(@TempDir Path scratch)
            throws Exception {
        String passphrase = "seven grebes row the attic piano";
        assertThat(generate("short", "swordfish").string("code")).isEqualTo("KEY-PASSPHRASE-WEAK");
        Answer made = generate("sesame", passphrase).require(202);
        assertThat(made.string("identityFile")).startsWith("-----BEGIN AGE ENCRYPTED FILE-----");
        assertThat(
                        holdfast.as(Role.AUDITOR)
                                .get("/admin/approvals/" + made.string("approval"))
                                .require(200)
                                .text())
                .contains("\"passphrase\":true")
                .doesNotContain("AGE ENCRYPTED FILE");
        assertThat(
                        around.catalogServer()
                                .query("holdfast", "SELECT string_agg(detail, ' ') FROM audit_log"))
                .contains("passphrase")
                .doesNotContain("AGE ENCRYPTED FILE");
        holdfast.as(Role.ADMIN)
                .post(
                        "/admin/approvals/" + made.string("approval") + "/approve",
                        Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                .require(200);
        String sealed = holdfast.queue("shop");
        holdfast.guru().await("/admin/backups/" + sealed, "UPLOADED");

        Answer wrong =
                holdfast.guru()
                        .post(
                                "/admin/backups/" + sealed + "/restores",
                                holdfast.order(sealed, "sandbox")
                                        .add("dryRun", true)
                                        .add("passphrase", "seven grebes row the attic organ")
                                        .build());
        assertThat(wrong.string("code")).isEqualTo("KEY-PASSPHRASE");
        assertThat(
                        ask(
                                        holdfast,
                                        holdfast.order(sealed, "sandbox")
                                                .add("dryRun", true)
                                                .add("phrase", "not this one")
                                                .add("passphrase", "seven grebes row the organ"))
                                .string("code"))
                .as("nothing is tried before the phrase is right")
                .isEqualTo("RESTORE-PHRASE");
        assertThat(
                        around.catalogServer()
                                .query(
                                        "holdfast",
                                        "SELECT count(*) || ' ' || max(detail) FROM audit_log WHERE"
                                                + " action = 'passphrase.fail'"))
                .startsWith("1 ")
                .contains("key/sesame", "wrong passphrase");
        assertThat(
                        ask(
                                        holdfast,
                                        holdfast.order(backup, "sandbox")
                                                .add("passphrase", passphrase))
                                .string("code"))
                .as("a backup of before the key")
                .isEqualTo("KEY-PASSPHRASE-NONE");
        String id =
                holdfast.guru()
                        .post(
                                "/admin/backups/" + sealed + "/restores",
                                holdfast.order(sealed, "sandbox")
                                        .add("dryRun", true)
                                        .add("passphrase", passphrase)
                                        .build())
                        .require(202)
                        .string("id");
        holdfast.guru().await("/admin/restores/" + id, "COMPLETED");

        Path kit;
        try (Stream<Path> files = Files.walk(around.storeDirectory())) {
            kit = files.filter(f -> f.endsWith(sealed)).findFirst().orElseThrow();
        }
        String page = Files.readString(kit.resolve("RECOVER.md"));
        Matcher block =
                Pattern.compile("```\n(cat > passphrase-.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        Path script =
                Files.writeString(
                        scratch.resolve("steps.sh"),
                        "set -e; cd '"
                                + kit
                                + "'\n"
                                + block.group(1)
                                        .replace("> passphrase-", ">'" + scratch + "'/passphrase-")
                                        .replace(
                                                "-i passphrase-",
                                                "-i '" + scratch + "'/passphrase-"));
        Process terminal =
                new ProcessBuilder("script", "-qec", "bash " + script, "/dev/null")
                        .redirectErrorStream(true)
                        .start();
        try (OutputStream keyboard = terminal.getOutputStream()) {
            keyboard.write((passphrase + "\n").repeat(3).getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
            String out =
                    new String(terminal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(terminal.waitFor()).as(out).isZero();
            assertThat(out).contains("identity    opens it", "verified    snapshot " + sealed);
        }
        Leaks.requireNowhere(holdfast, passphrase);
        assertThat(other.server().log()).doesNotContain(passphrase);
    }

    private static Answer generate(String name, String passphrase) {
        return holdfast.guru()
                .post(
                        "/admin/keys/generate",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("purpose", "OPERATOR")
                                .add("passphrase", passphrase)
                                .add("reason", "she insists")
                                .add("otp", holdfast.freshCode())
                                .build());
    }

    @Test
    void a_server_that_stops_takes_the_identity_with_it_and_the_restore_says_so() {
        around.resetTarget("ledger");
        Server third = Server.start(around);
        String id =
                ask(
                                holdfast.on(third),
                                holdfast.order(backup, "ledger").add("identity", identity()))
                        .require(202)
                        .string("id");
        third.signal("KILL");
        holdfast.as(Role.ADMIN)
                .post(
                        "/admin/restores/" + id + "/approve",
                        Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                .require(202);
        assertThat(holdfast.guru().get("/admin/restores/" + id).string("status"))
                .as("others wait for the server that has the identity")
                .isEqualTo("QUEUED");
        // What passes by itself after two minutes.
        around.catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE backup_restores SET identity_until = now() - interval '1 second' WHERE id = '"
                                + id
                                + "'");

        JsonObject ended = holdfast.guru().await("/admin/restores/" + id, "FAILED");

        assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("IDENTITY-LOST");
        assertThat(ended.getString("failureReason"))
                .contains("Ask for the restore again and give the identity again.");
        assertThat(around.targetServer().query("ledger", "SELECT count(*) FROM only_here"))
                .isEqualTo("42");
    }
}
