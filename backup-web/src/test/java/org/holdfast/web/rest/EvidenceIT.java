package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an auditor takes away and checks without the server: by the verifier that the server hands
 * out, and by the commands of the runbook as they stand there.
 */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EvidenceIT {
    private static final Path RUNBOOK = Path.of("..", "runbooks", "verify-evidence.md");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir private Path dir;

    /** How a command ended, and all that it printed. */
    private record Ended(int code, String said) {}

    private Ended run(Path in, String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile(dir, "said", ".txt");
        Process child =
                new ProcessBuilder(command)
                        .directory(in.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        return new Ended(child.exitValue(), Files.readString(said));
    }

    private Ended verify(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(JAVA.toString(), "-jar", "holdfast-verify.jar"));
        command.addAll(List.of(arguments));
        return run(dir, command.toArray(new String[0]));
    }

    private Path take(RunningHoldfast holdfast, String address, String name) throws IOException {
        Answer answer = holdfast.as(Role.AUDITOR).get(address).require(200);
        return Files.write(dir.resolve(name), answer.response().body());
    }

    /** A block of commands of the runbook, by its place on the page. */
    private static String commands(int place) throws IOException {
        return Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(RUNBOOK))
                .results()
                .map(block -> block.group(1))
                .toList()
                .get(place);
    }

    @Test
    @Order(1)
    void an_exported_log_is_checked_by_the_verifier_and_by_the_runbooks_commands(
            RunningHoldfast holdfast) throws Exception {
        take(holdfast, "/admin/audit/verifier", "holdfast-verify.jar");
        take(holdfast, "/admin/audit/signing.pub", "signing.pub");
        Path export = take(holdfast, "/admin/audit/export?format=json", "audit.json");

        Ended whole = verify("audit.json", "--key", "signing.pub");
        Ended byHand = run(dir, "bash", "-c", commands(0));
        Files.writeString(
                export,
                Files.readString(export).replaceFirst("\"actor\":\"guru", "\"actor\":\"gnat"));
        Ended changed = verify("audit.json", "--key", "signing.pub");
        Ended changedByHand = run(dir, "bash", "-c", commands(0));

        assertThat(whole.said()).startsWith("VERIFIED\nThe chain is whole from entry 1 to entry ");
        assertThat(whole.code()).isZero();
        assertThat(byHand.said()).contains("Signature Verified Successfully", "the log is whole");
        assertThat(byHand.code()).isZero();
        assertThat(changed.said()).startsWith("NOT VERIFIED\nEntry ").contains("was changed");
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changedByHand.code()).isNotZero();
        assertThat(changedByHand.said()).doesNotContain("the log is whole");
    }

    @Test
    @Order(2)
    void tables_are_what_spreadsheets_take_and_an_operator_gets_none(RunningHoldfast holdfast) {
        Answer csv = holdfast.as(Role.ADMIN).get("/admin/audit/export?format=csv").require(200);
        Answer xlsx = holdfast.guru().get("/admin/audit/export?format=xlsx").require(200);
        Answer filtered =
                holdfast.guru()
                        .get("/admin/audit/export?format=csv&actor=nobody-of-this-name")
                        .require(200);

        assertThat(csv.header("Content-Disposition").orElse(""))
                .matches("attachment; filename=\"holdfast-audit-\\d{8}T\\d{6}Z\\.csv\"");
        assertThat(csv.text().lines().count()).isGreaterThan(1);
        assertThat(xlsx.text()).startsWith("PK");
        assertThat(filtered.text().lines().count()).isEqualTo(1);
        assertThat(
                        holdfast.as(Role.OPERATOR)
                                .get("/admin/audit/export?format=csv")
                                .require(403)
                                .string("code"))
                .isEqualTo("ROLE");
        assertThat(
                        holdfast.guru()
                                .get("/admin/audit/export?format=pdf")
                                .require(400)
                                .string("detail"))
                .isEqualTo("The parameter \"format\" has to be one of csv, xlsx, json.");
    }

    private static final String FAILED_CHECK = "rows in shop.no_rows_yet";

    /** A drill that holds a table against rows that it must have; gives it as it ended. */
    private static JsonObject drill(
            RunningHoldfast holdfast, JsonObjectBuilder order, String verdict) {
        String id =
                holdfast.guru()
                        .post(
                                "/admin/drills",
                                order.add(
                                                "checks",
                                                Json.createObjectBuilder()
                                                        .add("amcheck", false)
                                                        .add(
                                                                "keyTables",
                                                                Json.createArrayBuilder()
                                                                        .add("shop.orders")
                                                                        .add("shop.no_rows_yet")))
                                        .build())
                        .require(202)
                        .string("id");
        return holdfast.guru().await("/admin/drills/" + id, verdict);
    }

    /** The fault is mended at the source, backed up, and drilled again. */
    private static String passedRetest(RunningHoldfast holdfast, String of) {
        holdfast.installation()
                .sourceServer()
                .execute("shop", "INSERT INTO shop.no_rows_yet VALUES (1)");
        return drill(
                        holdfast,
                        Json.createObjectBuilder()
                                .add("snapshotId", holdfast.backUp("shop"))
                                .add("retestOf", of),
                        "PASSED")
                .getString("id");
    }

    @Test
    @Order(3)
    void a_drill_is_signed_by_a_second_person_and_its_evidence_is_checked_outside(
            RunningHoldfast holdfast) throws Exception {
        JsonObject failed =
                drill(
                        holdfast,
                        Json.createObjectBuilder().add("snapshotId", holdfast.verifiedBackup()),
                        "FAILED");
        String id = failed.getString("id");
        String drill = "/admin/drills/" + id;
        JsonObject seal =
                holdfast.guru().await(drill + "/seal", s -> s.getString("status").equals("SEALED"));

        String issue =
                holdfast.as(Role.OPERATOR)
                        .post(
                                drill + "/issues",
                                "{\"title\":\"A table lost its rows\",\"check\":\""
                                        + FAILED_CHECK
                                        + "\",\"owner\":\"pavel\",\"due\":\"2026-12-24\"}")
                        .require(201)
                        .string("id");
        String old = seal.getString("recordSha256");
        assertThat(sign(holdfast, holdfast.guru(), drill, "").require(403).string("code"))
                .isEqualTo("DRILL-OWN");
        assertThat(
                        sign(
                                        holdfast,
                                        holdfast.as(Role.AUDITOR),
                                        drill,
                                        ",\"recordSha256\":\"" + old + "\"")
                                .require(409)
                                .string("code"))
                .isEqualTo("DRILL-RECORD-CHANGED");
        assertThat(
                        holdfast.as(Role.AUDITOR)
                                .post(drill + "/signoff", "{\"otp\":\"000000\"}")
                                .require(403)
                                .string("code"))
                .isEqualTo("STEP-UP");
        Answer rejected =
                sign(
                        holdfast,
                        holdfast.as(Role.ADMIN),
                        drill,
                        ",\"decision\":\"REJECTED\",\"comment\":\"Where is the retest?\"");
        assertThat(rejected.require(200).string("status")).isEqualTo("REJECTED");
        String retest = passedRetest(holdfast, id);
        assertThat(
                        holdfast.as(Role.OPERATOR)
                                .post(
                                        drill + "/issues/" + issue + "/retest",
                                        "{\"drill\":\"" + retest + "\"}")
                                .require(200)
                                .string("retestDrill"))
                .isEqualTo(retest);
        holdfast.as(Role.OPERATOR)
                .post(
                        drill + "/issues/" + issue + "/close",
                        "{\"resolution\":\"The row was entered again.\"}")
                .require(200);
        Answer signed = sign(holdfast, holdfast.as(Role.AUDITOR), drill, "");
        assertThat(signed.require(200).string("by")).isEqualTo("auditor");
        assertThat(sign(holdfast, holdfast.as(Role.ADMIN), drill, "").require(409).string("code"))
                .isEqualTo("DRILL-SIGNED");
        assertThatTheCatalogRefusesTheOwnWord(holdfast, id);

        take(holdfast, "/admin/audit/verifier", "holdfast-verify.jar");
        take(holdfast, "/admin/audit/signing.pub", "signing.pub");
        Path zip = take(holdfast, drill + "/evidence", "evidence.zip");
        Ended whole = verify("evidence.zip", "--key", "signing.pub");
        Path unpacked = unpack(zip);
        Ended byHand = run(unpacked, "bash", "-c", commands(1));
        byte[] bytes = Files.readAllBytes(zip);
        bytes[bytes.length / 2] ^= 1;
        Files.write(zip, bytes);
        Ended tampered = verify("evidence.zip", "--key", "signing.pub");
        Files.writeString(
                unpacked.resolve("checks.json"),
                Files.readString(unpacked.resolve("checks.json")).replace("FAILED", "PASSED"));
        Ended tamperedByHand = run(unpacked, "bash", "-c", commands(1));

        assertThat(whole.said())
                .startsWith("VERIFIED\nDrill " + failed.getString("number") + ": all ")
                .contains("Verdict FAILED, now SIGNED_OFF.", "Sign-off REJECTED by admin at ")
                .contains("Sign-off ACCEPTED by auditor at ");
        assertThat(whole.code()).isZero();
        assertThat(byHand.said()).contains("the evidence is whole");
        assertThat(byHand.code()).isZero();
        assertThat(tampered.said()).startsWith("NOT VERIFIED");
        assertThat(tampered.code()).isEqualTo(1);
        assertThat(tamperedByHand.code()).isNotZero();
        assertThat(tamperedByHand.said()).contains("checks.json: FAILED");
        assertThat(Files.readString(unpacked.resolve("log.txt"))).doesNotContain("password");
        assertThat(holdfast.as(Role.OPERATOR).get(drill + "/evidence").require(403).string("code"))
                .isEqualTo("ROLE");
        assertThat(holdfast.guru().get(drill + "/record.pdf").require(200).text())
                .startsWith("%PDF");
        assertThat(
                        holdfast.installation()
                                .catalogServer()
                                .query(
                                        "holdfast",
                                        "SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log WHERE subject = 'drill/"
                                                + id
                                                + "'"))
                .endsWith(
                        "drill.seal drill.issue.raise drill.seal drill.sign-off.reject drill.seal"
                                + " drill.issue.retest drill.seal drill.issue.close drill.seal"
                                + " drill.sign-off drill.seal");
    }

    @Test
    @Order(4)
    void the_evidence_of_a_period_is_checked_outside_and_a_drill_left_out_is_found(
            RunningHoldfast holdfast) throws Exception {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        take(holdfast, "/admin/audit/verifier", "holdfast-verify.jar");
        take(holdfast, "/admin/audit/signing.pub", "signing.pub");
        Path zip =
                take(
                        holdfast,
                        "/admin/drills/evidence?period="
                                + today.minusDays(30)
                                + ".."
                                + today
                                + "&source=shop",
                        "period.zip");
        Ended whole = verify("period.zip", "--key", "signing.pub");
        Path unpacked = unpack(zip);
        Ended byHand = run(unpacked, "bash", "-c", commands(2));
        byte[] bytes = Files.readAllBytes(zip);
        bytes[bytes.length / 2] ^= 1;
        Files.write(zip, bytes);
        Ended tampered = verify("period.zip", "--key", "signing.pub");
        Path index = unpacked.resolve("period.json");
        Files.writeString(index, Files.readString(index).replaceFirst("\"FAILED\"", "\"PASSED\""));
        Ended tamperedByHand = run(unpacked, "bash", "-c", commands(2));

        assertThat(whole.said())
                .startsWith("VERIFIED\nDrills from ")
                .contains(" of shop: ", "no drill that was sealed in the period is passed over")
                .contains("1 FAILED", "signed off: 1.");
        assertThat(whole.code()).isZero();
        assertThat(byHand.said()).endsWith("the period is whole\n");
        assertThat(byHand.code()).isZero();
        assertThat(tampered.code()).isEqualTo(1);
        assertThat(tamperedByHand.code()).isNotZero();
        assertThat(tamperedByHand.said()).contains("period.json: FAILED");
        assertThat(
                        holdfast.guru()
                                .get("/admin/drills/evidence?period=soon")
                                .require(422)
                                .string("code"))
                .isEqualTo("EVIDENCE-PERIOD");
    }

    private static Answer sign(
            RunningHoldfast holdfast, RestClient client, String drill, String more) {
        return client.post(
                drill + "/signoff", "{\"otp\":\"" + holdfast.freshCode() + "\"" + more + "}");
    }

    private static void assertThatTheCatalogRefusesTheOwnWord(
            RunningHoldfast holdfast, String drill) {
        assertThatThrownBy(
                        () ->
                                holdfast.installation()
                                        .catalogServer()
                                        .execute(
                                                "holdfast",
                                                "INSERT INTO drill_signoffs (id, drill_id, step, decision, made_by, made_at, record_sha256, requested_by, executor)"
                                                        + " VALUES (gen_random_uuid(), '"
                                                        + drill
                                                        + "', 'REVIEW', 'ACCEPTED', 'guru', now(), repeat('0', 64), 'guru', 'guru')"))
                .hasMessageContaining("drill_signoffs_not_by_the_own");
    }

    private Path unpack(Path zip) throws IOException {
        Path place = dir.resolve("evidence");
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = place.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, in.readAllBytes());
            }
        }
        return place;
    }

    @Test
    @Order(9)
    void a_log_that_is_cut_off_differs_from_the_heads_in_the_stores(RunningHoldfast holdfast)
            throws Exception {
        take(holdfast, "/admin/audit/verifier", "holdfast-verify.jar");
        take(holdfast, "/admin/audit/signing.pub", "signing.pub");
        anchor(holdfast);
        JsonObject anchored =
                holdfast.guru()
                        .await(
                                "/admin/audit/status",
                                status ->
                                        status.getJsonArray("anchors").stream()
                                                .allMatch(
                                                        a ->
                                                                a.asJsonObject()
                                                                        .getString("status")
                                                                        .equals("AGREES")));
        String key = anchored.getJsonArray("anchors").getJsonObject(0).getString("key");
        Files.copy(
                holdfast.installation().storeDirectory().resolve(key),
                dir.resolve("head.dsse.json"));
        take(holdfast, "/admin/audit/export?format=json", "audit.json");
        Ended held = verify("audit.json", "--key", "signing.pub", "--head", "head.dsse.json");

        assertThat(anchored.getString("status")).isEqualTo("WHOLE");
        assertThat(holdfast.installation().inStores("audit/heads/")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(held.said()).contains("is the one whose hash was signed into the store at");
        assertThat(held.code()).isZero();

        long entries = anchored.getJsonNumber("anchoredEntries").longValue();
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "ALTER TABLE audit_log DISABLE TRIGGER USER",
                        "DELETE FROM audit_log WHERE seq >= " + entries,
                        "UPDATE audit_head SET seq = "
                                + (entries - 1)
                                + ", hash = (SELECT hash FROM audit_log WHERE seq = "
                                + (entries - 1)
                                + ")",
                        "DELETE FROM audit_anchors",
                        "ALTER TABLE audit_log ENABLE TRIGGER USER");
        assertThat(holdfast.guru().get("/admin/audit/status").require(200).string("status"))
                .as("the catalog alone does not know")
                .isEqualTo("WHOLE");
        anchor(holdfast);
        JsonObject cut =
                holdfast.guru()
                        .await(
                                "/admin/audit/status",
                                status -> status.getString("status").equals("BROKEN"));

        assertThat(cut.getJsonArray("anchors").getJsonObject(0).getString("detail"))
                .contains("says " + entries + ": its end was cut off.");
        holdfast.guru()
                .await(
                        "/admin/alerts",
                        list ->
                                list.getJsonArray("items").stream()
                                        .map(item -> item.asJsonObject().getString("kind"))
                                        .anyMatch("audit-differs"::equals));
    }

    /** Makes it the next beat's turn. */
    private static void anchor(RunningHoldfast holdfast) {
        holdfast.installation()
                .catalogServer()
                .execute("holdfast", "UPDATE audit_anchoring SET anchored_at = 'epoch'");
    }
}
