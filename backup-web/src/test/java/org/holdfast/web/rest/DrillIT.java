package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.Programs;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Drills as a script asks for them: they restore and look, say what they found, and nothing of them
 * is left, whatever becomes of them. One server, which is killed by one of the tests.
 */
class DrillIT {
    private static RunningHoldfast holdfast;
    private static Installation around;
    private static String backup;

    @BeforeAll
    static void start() {
        around = Installation.create("drills", 8);
        around.sourceServer()
                .execute(
                        "shop",
                        "CREATE TABLE shop.schema_version (version text PRIMARY KEY)",
                        "INSERT INTO shop.schema_version VALUES ('41'), ('42')",
                        "CREATE TABLE shop.heartbeat (at timestamptz)",
                        "INSERT INTO shop.heartbeat VALUES (now())",
                        "CREATE TABLE shop.stopped_heart (at timestamptz)",
                        "INSERT INTO shop.stopped_heart VALUES (now() - interval '3 days')",
                        // PostgreSQL words this otherwise after a restore.
                        "CREATE TABLE shop.mood (it varchar(9) CHECK (it IN ('up', 'down')))");
        // Another locale provider, and an extension that works only where it was loaded at start.
        around.sourceServer()
                .execute(
                        "postgres",
                        "CREATE DATABASE words TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu"
                                + " ICU_LOCALE 'de-DE' LOCALE 'C.UTF-8'");
        around.sourceServer()
                .execute(
                        "words",
                        "CREATE EXTENSION pg_stat_statements",
                        "CREATE COLLATION by_number (provider = icu, locale = 'en-u-kn')",
                        "CREATE TABLE word (it text PRIMARY KEY, numbered text COLLATE by_number)",
                        "INSERT INTO word VALUES ('Zebra', 'a10'), ('Äpfel', 'a9'), ('Apfel', 'a1')",
                        "CREATE INDEX ON word (numbered)");
        // The production target, and a target that nobody marked, are on the source's own server.
        String beside = around.sourceServer().url("postgres").reveal();
        around.with("RESTORE_TARGET_LIVE_URL", beside)
                .with("RESTORE_TARGET_TWIN_URL", beside)
                .with(
                        "RESTORE_TARGET_REMOTE_URL",
                        beside.replaceFirst(
                                ":" + around.sourceServer().port() + "/",
                                ":" + around.wayToSource().port() + "/"))
                .with("RESTORE_TARGET_REMOTE_PRODUCTION", "true")
                .with("BACKUP_SOURCE_WORDS_URL", around.sourceUrl().withDatabase("words").reveal())
                .with("DRILL_COMMAND_SHOP", "[\"" + around.command() + "\"]")
                .with("DRILL_COMMAND_SHOP_SECONDS", "60")
                .withPolicy("{\"sources\": {\"shop\": {\"row_proof\": \"hashes\"}}}");
        holdfast = RunningHoldfast.start(around);
        backup = holdfast.verifiedBackup();
    }

    /** Also of tests that failed: nothing of a drill outlives this class. */
    @AfterAll
    static void stop() {
        for (JsonValue drill : guru().get("/admin/drills").json().getJsonArray("items")) {
            guru().post("/admin/drills/" + drill.asJsonObject().getString("id") + "/cancel");
            guru().post("/admin/drills/" + drill.asJsonObject().getString("id") + "/destroy");
        }
        guru().await(
                        "/admin/drills",
                        all ->
                                around.catalogServer()
                                        .query(
                                                "holdfast",
                                                "SELECT count(*) FROM drills WHERE status IN"
                                                        + " ('PLANNED', 'RUNNING') OR destroyed_at IS NULL"
                                                        + " AND (cluster_directory IS NOT NULL OR"
                                                        + " drill_database IS NOT NULL)")
                                        .equals("0"));
        holdfast.close();
    }

    private static RestClient guru() {
        return holdfast.guru();
    }

