package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.holdfast.adapter.testing.HttpFaultProxy;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fault 7: the server is killed (-9) at work and started again. What it was at converges, nothing
 * is left half done, and no page tells more than is true. Each kill meets a backup and two
 * restores.
 */
class KilledServerIT {
    private static RunningHoldfast holdfast;
    private static Installation around;
    private static String verified;
    private static List<String> whole;
    private static Path scripts;

    /** What they are at when the server dies: one of each, and one more whose target is staging. */
    enum Moment {
        /** Bytes are on their way. */
        MIDWAY("dump", "restore", Swap.NOT_MADE, "fetch"),
        /** Only one store has the manifest; the restored rows are about to be counted. */
        HALF_COMMITTED("commit", "check", Swap.NOT_MADE, "grants"),
        /** The manifest is in both stores and not in the catalog; about to swap. */
        MANIFEST_WRITTEN(Halts.COMMITTED, "swap", Swap.NOT_MADE, "create"),
        /** Committed, about to be read back; swapped, and not yet recorded. */
        SWAPPED("verify", Halts.COMPLETED, Swap.MADE, "index");

        private final String backup;
        private final String restore;
        private final Swap swap;
        private final String other;

        Moment(String backup, String restore, Swap swap, String other) {
            this.backup = backup;
            this.restore = restore;
            this.swap = swap;
            this.other = other;
        }
    }

    private enum Swap {
        MADE,
        NOT_MADE
    }

    @BeforeAll
    static void start() throws IOException {
        around =
                Installation.create("killed", 8)
                        .withPolicy(
                                "{\"sources\": {\"far-shop\": {\"retry\": {\"attempts\": 3, \"first_pause_seconds\": 1}}}}");
        around.withNoise(40)
                .withFarTarget("FAR_TOO", "far_too")
                .with("RESTORE_TARGET_FAR_TOO_IN_PLACE", "true");
        scripts = Files.createDirectories(around.home().resolve("scripts"));
        around.with("IMPORT_PLACE_SCRIPTS", scripts.toString());
        around.storeFaults();
        holdfast = RunningHoldfast.start(around);
        verified = holdfast.verifiedBackup();
        whole = names(verified);
    }

    @AfterAll
    static void stop() {
        holdfast.close();
    }

    @BeforeEach
    void givenTargets() {
        around.resetTarget("far");
        around.resetTarget("staging");
    }

    @AfterEach
    void heal() {
        around.heal();
    }

