package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.testing.Browser;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job on the running product: back up, verify, look, restore, compare, undo. */
@ExtendWith(RunningHoldfast.Given.class)
class MainPathIT {
    private RunningHoldfast holdfast;
    private Installation around;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        around = running.installation();
    }

    private PostgresUrl shop() {
        return around.sourceServer().url("shop");
    }

    private PostgresUrl onTargets(String database) {
        return around.targetServer().url(database);
    }

    private PostgresServer targets() {
        return around.targetServer();
    }

    private static String text(JsonValue value) {
        return value.asJsonObject().getString("status");
    }

    @Nested
    class A_backup {
        @Test
        void is_verified_in_both_stores_and_says_what_it_holds() throws IOException {
            String id = holdfast.verifiedBackup();

            JsonObject backup = holdfast.guru().get("/admin/backups/" + id).require(200).json();

            assertThat(backup.getString("source")).isEqualTo("shop");
            assertThat(backup.getString("format")).isEqualTo("CUSTOM");
            assertThat(backup.getString("requestedBy")).isEqualTo(RunningHoldfast.USER);
            assertThat(backup.getInt("attempt")).isEqualTo(1);
            assertThat(backup.getJsonArray("stores"))
                    .hasSize(2)
                    .extracting(MainPathIT::text)
                    .containsOnly("VERIFIED");
            assertThat(backup.getJsonArray("stores"))
                    .extracting(s -> s.asJsonObject().getString("store"))
                    .containsExactly("local", "s3");
            assertThat(backup.getJsonNumber("rawBytes").longValue()).isGreaterThan(1_000_000);
            assertThat(backup.getJsonNumber("storedBytes").longValue())
                    .isPositive()
                    .isLessThan(backup.getJsonNumber("rawBytes").longValue());
            assertThat(backup.getJsonNumber("rows").longValue()).isPositive();
            assertThat(backup.getJsonArray("phases"))
                    .extracting(p -> p.asJsonObject().getString("name"))
                    .contains("dump", "verify");
            for (String time :
                    List.of("queuedAt", "startedAt", "finishedAt", "takenAt", "verifiedAt")) {
                assertThat(backup.getString(time)).matches("20\\d\\d-\\d\\d-\\d\\dT.*Z");
            }
            Path objects = around.storeDirectory().resolve(backup.getString("key"));
            try (Stream<Path> files = Files.list(objects)) {
                assertThat(files.map(f -> f.getFileName().toString()))
                        .contains(
                                "database.dump.zst.age",
                                "manifest.json",
                                "manifest.json.sig",
                                "RECOVER.md",
                                "recover.sh");
            }
        }

        @Test
        void hands_its_signed_manifest_out_byte_for_byte() throws IOException {
            String id = holdfast.verifiedBackup();
            String key = holdfast.guru().get("/admin/backups/" + id).require(200).string("key");
            byte[] stored =
                    Files.readAllBytes(
                            around.storeDirectory().resolve(key).resolve("manifest.json"));

            Answer answer = holdfast.guru().get("/admin/backups/" + id + "/manifest").require(200);

            assertThat(answer.response().body()).isEqualTo(stored);
            assertThat(answer.header("Content-Type")).contains("application/json");
            assertThat(answer.header("Content-Disposition"))
                    .contains("attachment; filename=\"" + id + ".manifest.json\"");
            assertThat(answer.header("ETag")).contains("\"" + Sha256.of(stored) + "\"");
            Answer again =
                    holdfast.guru()
                            .send(
                                    holdfast.guru()
                                            .request("/admin/backups/" + id + "/manifest")
                                            .header(
                                                    "If-None-Match",
                                                    "\"" + Sha256.of(stored) + "\"")
                                            .GET());
            assertThat(again.status()).isEqualTo(304);
            assertThat(again.response().body()).isEmpty();
        }

        @Test
        void hands_its_encrypted_dump_out_for_a_code_and_tells_the_audit() {
            String id = holdfast.verifiedBackup();
            String path = "/admin/backups/" + id + "/payload";
            JsonObject dump = holdfast.storedDump(id);
            String audited = "/admin/audit?action=snapshot.download&subject=backup/" + id;
            int before = holdfast.guru().get(audited).json().getJsonArray("items").size();

            Answer wrong = holdfast.guru().post(path, "{\"otp\":\"000000\"}");
            Answer none = holdfast.guru().post(path, "{\"otp\":\"\"}");
            for (Role role : List.of(Role.OPERATOR, Role.AUDITOR)) {
                Answer refused = holdfast.as(role).post(path, "{\"otp\":\"000000\"}");
                assertThat(refused.status()).as(refused.text()).isEqualTo(403);
                assertThat(refused.string("code")).isEqualTo("ROLE");
            }
            assertThat(wrong.status()).as(wrong.text()).isEqualTo(403);
            assertThat(none.status()).as(none.text()).isEqualTo(403);
            assertThat(holdfast.guru().get(audited).json().getJsonArray("items")).hasSize(before);

            JsonObject order = Json.createObjectBuilder().add("otp", holdfast.freshCode()).build();
            Answer answer = holdfast.guru().post(path, order);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(Sha256.of(answer.response().body()).hex())
                    .isEqualTo(dump.getString("sha256"));
            assertThat(answer.header("Content-Length"))
                    .contains(Long.toString(dump.getJsonNumber("size").longValue()));
            assertThat(answer.header("Content-Type")).contains("application/octet-stream");
            assertThat(answer.header("Content-Disposition"))
                    .contains("attachment; filename=\"" + id + ".database.dump.zst.age\"");
            assertThat(holdfast.guru().get(audited).json().getJsonArray("items"))
                    .hasSize(before + 1)
                    .first()
                    .extracting(e -> e.asJsonObject().getJsonObject("detail").getString("sha256"))
                    .isEqualTo(dump.getString("sha256"));
            assertThat(holdfast.guru().post(path, order).status())
                    .as("a code is good for one download")
                    .isEqualTo(403);
        }

        @Test
        void says_at_each_form_of_its_page_what_came_of_that_form_alone() {
            String address = "/console/backups/detail.xhtml?id=" + holdfast.verifiedBackup();
            Browser browser = new Browser(holdfast.stranger());
            browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
            Answer opened = browser.get(address).require(200);

            Answer noCode = browser.fill(opened, "payload", "release", Map.of("otp", ""));
            Answer noReason = browser.fill(opened, "keep", "hold", Map.of("holdReason", ""));

            assertThat(form(opened, "payload") + form(opened, "keep"))
                    .doesNotContain("notice bad", "open=\"open\"");
            assertThat(form(noCode, "payload")).contains("notice bad", "open=\"open\"");
            assertThat(form(noCode, "keep")).doesNotContain("notice bad", "open=\"open\"");
            assertThat(form(noReason, "keep")).contains("notice bad", "open=\"open\"");
            assertThat(form(noReason, "payload")).doesNotContain("notice bad", "open=\"open\"");
        }

        /** All of a form, from its first tag to its last. */
        private static String form(Answer page, String id) {
            Matcher form =
                    Pattern.compile("<form id=\"" + id + "\".*?</form>", Pattern.DOTALL)
                            .matcher(page.require(200).text());
            assertThat(form.find()).as(id).isTrue();
            return form.group();
        }

        @Test
        void tells_its_log_from_any_line_on() {
            String id = holdfast.verifiedBackup();
            JsonObject all =
                    holdfast.guru().get("/admin/backups/" + id + "/log").require(200).json();
            JsonObject second = all.getJsonArray("items").getJsonObject(1);

            JsonObject rest =
                    holdfast.guru()
                            .get("/admin/backups/" + id + "/log?after=" + second.getInt("seq"))
                            .require(200)
                            .json();

            assertThat(rest.getJsonArray("items"))
                    .isEqualTo(
                            all.getJsonArray("items").subList(2, all.getJsonArray("items").size()));
            assertThat(rest.getString("next")).isEqualTo(all.getString("next"));
        }

        @Test
        void as_a_plain_export_is_verified_too() {
            String id =
                    holdfast.guru()
                            .post(
                                    "/admin/backups",
                                    Json.createObjectBuilder()
                                            .add("source", "shop")
                                            .add("format", "PLAIN_GZ")
                                            .build())
                            .require(202)
                            .string("id");

            JsonObject backup = holdfast.guru().await("/admin/backups/" + id, "VERIFIED");

            assertThat(backup.getString("format")).isEqualTo("PLAIN_GZ");
        }

        @Test
        void that_is_cancelled_while_it_runs_leaves_nothing_in_any_store() throws IOException {
            around.wayToSource().throttle(100_000);
            try {
                String id = holdfast.queue("far-shop");
                holdfast.guru()
                        .await(
                                "/admin/backups/" + id,
                                b ->
                                        b.getString("status").equals("RUNNING")
                                                && b.getString("phase", "").equals("dump"));

                JsonObject asked =
                        holdfast.guru()
                                .post("/admin/backups/" + id + "/cancel")
                                .require(202)
                                .json();
                JsonObject ended = holdfast.guru().await("/admin/backups/" + id, "CANCELLED");

                assertThat(asked.getString("id")).isEqualTo(id);
                assertThat(ended.getJsonArray("stores")).isEmpty();
                try (Stream<Path> files = Files.walk(around.storeDirectory())) {
                    assertThat(files.map(Path::toString)).noneMatch(f -> f.contains(id));
                }
                try (Stream<Path> files = Files.walk(around.home().resolve("s3"))) {
                    assertThat(files.map(Path::toString)).noneMatch(f -> f.contains(id));
                }
                Answer twice = holdfast.guru().post("/admin/backups/" + id + "/cancel");
                assertThat(twice.status()).isEqualTo(409);
                assertThat(twice.string("code")).isEqualTo("BACKUP-ENDED");
                Answer manifest = holdfast.guru().get("/admin/backups/" + id + "/manifest");
                assertThat(manifest.status()).isEqualTo(404);
            } finally {
                around.wayToSource().heal();
            }
        }
    }

    private static List<Answer> atOnce(int count, Callable<Answer> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> one : threads.invokeAll(Collections.nCopies(count, call))) {
                answers.add(one.get());
            }
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    @Nested
    class The_audit_log {
        @Test
        void is_read_whole_for_two_at_a_time_and_who_comes_then_is_told_so() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(3);
            ExecutorCompletionService<Answer> reads = new ExecutorCompletionService<>(threads);
            try (Connection holder = around.catalogServer().connect("holdfast")) {
                holder.setAutoCommit(false);
                holder.createStatement().execute("LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE");
                for (int i = 0; i < 3; i++) {
                    reads.submit(() -> holdfast.guru().get("/admin/audit/status"));
                }

                Answer first = reads.take().get();
                assertThat(first.status()).isEqualTo(429);
                assertThat(first.string("code")).isEqualTo("AUDIT-BUSY");

                holder.rollback();
                for (int i = 0; i < 2; i++) {
                    assertThat(reads.take().get().require(200).string("status")).isEqualTo("WHOLE");
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Nested
    class The_impact {
        @Test
        void tells_what_would_be_lost_and_what_to_type() {
            String id = holdfast.verifiedBackup();
            around.resetTarget("staging");

            JsonObject impact =
                    holdfast.guru()
                            .get("/admin/backups/" + id + "/impact?target=staging")
                            .require(200)
                            .json();

            assertThat(impact.getString("id")).isEqualTo(id);
            assertThat(impact.getString("status")).isEqualTo("CLEAR");
            assertThat(impact.getString("confirmPhrase")).isEqualTo("RESTORE " + id);
            assertThat(impact.getJsonArray("losses"))
                    .containsExactly(
                            Json.createObjectBuilder()
                                    .add("table", "public.only_here")
                                    .add("targetRows", 42)
                                    .add("snapshotRows", 0)
                                    .add("rows", 42)
                                    .add("estimated", false)
                                    .build());
            assertThat(impact.getInt("lostRows")).isEqualTo(42);
            assertThat(impact.getString("sourceVersion")).matches("[0-9]+[.][0-9]+.*");
            assertThat(impact.getString("dumpVersion")).matches("[0-9]+[.][0-9]+.*");
            assertThat(impact.getString("versions")).isIn("FITS", "NEWER");
            assertThat(impact.getJsonArray("blocks")).isEmpty();
            assertThat(impact.getJsonArray("warnings"))
                    .extracting(w -> w.asJsonObject().getString("code"))
                    .contains("ROWS-LOST");
            assertThat(impact.getJsonArray("checklist"))
                    .extracting(i -> i.asJsonObject().getString("id"))
                    .contains("owner-told", "application-stopped");
            JsonObject estimate = impact.getJsonObject("estimate");
            assertThat(estimate.getInt("lowSeconds")).isPositive();
            assertThat(estimate.getInt("highSeconds"))
                    .isGreaterThanOrEqualTo(estimate.getInt("lowSeconds"));
            assertThat(estimate).containsKeys("basis", "measuredFrom");
        }

        @Test
        void is_counted_for_two_at_a_time_and_who_comes_then_is_told_so() throws Exception {
            String path = "/admin/backups/" + holdfast.verifiedBackup() + "/impact?target=staging";
            around.resetTarget("staging");
            int tables = 9;
            for (int i = 0; i < tables; i++) {
                targets().execute("staging", "CREATE TABLE slow_" + i + " ()");
            }
            try (Connection holder = targets().connect("staging")) {
                holder.setAutoCommit(false);
                // The count gives each of them a second.
                for (int i = 0; i < tables; i++) {
                    holder.createStatement()
                            .execute("LOCK TABLE slow_" + i + " IN ACCESS EXCLUSIVE MODE");
                }

                List<Answer> answers = atOnce(3, () -> holdfast.guru().get(path));

                assertThat(answers)
                        .extracting(Answer::status)
                        .containsExactlyInAnyOrder(200, 200, 429);
                assertThat(answers)
                        .filteredOn(a -> a.status() == 429)
                        .extracting(a -> a.string("code"))
                        .containsExactly("IMPACT-BUSY");
            }
            around.resetTarget("staging");
        }

        @Test
        void on_production_is_blocked_until_the_switch_is_on() {
            JsonObject impact =
                    holdfast.guru()
                            .get(
                                    "/admin/backups/"
                                            + holdfast.verifiedBackup()
                                            + "/impact?target=live")
                            .require(200)
                            .json();

            assertThat(impact.getString("status")).isEqualTo("BLOCKED");
            assertThat(impact.getBoolean("production")).isTrue();
            assertThat(impact.getBoolean("needsApproval")).isTrue();
            assertThat(impact.getJsonArray("blocks"))
                    .extracting(b -> b.asJsonObject().getString("code"))
                    .containsExactly("RESTORE-PRODUCTION");
        }
    }

    @Nested
    class A_restore {
        @Test
        void makes_the_target_equal_to_the_source_and_can_be_undone() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            PostgresUrl before = targets().createDatabase("staging_before", "TEMPLATE staging");
            try {
                JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));

                assertThat(RunningHoldfast.differences(shop(), onTargets("staging"))).isEmpty();
                assertThat(done.getString("mode")).isEqualTo("ASIDE_SWAP");
                assertThat(done.getBoolean("undoable")).isTrue();
                assertThat(done.getJsonArray("checks")).isNotEmpty();
                assertThat(done.getJsonArray("checks"))
                        .allMatch(c -> c.asJsonObject().getBoolean("passed"));
                assertThat(done.getJsonArray("phases"))
                        .extracting(p -> p.asJsonObject().getString("name"))
                        .contains("fetch", "restore", "check", "swap");
                String kept = done.getString("keptDatabase");
                assertThat(targets().exists(kept)).isTrue();
                targets().execute("staging", "CREATE TABLE written_since AS SELECT 4711 AS x");
                assertThat(
                                holdfast.guru()
                                        .get("/admin/backups/" + backup)
                                        .require(200)
                                        .string("status"))
                        .isEqualTo("RESTORED");

                String id = done.getString("id");
                undo("/admin/restores/" + id);
                JsonObject undone = holdfast.guru().await("/admin/restores/" + id, "UNDONE");

                assertThat(RunningHoldfast.differences(before, onTargets("staging"))).isEmpty();
                assertThat(targets().exists(kept)).isFalse();
                assertThat(undone.getBoolean("undoable")).isFalse();
                String since = undone.getString("keptDatabase");
                assertThat(since).isEqualTo(done.getString("asideDatabase"));
                assertThat(undone.containsKey("asideDatabase")).isFalse();
                assertThat(Instant.parse(undone.getString("keptUntil")))
                        .isAfterOrEqualTo(Instant.parse(done.getString("keptUntil")));
                assertThat(undone.getString("result"))
                        .isEqualTo(
                                "Undone: staging serves the database again that it had before the"
                                        + " restore. What served since is kept as "
                                        + since
                                        + " until "
                                        + undone.getString("keptUntil")
                                        + ".");
                assertThatThrownBy(() -> targets().connect(since).close())
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("is not currently accepting connections");
                targets()
                        .execute(
                                "postgres",
                                "SET ROLE restorer",
                                "ALTER DATABASE \"" + since + "\" ALLOW_CONNECTIONS true");
                assertThat(targets().query(since, "SELECT x FROM written_since"))
                        .as("what was written between the restore and its undo")
                        .isEqualTo("4711");
                Answer twice =
                        holdfast.guru()
                                .post(
                                        "/admin/restores/" + id + "/undo",
                                        Json.createObjectBuilder()
                                                .add("otp", holdfast.freshCode())
                                                .build());
                assertThat(twice.status()).isEqualTo(409);
                assertThat(twice.string("code")).isEqualTo("RESTORE-NO-UNDO");
            } finally {
                targets().dropDatabase("staging_before");
            }
        }

        @Test
        void that_was_undone_keeps_what_served_until_its_time_is_over_whatever_comes_meanwhile() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));
            String id = done.getString("id");
            String path = "/admin/restores/" + id;
            undo(path);
            JsonObject undone = holdfast.guru().await(path, "UNDONE");
            String since = undone.getString("keptDatabase");

            JsonObject later = holdfast.restore(backup, holdfast.order(backup, "staging"));
            timeIsOver(later.getString("id"));
            holdfast.guru()
                    .await(
                            "/admin/restores/" + later.getString("id"),
                            r -> !r.containsKey("keptDatabase"));
            assertThat(targets().exists(later.getString("keptDatabase"))).isFalse();
            assertThat(targets().exists(since)).as("it is not the later one's").isTrue();
            assertThat(holdfast.guru().get(path).require(200).string("keptDatabase"))
                    .isEqualTo(since);

            JsonObject over;
            catalog("UPDATE targets SET retired = true WHERE name = 'staging'");
            try {
                timeIsOver(id);
                over = holdfast.guru().await(path, r -> !r.containsKey("keptDatabase"));
            } finally {
                catalog("UPDATE targets SET retired = false WHERE name = 'staging'");
            }

            assertThat(over.getString("status")).isEqualTo("UNDONE");
            assertThat(over.containsKey("keptUntil")).isFalse();
            assertThat(targets().exists(since)).isFalse();
            assertThat(RunningHoldfast.differences(shop(), onTargets("staging"))).isEmpty();
            assertThat(holdfast.guru().get(path + "/log").require(200).text())
                    .contains("Dropped the kept database " + since + ": its time was over.");
            assertThat(
                            holdfast.guru()
                                    .get(
                                            "/admin/audit?action=restore.kept-dropped&subject=restore/"
                                                    + id)
                                    .require(200)
                                    .text())
                    .contains(since);
        }

        @Test
        void that_was_undone_and_whose_kept_database_somebody_took_away_says_so_at_its_time() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));
            String path = "/admin/restores/" + done.getString("id");
            undo(path);
            String since = holdfast.guru().await(path, "UNDONE").getString("keptDatabase");
            targets().execute("postgres", "ALTER DATABASE \"" + since + "\" RENAME TO rescued");
            try {
                timeIsOver(done.getString("id"));

                holdfast.guru().await(path, r -> !r.containsKey("keptDatabase"));

                assertThat(targets().exists("rescued")).isTrue();
                assertThat(holdfast.guru().get(path + "/log").require(200).text())
                        .contains(
                                "The time of the kept database "
                                        + since
                                        + " is over; there is none of that name on the server of"
                                        + " staging. Somebody dropped or renamed it, or an earlier"
                                        + " try dropped it and broke off before it could say so.")
                        .doesNotContain("Dropped the kept database");
            } finally {
                targets().dropDatabase("rescued");
            }
        }

        @Test
        void whose_kept_database_cannot_be_dropped_says_so_once_and_it_is_tried_again() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));
            String id = done.getString("id");
            String path = "/admin/restores/" + id;
            undo(path);
            String since = holdfast.guru().await(path, "UNDONE").getString("keptDatabase");
            targets().execute("postgres", "ALTER DATABASE \"" + since + "\" OWNER TO postgres");
            timeIsOver(id);

            for (int tries = 0; tries < 3; tries++) {
                catalog(
                        "UPDATE backup_restores SET lease_owner = NULL, lease_until = NULL, drop_try_at = NULL WHERE id = '"
                                + id
                                + "'");
                holdfast.guru().await(path, r -> claimed(id));
            }
            JsonObject stays = holdfast.guru().await(path, r -> r.containsKey("keptProblem"));
            assertThat(Instant.parse(stays.getString("keptTryAt")))
                    .as("later than its lease: others come first")
                    .isAfter(Instant.now().plusSeconds(600));

            assertThat(holdfast.guru().get(path + "/log").require(200).text())
                    .containsOnlyOnce("The kept database could not be dropped: ");
            assertThat(holdfast.guru().get(path).require(200).string("keptDatabase"))
                    .isEqualTo(since);
            targets().execute("postgres", "ALTER DATABASE \"" + since + "\" OWNER TO restorer");
            dropNow(id);
            JsonObject dropped = holdfast.guru().await(path, r -> !r.containsKey("keptDatabase"));
            assertThat(dropped.containsKey("keptProblem")).isFalse();
            assertThat(targets().exists(since)).isFalse();
        }

        @Test
        void whose_kept_database_is_on_another_server_than_the_targets_by_now_keeps_its_record() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));
            String id = done.getString("id");
            String path = "/admin/restores/" + id;
            String own = ask("SELECT target_system FROM backup_restores WHERE id = '" + id + "'");
            assertThat(own)
                    .isEqualTo(
                            targets()
                                    .query(
                                            "postgres",
                                            "SELECT system_identifier FROM pg_control_system()"));
            catalog("UPDATE backup_restores SET target_system = '4711' WHERE id = '" + id + "'");
            timeIsOver(id);

            JsonObject stays = holdfast.guru().await(path, r -> r.containsKey("keptProblem"));

            assertThat(stays.getString("keptProblem"))
                    .isEqualTo(
                            "the URL of target staging leads to another server by now than the one"
                                    + " that has it. Drop it there.");
            assertThat(stays.getString("keptDatabase")).isEqualTo(done.getString("keptDatabase"));
            assertThat(targets().exists(done.getString("keptDatabase"))).isTrue();

            catalog(
                    "UPDATE backup_restores SET target_system = '%s' WHERE id = '%s'"
                            .formatted(own, id));
            dropNow(id);
            holdfast.guru().await(path, r -> !r.containsKey("keptDatabase"));
            assertThat(targets().exists(done.getString("keptDatabase"))).isFalse();
        }

        @Test
        void keeps_what_it_keeps_over_a_jump_of_the_clock_undone_or_not() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject first = holdfast.restore(backup, holdfast.order(backup, "staging"));
            undo("/admin/restores/" + first.getString("id"));
            JsonObject undone =
                    holdfast.guru().await("/admin/restores/" + first.getString("id"), "UNDONE");
            JsonObject completed = holdfast.restore(backup, holdfast.order(backup, "staging"));
            List<JsonObject> both = List.of(undone, completed);

            for (String jump : List.of("- interval '1 year'", "+ interval '1 year'")) {
                catalog("UPDATE retention_looks SET looked_at = clock_timestamp() " + jump);
                both.forEach(r -> timeIsOver(r.getString("id")));
                awaitWhatIsDroppedAfterKept(completed.getString("id"));
                assertThat(both)
                        .as(jump)
                        .allMatch(r -> targets().exists(r.getString("keptDatabase")));
            }

            catalog("UPDATE retention_looks SET looked_at = looked_at - interval '1 hour'");
            both.forEach(
                    r ->
                            holdfast.guru()
                                    .await(
                                            "/admin/restores/" + r.getString("id"),
                                            now -> !now.containsKey("keptDatabase")));
            assertThat(both).noneMatch(r -> targets().exists(r.getString("keptDatabase")));
        }

        /** A failed restore that left nothing: it is looked at after the kept databases. */
        private void awaitWhatIsDroppedAfterKept(String like) {
            String id =
                    ask(
                            """
                            INSERT INTO backup_restores
                            SELECT (jsonb_populate_record(r, jsonb_build_object(
                                'id', gen_random_uuid(), 'status', 'FAILED', 'result', NULL,
                                'kept_database', NULL, 'kept_until', NULL,
                                'lease_until', NULL, 'drop_try_at', NULL,
                                'aside_database', 'nothing'))).*
                            FROM backup_restores r WHERE id = '%s' RETURNING id"""
                                    .formatted(like));
            holdfast.guru().await("/admin/restores/" + id, r -> !r.containsKey("asideDatabase"));
        }

        private void dropNow(String id) {
            catalog(
                    "UPDATE backup_restores SET lease_until = NULL, drop_try_at = NULL WHERE id = '"
                            + id
                            + "'");
        }

        private String ask(String sql) {
            return around.catalogServer().query("holdfast", sql);
        }

        private boolean claimed(String id) {
            return around.catalogServer()
                    .query(
                            "holdfast",
                            "SELECT lease_owner IS NOT NULL FROM backup_restores WHERE id = '"
                                    + id
                                    + "'")
                    .equals("t");
        }

        private void catalog(String sql) {
            around.catalogServer().execute("holdfast", sql);
        }

        private void undo(String path) {
            holdfast.guru()
                    .post(
                            path + "/undo",
                            Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                    .require(202);
        }

        private void timeIsOver(String id) {
            catalog(
                    "UPDATE backup_restores SET kept_until = now() - interval '1 minute' WHERE id = '"
                            + id
                            + "'");
        }

        @Test
        void whose_undo_loses_its_lock_after_it_began_is_told_as_undone_and_the_loss_with_it()
                throws SQLException {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));
            String path = "/admin/restores/" + done.getString("id");
            inTheUndo(
                    path,
                    () ->
                            assertThat(
                                            targets()
                                                    .query(
                                                            "postgres",
                                                            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"))
                                    .isEqualTo("1"));

            JsonObject undone =
                    holdfast.guru()
                            .await(
                                    path,
                                    r ->
                                            r.getString("status").equals("UNDONE")
                                                    || r.containsKey("failureReason"));

            assertThat(undone.getString("status")).as(undone.toString()).isEqualTo("UNDONE");
            String words =
                    "Undone: staging was given back the database that it had before the restore."
                            + " The lock on it was lost meanwhile, so another Holdfast may have"
                            + " worked on it since: look at what it serves. What served since is"
                            + " kept as "
                            + done.getString("asideDatabase")
                            + " until "
                            + undone.getString("keptUntil")
                            + ".";
            assertThat(undone.getString("result")).isEqualTo(words);
            assertThat(undone.containsKey("failureReason")).isFalse();
            assertThat(holdfast.guru().get(path + "/log").require(200).text())
                    .contains(words)
                    .doesNotContain("The undo failed");
            assertThat(
                            holdfast.guru()
                                    .get(
                                            "/admin/audit?action=restore.undone&subject=restore/"
                                                    + done.getString("id"))
                                    .require(200)
                                    .text())
                    .contains(words);
            assertThat(targets().query("staging", "SELECT count(*) FROM only_here"))
                    .isEqualTo("42");
            assertThat(undone.getString("keptDatabase")).isEqualTo(done.getString("asideDatabase"));
            assertThat(databases()).contains(undone.getString("keptDatabase"));
        }

        @Test
        void whose_undo_meets_a_crash_of_the_targets_server_is_undone_when_it_answers_again()
                throws SQLException {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "staging"));
            String path = "/admin/restores/" + done.getString("id");
            AtomicBoolean crashed = new AtomicBoolean();
            try {
                inTheUndo(
                        path,
                        () -> {
                            targets().crash();
                            crashed.set(true);
                            JsonObject waiting =
                                    holdfast.guru()
                                            .await(path, r -> r.containsKey("failureReason"));
                            assertThat(waiting.getString("status")).isEqualTo("COMPLETED");
                            assertThat(waiting.getString("failureReason"))
                                    .startsWith(
                                            "The undo is tried again until the target's server"
                                                    + " answers: ");
                        });
            } finally {
                if (crashed.get()) {
                    targets().startAgain();
                }
            }

            JsonObject undone = holdfast.guru().await(path, "UNDONE");

            assertThat(undone.containsKey("failureReason")).isFalse();
            assertThat(targets().query("staging", "SELECT count(*) FROM only_here"))
                    .as("the old database serves")
                    .isNotEmpty();
            assertThat(holdfast.guru().get(path + "/log").require(200).text())
                    .containsOnlyOnce("The undo is tried again")
                    .doesNotContain("The undo failed");
        }

        @Test
        void whose_undo_waits_can_be_withdrawn_and_is_not_begun_for_who_may_no_longer() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("far");
            JsonObject done = holdfast.restore(backup, holdfast.order(backup, "far"));
            String id = done.getString("id");
            String path = "/admin/restores/" + id;
            around.wayToTargets().refuse();
            try {
                undo(path);
                holdfast.guru().await(path, r -> r.containsKey("failureReason"));
                catalog("UPDATE backup_restores SET undo_begun = true WHERE id = '" + id + "'");
                assertThat(holdfast.guru().post(path + "/cancel").string("code"))
                        .isEqualTo("UNDO-BEGUN");
                catalog("UPDATE backup_restores SET undo_begun = false WHERE id = '" + id + "'");

                JsonObject withdrawn = holdfast.guru().post(path + "/cancel").require(202).json();

                assertThat(withdrawn.getString("status")).isEqualTo("COMPLETED");
                assertThat(withdrawn.containsKey("undoRequestedBy")).isFalse();
                assertThat(withdrawn.containsKey("failureReason")).isFalse();
                assertThat(withdrawn.getBoolean("undoable")).isTrue();
                assertThat(
                                holdfast.guru()
                                        .get(
                                                "/admin/audit?action=restore.undo-cancelled&subject=restore/"
                                                        + id)
                                        .require(200)
                                        .text())
                        .contains(RunningHoldfast.USER);

                undo(path);
                holdfast.guru().await(path, r -> r.containsKey("failureReason"));
                holdfast.user("leaver", Role.ADMIN);
                catalog("UPDATE users SET disabled = true WHERE name = 'leaver'");
                catalog(
                        "UPDATE backup_restores SET undo_requested_by = 'leaver', undo_requested_by_token = NULL, lease_until = NULL WHERE id = '"
                                + id
                                + "'");
                JsonObject refused =
                        holdfast.guru().await(path, r -> !r.containsKey("undoRequestedBy"));
                assertThat(refused.getString("failureReason"))
                        .isEqualTo("The undo failed: leaver, who asked for this, is disabled.");
                assertThat(refused.getString("status")).isEqualTo("COMPLETED");
            } finally {
                around.wayToTargets().heal();
            }
            assertThat(targets().exists(done.getString("keptDatabase"))).isTrue();
        }

        /** Does something while the undo is at its renames, which cannot go on until then. */
        private void inTheUndo(String path, Runnable something) throws SQLException {
            try (Connection holder = targets().connect("postgres")) {
                holder.setAutoCommit(false);
                holder.createStatement().execute("LOCK TABLE pg_database IN SHARE MODE");
                undo(path);
                holdfast.guru().await(path, r -> targets().waitingFor("pg_database") == 1);
                something.run();
            }
        }

        @Test
        void as_a_dry_run_reads_everything_and_touches_nothing() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            String databases = databases();

            JsonObject done =
                    holdfast.restore(backup, holdfast.order(backup, "staging").add("dryRun", true));

            assertThat(done.getBoolean("dryRun")).isTrue();
            assertThat(done.getBoolean("undoable")).isFalse();
            assertThat(done.getString("result"))
                    .isEqualTo(
                            "Dry run: the archive was decrypted and read to its end; nothing was"
                                    + " applied to staging.");
            assertThat(databases()).isEqualTo(databases);
            assertThat(targets().query("staging", "SELECT count(*) FROM only_here"))
                    .isEqualTo("42");
        }

        @Test
        void that_is_cancelled_while_it_runs_leaves_the_target_as_it_was() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("far");
            String databases = databases();
            JsonObjectBuilder order = holdfast.order(backup, "far");
            around.wayToTargets().throttle(100_000);
            try {
                String id = holdfast.ask(backup, order);
                JsonObject running =
                        holdfast.guru()
                                .await(
                                        "/admin/restores/" + id,
                                        r -> r.getString("phase", "").equals("restore"));
                assertThat(running.getString("status")).isEqualTo("RUNNING");
                assertThat(running.getJsonObject("progress")).containsKeys("phase", "bytes");

                holdfast.guru().post("/admin/restores/" + id + "/cancel").require(202);
                around.wayToTargets().heal();
                JsonObject ended = holdfast.guru().await("/admin/restores/" + id, "CANCELLED");

                assertThat(ended.getString("result"))
                        .isEqualTo("Cancelled. The target is as it was.");
                assertThat(databases()).isEqualTo(databases);
                assertThat(targets().query("far", "SELECT count(*) FROM only_here"))
                        .isEqualTo("42");
            } finally {
                around.wayToTargets().heal();
            }
        }

        @Test
        void under_a_new_name_leaves_the_target_beside_it() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            targets().dropDatabase("shop copy");
            try {
                JsonObject done =
                        holdfast.restore(
                                backup,
                                holdfast.order(backup, "staging")
                                        .add("mode", "NEW_NAME")
                                        .add("newName", "shop copy"));

                assertThat(RunningHoldfast.differences(shop(), onTargets("shop copy"))).isEmpty();
                assertThat(targets().query("staging", "SELECT count(*) FROM only_here"))
                        .isEqualTo("42");
                assertThat(done.getBoolean("undoable")).isFalse();
            } finally {
                targets().dropDatabase("shop copy");
            }
        }

        @Test
        void in_place_replaces_the_schemas_where_the_target_allows_it() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("sandbox");

            holdfast.restore(
                    backup, holdfast.order(backup, "sandbox").add("mode", "IN_PLACE_SCHEMA"));

            assertThat(RunningHoldfast.differences(shop(), onTargets("sandbox"))).isEmpty();
        }

        @Test
        void in_place_changes_nothing_where_the_grants_of_what_is_there_cannot_be_read() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("sandbox");
            String move = "UPDATE pg_class SET relnamespace = %s WHERE relname = 'only_here'";
            targets().execute("sandbox", "CREATE TABLE keeps_its_rows AS SELECT 7 AS x");
            targets().execute("sandbox", move.formatted("4242424"));

            String id =
                    holdfast.ask(
                            backup,
                            holdfast.order(backup, "sandbox").add("mode", "IN_PLACE_SCHEMA"));
            JsonObject failed = holdfast.guru().await("/admin/restores/" + id, "FAILED");

            assertThat(failed.getJsonObject("failure").getString("code"))
                    .as(failed.toString())
                    .isEqualTo("GRANTS-UNREAD");
            assertThat(failed.getString("failureReason")).endsWith(" The target is as it was.");
            assertThat(targets().query("sandbox", "SELECT x FROM keeps_its_rows")).isEqualTo("7");
        }

        @Test
        void in_place_with_clean_keeps_what_the_snapshot_does_not_know() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("sandbox");

            holdfast.restore(
                    backup, holdfast.order(backup, "sandbox").add("mode", "IN_PLACE_CLEAN"));

            assertThat(targets().query("sandbox", "SELECT count(*) FROM only_here"))
                    .isEqualTo("42");
            targets().execute("sandbox", "DROP TABLE only_here");
            assertThat(RunningHoldfast.differences(shop(), onTargets("sandbox"))).isEmpty();
        }

        @Test
        void ends_a_held_session_only_when_that_was_acknowledged() throws SQLException {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            try (Connection held = application("staging")) {
                assertThat(held.isValid(5)).isTrue();
                JsonObject order = holdfast.order(backup, "staging").build();
                assertThat(order.getJsonArray("checklist").toString()).contains("sessions-end");

                Answer refused =
                        holdfast.guru()
                                .post(
                                        "/admin/backups/" + backup + "/restores",
                                        Json.createObjectBuilder(order)
                                                .add(
                                                        "checklist",
                                                        Json.createArrayBuilder(
                                                                order
                                                                        .getJsonArray("checklist")
                                                                        .stream()
                                                                        .filter(
                                                                                i ->
                                                                                        !i.toString()
                                                                                                .contains(
                                                                                                        "sessions-end"))
                                                                        .toList()))
                                                .build());
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.string("code")).isEqualTo("RESTORE-CHECKLIST");
                assertThat(refused.string("detail"))
                        .isEqualTo("Not acknowledged yet: sessions-end.");
                assertThat(held.isValid(5)).isTrue();

                holdfast.restore(backup, holdfast.order(backup, "staging"));

                assertThat(held.isValid(5)).isFalse();
                assertThat(RunningHoldfast.differences(shop(), onTargets("staging"))).isEmpty();
            }
        }
    }

    @Nested
    class Four_eyes {
        @Test
        void let_a_second_person_decide_on_the_whole_plan() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("ledger");
            var second = holdfast.as(org.holdfast.domain.people.Role.ADMIN);

            String id = holdfast.ask(backup, holdfast.order(backup, "ledger"));
            JsonObject waiting = holdfast.guru().get("/admin/restores/" + id).require(200).json();
            assertThat(waiting.getString("status")).isEqualTo("AWAITING_APPROVAL");
            Answer own =
                    holdfast.guru()
                            .post(
                                    "/admin/restores/" + id + "/approve",
                                    Json.createObjectBuilder()
                                            .add("otp", holdfast.freshCode())
                                            .build());
            assertThat(own.status()).isEqualTo(403);
            assertThat(own.string("code")).isEqualTo("RESTORE-4EYES");
            assertThat(own.string("detail"))
                    .isEqualTo("You cannot approve your own restore request.");

            second.post(
                            "/admin/restores/" + id + "/approve",
                            Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                    .require(202);
            JsonObject done = holdfast.guru().await("/admin/restores/" + id, "COMPLETED");

            assertThat(done.getString("approvedBy")).isEqualTo("admin");
            assertThat(done.getString("planHash")).isEqualTo(waiting.getString("planHash"));
            assertThat(RunningHoldfast.differences(shop(), onTargets("ledger"))).isEmpty();
        }

        @Test
        void let_a_second_person_say_no() {
            String backup = holdfast.verifiedBackup();
            around.resetTarget("ledger");
            var second = holdfast.as(org.holdfast.domain.people.Role.ADMIN);
            String id = holdfast.ask(backup, holdfast.order(backup, "ledger"));

            second.post(
                            "/admin/restores/" + id + "/reject",
                            Json.createObjectBuilder().add("reason", "not today").build())
                    .require(202);

            JsonObject rejected = holdfast.guru().get("/admin/restores/" + id).require(200).json();
            assertThat(rejected.getString("status")).isEqualTo("REJECTED");
            assertThat(rejected.getString("failureReason"))
                    .isEqualTo("admin rejected it: not today");
            assertThat(targets().query("ledger", "SELECT count(*) FROM only_here")).isEqualTo("42");
        }
    }

    /** A session of an ordinary role, as an application holds it open. */
    private Connection application(String database) throws SQLException {
        if (targets().query("postgres", "SELECT 1 FROM pg_roles WHERE rolname = 'app'") == null) {
            targets().execute("postgres", "CREATE ROLE app LOGIN PASSWORD 'canary-app'");
        }
        PostgresUrl url = targets().url("app", "canary-app", database);
        return DriverManager.getConnection(url.jdbcUrl(), url.jdbcProperties());
    }

    private String databases() {
        return targets()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
    }

    @Test
    void nothing_that_happened_shows_a_secret() throws IOException {
        holdfast.verifiedBackup();
        String log = holdfast.server().log();
        String audit = holdfast.guru().get("/admin/audit?limit=500").require(200).text();
        String places =
                holdfast.guru().get("/admin/sources").require(200).text()
                        + holdfast.guru().get("/admin/targets").require(200).text()
                        + holdfast.guru().get("/admin/stores").require(200).text();

        for (String seen : List.of(log, audit, places)) {
            assertThat(seen).doesNotContain("canary").doesNotContain(holdfast.totpSecret());
        }
        assertThat(new String(audit.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .contains("backup.queue", "user.bootstrap");
    }
}