    @Test
    void in_a_throwaway_cluster_proves_the_backup_and_leaves_nothing() throws Exception {
        Programs.script(
                around.command(), "exec /usr/bin/psql -XAtc 'SELECT count(*) FROM shop.orders'");
        String id =
                ask(
                        order().add(
                                        "checks",
                                        Json.createObjectBuilder()
                                                .add(
                                                        "demanded",
                                                        Json.createArrayBuilder(
                                                                List.of(
                                                                        "CONTENT",
                                                                        "SCHEMA",
                                                                        "INDEXES",
                                                                        "AMCHECK",
                                                                        "EXTENSIONS",
                                                                        "COLLATIONS",
                                                                        "KEY_TABLES",
                                                                        "VERIFICATION_SQL",
                                                                        "SMOKE_TEST",
                                                                        "MIGRATIONS",
                                                                        "ROW_SECURITY",
                                                                        "ROLES",
                                                                        "CANARY",
                                                                        "RTO")))
                                                .add(
                                                        "migrations",
                                                        migrations("shop.schema_version", "42"))
                                                .add(
                                                        "securedTables",
                                                        Json.createArrayBuilder()
                                                                .add("shop.customers"))
                                                .add(
                                                        "roles",
                                                        Json.createArrayBuilder().add("backup"))
                                                .add("canary", canary("shop.heartbeat"))
                                                .add(
                                                        "keyTables",
                                                        Json.createArrayBuilder()
                                                                .add("shop.orders"))
                                                .add("smokeTest", "shop")
                                                .add(
                                                        "verificationSql",
                                                        "-- Orders are there\n-- expect: > 0\n"
                                                                + "SELECT count(*) FROM shop.orders;\n"
                                                                + "SELECT true AS ok;")));

        JsonObject drill = guru().await("/admin/drills/" + id, "PASSED");

        assertThat(drill.getString("verdict")).isEqualTo("PASSED");
        assertThat(drill.getString("number")).startsWith("D-");
        assertThat(drill.getString("place")).isEqualTo("THROWAWAY");
        assertThat(drill.getJsonObject("facts").getString("systemIdentifier"))
                .isNotEqualTo(drill.getJsonObject("facts").getString("sourceSystemIdentifier"));
        assertThat(drill.getJsonArray("phases"))
                .extracting(p -> p.asJsonObject().getString("name"))
                .contains("fetch", "cluster", "globals", "restore", "check", "clean-up");
        assertThat(drill.getJsonNumber("durationSeconds").doubleValue()).isGreaterThanOrEqualTo(0);
        assertThat(check(drill, "content of every table").getString("expected"))
                .contains("and their hashes");
        assertThat(check(drill, "Orders are there").getString("verdict")).isEqualTo("PASSED");
        assertThat(check(drill, "pages of tables and indexes").getString("verdict"))
                .isEqualTo("PASSED");
        assertThat(check(drill, "definitions of the schema").getString("actual"))
                .contains("1 worded otherwise by PostgreSQL");
        assertThat(check(drill, "migrations in shop.schema_version").getString("actual"))
                .isEqualTo("2 rows, the last 42");
        assertThat(check(drill, "row security of shop.customers").getString("actual"))
                .isEqualTo("on, 3 policies");
        assertThat(check(drill, "newest row of shop.heartbeat").getString("actual"))
                .contains(" older: ");
        assertThat(drill.getJsonObject("left").getString("result")).contains("ended and removed");
        assertNothingIsLeft(drill);
        assertThat(guru().get("/admin/backups/" + backup).string("status")).isEqualTo("RESTORED");
    }

    @Test
    void fails_by_the_check_that_contradicts_it_and_names_it() {
        String id =
                ask(
                        order().add(
                                        "checks",
                                        Json.createObjectBuilder()
                                                .add("amcheck", false)
                                                .add(
                                                        "keyTables",
                                                        Json.createArrayBuilder()
                                                                .add("shop.orders")
                                                                .add("shop.no_such_table"))
                                                .add(
                                                        "migrations",
                                                        migrations("shop.schema_version", "43"))
                                                .add(
                                                        "securedTables",
                                                        Json.createArrayBuilder()
                                                                .add("shop.orders")
                                                                .add("shop.no_such_table"))
                                                .add(
                                                        "roles",
                                                        Json.createArrayBuilder()
                                                                .add("backup")
                                                                .add("nobody_made_me"))
                                                .add("canary", canary("shop.stopped_heart"))
                                                .add(
                                                        "verificationSql",
                                                        "-- No order is lost\n-- expect: 0\n"
                                                                + "SELECT count(*) FROM shop.orders;")));

        JsonObject drill = guru().await("/admin/drills/" + id, "FAILED");

        assertThat(drill.getJsonObject("failure").getString("code"))
                .isEqualTo("DRILL-CHECK-FAILED");
        assertThat(drill.getString("failureReason"))
                .startsWith("7 of ")
                .contains("rows in shop.no_such_table", "role nobody_made_me: expected there");
        assertFailed(drill, "No order is lost", "1 row: ");
        assertThat(check(drill, "rows in shop.orders").getString("verdict")).isEqualTo("PASSED");
        assertFailed(drill, "rows in shop.no_such_table", "no_such_table");
        assertFailed(drill, "migrations in shop.schema_version", "2 rows, the last 42");
        assertFailed(drill, "row security of shop.orders", "off, 0 policies");
        assertFailed(drill, "row security of shop.no_such_table", "no such table");
        assertFailed(drill, "role nobody_made_me", "missing");
        assertFailed(drill, "newest row of shop.stopped_heart", "72 h");
        assertThat(check(drill, "role backup").getString("verdict")).isEqualTo("PASSED");
        assertNothingIsLeft(drill);
    }

