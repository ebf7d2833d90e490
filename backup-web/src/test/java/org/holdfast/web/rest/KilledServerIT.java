package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Fault 7: the server is killed (-9) at work and started again. What it was at converges, nothing
 * is left half done, and no page tells more than is true.
 */
class KilledServerIT {
    private static RunningHoldfast holdfast;
    private static Installation around;
    private static String verified;

    @BeforeAll
    static void start() {
        around = Installation.create("killed", 8);
        holdfast = RunningHoldfast.start(around);
        verified = holdfast.verifiedBackup();
    }

    @AfterAll
    static void stop() {
        holdfast.close();
    }

    private RestClient guru() {
        return holdfast.guru();
    }

    @Test
    void in_the_middle_of_a_backup_it_takes_the_work_up_again() throws IOException {
        around.wayToSource().throttle(100_000);
        String id = holdfast.queue("far-shop");
        guru().await("/admin/backups/" + id, b -> b.getString("phase", "").equals("dump"));

        holdfast.server().signal("KILL");
        assertThat(manifests(id)).isZero();
        around.wayToSource().heal();
        restart();
        JsonObject done = guru().await("/admin/backups/" + id, "VERIFIED");

        assertThat(done.getInt("attempt")).isEqualTo(2);
        assertThat(done.getJsonArray("stores")).hasSize(2);
        assertThat(manifests(id)).isEqualTo(2);
        assertThat(objects(around.storeDirectory(), id))
                .as("one set of objects, no part of the first attempt's")
                .isEqualTo(objects(around.storeDirectory(), verified));
        assertThat(guru().get("/admin/audit/status").require(200).string("status"))
                .isEqualTo("WHOLE");
    }

    @Test
    void in_the_middle_of_a_restore_it_leaves_the_target_as_it_was() {
        around.resetTarget("far");
        String databases = databases();
        JsonObjectBuilder order = holdfast.order(verified, "far");
        around.wayToTargets().throttle(100_000);
        String id = holdfast.ask(verified, order);
        guru().await("/admin/restores/" + id, r -> r.getString("phase", "").equals("restore"));
        assertThat(databases()).isNotEqualTo(databases);

        holdfast.server().signal("KILL");
        assertThat(rows()).isEqualTo("42");
        around.wayToTargets().heal();
        restart();
        JsonObject ended = guru().await("/admin/restores/" + id, "FAILED");

        assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("SERVER_STOPPED");
        assertThat(ended.getString("failureReason"))
                .isEqualTo(
                        "The server stopped during the restore. The target is as it was; what had"
                                + " been made aside is removed. Ask for the restore again.");
        assertThat(rows()).isEqualTo("42");
        assertThat(databases()).isEqualTo(databases);

        holdfast.restore(verified, holdfast.order(verified, "far"));
        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url("shop"),
                                around.targetServer().url("far")))
                .isEmpty();
    }

    private void restart() {
        Server again = holdfast.server().startAgain();
        holdfast = holdfast.on(again);
    }

    private String rows() {
        return around.targetServer().query("far", "SELECT count(*) FROM only_here");
    }

    private String databases() {
        return around.targetServer()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
    }

    private long manifests(String id) throws IOException {
        return files(around.storeDirectory(), id, "manifest.json")
                + files(around.home().resolve("s3"), id, "manifest.json");
    }

    private static long files(Path root, String id, String name) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(f -> f.toString().contains(id) && f.endsWith(name)).count();
        }
    }

    private static long objects(Path root, String id) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(f -> f.toString().contains(id) && Files.isRegularFile(f)).count();
        }
    }
}
