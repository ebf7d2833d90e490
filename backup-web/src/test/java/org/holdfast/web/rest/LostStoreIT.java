package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Fault 12 on the whole product: one store is dead, slow or gone; the other carries the backup. */
@ExtendWith(RunningHoldfast.Faulty.class)
class LostStoreIT {
    private static final long PATIENCE_SECONDS = 180;

    private RunningHoldfast holdfast;
    private Installation around;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        around = running.installation();
    }

    @AfterEach
    void heal() {
        around.heal();
    }

    private RestClient guru() {
        return holdfast.guru();
    }

    @Test
    void that_dies_during_a_backup_loses_its_copy_alone_and_gets_it_when_it_is_back()
            throws IOException {
        String goesOn;
        String cancelled;
        try (Halts.Halt halt = holdfast.halts().at("commit")) {
            goesOn = holdfast.queue("shop");
            cancelled = holdfast.queue("shop");
            halt.awaitReached(2);
            assertThat(around.inStores(cancelled))
                    .anyMatch(name -> name.startsWith("s3 ") && name.endsWith(".dump.zst.age"));
            around.wayToStore().refuse();
            guru().post("/admin/backups/" + cancelled + "/cancel").require(202);
        }
        String deadFromTheStart = holdfast.queue("shop");

        for (String id : List.of(goesOn, deadFromTheStart)) {
            JsonObject backup = guru().await("/admin/backups/" + id, "VERIFIED");
            assertThat(copy(backup, "local").getString("status")).isEqualTo("VERIFIED");
            assertThat(copy(backup, "s3").getString("status")).isEqualTo("FAILED");
            assertThat(copy(backup, "s3").getString("failure")).contains("\"s3\"");
            assertThat(copy(backup, "s3")).containsKey("nextTryAt");
            assertThat(log(id)).contains("Store s3 is lost for this run: ");
        }
        JsonObject ended = guru().await("/admin/backups/" + cancelled, "CANCELLED");
        assertThat(ended.getJsonArray("stores")).isEmpty();
        assertThat(log(cancelled))
                .contains("Store s3 could not be cleaned up now; it will be when it answers.");

        around.heal();

        for (String id : List.of(goesOn, deadFromTheStart)) {
            JsonObject backup =
                    guru().await(
                                    "/admin/backups/" + id,
                                    b -> copy(b, "s3").getString("status").equals("VERIFIED"));
            assertThat(backup.getString("status")).isEqualTo("VERIFIED");
            assertThat(copy(backup, "s3").containsKey("failure")).isFalse();
            assertThat(log(id)).contains("The missing copy was brought in and read back.");
            Map<String, Sha256> local = content(0, backup.getString("key"));
            assertThat(local).containsKeys("manifest.json", "database.dump.zst.age");
            assertThat(content(1, backup.getString("key"))).isEqualTo(local);
        }
        await(() -> around.inStores(cancelled).isEmpty(), "the cancelled backup's objects to go");
        assertThat(log(cancelled)).contains("objects without a manifest were removed from it.");
    }

    @Test
    void that_is_slow_holds_the_backup_up_and_loses_nothing() {
        around.wayToStore().throttle(400_000);

        String id = holdfast.backUp("shop");

        around.heal();
        JsonObject backup = guru().get("/admin/backups/" + id).require(200).json();
        assertThat(copy(backup, "local").getString("status")).isEqualTo("VERIFIED");
        assertThat(copy(backup, "s3").getString("status")).isEqualTo("VERIFIED");
    }

    @Test
    void that_is_gone_for_good_leaves_a_restore_and_a_recovery_by_hand_from_the_other()
            throws Exception {
        String id = holdfast.backUp("shop");
        String key = guru().get("/admin/backups/" + id).require(200).string("key");
        Path lost = around.storeDirectory().resolve(key);
        try (var files = Files.list(lost)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        around.resetTarget("staging");

        JsonObject done = holdfast.restore(id, holdfast.order(id, "staging"));

        assertThat(done.getJsonObject("metadata").getString("store")).isEqualTo("s3");
        equalsSource("staging");

        Path fetched = Files.createDirectory(around.home().resolve("fetched-" + id));
        try (BlobStore s3 = store(1)) {
            s3.list(
                    key + "/",
                    blob -> {
                        try (InputStream in = s3.read(blob.key())) {
                            Files.copy(in, fetched.resolve(blob.key().name()));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
        }
        PostgresServer targets = around.targetServer();
        targets.dropDatabase("by_hand");
        try {
            recover(fetched, targets, "by_hand");
            equalsSource("by_hand");
        } finally {
            targets.dropDatabase("by_hand");
        }
    }

    /** As RECOVER.md tells a person without Holdfast. */
    private void recover(Path snapshot, PostgresServer server, String database) throws Exception {
        Path said = around.home().resolve("recover.out");
        ProcessBuilder builder =
                new ProcessBuilder(
                                "bash",
                                "recover.sh",
                                "-i",
                                around.home().resolve("operator.age").toString(),
                                "--into",
                                "postgresql://postgres@127.0.0.1:" + server.port() + "/" + database,
                                "--create")
                        .directory(snapshot.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", server.bin() + ":/usr/bin:/bin");
        builder.environment().put("PGPASSWORD", PostgresServer.PASSWORD);
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        assertThat(Files.readString(said)).contains("restored    \"shop\" as of ");
    }

    private void equalsSource(String database) {
        assertThat(
                        RunningHoldfast.differences(
                                around.sourceServer().url("shop"),
                                around.targetServer().url(database)))
                .isEmpty();
    }

    private static JsonObject copy(JsonObject backup, String store) {
        return backup.getJsonArray("stores").stream()
                .map(JsonValue::asJsonObject)
                .filter(copy -> copy.getString("store").equals(store))
                .findFirst()
                .orElseThrow();
    }

    private String log(String id) {
        return guru().get("/admin/backups/" + id + "/log").require(200).text();
    }

    private BlobStore store(int which) {
        List<BlobStore> stores = around.stores();
        stores.get(1 - which).close();
        return stores.get(which);
    }

    /** Hash by object name of what a store, 0 the directory and 1 S3, has below a key. */
    private Map<String, Sha256> content(int which, String key) throws IOException {
        Map<String, Sha256> found = new TreeMap<>();
        try (BlobStore store = store(which)) {
            List<ObjectKey> keys = new java.util.ArrayList<>();
            store.list(key + "/", blob -> keys.add(blob.key()));
            for (ObjectKey each : keys) {
                try (InputStream in = store.read(each)) {
                    found.put(each.name(), Sha256.of(in.readAllBytes()));
                }
            }
        }
        return found;
    }

    private static void await(java.util.function.BooleanSupplier there, String what)
            throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!there.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Waited in vain for " + what + ".");
            }
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }
}
