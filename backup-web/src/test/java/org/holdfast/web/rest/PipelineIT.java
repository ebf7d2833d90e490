package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Ended;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What CI systems call, and the example workflows, against a server elsewhere. */
@ExtendWith(RunningHoldfast.OfItsOwn.class)
class PipelineIT {
    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

    @TempDir private Path dir;
    private Map<String, String> environment;

    @BeforeEach
    void a_pipeline_that_knows_where_the_server_is(RunningHoldfast holdfast) throws Exception {
        String certificate = holdfast.installation().certificatePem();
        Path file = Files.writeString(dir.resolve("authority.pem"), certificate);
        environment =
                Map.of(
                        "PATH",
                        "/usr/local/bin:/usr/bin:/bin",
                        "HOLDFAST_URL",
                        holdfast.address().toString(),
                        "HOLDFAST_CA_FILE",
                        file.toString(),
                        "HOLDFAST_CA",
                        certificate,
                        "HOLDFAST_TOKEN",
                        holdfast.tokenOf(holdfast.user("pipeline", Role.ADMIN), Role.ADMIN),
                        "ARTIFACTS_DIR",
                        dir.resolve("artifacts").toString());
    }

    private Ended run(Map<String, String> more, String... command) throws Exception {
        Map<String, String> known = new HashMap<>(environment);
        known.putAll(more);
        return Ended.of(dir, known, Duration.ofMinutes(5), command);
    }