    private RestClient guru() {
        return holdfast.guru();
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void at_any_moment_the_next_one_brings_all_to_a_true_end(Moment moment) {
        String databases = databases();
        String source = moment.other.equals("index") ? "noise" : "shop";
        String snapshot = source.equals("noise") ? holdfast.backUp("noise") : verified;
        String backup;
        String restore;
        String other;
        try (Halts.Halt ofRestore = haltOrSlow(moment.restore)) {
            restore = holdfast.ask(verified, holdfast.order(verified, "far"));
            reached(ofRestore, moment.restore, "/admin/restores/" + restore);
            try (Halts.Halt ofOther = haltOrSlow(moment.other);
                    Halts.Halt ofBackup = haltOrSlow(moment.backup)) {
                other = holdfast.ask(snapshot, holdfast.order(snapshot, "staging"));
                reached(ofOther, moment.other, "/admin/restores/" + other);
                backup = holdfast.queue("far-shop");
                reached(ofBackup, moment.backup, "/admin/backups/" + backup);
                holdfast.server().signal("KILL");
            }
        }
        if (moment.swap == Swap.NOT_MADE) {
            assertThat(rows("far"))
                    .as("the old database serves while nobody is there")
                    .isEqualTo("42");
        }
        assertThat(rows("staging")).isEqualTo("42");
        around.heal();
        restart();

        JsonObject saved = guru().await("/admin/backups/" + backup, KilledServerIT::whole);
        assertThat(saved.getInt("attempt")).isEqualTo(2);
        assertThat(names(backup)).as("one set of objects, and nothing beside it").isEqualTo(whole);

        isAsItWas(other, "staging");
        switch (moment.swap) {
            case NOT_MADE -> {
                isAsItWas(restore, "far");
                assertThat(databases()).isEqualTo(databases);
                restoresNow(verified, "far", "shop");
            }
            case MADE -> isSwapped(restore);
        }
        assertThat(databases()).doesNotContain("staging_holdfast_");
        restoresNow(snapshot, "staging", source);
        guru().await("/admin/restores/" + restore, r -> locks().equals("0"));
        assertThat(guru().get("/admin/audit/status").require(200).string("status"))
                .isEqualTo("WHOLE");
    }

    private void isAsItWas(String restore, String target) {
        JsonObject ended = guru().await("/admin/restores/" + restore, "FAILED");
        assertThat(ended.getJsonObject("failure").getString("code")).isEqualTo("SERVER_STOPPED");
        assertThat(ended.getString("failureReason"))
                .isEqualTo(
                        "The server stopped during the restore. The target is as it was; what had"
                                + " been made aside is removed. Ask for the restore again.");
        assertThat(rows(target)).isEqualTo("42");
    }

    private void restoresNow(String snapshot, String target, String source) {
        holdfast.restore(snapshot, holdfast.order(snapshot, target));
        equals(source, target);
    }

    private void isSwapped(String restore) {
        JsonObject ended = guru().await("/admin/restores/" + restore, "COMPLETED");
        equals("shop", "far");
        assertThat(ended.getString("result"))
                .isEqualTo("The swap was made before the server stopped; far holds the snapshot.");
        assertThat(around.targetServer().exists(ended.getString("keptDatabase"))).isTrue();
        assertThat(databases()).doesNotContain("far_holdfast_");
    }

    @Test
    void at_the_globals_of_a_backup_and_in_restores_in_place_the_next_one_tells_the_truth() {
        around.resetTarget("far_too");
        around.resetTarget("sandbox");
        String half;
        String done;
        String backup;
        try (Halts.Halt committed = holdfast.halts().at(Halts.COMPLETED);
                Halts.Halt globals = holdfast.halts().at("globals")) {
            backup = holdfast.queue("far-shop");
            globals.awaitReached();
            done = holdfast.ask(verified, inPlace("sandbox"));
            committed.awaitReached();
            JsonObjectBuilder order = inPlace("far-too");
            around.wayToTargets().throttle(100_000);
            half = holdfast.ask(verified, order);
            guru().await("/admin/restores/" + half, r -> isReplacing("far_too"));
            holdfast.server().signal("KILL");
        }
        around.heal();
        restart();

        JsonObject saved = guru().await("/admin/backups/" + backup, KilledServerIT::whole);
        assertThat(saved.getInt("attempt")).isEqualTo(2);
        assertThat(names(backup)).isEqualTo(whole);

        JsonObject after = guru().await("/admin/restores/" + done, "FAILED");
        assertThat(after.getJsonObject("failure").getString("code")).isEqualTo("SERVER_STOPPED");
        assertThat(after.getString("failureReason"))
                .startsWith(
                        "The server stopped after the restore in place was committed: sandbox"
                                + " holds the snapshot.");
        equals("shop", "sandbox");
        JsonObject before = guru().await("/admin/restores/" + half, "FAILED");
        assertThat(before.getJsonObject("failure").getString("code")).isEqualTo("SERVER_STOPPED");
        assertThat(before.getString("failureReason"))
                .isEqualTo(
                        "The server stopped during the restore in place, before it was committed."
                                + " The target is as it was. Ask for the restore again.");
        assertThat(rows("far_too")).isEqualTo("42");

        holdfast.restore(verified, inPlace("far-too"));
        equals("shop", "far_too");
    }

    private JsonObjectBuilder inPlace(String target) {
        return holdfast.order(verified, target).add("mode", "IN_PLACE_SCHEMA");
    }

    private static boolean isReplacing(String database) {
        return around.targetServer()
                .query(
                        database,
                        "SELECT count(*) > 0 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND"
                                + " relation = to_regclass('public.only_here')")
                .equals("t");
    }

    @Test
    void in_the_middle_of_an_undo_it_is_undone_all_the_same() {
        String databases = databases();
        JsonObject done = holdfast.restore(verified, holdfast.order(verified, "far"));
        String path = "/admin/restores/" + done.getString("id");
        try (Halts.Halt halt = holdfast.halts().at(Halts.UNDONE)) {
            guru().post(
                            path + "/undo",
                            Json.createObjectBuilder().add("otp", holdfast.freshCode()).build())
                    .require(202);
            halt.awaitReached();
            holdfast.server().signal("KILL");
        }
        assertThat(rows("far")).isEqualTo("42");
        restart();

        JsonObject undone = guru().await(path, r -> r.getString("status").equals("UNDONE"));

        String since = done.getString("asideDatabase");
        assertThat(undone.getString("keptDatabase")).isEqualTo(since);
        assertThat(undone.getString("result"))
                .isEqualTo(
                        "Undone: far serves the database again that it had before the restore. What"
                                + " served since is kept as "
                                + since
                                + " until "
                                + undone.getString("keptUntil")
                                + ".");
        assertThat(undone.containsKey("failureReason")).isFalse();
        assertThat(rows("far")).isEqualTo("42");
        assertThat(databases()).contains(since);

        around.catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE backup_restores SET kept_until = now() - interval '1 minute' WHERE"
                                + " kept_database = '"
                                + since
                                + "'");
        guru().await(path, r -> databases().equals(databases));
    }

