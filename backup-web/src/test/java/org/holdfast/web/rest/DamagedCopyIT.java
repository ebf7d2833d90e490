package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fault 6 on the whole product: the last byte of what a store keeps was changed after it had been
 * verified. No byte of it becomes SQL, and a sound copy is taken where there is one.
 */
@ExtendWith(RunningHoldfast.Faulty.class)
class DamagedCopyIT {
    private static final String DUMP = "database.dump.zst.age";
    private static final String GLOBALS = "globals.sql.zst.age";

    /** A statement that changes something, as the server's log has it. */
    private static final Pattern CHANGE =
            Pattern.compile(
                    "(?i)(?:statement|execute [^:]*):\\s*(?:CREATE|ALTER|DROP|COPY|INSERT|GRANT)\\b.*");

    private RunningHoldfast holdfast;
    private Installation around;

    @BeforeEach
    void givenATargetWhoseServerTellsEveryStatement(RunningHoldfast running) {
        holdfast = running;
        around = running.installation();
        around.resetTarget("staging");
        around.targetServer()
                .execute(
                        "postgres",
                        "ALTER SYSTEM SET log_statement = 'all'",
                        "SELECT pg_reload_conf()");
    }

    @AfterEach
    void silence() {
        around.targetServer()
                .execute("postgres", "ALTER SYSTEM RESET log_statement", "SELECT pg_reload_conf()");
    }

    private RestClient guru() {
        return holdfast.guru();
    }

    @Test
    void in_one_store_is_found_by_the_restore_which_goes_on_with_the_other() throws IOException {
        String id = holdfast.backUp("shop");
        damage("store", id, DUMP);
        long before = said();

        JsonObject done = holdfast.restore(id, holdfast.order(id, "staging"));

        assertThat(done.getJsonObject("metadata").getString("store")).isEqualTo("s3");
        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url("shop"),
                                around.targetServer().url("staging")))
                .isEmpty();
        assertThat(copy(id, "local").getString("status")).isEqualTo("CORRUPT");
        assertThat(copy(id, "local").getString("failure")).startsWith("Store local: " + DUMP);
        assertThat(copy(id, "s3").getString("status")).isEqualTo("VERIFIED");
        assertThat(changes(before)).as("what the log is looked through for").isNotEmpty();
    }

    /** The one is streamed, the other large enough for several connections. */
    @ParameterizedTest
    @ValueSource(strings = {"shop", "noise"})
    void in_every_store_sends_no_statement_to_the_target(String source) throws IOException {
        String id = holdfast.backUp(source);
        damage("store", id, DUMP);
        damage("s3", id, DUMP);

        failsWithoutAStatement(id, holdfast.order(id, "staging"), DUMP);
    }

    /** They are long enough that the beginning could be run before the end is read. */
    @Test
    void of_roles_and_tablespaces_sends_no_statement_to_the_target() throws IOException {
        around.sourceServer()
                .execute(
                        "postgres",
                        "CREATE ROLE wordy",
                        "DO $$ BEGIN EXECUTE format('ALTER ROLE wordy SET holdfast.words = %L',"
                                + " (SELECT string_agg(gen_random_uuid()::text, ' ')"
                                + " FROM generate_series(1, 20000))); END $$");
        String id;
        try {
            id = holdfast.backUp("shop");
        } finally {
            around.sourceServer().execute("postgres", "DROP ROLE wordy");
        }
        damage("store", id, GLOBALS);
        damage("s3", id, GLOBALS);

        failsWithoutAStatement(
                id, holdfast.order(id, "staging").add("includeGlobals", true), GLOBALS);
    }

    private void failsWithoutAStatement(String id, JsonObjectBuilder order, String object)
            throws IOException {
        long before = said();

        JsonObject failed = guru().await("/admin/restores/" + holdfast.ask(id, order), "FAILED");

        assertThat(changes(before)).isEmpty();
        assertThat(failed.getJsonObject("failure").getString("code")).isEqualTo("CORRUPT");
        assertThat(failed.getString("failureReason"))
                .contains(object)
                .endsWith("The target is as it was.");
        assertThat(around.targetServer().query("staging", "SELECT count(*) FROM only_here"))
                .isEqualTo("42");
        for (String store : List.of("local", "s3")) {
            assertThat(copy(id, store).getString("status")).as(store).isEqualTo("CORRUPT");
        }
        assertThat(guru().get("/admin/backups/" + id).require(200).string("status"))
                .isEqualTo("SUSPECT");
    }

    private JsonObject copy(String id, String store) {
        return guru()
                .get("/admin/backups/" + id)
                .require(200)
                .json()
                .getJsonArray("stores")
                .stream()
                .map(JsonValue::asJsonObject)
                .filter(copy -> copy.getString("store").equals(store))
                .findFirst()
                .orElseThrow();
    }

    /** Changes the last byte of an object on the store's disk. */
    private void damage(String store, String id, String object) throws IOException {
        Path file;
        try (Stream<Path> files = Files.walk(around.home().resolve(store))) {
            file =
                    files.filter(f -> f.toString().contains(id) && f.endsWith(object))
                            .findFirst()
                            .orElseThrow();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() - 1);
            int last = bytes.read();
            bytes.seek(bytes.length() - 1);
            bytes.write(last ^ 1);
        }
    }

    private long said() throws IOException {
        return Files.size(around.targetServer().log());
    }

    /** Statements since then that change something on the target's server. */
    private List<String> changes(long since) throws IOException {
        byte[] log = Files.readAllBytes(around.targetServer().log());
        String later =
                new String(
                        log,
                        (int) since,
                        log.length - (int) since,
                        java.nio.charset.StandardCharsets.UTF_8);
        return CHANGE.matcher(later).results().map(found -> found.group()).toList();
    }
}