    @Test
    void on_a_staging_server_has_a_database_of_its_own_that_is_dropped() {
        String before = databases();

        String id = ask(order().add("place", "staging"));
        JsonObject drill = guru().await("/admin/drills/" + id, "PASSED", "PARTIAL");

        assertThat(drill.getString("verdict")).isEqualTo("PASSED");
        assertThat(drill.getJsonObject("left").getString("database")).contains("_drill_");
        assertThat(databases()).isEqualTo(before);
    }

    @Test
    void never_goes_into_production_by_flag_or_by_the_servers_identifier() {
        assertThat(
                        guru().post("/admin/drills", order().add("place", "live").build())
                                .string("code"))
                .isEqualTo("DRILL-PRODUCTION");

        JsonObject drill =
                guru().await("/admin/drills/" + ask(order().add("place", "twin")), "FAILED");

        assertThat(drill.getJsonObject("failure").getString("code")).isEqualTo("DRILL-PRODUCTION");
        assertThat(drill.getString("failureReason")).contains("system identifier");
        assertThat(
                        around.sourceServer()
                                .query(
                                        "postgres",
                                        "SELECT count(*) FROM pg_database WHERE datname LIKE '%drill%'"))
                .isEqualTo("0");
    }

    @Test
    void goes_to_no_target_while_production_does_not_say_who_it_is() {
        String before = databases();
        JsonObject drill;
        around.wayToSource().refuse();
        try {
            drill = guru().await("/admin/drills/" + ask(order().add("place", "staging")), "FAILED");
        } finally {
            around.wayToSource().heal();
        }

        assertThat(drill.getJsonObject("failure").getString("code")).isEqualTo("DRILL-APART");
        assertThat(drill.getString("failureReason"))
                .startsWith("Production target remote could not be asked");
        assertThat(databases()).isEqualTo(before);
    }

    @Test
    void cancelled_at_work_is_aborted_and_leaves_nothing() {
        JsonObject drill;
        String id;
        try (Halts.Halt halt = holdfast.halts().at("check")) {
            id = ask(order());
            halt.awaitReached();
            drill = guru().get("/admin/drills/" + id).json();
            assertThat(directory(drill)).isDirectory();
            guru().post("/admin/drills/" + id + "/cancel").require(202);
        }

        drill = guru().await("/admin/drills/" + id, "ABORTED");

        assertThat(drill.getJsonObject("failure").getString("code")).isEqualTo("DRILL-CANCELLED");
        assertThat(drill.getString("cancelledBy")).isEqualTo(RunningHoldfast.USER);
        assertNothingIsLeft(
                guru().await(
                                "/admin/drills/" + id,
                                d -> d.getJsonObject("left").containsKey("destroyedAt")));
    }

    @Test
    void kept_for_inspection_can_be_looked_into_until_somebody_cleans_up() {
        String id = ask(order().add("keepMinutes", 60));
        JsonObject drill = guru().await("/admin/drills/" + id, "PASSED");

        assertThat(drill.getJsonObject("left").getString("connection")).contains("psql -h ");
        assertThat(servers(directory(drill))).isNotEmpty();
        guru().post("/admin/drills/" + id + "/destroy").require(202);

        assertNothingIsLeft(
                guru().await(
                                "/admin/drills/" + id,
                                d -> d.getJsonObject("left").containsKey("destroyedAt")));
    }