    private Ended holdfast(Map<String, String> more, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(DEPLOY.resolve("holdfast").toString()));
        command.addAll(List.of(arguments));
        return run(more, command.toArray(new String[0]));
    }

    private List<String> artifacts() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("artifacts"))) {
            return files.map(
                            file -> file.getFileName().toString().replaceAll("\\d{8}T\\d{6}Z", "T"))
                    .sorted()
                    .toList();
        }
    }

    /** The commands of a workflow's only job, in their order. */
    private static List<String> commands(String workflow) throws IOException {
        Map<String, Object> whole =
                new Yaml().load(Files.readString(DEPLOY.resolve("github").resolve(workflow)));
        Map<?, ?> jobs = (Map<?, ?>) whole.get("jobs");
        List<?> steps = (List<?>) ((Map<?, ?>) jobs.values().iterator().next()).get("steps");
        return steps.stream()
                .map(step -> (String) ((Map<?, ?>) step).get("run"))
                .filter(run -> run != null)
                .toList();
    }

    /** As a runner does it. */
    private Ended step(String commands, Map<String, String> more) throws Exception {
        if (Files.notExists(dir.resolve("holdfast"))) {
            Files.createSymbolicLink(dir.resolve("holdfast"), DEPLOY.getParent());
        }
        return run(more, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", commands);
    }

    @Test
    void a_backup_is_waited_for_and_its_manifest_is_left_and_the_workflow_tells_it(
            RunningHoldfast holdfast) throws Exception {
        String operator = holdfast.tokenOf(holdfast.user("ci", Role.OPERATOR), Role.OPERATOR);

        Ended ended = holdfast(Map.of("HOLDFAST_TOKEN", operator), "backup", "shop", "--json");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.json().getString("status")).isEqualTo("VERIFIED");
        assertThat(ended.err()).contains(": running", ": verified").doesNotContain(operator);
        String id = ended.json().getString("id");
        assertThat(Path.of(ended.json().getJsonArray("artifacts").getString(0)))
                .hasBinaryContent(
                        holdfast.guru()
                                .get("/admin/backups/" + id + "/manifest")
                                .require(200)
                                .response()
                                .body());

        Path summary = dir.resolve("summary.md");
        Ended workflow =
                step(
                        commands("db-backup.yml").get(0),
                        Map.of("SOURCE", "shop", "GITHUB_STEP_SUMMARY", summary.toString()));

        assertThat(workflow.code()).as(workflow.err()).isZero();
        assertThat(summary).content(StandardCharsets.UTF_8).contains("of `shop`: VERIFIED, ");
    }

    @Test
    void the_workflow_of_the_restore_test_drills_the_latest_backup_and_leaves_its_evidence(
            RunningHoldfast holdfast) throws Exception {
        holdfast.verifiedBackup();
        Path summary = dir.resolve("summary.md");
        List<String> steps = commands("db-restore-test.yml");

        Ended day = step(steps.get(0), Map.of("EVENT", "workflow_dispatch"));
        Ended drill =
                step(
                        steps.get(1),
                        Map.of(
                                "SOURCE", "shop",
                                "BACKUP_ID", "LATEST",
                                "TICKET", "run-41",
                                "GITHUB_STEP_SUMMARY", summary.toString()));

        assertThat(day.out()).isEqualTo("run=yes\n");
        assertThat(drill.code()).as(drill.err()).isZero();
        assertThat(summary).content(StandardCharsets.UTF_8).contains("**PASSED**", "- PASSED ");
        assertThat(artifacts())
                .containsExactly(
                        "backup-manifest-T.json",
                        "restore-evidence-T.zip",
                        "restore-proof-T.json",
                        "restore-result-T.json",
                        "restore-test-T.log");
    }

    @Test
    void a_drill_that_fails_ends_with_one_and_still_leaves_its_evidence(RunningHoldfast holdfast)
            throws Exception {
        String backup = holdfast.verifiedBackup();
        Path sql =
                Files.writeString(
                        dir.resolve("verification.sql"),
                        "-- expect: 41\nSELECT count(*) FROM shop.no_rows_yet;\n");

        Ended ended =
                holdfast(Map.of("BACKUP_ID", backup), "restore-test", "--sql", sql.toString());

        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err()).contains("FAILED: ", " ended as FAILED: ");
        assertThat(artifacts()).contains("restore-evidence-T.zip", "restore-result-T.json");
    }

    @Test
    void what_is_not_said_is_found_by_the_names_of_earlier_scripts_or_asked_for(
            RunningHoldfast holdfast) throws Exception {
        String url = holdfast.installation().sourceServer().url("shop").reveal();

        Ended ended =
                holdfast(
                        Map.of("PROD_DIRECT_URL", url, "R2_SECRET_ACCESS_KEY", "canary"),
                        "backup",
                        "--json");
        Ended elsewhere =
                holdfast(
                        Map.of("PROD_DIRECT_URL", "postgres://app:canary@db.example:6543/app"),
                        "backup");

        assertThat(ended.json().getString("source")).as(ended.err()).isEqualTo("shop");
        assertThat(ended.err()).contains("R2_SECRET_ACCESS_KEY: set here").doesNotContain("canary");
        assertThat(elsewhere.code()).isEqualTo(2);
        assertThat(elsewhere.err())
                .contains("the address of PROD_DIRECT_URL, db.example:6543/app.", "shop")
                .doesNotContain("canary");
    }

    @Test
    void refusals_and_wrong_command_lines_are_told_apart_by_the_exit_code() throws Exception {
        Ended unknown = holdfast(Map.of(), "backup", "nowhere");
        Ended stranger = holdfast(Map.of("HOLDFAST_TOKEN", "hf_wrong"), "backup", "shop");
        Ended nobody = holdfast(Map.of("HOLDFAST_URL", "https://127.0.0.1:1"), "backup", "shop");
        Ended wrong = holdfast(Map.of(), "restore-test", "--keep", "for ever");
        Ended strange =
                holdfast(
                        Map.of("PROD_DIRECT_URL", "postgres://ci:canary@db.example:6543/app"),
                        "restore-test");
        Ended plain = holdfast(Map.of("HOLDFAST_URL", "http://localhost"), "backup", "shop");

        assertThat(unknown.code()).isEqualTo(3);
        assertThat(unknown.err()).contains("[SOURCE-UNKNOWN]", "Known sources: ");
        assertThat(stranger.code()).isEqualTo(3);
        assertThat(stranger.err()).contains("was refused (401)").doesNotContain("hf_wrong");
        assertThat(nobody.code()).isEqualTo(3);
        assertThat(nobody.err()).contains("does not answer POST /admin/backups");
        assertThat(strange.code()).isEqualTo(2);
        assertThat(strange.err())
                .contains("the address of PROD_DIRECT_URL, db.example:6543/app.")
                .doesNotContain("refused", "canary");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("--keep is 'for ever'; it is given in whole minutes");
        assertThat(plain.code()).isEqualTo(2);
        assertThat(plain.err()).contains("HOLDFAST_URL is 'http://localhost'");
    }

    @Test
    void bash_completes_the_commands_and_their_options() throws Exception {
        String script =
                """
                source <("%s" completion)
                COMP_WORDS=(holdfast restore) COMP_CWORD=1; _holdfast; echo "${COMPREPLY[*]}"
                COMP_WORDS=(holdfast drill --ti) COMP_CWORD=2; _holdfast; echo "${COMPREPLY[*]}"
                """
                        .formatted(DEPLOY.resolve("holdfast"));

        Ended ended = run(Map.of(), "bash", "-c", script);

        assertThat(ended.out()).as(ended.err()).isEqualTo("restore-test\n--ticket --timeout\n");
    }
}
