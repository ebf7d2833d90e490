package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Fault 8: two servers on one catalog share the work, and no job is done twice. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoServersIT {
    private static final int JOBS = 40;

    private static RunningHoldfast first;
    private static RunningHoldfast second;
    private static Server other;
    private static Installation around;

    @BeforeAll
    static void start() {
        around = Installation.create("two", 1);
        PostgresServer source = around.sourceServer();
        source.execute(
                "postgres", "CREATE DATABASE tiny", "GRANT CONNECT ON DATABASE tiny TO backup");
        source.execute("tiny", "CREATE TABLE t AS SELECT n FROM generate_series(1, 10) n");
        around.with("BACKUP_SOURCE_TINY_URL", around.sourceUrl().withDatabase("tiny").reveal());
        around.with("BACKUP_SCHEDULER_ENABLED", "true");
        first = RunningHoldfast.start(around);
        other = Server.start(around);
        second = first.on(other);
    }

    @AfterAll
    static void stop() {
        other.close();
        first.close();
    }

    @Test
    @Order(1)
    void forty_jobs_run_once_each_and_both_servers_work() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            ids.add((i % 2 == 0 ? first : second).queue("tiny"));
        }

        for (int i = 0; i < JOBS; i++) {
            JsonObject done =
                    (i % 2 == 0 ? second : first)
                            .guru()
                            .await("/admin/backups/" + ids.get(i), "VERIFIED");
            assertThat(done.getInt("attempt")).isEqualTo(1);
        }

        PostgresServer catalog = around.catalogServer();
        assertThat(
                        catalog.query(
                                "holdfast",
                                "SELECT count(*) || '/' || count(DISTINCT work_id) FROM work_phases WHERE name = 'dump'"))
                .isEqualTo(JOBS + "/" + JOBS);
        assertThat(
                        catalog.query(
                                "holdfast",
                                "SELECT count(DISTINCT lease_owner) FROM backup_runs WHERE state = 'COMPLETED'"))
                .isEqualTo("2");
        assertThat(first.guru().get("/admin/audit/status").require(200).string("status"))
                .isEqualTo("WHOLE");
    }

    @Test
    @Order(2)
    void of_many_requests_for_one_target_at_once_one_is_taken_and_the_others_name_it()
            throws Exception {
        String backup = first.backUp("tiny");
        around.resetTarget("ledger");
        JsonObject order = first.order(backup, "ledger").build();
        List<Callable<Answer>> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            RunningHoldfast at = i % 2 == 0 ? first : second;
            requests.add(() -> at.guru().post("/admin/backups/" + backup + "/restores", order));
        }

        List<Answer> answers = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(requests.size());
        try {
            for (Future<Answer> answer : pool.invokeAll(requests)) {
                answers.add(answer.get());
            }
        } finally {
            pool.shutdown();
            pool.awaitTermination(1, TimeUnit.MINUTES);
        }

        List<Answer> taken = answers.stream().filter(a -> a.status() == 202).toList();
        assertThat(taken).hasSize(1);
        String id = taken.get(0).string("id");
        assertThat(answers)
                .filteredOn(a -> a.status() != 202)
                .allSatisfy(
                        a -> {
                            assertThat(a.status()).as(a.text()).isEqualTo(409);
                            assertThat(a.string("code")).isEqualTo("RESTORE-BUSY");
                            assertThat(a.string("detail")).contains(id);
                        });
        first.guru().post("/admin/restores/" + id + "/cancel").require(202);
    }

    @Test
    @Order(3)
    void a_server_that_stood_still_past_its_lease_writes_nothing_when_it_wakes() {
        around.wayToSource().throttle(50_000);
        String id = first.queue("far-shop");
        RunningHoldfast awake;
        Server asleep;
        try {
            first.guru()
                    .await("/admin/backups/" + id, b -> b.getString("phase", "").equals("dump"));
            String owner = owner(id);
            boolean ofFirst = first.server().log().contains(owner);
            asleep = ofFirst ? first.server() : other;
            awake = ofFirst ? second : first;
            asleep.signal("STOP");
        } finally {
            around.wayToSource().heal();
        }
        try {
            awake.guru().await("/admin/backups/" + id, "VERIFIED");
        } finally {
            asleep.signal("CONT");
        }

        JsonObject done = awake.guru().await("/admin/backups/" + id, "VERIFIED");
        assertThat(done.getInt("attempt")).isEqualTo(2);
        asleep.client(first.token()).get("/admin/backups/" + id).require(200);
        String later = awake.backUp("tiny");
        assertThat(later).isNotEqualTo(id);
        JsonObject still = awake.guru().get("/admin/backups/" + id).require(200).json();
        assertThat(still.getString("status")).isEqualTo("VERIFIED");
        assertThat(still.getString("finishedAt")).isEqualTo(done.getString("finishedAt"));
        assertThat(still.getJsonArray("stores")).isEqualTo(done.getJsonArray("stores"));
        awake.guru().get("/admin/backups/" + id + "/manifest").require(200);
    }

    /** Three nights are missed, then both servers look at once. */
    @Test
    @Order(4)
    void of_several_missed_slots_the_newest_is_run_once_by_one_of_them() {
        PostgresServer catalog = around.catalogServer();
        JsonObject tiny = schedule("tiny");
        assertThat(tiny.getString("schedule")).isEqualTo("nightly at 02:00 UTC");
        catalog.execute(
                "holdfast",
                "UPDATE source_schedules SET last_slot = now() - interval '4 days' WHERE source_id = '"
                        + tiny.getString("id")
                        + "'");

        first.guru()
                .await(
                        "/admin/backups?source=tiny",
                        list ->
                                list.getJsonArray("items").stream()
                                        .map(item -> item.asJsonObject())
                                        .anyMatch(
                                                run ->
                                                        run.getString("requestedBy")
                                                                        .equals("schedule")
                                                                && run.getString("status")
                                                                        .equals("VERIFIED")));

        assertThat(
                        catalog.query(
                                "holdfast",
                                "SELECT count(*) || ' ' || (max(slot) = date_trunc('day', now() AT TIME ZONE 'UTC' - interval '2 hours') AT TIME ZONE 'UTC' + interval '2 hours') FROM backup_runs WHERE slot IS NOT NULL"))
                .isEqualTo("1 true");
        assertThat(schedule("tiny").getString("lastSlot")).endsWith("T02:00:00Z");
    }

    private static JsonObject schedule(String source) {
        return first
                .guru()
                .get("/admin/schedule")
                .require(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(item -> item.asJsonObject())
                .filter(item -> item.getString("source").equals(source))
                .findFirst()
                .orElseThrow();
    }

    private static String owner(String id) {
        return around.catalogServer()
                .query("holdfast", "SELECT lease_owner FROM backup_runs WHERE id = '" + id + "'");
    }
}
