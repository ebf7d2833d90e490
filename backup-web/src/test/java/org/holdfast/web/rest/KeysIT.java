package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.holdfast.pipeline.Identity;
import org.holdfast.testing.Leaks;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The keys of a running installation, with the plain {@code age} as the holder's tool. */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class KeysIT {

    private static JsonObjectBuilder body() {
        return Json.createObjectBuilder();
    }

    private static JsonObject keyNamed(RunningHoldfast holdfast, String name) {
        return holdfast.guru().get("/admin/keys").require(200).json().getJsonArray("items").stream()
                .map(JsonValue::asJsonObject)
                .filter(
                        k ->
                                k.getString("name").equals(name)
                                        || name.endsWith("-")
                                                && k.getString("name").startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private static Answer generate(RunningHoldfast holdfast, String name, String purpose) {
        return holdfast.guru()
                .post(
                        "/admin/keys/generate",
                        body().add("name", name)
                                .add("purpose", purpose)
                                .add("otp", holdfast.freshCode())
                                .build());
    }

    private static Answer act(RunningHoldfast holdfast, String id, String act) {
        return holdfast.guru()
                .post(
                        "/admin/keys/" + id + "/" + act,
                        body().add("otp", holdfast.freshCode()).build());
    }

    private static List<String> recipients(RunningHoldfast holdfast, String backup) {
        return holdfast.guru()
                .get("/admin/backups/" + backup + "/manifest")
                .require(200)
                .json()
                .getJsonArray("recipients")
                .getValuesAs(jakarta.json.JsonString::getString);
    }

    private static Path file(RunningHoldfast holdfast, String name, String text)
            throws IOException {
        Path file = Files.writeString(holdfast.installation().home().resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static String run(String... command) throws Exception {
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(String.join(" ", command) + ": " + out).isZero();
        return out;
    }

    private static String count(RunningHoldfast holdfast, String sql) {
        return holdfast.installation().catalogServer().query("holdfast", sql);
    }

    @Test
    void a_generated_key_opens_the_next_backup_and_its_identity_is_nowhere_afterwards(
            RunningHoldfast holdfast) throws Exception {
        String before = holdfast.backUp("shop");
        Answer made = generate(holdfast, "on-call", "OPERATOR").require(201);
        String identityFile = made.string("identityFile");
        Identity identity =
                Identity.parseAll(org.holdfast.domain.shared.Secret.of(identityFile)).get(0);
        assertThat(identity.recipient().value()).isEqualTo(made.string("publicKey"));

        String backup = holdfast.backUp("shop");

        assertThat(recipients(holdfast, before)).doesNotContain(made.string("publicKey"));
        assertThat(recipients(holdfast, backup))
                .hasSize(recipients(holdfast, before).size() + 1)
                .contains(made.string("publicKey"));
        JsonObject key = keyNamed(holdfast, "on-call");
        assertThat(key.getInt("opens")).isEqualTo(1);
        assertThat(key.getInt("opensAlone")).isZero();
        assertThat(keyNamed(holdfast, "operator-").getInt("opens")).isGreaterThanOrEqualTo(2);
        assertThat(
                        holdfast.guru()
                                .get("/admin/keys/" + key.getString("id") + "/backups")
                                .json()
                                .getJsonArray("items")
                                .getJsonObject(0)
                                .getString("id"))
                .isEqualTo(backup);
        Path manifest = find(holdfast.installation().storeDirectory(), backup);
        assertThat(
                        run(
                                "age",
                                "-d",
                                "-i",
                                file(holdfast, "on-call.txt", identityFile).toString(),
                                "-o",
                                holdfast.installation().home().resolve("plain.zst").toString(),
                                manifest.resolve("database.dump.zst.age").toString()))
                .isEmpty();
        Files.delete(holdfast.installation().home().resolve("on-call.txt"));
        Leaks.requireNowhere(holdfast, identity.secret().reveal());
    }

    private static Path find(Path store, String backup) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(f -> f.getFileName().toString().equals(backup))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void the_holder_of_a_key_proves_it_with_plain_age_and_a_wrong_answer_proves_nothing(
            RunningHoldfast holdfast) throws Exception {
        Answer made = generate(holdfast, "vault", "ESCROW").require(201);
        String id = made.string("id");
        assertThat(keyNamed(holdfast, "vault").getBoolean("proofDue")).isTrue();
        JsonObject asked =
                holdfast.guru().post("/admin/keys/" + id + "/challenge").require(200).json();
        Path challenge = file(holdfast, "challenge.age", asked.getString("challenge"));
        Path identity = file(holdfast, "vault.txt", made.string("identityFile"));

        String answer = run("age", "-d", "-i", identity.toString(), challenge.toString());

        assertThat(answer).matches("([A-Z2-9]{5}-){5}[A-Z2-9]{5}\n");
        assertThat(proof(holdfast, id, "AAAAA-" + answer.substring(6)).status()).isEqualTo(422);
        assertThat(keyNamed(holdfast, "vault").containsKey("provedAt")).isFalse();
        JsonObject proved = proof(holdfast, id, answer).require(200).json();
        assertThat(proved.getString("provedBy")).isEqualTo(RunningHoldfast.USER);
        assertThat(proved.getBoolean("proofDue")).isFalse();
        assertThat(proved.containsKey("challenge")).isFalse();
        assertThat(
                        count(
                                holdfast,
                                "SELECT count(*) FROM audit_log WHERE action = 'recipient.prove' AND subject = 'key/vault'"))
                .isEqualTo("1");
        assertThat(proof(holdfast, id, answer).string("code")).isEqualTo("KEY-PROOF-OVER");
        Files.delete(identity);
    }

    private static Answer proof(RunningHoldfast holdfast, String id, String answer) {
        return holdfast.guru()
                .post(
                        "/admin/keys/" + id + "/proof",
                        body().add("answer", answer).add("otp", holdfast.freshCode()).build());
    }

    @Test
    void a_key_that_was_rotated_is_retired_only_when_no_kept_backup_needs_it(
            RunningHoldfast holdfast) throws Exception {
        Answer first = generate(holdfast, "team", "OPERATOR").require(201);
        String id = first.string("id");
        Answer second =
                holdfast.guru()
                        .post(
                                "/admin/keys/" + id + "/rotate",
                                body().add("otp", holdfast.freshCode()).build())
                        .require(201);
        assertThat(second.string("name")).isEqualTo("team-2");
        assertThat(keyNamed(holdfast, "team").getString("status")).isEqualTo("SUPERSEDED");
        String backup = holdfast.backUp("shop");
        assertThat(recipients(holdfast, backup))
                .contains(second.string("publicKey"))
                .doesNotContain(first.string("publicKey"));
        // As if a backup of before were there that only this key opens.
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE snapshot_recipients SET public_key = '"
                                + first.string("publicKey")
                                + "' WHERE snapshot_id = '"
                                + backup
                                + "' AND public_key = (SELECT public_key FROM recipients WHERE name = 'team-2')",
                        "DELETE FROM snapshot_recipients WHERE snapshot_id = '"
                                + backup
                                + "' AND public_key <> '"
                                + first.string("publicKey")
                                + "'");

        Answer refused = act(holdfast, id, "retire");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.string("code")).isEqualTo("KEY-NEEDED");
        assertThat(refused.string("detail"))
                .isEqualTo(
                        "One kept backup can be opened by key team only, of all keys that are not"
                                + " retired.");
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "INSERT INTO snapshot_recipients SELECT '"
                                + backup
                                + "', public_key FROM recipients WHERE name = 'team-2'");
        assertThat(act(holdfast, id, "retire").require(200).string("status")).isEqualTo("RETIRED");
        assertThat(
                        act(holdfast, keyNamed(holdfast, "operator-").getString("id"), "retire")
                                .string("code"))
                .isEqualTo("SET-BY-CONFIGURATION");
        assertThat(generate(holdfast, "team", "DRILL").string("code")).isEqualTo("NAME-TAKEN");
    }

    @Test
    void nothing_changes_without_a_fresh_code(RunningHoldfast holdfast) {
        String keys = count(holdfast, "SELECT count(*) FROM recipients");

        Answer refused =
                holdfast.guru()
                        .post(
                                "/admin/keys/generate",
                                body().add("name", "nobody")
                                        .add("purpose", "DRILL")
                                        .add("otp", "000000")
                                        .build());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).doesNotContain("AGE-SECRET-KEY");
        assertThat(count(holdfast, "SELECT count(*) FROM recipients")).isEqualTo(keys);
    }

    @Test
    void after_new_signing_and_sealing_keys_all_that_was_there_is_still_readable(
            RunningHoldfast holdfast) throws Exception {
        String earlier = holdfast.backUp("shop");
        JsonObject own = holdfast.guru().get("/admin/keys/server").require(200).json();
        String oldSeal = own.getString("sealingKey");
        String old = own.getJsonArray("signing").getJsonObject(0).getString("fingerprint");

        rotate(holdfast, "signing").require(200);
        assertThat(rotate(holdfast, "sealing").require(200).json().getInt("secrets")).isPositive();

        JsonObject now = holdfast.guru().get("/admin/keys/server").require(200).json();
        assertThat(now.getString("sealingKey")).isNotEqualTo(oldSeal);
        assertThat(now.getInt("sealedBefore")).isZero();
        assertThat(now.getJsonArray("signing").getJsonObject(0).getString("fingerprint"))
                .isNotEqualTo(old);
        assertThat(now.getJsonArray("signing").getJsonObject(1).getString("fingerprint"))
                .isEqualTo(old);
        assertThat(Leaks.catalog(holdfast).contains("v1." + oldSeal + "."))
                .as("a secret that is still sealed with the old key")
                .isFalse();
        // The code that this asks for is itself a secret that was sealed anew.
        String later = holdfast.backUp("shop");
        for (String backup : List.of(earlier, later)) {
            Path kit = find(holdfast.installation().storeDirectory(), backup);
            Path trusted =
                    file(
                            holdfast,
                            "trusted.pem",
                            now.getJsonArray("signing")
                                    .getJsonObject(backup.equals(earlier) ? 1 : 0)
                                    .getString("publicPem"));
            run(
                    "bash",
                    kit.resolve("recover.sh").toString(),
                    "-i",
                    holdfast.installation().home().resolve("operator.age").toString(),
                    "-k",
                    trusted.toString(),
                    "--verify");
        }
        holdfast.installation().resetTarget("staging");
        assertThat(
                        holdfast.restore(
                                        earlier,
                                        holdfast.order(earlier, "staging").add("dryRun", true))
                                .getString("status"))
                .isEqualTo("COMPLETED");
    }

    private static Answer rotate(RunningHoldfast holdfast, String which) {
        return holdfast.guru()
                .post(
                        "/admin/keys/server/rotate-" + which,
                        body().add("otp", holdfast.freshCode()).build());
    }

    @Test
    void the_main_job_shows_no_secret_to_whoever_looks_at_its_processes_or_at_what_it_leaves(
            RunningHoldfast holdfast) {
        holdfast.installation().resetTarget("staging");
        try (Leaks.Processes seen = Leaks.watch(holdfast)) {
            String backup = holdfast.backUp("shop");
            holdfast.restore(backup, holdfast.order(backup, "staging"));

            assertThat(seen.commands())
                    .anyMatch(c -> c.contains("pg_dump"))
                    .anyMatch(c -> c.contains("pg_restore"));
            for (String secret : Leaks.secrets(holdfast)) {
                assertThat(seen.commands()).noneMatch(c -> c.contains(secret));
                assertThat(seen.environments()).noneMatch(e -> e.contains(secret));
            }
        }
        Leaks.requireNowhere(holdfast, Leaks.secrets(holdfast).toArray(String[]::new));
    }

    @Test
    void what_is_due_is_told_to_whoever_watches(RunningHoldfast holdfast) {
        String metrics =
                holdfast.stranger()
                        .send(
                                holdfast.stranger()
                                        .request("/metrics")
                                        .setHeader("Accept", "text/plain")
                                        .GET())
                        .text();

        assertThat(metrics)
                .contains("holdfast_key_rotation_due_seconds{")
                .contains("holdfast_key_proof_due_seconds{")
                .contains("purpose=\"escrow\"");
    }
}