    @Test
    void of_a_server_that_was_killed_is_aborted_and_its_cluster_destroyed() {
        String id;
        Path directory;
        try (Halts.Halt halt = holdfast.halts().at("check")) {
            id = ask(order());
            halt.awaitReached();
            directory = directory(guru().get("/admin/drills/" + id).json());
            holdfast.server().signal("KILL");
        }
        assertThat(servers(directory)).as("its cluster outlives the server").isNotEmpty();

        holdfast = holdfast.on(holdfast.server().startAgain());
        JsonObject drill = guru().await("/admin/drills/" + id, "ABORTED");

        assertThat(drill.getJsonObject("failure").getString("code"))
                .isEqualTo("DRILL-SERVER-STOPPED");
        assertNothingIsLeft(
                guru().await(
                                "/admin/drills/" + id,
                                d -> d.getJsonObject("left").containsKey("destroyedAt")));
    }

    @Test
    void another_locale_provider_and_an_extension_to_be_loaded_come_back_too() {
        String plain =
                guru().post(
                                "/admin/backups",
                                Json.createObjectBuilder()
                                        .add("source", "words")
                                        .add("format", "PLAIN_GZ")
                                        .build())
                        .require(202)
                        .string("id");
        String words = holdfast.backUp("words");
        guru().await("/admin/backups/" + plain, "VERIFIED");
        String asSql =
                ask(
                        Json.createObjectBuilder()
                                .add("snapshotId", plain)
                                .add(
                                        "checks",
                                        Json.createObjectBuilder()
                                                .add(
                                                        "demanded",
                                                        Json.createArrayBuilder(
                                                                List.of("CONTENT", "INDEXES")))));
        String id =
                ask(
                        Json.createObjectBuilder()
                                .add("snapshotId", words)
                                .add(
                                        "checks",
                                        Json.createObjectBuilder()
                                                .add(
                                                        "demanded",
                                                        Json.createArrayBuilder(
                                                                List.of(
                                                                        "CONTENT",
                                                                        "SCHEMA",
                                                                        "INDEXES",
                                                                        "EXTENSIONS",
                                                                        "COLLATIONS",
                                                                        "VERIFICATION_SQL")))
                                                .add(
                                                        "verificationSql",
                                                        "-- sorted by ICU\n-- expect: Apfel,Äpfel,Zebra\n"
                                                                + "SELECT string_agg(it, ',' ORDER BY it) FROM word;\n"
                                                                + "-- its library is loaded\n-- expect: >= 0\n"
                                                                + "SELECT count(*) FROM pg_stat_statements;")));

        JsonObject drill = guru().await("/admin/drills/" + id, "PASSED", "PARTIAL", "FAILED");

        assertThat(drill.getString("verdict")).as(drill.toString()).isEqualTo("PASSED");
        drill = guru().await("/admin/drills/" + asSql, "PASSED", "PARTIAL", "FAILED");
        assertThat(drill.getString("verdict")).as(drill.toString()).isEqualTo("PASSED");
        assertThat(check(drill, "definitions of the schema").getString("verdict"))
                .isEqualTo("NOT_RUN");
    }

    // --- helpers -----------------------------------------------------------------------------

    private static JsonObjectBuilder migrations(String table, String expected) {
        return Json.createObjectBuilder()
                .add("table", table)
                .add("column", "version")
                .add("expected", expected);
    }

    private static JsonObjectBuilder canary(String table) {
        return Json.createObjectBuilder().add("table", table).add("column", "at");
    }

    private static void assertFailed(JsonObject drill, String name, String found) {
        assertThat(check(drill, name).getString("verdict")).as(name).isEqualTo("FAILED");
        assertThat(check(drill, name).getString("actual")).contains(found);
    }

    private static JsonObjectBuilder order() {
        return Json.createObjectBuilder().add("snapshotId", backup);
    }

    private static String ask(JsonObjectBuilder order) {
        return guru().post("/admin/drills", order.build()).require(202).string("id");
    }

    private static JsonObject check(JsonObject drill, String name) {
        return drill.getJsonArray("checks").stream()
                .map(JsonValue::asJsonObject)
                .filter(c -> c.getString("name").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + drill));
    }

    private static Path directory(JsonObject drill) {
        return Path.of(drill.getJsonObject("left").getString("directory"));
    }

    private static void assertNothingIsLeft(JsonObject drill) {
        assertThat(directory(drill)).doesNotExist();
        assertThat(servers(directory(drill))).isEmpty();
    }

    /** Processes whose command names a directory. */
    private static List<String> servers(Path directory) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(p -> read(p.resolve("cmdline")))
                    .filter(command -> command.contains(directory.toString()))
                    .toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (java.io.IOException e) {
            return "";
        }
    }

    private static String databases() {
        return around.targetServer()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database");
    }
}
