package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.Programs;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A target's own command (migrations, a smoke test) decides whether what was restored serves. */
@ExtendWith(RunningHoldfast.Faulty.class)
class TargetCommandIT {
    private RunningHoldfast holdfast;
    private Installation around;
    private String backup;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        around = running.installation();
        backup = running.verifiedBackup();
        around.resetTarget("checked");
    }

    private void command(String... lines) throws IOException {
        Programs.script(around.command(), String.join("\n", lines));
    }

    private PostgresServer targets() {
        return around.targetServer();
    }

    private JsonObject restore(String end) {
        String id = holdfast.ask(backup, holdfast.order(backup, "checked"));
        return holdfast.guru().await("/admin/restores/" + id, end);
    }

    private static JsonObject said(JsonObject restore) {
        return restore.getJsonObject("metadata").getJsonObject("command");
    }

    @Test
    void that_succeeds_changed_the_restored_database_before_it_served() throws IOException {
        command(
                "echo \"$# argument: $1\"",
                "psql -XAtq -c 'CREATE TABLE migrated AS SELECT current_database()::text AS made_in'",
                "psql -XAtq -d \"dbname=checked\" -c 'SELECT count(*) || $$ rows still serve$$ FROM only_here'",
                "env | cut -d= -f1 | grep -v '^_\\|^PWD\\|^SHLVL\\|^OLDPWD' | sort | tr '\\n' ' '",
                "echo to stderr >&2");

        JsonObject done = restore("COMPLETED");

        assertThat(targets().query("checked", "SELECT made_in FROM migrated"))
                .startsWith("checked_holdfast_");
        JsonObject said = said(done);
        assertThat(said.getInt("exitCode")).isZero();
        assertThat(said.getBoolean("timedOut")).isFalse();
        assertThat(said.getJsonArray("argv").getString(1)).isEqualTo("two words");
        assertThat(said.getString("output"))
                .contains("1 argument: two words\n", "42 rows still serve\n", "to stderr\n")
                .doesNotContain("canary")
                .doesNotContain("HOLDFAST")
                .doesNotContain("S3_");
        assertThat(done.getJsonObject("metadata"))
                .as("what was learned before the command stays in the record")
                .containsKeys("server", "client", "jobs", "store");
        assertThat(done.getJsonArray("phases"))
                .extracting(phase -> phase.asJsonObject().getString("name"))
                .containsSubsequence("check", "command", "swap");
    }

    @Test
    void that_fails_leaves_the_target_as_it_was_and_its_words_in_the_record() throws IOException {
        String databases = databases();
        command("echo 'relation users lacks column email'", "exit 3");

        JsonObject failed = restore("FAILED");

        assertThat(failed.getJsonObject("failure").getString("code")).isEqualTo("COMMAND-FAILED");
        assertThat(failed.getString("failureReason"))
                .isEqualTo(
                        "The target's command "
                                + around.command()
                                + " ended with exit code 3. Its output is in the record; mend what"
                                + " it says and ask for the restore again. The target is as it was.");
        assertThat(said(failed).getInt("exitCode")).isEqualTo(3);
        assertThat(said(failed).getString("output"))
                .isEqualTo("relation users lacks column email\n");
        isAsItWas(databases);
    }

    @Test
    void that_fails_in_place_is_told_with_what_the_target_holds_already() throws IOException {
        command("exit 1");
        String id =
                holdfast.ask(
                        backup, holdfast.order(backup, "checked").add("mode", "IN_PLACE_SCHEMA"));

        JsonObject failed = holdfast.guru().await("/admin/restores/" + id, "FAILED");

        assertThat(failed.getJsonObject("failure").getString("code")).isEqualTo("COMMAND-FAILED");
        assertThat(failed.getString("failureReason"))
                .endsWith(
                        " The target holds the snapshot already: the restore in place was committed"
                                + " before. There is no kept copy.")
                .doesNotContain("as it was");
        assertThat(
                        targets()
                                .query(
                                        "checked",
                                        "SELECT to_regclass('only_here') IS NULL"
                                                + " AND to_regclass('shop.events') IS NOT NULL"))
                .isEqualTo("t");
    }

    @Test
    void that_takes_too_long_is_ended_with_all_it_started() throws IOException {
        String databases = databases();
        command("echo begun", "sleep 600 & echo $! > child.pid; cp child.pid " + pid(), "wait");

        JsonObject failed = restore("FAILED");

        assertThat(failed.getString("failureReason")).contains(" took longer than 3 s. ");
        assertThat(said(failed).getBoolean("timedOut")).isTrue();
        assertThat(said(failed).getString("output")).isEqualTo("begun\n");
        long child = Long.parseLong(Files.readString(around.home().resolve("child.pid")).strip());
        assertThat(ProcessHandle.of(child).map(ProcessHandle::onExit))
                .as("gone already, or as soon as the system has cleaned up after it")
                .satisfiesAnyOf(
                        exit -> assertThat(exit).isEmpty(),
                        exit -> assertThat(exit.get()).succeedsWithin(Duration.ofSeconds(30)));
        isAsItWas(databases);
    }

    @Test
    void that_is_not_there_is_told_by_name() throws IOException {
        String databases = databases();
        Files.deleteIfExists(around.command());

        JsonObject failed = restore("FAILED");

        assertThat(failed.getJsonObject("failure").getString("code")).isEqualTo("TARGET-COMMAND");
        assertThat(failed.getString("failureReason"))
                .startsWith(
                        "The target's command "
                                + around.command()
                                + " is not an executable file with a full path.");
        isAsItWas(databases);
    }

    @Test
    void that_says_a_lot_keeps_its_last_mebibyte() throws IOException {
        command("yes 'twenty bytes a line' | head -n 100000", "echo the end");

        JsonObject done = restore("COMPLETED");

        String output = said(done).getString("output");
        assertThat(output).startsWith("(").contains(" bytes before this were not kept)\n");
        assertThat(output).endsWith("the end\n").hasSizeLessThan(1_200_000);
    }

    @Test
    void whose_servers_crash_in_the_swap_leaves_the_outcome_open_until_it_answers()
            throws Exception {
        String databases = databases();
        Path begun = around.home().resolve("command.begun");
        Path go = around.home().resolve("command.go");
        command("touch " + begun, "until [ -e " + go + " ]; do sleep 0.05; done");
        String id = holdfast.ask(backup, holdfast.order(backup, "checked"));
        String path = "/admin/restores/" + id;
        boolean crashed = false;
        try (Connection holder = targets().connect("postgres")) {
            holder.setAutoCommit(false);
            holdfast.guru().await(path, r -> Files.exists(begun));
            holder.createStatement().execute("LOCK TABLE pg_database IN SHARE MODE");
            Files.createFile(go);
            holdfast.guru().await(path, r -> targets().waitingFor("pg_database") == 1);
            targets().crash();
            crashed = true;
            String open = "Whether the restored database took its place is seen when";
            JsonObject running =
                    holdfast.guru()
                            .await(
                                    path,
                                    r ->
                                            r.containsKey("failureReason")
                                                    || holdfast.guru()
                                                            .get(path + "/log")
                                                            .text()
                                                            .contains(open));
            assertThat(running.getString("status")).as(running.toString()).isEqualTo("RUNNING");
        } finally {
            Files.deleteIfExists(begun);
            Files.deleteIfExists(go);
            if (crashed) {
                targets().startAgain();
            }
        }

        JsonObject failed = holdfast.guru().await(path, "FAILED");

        assertThat(failed.getJsonObject("failure").getString("code")).isEqualTo("SERVER_STOPPED");
        assertThat(failed.getString("failureReason")).contains("The target is as it was");
        isAsItWas(databases);
    }

    private String pid() {
        return around.home().resolve("child.pid").toString();
    }

    private void isAsItWas(String databases) {
        assertThat(databases()).isEqualTo(databases);
        assertThat(targets().query("checked", "SELECT count(*) FROM only_here")).isEqualTo("42");
    }

    private String databases() {
        return targets()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
    }
}
