package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.Upload;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dumps that pg_dump, openssl, age, gzip and zstd made, brought in and brought back. */
class ImportIT {
    private static final String PASSPHRASE = "canary dump passphrase 5b";
    private static final String ODD = "odd näme's \"1\".sql.gz";
    private static final Instant OLD =
            Instant.now().minus(40, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);

    private static Installation around;
    private static RunningHoldfast holdfast;
    private static Path scripts;
    private static final Map<String, String> BACKUPS = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        around = Installation.create("imports", 1);
        scripts = Files.createDirectories(around.home().resolve("scripts/daily")).getParent();
        around.with("IMPORT_PLACE_SCRIPTS", scripts.toString())
                .with("IMPORT_PLACE_BUCKET", "s3:dumps")
                .with("BACKUP_ENCRYPTION_PASSPHRASE", PASSPHRASE);
        around.sourceServer()
                .execute(
                        "postgres",
                        "CREATE ROLE app_owner",
                        "GRANT CREATE ON DATABASE shop TO app_owner");
        around.sourceServer()
                .execute(
                        "shop",
                        "CREATE TABLE owned (id int PRIMARY KEY, word text)",
                        "INSERT INTO owned SELECT n, E'it''s \\\\! ' || n || E'\\n\\\\.' FROM generate_series(1, 20) n",
                        "ALTER TABLE owned OWNER TO app_owner",
                        "GRANT SELECT ON owned TO backup");
        makeDumps();
        holdfast = RunningHoldfast.start(around);
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
    }

    private static void makeDumps() throws Exception {
        String recipient = around.operator().recipient().value();
        String enc = "openssl enc -aes-256-cbc -pass pass:'" + PASSPHRASE + "' ";
        sh("pg_dump -Fc shop > shop.dump && sha256sum shop.dump > shop.dump.sha256");
        sh("pg_dump shop > shop.sql");
        sh("pg_dump -Ft shop > shop.tar");
        sh("gzip -c shop.sql > \"$ODD\"");
        sh("zstd -qc shop.sql > shop.sql.zst");
        sh("age -r " + recipient + " shop.dump > shop.dump.age");
        sh(enc + "-pbkdf2 -in shop.dump -out shop.dump.enc");
        sh("gzip -c shop.sql | " + enc + "> shop.sql.gz.enc");
        sh("gzip -c shop.tar > daily/shop.tar.gz");
        // and what is not to be imported
        sh("head -c -1000 shop.dump > cut.dump && head -c 20000 shop.sql > cut.sql");
        sh(
                "cp shop.dump wrong.dump && sha256sum shop.sql | sed s/shop.sql/wrong.dump/ > wrong.dump.sha256");
        // Too large to be read to its end before it is queued.
        around.sourceServer().execute("postgres", "CREATE DATABASE noise");
        around.sourceServer()
                .execute(
                        "noise",
                        "CREATE TABLE noise AS SELECT n, md5(n::text) FROM generate_series(1, 60000) n");
        sh(
                "pg_dump -Fc -Z0 noise > large.dump && sha256sum shop.sql | sed s/shop.sql/large.dump/ > large.dump.sha256");
        sh("pg_dump --create shop > create.sql && pg_dump -Fc --create shop > create.dump");
        sh("{ head -30 shop.sql; echo '\\! touch pwned'; tail -n +31 shop.sql; } > evil.sql");
        sh("openssl enc -aes-256-cbc -pbkdf2 -pass pass:other -in shop.dump -out other.dump.enc");
        sh("ln -s " + around.home().resolve("operator.age") + " link.dump; ln -s / root");
        sh("echo hello > notes.txt; : > empty.sql; cp shop.dump shop.dump.gpg; mkfifo pipe.sql");
        sh("cp shop.sql future.sql; cp shop.dump misnamed.sql");
        for (String name : List.of("shop.sql", "shop.sql.zst", ODD, "shop.sql.gz.enc")) {
            Files.setLastModifiedTime(scripts.resolve(name), FileTime.from(OLD));
        }
        Files.setLastModifiedTime(
                scripts.resolve("future.sql"),
                FileTime.from(Instant.now().plus(2, ChronoUnit.DAYS)));
        BlobStore s3 = around.stores().get(1);
        try (s3;
                Upload upload = s3.begin(new ObjectKey("dumps/shop.dump"))) {
            try (var body = upload.body()) {
                body.write(Files.readAllBytes(scripts.resolve("shop.dump")));
            }
            upload.publish();
        }
    }

    private static void sh(String command) throws Exception {
        PostgresServer source = around.sourceServer();
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-euo", "pipefail", "-c", command)
                        .directory(scripts.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(around.home().resolve("sh.log").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("PATH", source.bin() + ":" + environment.get("PATH"));
        environment.put("PGHOST", "127.0.0.1");
        environment.put("PGPORT", Integer.toString(source.port()));
        environment.put("PGUSER", "postgres");
        environment.put("PGPASSWORD", PostgresServer.PASSWORD);
        environment.put("ODD", ODD);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(command + ": " + Files.readString(around.home().resolve("sh.log")))
                .isZero();
    }

    private static Map<String, JsonObject> listing(String place) {
        return holdfast
                .guru()
                .get("/admin/imports/" + place)
                .require(200)
                .json()
                .getJsonArray("items")
                .stream()
                .map(JsonValue::asJsonObject)
                .collect(
                        Collectors.toMap(
                                f -> f.getString("id"), f -> f, (a, b) -> a, TreeMap::new));
    }

    private static Answer order(String place, String... files) {
        return orderWith(holdfast.freshCode(), place, files);
    }

    private static Answer orderWith(String code, String place, String... files) {
        JsonArrayBuilder names = Json.createArrayBuilder();
        for (String file : files) {
            names.add(file);
        }
        return holdfast.guru()
                .post(
                        "/admin/imports",
                        Json.createObjectBuilder()
                                .add("place", place)
                                .add("files", names)
                                .add("source", "shop")
                                .add("otp", code)
                                .build());
    }

    /** Imported once for all tests; gives the backup's id. */
    private static synchronized String imported(String file) {
        return BACKUPS.computeIfAbsent(file, name -> imported("scripts", name));
    }

    private static String imported(String place, String file) {
        String id =
                order(place, file)
                        .require(202)
                        .json()
                        .getJsonArray("items")
                        .getJsonObject(0)
                        .getString("id");
        holdfast.guru().await("/admin/backups/" + id, "VERIFIED");
        return id;
    }

    private static JsonObject manifest(String id) {
        return holdfast.guru().get("/admin/backups/" + id + "/manifest").require(200).json();
    }

    @Test
    void the_listing_says_of_every_file_what_it_is_and_what_speaks_against_it() {
        Map<String, JsonObject> files = listing("scripts");

        Map<String, String> said =
                files.values().stream()
                        .collect(
                                Collectors.toMap(
                                        f -> f.getString("id"),
                                        f ->
                                                f.getString("kind")
                                                        + " "
                                                        + f.getString("code", "fits"),
                                        (a, b) -> a,
                                        TreeMap::new));
        assertThat(said)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("shop.dump", "ARCHIVE fits"),
                                Map.entry("shop.sql", "SQL fits"),
                                Map.entry("shop.tar", "TAR fits"),
                                Map.entry(ODD, "SQL fits"),
                                Map.entry("shop.sql.zst", "SQL fits"),
                                Map.entry("shop.dump.age", "ARCHIVE fits"),
                                Map.entry("shop.dump.enc", "ARCHIVE fits"),
                                Map.entry("shop.sql.gz.enc", "SQL fits"),
                                Map.entry("daily/shop.tar.gz", "TAR fits"),
                                Map.entry("misnamed.sql", "ARCHIVE fits"),
                                Map.entry("create.dump", "ARCHIVE fits"),
                                // Only pg_restore can tell that an archive ends too soon.
                                Map.entry("cut.dump", "ARCHIVE fits"),
                                Map.entry("cut.sql", "SQL SQL-TRUNCATED"),
                                Map.entry("wrong.dump", "ARCHIVE IMPORT-CHECKSUM"),
                                Map.entry("large.dump", "ARCHIVE IMPORT-CHECKSUM"),
                                Map.entry("create.sql", "SQL SQL-CREATE-DATABASE"),
                                Map.entry("evil.sql", "SQL SQL-COMMAND"),
                                Map.entry("other.dump.enc", "UNKNOWN IMPORT-KEY"),
                                Map.entry("link.dump", "UNKNOWN IMPORT-LINK"),
                                Map.entry("root", "UNKNOWN IMPORT-LINK"),
                                Map.entry("pipe.sql", "UNKNOWN IMPORT-UNKNOWN"),
                                Map.entry("notes.txt", "UNKNOWN IMPORT-UNKNOWN"),
                                Map.entry("empty.sql", "UNKNOWN IMPORT-UNKNOWN"),
                                Map.entry("shop.dump.gpg", "UNKNOWN IMPORT-GPG"),
                                Map.entry("future.sql", "SQL IMPORT-FUTURE")));
        JsonObject dump = files.get("shop.dump");
        assertThat(dump.getString("checksum")).isEqualTo("FITS");
        assertThat(dump.getString("database")).isEqualTo("shop");
        assertThat(dump.getString("takenBy")).isEqualTo("ARCHIVE");
        assertThat(dump.getBoolean("whole")).isTrue();
        assertThat(files.get("shop.sql").getString("takenAt")).isEqualTo(OLD.toString());
        assertThat(files.get("misnamed.sql").getJsonArray("notes").toString())
                .contains("Its name says plain SQL of pg_dump; it is an archive");
    }

    @Test
    void the_listing_says_whether_it_is_whole_as_it_is_described() {
        assertThat(
                        holdfast.guru()
                                .get("/admin/imports/bucket")
                                .require(200)
                                .json()
                                .getBoolean("whole"))
                .isTrue();
        JsonObject api = holdfast.stranger().get("/openapi").require(200).json();
        JsonObject schemas = api.getJsonObject("components").getJsonObject("schemas");
        assertThat(
                        schemas.getJsonObject("ImportsFileViews")
                                .getJsonObject("properties")
                                .getJsonObject("whole")
                                .getString("type"))
                .isEqualTo("boolean");
        assertThat(schemas).containsKeys("ImportsFileView", "DrillPlansView", "RecoverReport");
    }

    @Test
    void every_form_becomes_a_verified_backup_that_tells_where_it_came_from() throws IOException {
        for (String file :
                List.of(
                        "shop.dump",
                        "shop.sql",
                        "shop.tar",
                        ODD,
                        "shop.sql.zst",
                        "shop.dump.age",
                        "shop.dump.enc",
                        "shop.sql.gz.enc",
                        "daily/shop.tar.gz")) {
            String id = imported(file);
            JsonObject manifest = manifest(id);
            JsonObject from = manifest.getJsonObject("imported");
            assertThat(from.getString("file")).isEqualTo(file);
            assertThat(from.getString("sha256"))
                    .isEqualTo(Sha256.of(Files.readAllBytes(scripts.resolve(file))).hex());
            assertThat(from.getString("by")).isEqualTo(RunningHoldfast.USER);
            assertThat(manifest.getString("rowProof")).isEqualTo("OFF");
            assertThat(manifest.getJsonObject("source").getInt("serverMajor")).isEqualTo(15);
        }
        JsonObject sql = manifest(imported("shop.sql"));
        assertThat(sql.getString("takenAt")).isEqualTo(OLD.toString());
        assertThat(sql.getJsonObject("imported").getString("takenBy")).isEqualTo("file");
        assertThat(sql.getJsonObject("imported").getJsonArray("changed").toString())
                .contains("statements that set an owner were left out.");
        assertThat(manifest(imported("shop.dump")).getJsonObject("imported").getString("takenBy"))
                .isEqualTo("archive");
        assertThat(listing("scripts").get("shop.sql").getString("status")).isEqualTo("IMPORTED");
        Answer again = order("scripts", "shop.sql");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.string("code")).isEqualTo("IMPORT-KNOWN");
    }

    @Test
    void an_archive_and_plain_sql_come_back_exactly() {
        for (String file : List.of("shop.dump.age", "shop.sql.gz.enc", "shop.tar", "create.dump")) {
            around.resetTarget("staging");
            String id = imported(file);
            JsonObject restored = holdfast.restore(id, holdfast.order(id, "staging"));
            assertThat(restored.getString("status")).isEqualTo("COMPLETED");
            assertThat(
                            RunningHoldfast.differences(
                                    around.sourceServer().url("shop"),
                                    around.targetServer().url("staging")))
                    .as(file)
                    .isEmpty();
            assertThat(holdfast.guru().get("/admin/backups/" + id).string("status"))
                    .as("compared with nothing, so no more than verified")
                    .isEqualTo("VERIFIED");
        }
    }

    @Test
    void a_drill_of_it_says_that_content_was_not_taken() {
        String id = imported("shop.sql.zst");
        String drill =
                holdfast.guru()
                        .post(
                                "/admin/drills",
                                Json.createObjectBuilder().add("snapshotId", id).build())
                        .require(202)
                        .string("id");
        JsonObject ended =
                holdfast.guru()
                        .await(
                                "/admin/drills/" + drill,
                                d ->
                                        List.of("PASSED", "PARTIAL", "FAILED", "ABORTED")
                                                .contains(d.getString("status")));
        assertThat(ended.getString("status")).as(ended.toString()).isIn("PASSED", "PARTIAL");
        assertThat(ended.getJsonArray("checks").toString())
                .contains("Not taken: nothing was counted when the imported dump was made.");
    }

    @Test
    void recover_sh_brings_one_back_without_holdfast() throws Exception {
        for (String file : List.of("shop.dump", "daily/shop.tar.gz")) {
            String id = imported(file);
            String key = holdfast.guru().get("/admin/backups/" + id).require(200).string("key");
            PostgresServer targets = around.targetServer();
            targets.dropDatabase("recovered");
            targets.execute("postgres", "CREATE DATABASE recovered");
            sh(
                    "PGPORT="
                            + targets.port()
                            + " bash "
                            + around.storeDirectory().resolve(key).resolve("recover.sh")
                            + " -i "
                            + around.home().resolve("operator.age")
                            + " --into postgresql://postgres@127.0.0.1:"
                            + targets.port()
                            + "/recovered");
            assertThat(
                            RunningHoldfast.differences(
                                    around.sourceServer().url("shop"), targets.url("recovered")))
                    .as(file)
                    .isEmpty();
        }
    }

    @Test
    void a_bucket_s_prefix_is_a_place_too() {
        String id = imported("bucket", "shop.dump");
        assertThat(manifest(id).getJsonObject("imported").getString("place")).isEqualTo("bucket");
    }

    @Test
    void the_page_shows_what_fits_and_imports_what_is_ticked() throws Exception {
        sh("cp -p shop.dump ticked.dump; cp -p shop.sql ticked.sql");
        try (Browser browser = Browser.signedIn(holdfast)) {
            browser.open("/console/backups/import.xhtml?place=scripts");
            assertThat(browser.text("[id='page:all']"))
                    .contains(ODD, "link.dump", "It is a symbolic link", "IMPORT-LINK");
            assertThat(row(browser, "cut.dump"))
                    .as("nothing that only pg_restore can tell")
                    .contains("Can be imported", "Its end is looked at while it is imported.");
            assertThat(row(browser, "ticked.sql"))
                    .contains("Can be imported")
                    .doesNotContain("Its end is looked at");
            assertThat(browser.text("[id='page:all']")).doesNotContain("canary");
            browser.all("table.list tbody tr").stream()
                    .filter(r -> r.getText().contains("ticked.dump"))
                    .findFirst()
                    .orElseThrow()
                    .findElement(org.openqa.selenium.By.tagName("input"))
                    .click();
            browser.byId("page:source").sendKeys("shop");
            browser.type("page:otp", "000000");
            browser.click("page:import");
            browser.await("the refusal", () -> browser.has(".notice.bad"));
            browser.type("page:otp", holdfast.freshCode());
            browser.click("page:import");
            browser.await(
                    "its being queued",
                    () -> browser.text("[id='page:all']").contains("Queued for import: 1"));
            browser.width(390);
            assertThat(
                            (Boolean)
                                    browser.script(
                                            "return document.documentElement.scrollWidth <= window.innerWidth"))
                    .isTrue();
            String id = listing("scripts").get("ticked.dump").getString("backup");
            holdfast.guru().await("/admin/backups/" + id, "VERIFIED");
            browser.open("/console/backups/detail.xhtml?id=" + id);
            assertThat(browser.text("body")).contains("scripts: ticked.dump", "not taken");
            assertThat(browser.complaints()).isEmpty();
        } finally {
            Files.delete(scripts.resolve("ticked.dump"));
            Files.delete(scripts.resolve("ticked.sql"));
        }
    }

    private static String row(Browser browser, String file) {
        return browser.all("table.list tbody tr").stream()
                .map(r -> r.getText())
                .filter(text -> text.contains(file))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_file_that_became_another_one_since_it_was_chosen_is_not_imported() throws Exception {
        sh("cp -p shop.dump changing.dump");
        try {
            String id;
            try (Halts.Halt halt = holdfast.halts().at("import")) {
                id =
                        order("scripts", "changing.dump")
                                .require(202)
                                .json()
                                .getJsonArray("items")
                                .getJsonObject(0)
                                .getString("id");
                halt.awaitReached();
                sh("cat shop.sql > changing.dump");
            }
            JsonObject failed = holdfast.guru().await("/admin/backups/" + id, "FAILED");
            assertThat(failed.getJsonObject("failure").getString("code"))
                    .as(failed.toString())
                    .isEqualTo("IMPORT-CHANGED");
            assertThat(around.inStores(id)).isEmpty();
        } finally {
            Files.delete(scripts.resolve("changing.dump"));
        }
    }

    @Test
    void the_code_is_asked_for_before_a_file_is_opened() {
        assertThat(orderWith("", "scripts", "other.dump.enc").string("code")).isEqualTo("STEP-UP");
        assertThat(order("scripts", "other.dump.enc").string("code")).isEqualTo("IMPORT-KEY");
    }

    @Test
    void what_speaks_against_a_file_keeps_it_out_and_nothing_is_left() throws IOException {
        Map.of(
                        "evil.sql", "SQL-COMMAND",
                        "create.sql", "SQL-CREATE-DATABASE",
                        "other.dump.enc", "IMPORT-KEY",
                        "link.dump", "IMPORT-LINK",
                        "wrong.dump", "IMPORT-CHECKSUM",
                        "root/etc/passwd", "IMPORT-FILE",
                        "../operator.age", "IMPORT-FILE",
                        "future.sql", "IMPORT-FUTURE")
                .forEach(
                        (file, code) -> {
                            Answer answer = order("scripts", file);
                            assertThat(answer.status()).as(file).isEqualTo(422);
                            assertThat(answer.string("code")).as(file).isEqualTo(code);
                        });
        assertThat(order("elsewhere", "x").string("code")).isEqualTo("IMPORT-PLACE");
        Map.of("cut.dump", "IMPORT-DAMAGED", "large.dump", "IMPORT-CHECKSUM")
                .forEach(
                        (file, code) -> {
                            String id =
                                    order("scripts", file)
                                            .require(202)
                                            .json()
                                            .getJsonArray("items")
                                            .getJsonObject(0)
                                            .getString("id");
                            JsonObject failed =
                                    holdfast.guru().await("/admin/backups/" + id, "FAILED");
                            assertThat(failed.getJsonObject("failure").getString("code"))
                                    .as(failed.toString())
                                    .isEqualTo(code);
                            assertThat(around.inStores(id)).isEmpty();
                        });
        assertThat(Files.exists(scripts.resolve("pwned"))).isFalse();
    }

    @Test
    void its_age_is_its_contents_so_it_is_no_fresh_backup() {
        String id = imported("shop.sql");
        JsonObject backup = holdfast.guru().get("/admin/backups/" + id).require(200).json();
        assertThat(backup.getString("takenAt")).isEqualTo(OLD.toString());
        JsonObject retention =
                holdfast.guru().get("/admin/retention?source=shop").require(200).json();
        assertThat(
                        retention.getJsonArray("items").stream()
                                .flatMap(f -> f.asJsonObject().getJsonArray("copies").stream())
                                .map(JsonValue::asJsonObject)
                                .filter(c -> c.getString("id").equals(id)))
                .isNotEmpty()
                .allMatch(c -> !c.getBoolean("goes"))
                .allMatch(c -> c.getString("words").contains("its import, for 7 days"));
    }

    @Test
    void the_audit_log_has_who_imported_what() {
        String id = imported("shop.dump");
        assertThat(
                        holdfast.guru()
                                .get("/admin/audit?action=backup.import&limit=100")
                                .require(200)
                                .text())
                .contains(id)
                .contains("shop.dump");
    }
}
