package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused unless a switch allows it, with the switch on. */
class SwitchesIT {
    private static Installation around;
    private static RunningHoldfast holdfast;
    private static Path scripts;

    @BeforeAll
    static void start() throws IOException {
        around = Installation.create("switches", 1);
        scripts = Files.createDirectories(around.home().resolve("scripts"));
        around.with("IMPORT_PLACE_SCRIPTS", scripts.toString())
                .with("ALLOW_DB_RESTORE", "true")
                .with("ALLOW_CREATE_IN_DUMP", "1");
        holdfast = RunningHoldfast.start(around);
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
    }

    private static RestClient guru() {
        return holdfast.guru();
    }

    @Test
    void into_production_it_is_restored_through_the_whole_control() {
        String backup = holdfast.verifiedBackup();
        JsonObjectBuilder order = holdfast.order(backup, "live");
        JsonObject right = order.build();
        String restores = "/admin/backups/" + backup + "/restores";
        assertThat(guru().post(restores, changed(right, "phrase", "RESTORE live")).string("code"))
                .isEqualTo("RESTORE-PHRASE");
        assertThat(guru().post(restores, changed(right, "otp", "000000")).status()).isEqualTo(403);
        JsonObject unread =
                Json.createObjectBuilder(right)
                        .add("checklist", Json.createArrayBuilder())
                        .add("otp", holdfast.freshCode())
                        .build();
        assertThat(guru().post(restores, unread).string("code")).isEqualTo("RESTORE-CHECKLIST");

        String id = holdfast.ask(backup, holdfast.order(backup, "live"));
        String path = "/admin/restores/" + id;
        assertThat(guru().get(path).require(200).string("status")).isEqualTo("AWAITING_APPROVAL");
        assertThat(guru().post(path + "/approve", code()).string("code"))
                .isEqualTo("RESTORE-4EYES");
        assertThat(rows()).isEqualTo("42");
        holdfast.as(Role.ADMIN).post(path + "/approve", code()).require(202);

        JsonObject done = guru().await(path, "COMPLETED");
        assertThat(done.getString("approvedBy")).isEqualTo("admin");
        equalsShop("live");
        assertThat(around.targetServer().exists(done.getString("keptDatabase"))).isTrue();
    }

    private static JsonObject changed(JsonObject order, String name, String value) {
        JsonObjectBuilder changed =
                Json.createObjectBuilder(order).add("otp", holdfast.freshCode());
        return changed.add(name, value).build();
    }

    private static JsonObject code() {
        return Json.createObjectBuilder().add("otp", holdfast.freshCode()).build();
    }

    private static String rows() {
        return around.targetServer().query("live", "SELECT count(*) FROM only_here");
    }

    @ParameterizedTest
    @CsvSource({"-Fc, created.dump", "-Fp, created.sql"})
    void a_dump_that_makes_its_database_is_restored_into_the_target_alone(
            String format, String file) throws Exception {
        dump(format, file);
        around.resetTarget("staging");
        String id =
                guru().post(
                                "/admin/imports",
                                Json.createObjectBuilder()
                                        .add("place", "scripts")
                                        .add("files", Json.createArrayBuilder().add(file))
                                        .add("source", "shop")
                                        .add("otp", holdfast.freshCode())
                                        .build())
                        .require(202)
                        .json()
                        .getJsonArray("items")
                        .getJsonObject(0)
                        .getString("id");
        guru().await("/admin/backups/" + id, "VERIFIED");
        String before = databases();

        JsonObject done = holdfast.restore(id, holdfast.order(id, "staging"));

        equalsShop("staging");
        around.targetServer().dropDatabase(done.getString("keptDatabase"));
        assertThat(databases()).isEqualTo(before);
    }

    private static void dump(String format, String file) throws Exception {
        PostgresServer source = around.sourceServer();
        ProcessBuilder dump =
                new ProcessBuilder(
                        source.bin().resolve("pg_dump").toString(),
                        format,
                        "--create",
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

    private static void equalsShop(String database) {
        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url("shop"),
                                around.targetServer().url(database)))
                .isEmpty();
    }

    private static String databases() {
        return around.targetServer()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
    }
}