    @Test
    void in_the_middle_of_an_import_the_next_one_brings_it_in_whole() throws Exception {
        dumpTo("old.dump");
        int struck = around.storeFaults().struck();
        around.storeFaults()
                .failAlways(
                        r -> r.isPut() && r.path().contains("/database.dump"),
                        new HttpFaultProxy.Silence());
        String id =
                guru().post(
                                "/admin/imports",
                                Json.createObjectBuilder()
                                        .add("place", "scripts")
                                        .add("files", Json.createArrayBuilder().add("old.dump"))
                                        .add("source", "far-shop")
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(202)
                        .json()
                        .getJsonArray("items")
                        .getJsonObject(0)
                        .getString("id");
        guru().await("/admin/backups/" + id, b -> around.storeFaults().struck() > struck);
        holdfast.server().signal("KILL");
        assertThat(around.inStores(id)).as("half of it is there").isNotEmpty();
        around.heal();
        restart();

        JsonObject saved = guru().await("/admin/backups/" + id, KilledServerIT::whole);

        assertThat(saved.getInt("attempt")).isEqualTo(2);
        assertThat(names(id))
                .as("one set of objects, and nothing beside it")
                .isEqualTo(whole.stream().filter(name -> !name.contains("globals")).toList());
        assertThat(
                        guru().get("/admin/backups/" + id + "/manifest")
                                .require(200)
                                .json()
                                .getJsonObject("imported")
                                .getString("file"))
                .isEqualTo("old.dump");
        assertThat(guru().get("/admin/audit/status").require(200).string("status"))
                .isEqualTo("WHOLE");
    }

    private static void dumpTo(String file) throws Exception {
        PostgresServer source = around.sourceServer();
        ProcessBuilder dump =
                new ProcessBuilder(
                        source.bin().resolve("pg_dump").toString(),
                        "-Fc",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(source.port()),
                        "-U",
                        "postgres",
                        "-f",
                        scripts.resolve(file).toString(),
                        "shop");
        dump.environment().put("PGPASSWORD", PostgresServer.PASSWORD);
        Process process = dump.inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void says_nothing_of_a_target_that_does_not_answer_and_cleans_up_when_it_does() {
        String databases = databases();
        String id;
        try (Halts.Halt halt = holdfast.halts().at("check")) {
            id = holdfast.ask(verified, holdfast.order(verified, "far"));
            halt.awaitReached();
            holdfast.server().signal("KILL");
        }
        around.wayToTargets().refuse();
        restart();

        String path = "/admin/restores/" + id;
        JsonObject waiting = guru().await(path, r -> log(path).contains("It is tried again until"));
        assertThat(waiting.getString("status")).isEqualTo("RUNNING");
        assertThat(databases()).contains("far_holdfast_");

        around.heal();
        isAsItWas(id, "far");
        assertThat(databases()).isEqualTo(databases);
        restoresNow(verified, "far", "shop");
    }

    private String log(String path) {
        return guru().get(path + "/log").require(200).text();
    }

    @Test
    void with_work_in_the_queue_the_next_one_does_it() {
        around.wayToSource().throttle(100_000);
        List<String> queued = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            queued.add(holdfast.queue("far-shop"));
        }
        for (String id : queued.subList(0, 2)) {
            guru().await("/admin/backups/" + id, b -> b.getString("phase", "").equals("dump"));
        }
        String last = queued.get(2);
        assertThat(guru().get("/admin/backups/" + last).require(200).string("status"))
                .isEqualTo("QUEUED");

        holdfast.server().signal("KILL");
        around.heal();
        restart();

        for (String id : queued) {
            JsonObject done = guru().await("/admin/backups/" + id, "VERIFIED");
            assertThat(done.getInt("attempt")).isEqualTo(id.equals(last) ? 1 : 2);
            assertThat(names(id)).isEqualTo(whole);
        }
    }

    // --- the kill ------------------------------------------------------------------------------

    /** Bytes are slowed down; other steps are halted at their beginning. */
    private Halts.Halt haltOrSlow(String step) {
        switch (step) {
            case "dump" -> around.wayToSource().throttle(100_000);
            case "restore" -> around.wayToTargets().throttle(100_000);
            case "commit" ->
                    around.storeFaults()
                            .failAlways(
                                    r -> r.isPut() && r.path().endsWith("manifest.json"),
                                    new HttpFaultProxy.Silence());
            default -> {
                return holdfast.halts().at(step);
            }
        }
        return null;
    }

    private void reached(Halts.Halt halt, String step, String path) {
        if (halt != null) {
            halt.awaitReached();
        } else if (step.equals("commit")) {
            guru().await(
                            path,
                            b ->
                                    around.storeFaults().struck() > 0
                                            && names(id(path)).contains("local manifest.json"));
        } else {
            guru().await(path, b -> b.getString("phase", "").equals(step));
        }
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void restart() {
        holdfast = holdfast.on(holdfast.server().startAgain());
    }

    // --- what is there -------------------------------------------------------------------------

    /** Verified, and in every store. */
    private static boolean whole(JsonObject backup) {
        return backup.getString("status").equals("VERIFIED")
                && backup.getJsonArray("stores").stream()
                        .map(JsonValue::asJsonObject)
                        .allMatch(copy -> copy.getString("status").equals("VERIFIED"));
    }

    /** Store and object name of all that is in the stores of one backup. */
    private static List<String> names(String id) {
        return around.inStores(id).stream()
                .map(
                        name ->
                                name.replaceFirst(" .*/", " ")
                                        + (name.contains(" unfinished ") ? " unfinished" : ""))
                .toList();
    }

    private void equals(String source, String target) {
        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url(source),
                                around.targetServer().url(target)))
                .isEmpty();
    }

    private String rows(String target) {
        return around.targetServer().query(target, "SELECT count(*) FROM only_here");
    }

    private String databases() {
        return around.targetServer()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
    }

    private String locks() {
        return around.targetServer()
                .query("postgres", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'");
    }
}
