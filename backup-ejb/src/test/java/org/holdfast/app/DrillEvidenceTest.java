package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.lowagie.text.pdf.PdfReader;
import com.lowagie.text.pdf.parser.PdfTextExtractor;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillAges;
import org.holdfast.domain.drill.DrillCause;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.policy.PolicyVersions;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.snapshot.WorkRecords;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.security.SigningKeys;
import org.holdfast.security.SigningKeysOfTests;
import org.holdfast.testing.AuditInMemory;
import org.holdfast.testing.DrillsInMemory;
import org.holdfast.verify.Main;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrillEvidenceTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON.plusSeconds(900), ZoneOffset.UTC);

    @TempDir private Path dir;

    private final DrillsInMemory drills = new DrillsInMemory();
    private final AuditInMemory audit = new AuditInMemory();
    private final AtomicInteger looked = new AtomicInteger();
    private final Source shop = new Source("shop", Origin.CATALOG, "postgresql://db/shop", null);
    private final Snapshot snapshot = snapshot(shop);
    private final Map<String, DrillAges.Use> uses =
            new TreeMap<>(
                    Map.of(
                            "shop", inUse("2026-10-02T12:00:00Z"),
                            "ledger", inUse("2026-11-16T12:00:00Z")));
    private SigningKeys keys;
    private DrillRecorder recorder;
    private DrillEvidence evidence;
    private PeriodEvidence periods;
    private Path key;

    @BeforeEach
    void begin() throws IOException {
        keys = SigningKeysOfTests.in(dir);
        key = Files.writeString(dir.resolve("signing.pub"), keys.publicPem());
        Snapshots snapshots =
                DrillsInMemory.only(
                        Snapshots.class,
                        Map.of(
                                "find", a -> Optional.of(snapshot),
                                "copies", a -> List.of()));
        WorkRecords work =
                DrillsInMemory.only(
                        WorkRecords.class,
                        Map.of(
                                "phases",
                                a -> {
                                    looked.incrementAndGet();
                                    return List.of(
                                            new WorkRecords.Phase(
                                                    1,
                                                    "fetch",
                                                    NOON,
                                                    Optional.of(NOON.plusMillis(41_250)),
                                                    400,
                                                    400));
                                },
                                "log",
                                a ->
                                        (long) a[1] > 0
                                                ? List.of()
                                                : List.of(
                                                        new WorkRecords.Line(
                                                                1,
                                                                NOON,
                                                                "INFO",
                                                                "Into postgresql://drill:sesame@localhost/x password=sesame"))));
        recorder =
                new DrillRecorder(
                        drills,
                        drills,
                        snapshots,
                        DrillsInMemory.only(StorageLocations.class, Map.of()),
                        work,
                        audit,
                        keys,
                        CLOCK);
        DrillFolder folder =
                new DrillFolder(
                        drills,
                        snapshots,
                        DrillsInMemory.only(
                                PolicyVersions.class, Map.of("find", a -> Optional.empty())),
                        work,
                        keys);
        DrillChain chain = new DrillChain(drills);
        evidence = new DrillEvidence(recorder, folder, chain, keys);
        periods =
                new PeriodEvidence(
                        recorder,
                        drills,
                        drills,
                        DrillsInMemory.only(DrillAges.class, Map.of("uses", a -> uses)),
                        DrillsInMemory.only(
                                Sources.class,
                                Map.of(
                                        "byName",
                                        a ->
                                                a[0].equals("shop")
                                                        ? Optional.of(shop)
                                                        : Optional.empty())),
                        folder,
                        chain,
                        keys,
                        Clock.offset(CLOCK, Duration.ofMinutes(5)));
    }

    private static DrillAges.Use inUse(String since) {
        return new DrillAges.Use(Instant.parse(since), Optional.empty());
    }

    private static DrillAges.Use retired(String since, String last) {
        return new DrillAges.Use(Instant.parse(since), Optional.of(Instant.parse(last)));
    }

    private static Snapshot snapshot(Source shop) {
        BackupRun run =
                new BackupRun(shop, "olga", DumpFormat.CUSTOM, RowProof.HASHES, "3-0011aabb", NOON);
        Manifest manifest =
                new Manifest(
                        1,
                        run.id(),
                        new Manifest.Origin(
                                "shop",
                                "postgresql://db/shop",
                                "7301",
                                "shop",
                                "15.20",
                                15,
                                "UTF8",
                                "C.UTF-8",
                                "C.UTF-8",
                                "libc",
                                Optional.empty(),
                                Map.of()),
                        Map.of(),
                        DumpFormat.CUSTOM,
                        "olga",
                        "3-0011aabb",
                        NOON.minusSeconds(7200),
                        NOON.minusSeconds(7200),
                        NOON.minusSeconds(7100),
                        new Manifest.Bytes(1_400_000_000L, 500_000, 400_000),
                        List.of(
                                new Manifest.StoredObject(
                                        "database.dump.zst.age", 400_000, Sha256.of("dump"))),
                        List.of("age1qqqq"),
                        RowProof.HASHES,
                        List.of(),
                        Map.of(),
                        new Manifest.LargeObjects(0, Optional.empty()));
        return new Snapshot(
                run,
                new ObjectKey("shop/2026/11/" + run.id()),
                NOON.minusSeconds(7200),
                1_400_000_000L,
                400_000,
                15,
                ManifestJson.write(manifest),
                NOON);
    }

    private RestoreDrill ended(DrillVerdict verdict) {
        return ended(verdict, NOON);
    }

    private RestoreDrill ended(DrillVerdict verdict, Instant asked) {
        RestoreDrill drill =
                new RestoreDrill(
                        drills.nextNumber(2026),
                        new RestoreDrill.Asked(
                                null,
                                "{}",
                                snapshot,
                                "shop",
                                Choice.LATEST,
                                null,
                                false,
                                Duration.ZERO,
                                false,
                                "Row counts look right\nThe application starts",
                                "OPS-4711"),
                        RestoreDrill.Started.byHand("olga"),
                        new RestoreDrill.Promise(
                                "3-0011aabb", Duration.ofHours(4), Duration.ofHours(8)),
                        asked);
        set(drill, "status", DrillState.RUNNING);
        set(drill, "startedAt", NOON.plusSeconds(5));
        drill.learned(
                "{\"serverVersion\":\"15.20\",\"systemIdentifier\":\"7402\",\"apart\":\"system identifier 7402 is none of a production target\"}");
        drill.began(NOON);
        drill.judged(
                verdict,
                Duration.ofSeconds(192),
                verdict == DrillVerdict.PASSED ? null : "public.orders has 99 rows, not 100.",
                NOON.plusSeconds(197));
        drill.destroyed("The cluster and its directory are gone.", NOON.plusSeconds(200));
        drills.add(drill);
        drills.addChecks(
                drill.id(),
                List.of(
                        check(
                                CheckKind.RESTORED,
                                "restored without error",
                                DrillCheck.Verdict.PASSED),
                        check(
                                CheckKind.CONTENT,
                                "rows of public.orders",
                                verdict == DrillVerdict.PASSED
                                        ? DrillCheck.Verdict.PASSED
                                        : DrillCheck.Verdict.FAILED),
                        check(
                                CheckKind.ROLES,
                                "ролі 🦉 of the application",
                                DrillCheck.Verdict.NOT_RUN)));
        return drill;
    }

    private static DrillCheck check(CheckKind kind, String name, DrillCheck.Verdict verdict) {
        return new DrillCheck(
                kind,
                name,
                "count(*)",
                kind != CheckKind.ROLES,
                "100 rows, hash 5c0e",
                verdict == DrillCheck.Verdict.FAILED ? "99 rows, hash 77aa" : "100 rows, hash 5c0e",
                verdict,
                Duration.ofMillis(1200));
    }

    private static void set(Object entity, String field, Object value) {
        try {
            Field found = RestoreDrill.class.getDeclaredField(field);
            found.setAccessible(true);
            found.set(entity, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void judged(
            RestoreDrill drill, SignOff.Step step, SignOff.Decision decision, String by) {
        Sha256 record = recorder.seal(drill).link().record();
        drills.add(drill.judge(step, decision, by, "Seen, and compared.", record, CLOCK.instant()));
        recorder.seal(drill);
    }

    private RestoreDrill wholeLife() {
        recorder.seal(ended(DrillVerdict.PASSED));
        RestoreDrill drill = ended(DrillVerdict.FAILED);
        recorder.seal(drill);
        DrillIssue issue =
                new DrillIssue(
                        drill,
                        new DrillIssue.Wording(
                                "One order is missing",
                                "rows of public.orders",
                                "pavel",
                                LocalDate.of(2026, 12, 24),
                                "Find out who deleted it"),
                        "olga",
                        NOON.plusSeconds(300));
        drills.add(issue);
        recorder.seal(drill);
        judged(drill, SignOff.Step.REVIEW, SignOff.Decision.ACCEPTED, "anna");
        issue.close("pavel", "The retest shows all rows.", NOON.plusSeconds(600));
        judged(drill, SignOff.Step.SIGN_OFF, SignOff.Decision.ACCEPTED, "berta");
        return drill;
    }

    private record Verdict(int code, String said) {}

    private Verdict verify(Path given) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(said, true, StandardCharsets.UTF_8);
        int code = Main.run(new String[] {given.toString(), "--key", key.toString()}, print, print);
        return new Verdict(code, said.toString(StandardCharsets.UTF_8));
    }

    private Verdict verify(byte[] zip) throws IOException {
        return verify(Files.write(dir.resolve("evidence.zip"), zip));
    }

    private static Map<String, byte[]> unpacked(byte[] zip) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                files.put(e.getName(), in.readAllBytes());
            }
        }
        return files;
    }

    private Verdict verifyDirectory(Map<String, byte[]> files) throws IOException {
        Path place = Files.createTempDirectory(dir, "unpacked");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path at = place.resolve(file.getKey());
            Files.createDirectories(at.getParent());
            Files.write(at, file.getValue());
        }
        return verify(place);
    }

    @Test
    void the_verifier_proves_it_with_the_public_key_alone() throws IOException {
        Verdict verdict = verify(evidence.bundle(wholeLife().id()).content());

        assertThat(verdict.said())
                .startsWith("VERIFIED\nDrill D-2026-2: all ")
                .contains("It is link 6 of the chain over all drills, which is whole")
                .contains("Verdict FAILED, now SIGNED_OFF.")
                .contains("Review ACCEPTED by anna at ")
                .contains("Sign-off ACCEPTED by berta at ");
        assertThat(verdict.code()).isEqualTo(Main.PROVED);
    }

    @Test
    void it_is_sealed_once_for_each_state_and_the_audit_tells_each() {
        RestoreDrill drill = wholeLife();
        long links = recorder.seal(drill).link().seq();

        assertThat(recorder.seal(drill).link().seq()).isEqualTo(links);
        assertThat(audit.head().entries()).isEqualTo(links);
    }

    @Test
    void a_drill_that_runs_has_none() {
        RestoreDrill drill = ended(DrillVerdict.PASSED);
        set(drill, "status", DrillState.RUNNING);

        assertThatThrownBy(() -> evidence.bundle(drill.id()))
                .isInstanceOf(Refused.class)
                .hasMessage("Drill D-2026-1 is RUNNING; it has no result yet.");
    }

    @Test
    void it_is_the_same_zip_in_every_zone() throws IOException {
        byte[] zip = evidence.bundle(ended(DrillVerdict.PASSED).id()).content();
        TimeZone here = TimeZone.getDefault();
        try {
            for (String zone : List.of("Asia/Tokyo", "America/New_York")) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone));
                assertThat(verify(zip).code()).as(zone).isEqualTo(Main.PROVED);
            }
        } finally {
            TimeZone.setDefault(here);
        }
    }

    @Test
    void no_secret_of_the_log_is_in_it() throws IOException {
        byte[] zip = evidence.bundle(wholeLife().id()).content();

        assertThat(new String(unpacked(zip).get("log.txt"), StandardCharsets.UTF_8))
                .isEqualTo(
                        "2026-11-21T12:00:00Z INFO Into postgresql://drill:***@localhost/x password=***\n");
        assertThat(new String(zip, StandardCharsets.ISO_8859_1)).doesNotContain("sesame");
    }

    @Nested
    class Tampering {
        @Test
        void any_changed_byte_of_the_zip_is_found() throws IOException {
            byte[] zip = evidence.bundle(ended(DrillVerdict.PASSED).id()).content();

            // every byte of the ends of all files and of what lies between, and a sample within
            for (int at = 0; at < zip.length; at += at < 200 || at > zip.length - 800 ? 1 : 499) {
                byte[] changed = zip.clone();
                changed[at] ^= 1 << at % 8;
                assertThat(verify(changed).code())
                        .as("byte %d of %d", at, zip.length)
                        .isIn(Main.UNPROVED, Main.OTHER_KEY);
            }
        }

        @Test
        void cut_off_anywhere_it_is_found() throws IOException {
            byte[] zip = evidence.bundle(ended(DrillVerdict.PASSED).id()).content();

            for (int length = 0; length < zip.length; length += 997) {
                assertThat(verify(java.util.Arrays.copyOf(zip, length)).code())
                        .as("length %d", length)
                        .isEqualTo(Main.UNPROVED);
            }
        }

        @Test
        void each_file_changed_left_out_or_added_is_found_in_the_directory_too()
                throws IOException {
            Map<String, byte[]> files = unpacked(evidence.bundle(wholeLife().id()).content());

            assertThat(verifyDirectory(files).code()).isEqualTo(Main.PROVED);
            for (String name : files.keySet()) {
                Map<String, byte[]> without = new LinkedHashMap<>(files);
                without.remove(name);
                assertThat(verifyDirectory(without).said()).as(name).startsWith("NOT VERIFIED");
                Map<String, byte[]> changed = new LinkedHashMap<>(files);
                byte[] bytes = files.get(name).clone();
                bytes[bytes.length / 2] ^= 1;
                changed.put(name, bytes);
                assertThat(verifyDirectory(changed).code())
                        .as(name)
                        .isIn(Main.UNPROVED, Main.OTHER_KEY);
            }
            Map<String, byte[]> more = new LinkedHashMap<>(files);
            more.put("revisions/note.txt", new byte[] {1});
            assertThat(verifyDirectory(more).said())
                    .contains("revisions/note.txt is not part of what was signed: it was added.");
        }

        @Test
        void files_in_another_order_are_another_zip() throws IOException {
            Map<String, byte[]> files = unpacked(evidence.bundle(wholeLife().id()).content());
            List<String> names = new ArrayList<>(files.keySet());
            Collections.swap(names, 1, 2);
            Map<String, byte[]> swapped = new LinkedHashMap<>();
            names.forEach(name -> swapped.put(name, files.get(name)));

            assertThat(verify(StoredZip.of(swapped)).said()).contains("changed or packed anew");
            assertThat(verifyDirectory(swapped).code()).isEqualTo(Main.PROVED);
        }

        @Test
        void evidence_signed_by_another_key_is_told_as_that() throws IOException {
            byte[] zip = evidence.bundle(wholeLife().id()).content();
            SigningKeys other = SigningKeysOfTests.in(dir.resolve("other"));
            Files.writeString(key, other.publicPem());

            assertThat(verify(zip).code()).isEqualTo(Main.OTHER_KEY);
        }

        @Test
        void a_record_exchanged_with_all_its_hashes_needs_the_key() throws IOException {
            Map<String, byte[]> files = unpacked(evidence.bundle(wholeLife().id()).content());
            String record = new String(files.get("drill.json"), StandardCharsets.UTF_8);
            files.put(
                    "drill.json",
                    record.replace("\"verdict\":\"FAILED\"", "\"verdict\":\"PASSED\"")
                            .getBytes(StandardCharsets.UTF_8));

            assertThat(verify(StoredZip.of(files)).said()).contains("drill.json was changed.");
        }

        @Test
        void after_a_rotation_both_keys_are_needed_and_both_verify() throws IOException {
            RestoreDrill drill = wholeLife();
            keys.rotate();
            byte[] zip = evidence.bundle(drill.id()).content();
            Files.writeString(key, keys.publicPem());
            assertThat(verify(zip).code()).isEqualTo(Main.OTHER_KEY);

            Files.writeString(
                    key,
                    String.join("", keys.all().stream().map(SigningKeys.Public::pem).toList()));
            assertThat(verify(zip).code()).isEqualTo(Main.PROVED);
        }
    }

    @Nested
    class Papers {
        @Test
        void the_record_is_as_the_published_schema_says() throws IOException {
            ObjectMapper json = new ObjectMapper();
            var schema =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(evidence.schema());
            for (DrillVerdict verdict : DrillVerdict.values()) {
                if (verdict != DrillVerdict.ABORTED) {
                    assertThat(problems(schema, json, recorder.seal(ended(verdict)).document()))
                            .isEmpty();
                }
            }
            assertThat(problems(schema, json, recorder.seal(wholeLife()).document())).isEmpty();
            assertThat(problems(schema, json, "{\"kind\":\"x\"}")).isNotEmpty();
        }

        private Set<ValidationMessage> problems(
                com.networknt.schema.JsonSchema schema, ObjectMapper json, String text)
                throws IOException {
            return schema.validate(json.readTree(text));
        }

        @Test
        void the_control_map_points_at_what_is_there() throws IOException {
            Map<String, byte[]> files = unpacked(evidence.bundle(wholeLife().id()).content());
            ObjectMapper json = new ObjectMapper();
            JsonNode controls = json.readTree(files.get("control-map.json")).get("controls");

            assertThat(controls).hasSize(8);
            for (JsonNode control : controls) {
                for (JsonNode answer : control.get("answeredBy")) {
                    String file = answer.get("file").asText();
                    assertThat(files).containsKey(file);
                    if (answer.has("pointer")) {
                        String pointer = answer.get("pointer").asText();
                        assertThat(json.readTree(files.get(file)).at(pointer).isMissingNode())
                                .as("%s %s", file, pointer)
                                .isFalse();
                    }
                }
            }
        }

        /** Its own signature lies beside it in the stores; none is made for whoever asks later. */
        @Test
        void the_manifest_of_the_backup_is_bound_by_the_statement_and_not_signed_anew()
                throws Exception {
            Map<String, byte[]> files = unpacked(evidence.bundle(wholeLife().id()).content());

            assertThat(files).containsKey("manifest.json").doesNotContainKey("manifest.json.sig");
            assertThat(statement(files))
                    .contains(
                            org.holdfast.domain.shared.Sha256.of(
                                            new String(
                                                    files.get("manifest.json"),
                                                    StandardCharsets.UTF_8))
                                    .hex());
        }

        private static String statement(Map<String, byte[]> files) {
            Matcher payload =
                    Pattern.compile("\"payload\":\"([^\"]+)\"")
                            .matcher(
                                    new String(
                                            files.get("drill.dsse.json"), StandardCharsets.UTF_8));
            assertThat(payload.find()).isTrue();
            return new String(
                    java.util.Base64.getDecoder().decode(payload.group(1)), StandardCharsets.UTF_8);
        }

        @Test
        void the_paper_says_what_was_sealed() throws IOException {
            RestoreDrill drill = wholeLife();
            byte[] pdf = evidence.paper(drill.id()).content();
            PdfReader reader = new PdfReader(pdf);
            StringBuilder text = new StringBuilder();
            for (int page = 1; page <= reader.getNumberOfPages(); page++) {
                text.append(new PdfTextExtractor(reader).getTextFromPage(page)).append('\n');
            }

            assertThat(text.toString())
                    .contains("D-2026-2")
                    .contains("public.orders has 99 rows, not 100.")
                    .contains("One order is missing")
                    .contains("Review by anna")
                    .contains("Sign-off by berta")
                    .contains(recorder.seal(drill).link().record().hex())
                    .contains(keys.fingerprint().hex())
                    .doesNotContain("Not signed off yet");
        }
    }

    @Nested
    class OfAPeriod {
        private static final String NOVEMBER = "2026-11";

        private RestoreDrill october;
        private RestoreDrill failed;

        private byte[] zip(String period) throws IOException {
            return zip(period, Optional.empty());
        }

        private byte[] zip(String period, Optional<String> source) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            periods.file(period, source).content().writeTo(out);
            return out.toByteArray();
        }

        /** A drill of October, three that ended in November, one that still runs. */
        @BeforeEach
        void month() {
            october = ended(DrillVerdict.PASSED, Instant.parse("2026-10-31T23:59:59Z"));
            recorder.seal(october);
            failed = wholeLife();
            ended(DrillVerdict.PARTIAL, NOON.plusSeconds(1));
            RestoreDrill running = ended(DrillVerdict.PASSED, NOON.plusSeconds(2));
            set(running, "status", DrillState.RUNNING);
            set(running, "verdict", null);
        }

        private JsonNode index(byte[] zip) throws IOException {
            return new ObjectMapper().readTree(unpacked(zip).get("period.json"));
        }

        @Test
        void the_verifier_proves_it_with_the_public_key_alone() throws IOException {
            byte[] zip = zip(NOVEMBER);
            Verdict verdict = verify(zip);

            assertThat(verdict.said())
                    .startsWith(
                            "VERIFIED\nDrills from 2026-11-01T00:00:00Z until 2026-11-21T12:20:00Z"
                                    + " of all databases: 3; all ")
                    .contains("whole from the first on to link 8;")
                    .contains("Verdicts: 1 FAILED, 1 PARTIAL, 1 PASSED; signed off: 1.");
            assertThat(verdict.code()).isEqualTo(Main.PROVED);
            assertThat(verifyDirectory(unpacked(zip)).code()).isEqualTo(Main.PROVED);
        }

        @Test
        void its_index_names_drills_gaps_and_what_is_not_in_it() throws IOException {
            byte[] zip = zip(NOVEMBER);
            JsonNode index = index(zip);

            assertThat(index.get("drills").findValuesAsText("number"))
                    .containsExactly("D-2026-2", "D-2026-3", "D-2026-4");
            assertThat(index.get("notEnded").findValuesAsText("number"))
                    .containsExactly("D-2026-5");
            assertThat(index.get("others").get(0).toString())
                    .contains("\"number\":\"D-2026-1\"", "\"why\":\"OTHER_PERIOD\"");
            assertThat(index.get("gaps").toString())
                    .isEqualTo(
                            "[{\"source\":\"ledger\",\"from\":\"2026-11-16\",\"to\":\"2026-11-21\"}]");
            assertThat(index.at("/period/unfinished").asBoolean()).isTrue();
            assertThat(index.at("/summary/signedOff").asInt()).isEqualTo(1);
            assertThat(unpacked(zip).keySet())
                    .contains("drills/D-2026-3/record.pdf", "drills/D-2026-3/manifest.json")
                    .noneMatch(name -> name.contains("D-2026-1/") || name.contains("D-2026-5/"));
        }

        @Test
        void a_trial_is_in_it_and_counts_for_nothing() throws IOException {
            RestoreDrill trial = ended(DrillVerdict.FAILED, NOON.plusSeconds(3));
            set(trial, "cause", DrillCause.TRIAL);
            byte[] zip = zip(NOVEMBER);

            assertThat(verify(zip).said())
                    .contains("databases: 3, and trials that count for nothing: 1; all ")
                    .contains("Verdicts: 1 FAILED, 1 PARTIAL, 1 PASSED;");
            assertThat(index(zip).at("/summary/trials").asInt()).isEqualTo(1);
            assertThat(index(zip).at("/summary/FAILED").asInt()).isEqualTo(1);
            assertThat(unpacked(zip)).containsKey("drills/D-2026-6/record.pdf");
        }

        @Test
        void of_one_database_it_names_the_others_drills_as_left_aside() throws IOException {
            JsonNode shops = index(zip("2026-Q4", Optional.of("shop")));

            assertThat(shops.get("drills")).hasSize(4);
            assertThat(shops.get("gaps")).isEmpty();
            assertThat(verify(zip("2026-Q4", Optional.of("shop"))).said())
                    .contains(" of shop: 4; ");
            assertThatThrownBy(() -> periods.file(NOVEMBER, Optional.of("nobodys")))
                    .hasMessage("There is no database nobodys.");
        }

        @Test
        void a_month_without_drills_is_evidence_too() throws IOException {
            byte[] zip = zip("2026-09-01..2026-09-30");

            assertThat(verify(zip).said()).startsWith("VERIFIED").contains("databases: 0; all ");
            assertThat(index(zip).get("gaps")).isEmpty();
        }

        @Test
        void the_index_is_as_its_published_schema_says() throws IOException {
            var schema =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(periods.schema());

            assertThat(schema.validate(index(zip(NOVEMBER)))).isEmpty();
            assertThat(schema.validate(new ObjectMapper().readTree("{\"kind\":\"x\"}")))
                    .isNotEmpty();
        }

        @Test
        void the_paper_says_what_the_index_says() throws IOException {
            PdfReader reader = new PdfReader(unpacked(zip(NOVEMBER)).get("summary.pdf"));
            String paper = new PdfTextExtractor(reader).getTextFromPage(1);

            assertThat(paper)
                    .contains("3 drills ended, 1 passed, 1 partial, 1 failed; 1 signed off; 1 not")
                    .contains("1 month of a database without a passed drill")
                    .contains("D-2026-3", "signed off", "ledger", "berta");
        }

        @Test
        void the_paper_looks_all_well_only_where_every_drill_ended_and_passed() throws IOException {
            assertThat(paper("2026-10"))
                    .contains(
                            "No gap, no failed, aborted or partial drill, none not ended, no open"
                                    + " issue, nothing beyond its promise.");

            ended(DrillVerdict.ABORTED, Instant.parse("2026-10-30T12:00:00Z"));
            assertThat(paper("2026-10"))
                    .contains("To be looked at: 1 aborted drill.")
                    .doesNotContain("No gap");

            ended(DrillVerdict.FAILED, Instant.parse("2026-10-30T13:00:00Z"));
            ended(DrillVerdict.FAILED, Instant.parse("2026-10-30T14:00:00Z"));
            assertThat(paper("2026-10"))
                    .contains("To be looked at: 2 failed drills, 1 aborted drill.");
        }

        @Test
        void a_partial_drill_beside_a_passed_one_is_to_be_looked_at() throws IOException {
            ended(DrillVerdict.PARTIAL, Instant.parse("2026-10-30T12:00:00Z"));

            assertThat(paper("2026-10"))
                    .contains("To be looked at: 1 partial drill.")
                    .doesNotContain("No gap");
        }

        @Test
        void a_drill_that_has_not_ended_is_to_be_looked_at() throws IOException {
            for (int i = 0; i < 2; i++) {
                RestoreDrill running =
                        ended(DrillVerdict.PASSED, Instant.parse("2026-10-30T12:00:00Z"));
                set(running, "status", DrillState.RUNNING);
                set(running, "verdict", null);
            }

            assertThat(paper("2026-10"))
                    .contains("To be looked at: 2 drills not ended.")
                    .doesNotContain("No gap");
        }

        private String paper(String period) throws IOException {
            PdfReader reader = new PdfReader(unpacked(zip(period)).get("summary.pdf"));
            return new PdfTextExtractor(reader).getTextFromPage(1).replaceAll("\\s+", " ");
        }

        @Test
        void what_is_signed_while_it_is_written_is_not_in_it() throws IOException {
            PeriodEvidence.File file = periods.file(NOVEMBER, Optional.empty());
            RestoreDrill partial = drills.find(idOf("D-2026-4")).orElseThrow();
            judged(partial, SignOff.Step.SIGN_OFF, SignOff.Decision.ACCEPTED, "berta");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            file.content().writeTo(out);

            assertThat(verify(out.toByteArray()).said())
                    .startsWith("VERIFIED")
                    .contains("signed off: 1.");
        }

        private java.util.UUID idOf(String number) throws IOException {
            for (JsonNode row : index(zip(NOVEMBER)).get("drills")) {
                if (row.get("number").asText().equals(number)) {
                    return java.util.UUID.fromString(row.get("id").asText());
                }
            }
            throw new AssertionError(number);
        }

        @Test
        void any_changed_byte_and_any_cut_is_found() throws IOException {
            byte[] zip = zip(NOVEMBER);

            for (int at = 0; at < zip.length; at += at < 100 || at > zip.length - 400 ? 1 : 9973) {
                byte[] changed = zip.clone();
                changed[at] ^= 1 << at % 8;
                assertThat(verify(changed).code())
                        .as("byte %d of %d", at, zip.length)
                        .isIn(Main.UNPROVED, Main.OTHER_KEY);
            }
            for (int length = 0; length < zip.length; length += 49_999) {
                assertThat(verify(java.util.Arrays.copyOf(zip, length)).code())
                        .as("length %d", length)
                        .isEqualTo(Main.UNPROVED);
            }
        }

        @Test
        void a_removed_drill_or_another_order_is_found() throws IOException {
            Map<String, byte[]> files = unpacked(zip(NOVEMBER));
            Map<String, byte[]> without = new LinkedHashMap<>(files);
            without.keySet().removeIf(name -> name.startsWith("drills/D-2026-3/"));
            List<String> names = new ArrayList<>(files.keySet());
            Collections.swap(names, 8, 9);
            Map<String, byte[]> swapped = new LinkedHashMap<>();
            names.forEach(name -> swapped.put(name, files.get(name)));

            assertThat(verify(StoredZip.of(without)).said())
                    .startsWith("NOT VERIFIED\ndrills/D-2026-3/drill.json is missing.");
            assertThat(verify(StoredZip.of(swapped)).said()).contains("changed or packed anew");
            assertThat(verify(evidence.bundle(failed.id()).content()).code())
                    .isEqualTo(Main.PROVED);
        }

        /** Whoever holds the key can sign anything; what was sealed before speaks against it. */
        @Test
        void signed_anew_it_can_neither_pass_over_a_drill_nor_say_otherwise_than_its_record()
                throws IOException {
            Map<String, byte[]> files = unpacked(zip(NOVEMBER));
            Map<String, byte[]> without = new LinkedHashMap<>(files);
            without.keySet().removeIf(name -> name.startsWith("drills/D-2026-3/"));
            replaced(without, "period.json", index -> drop(index, "D-2026-3"));
            Map<String, byte[]> otherwise = new LinkedHashMap<>(files);
            replaced(
                    otherwise,
                    "period.json",
                    index -> index.replace("\"verdict\": \"FAILED\"", "\"verdict\": \"PASSED\""));
            Map<String, byte[]> older = new LinkedHashMap<>(files);
            older.put(
                    "drills/D-2026-3/drill.json",
                    files.get("drills/D-2026-3/revisions/00000003.json"));

            assertThat(verify(signedAnew(files)).code()).isEqualTo(Main.PROVED);
            assertThat(verify(signedAnew(without)).said())
                    .contains(failed.id() + ", whose record was sealed at ", "is passed over");
            assertThat(verify(signedAnew(otherwise)).said())
                    .contains("period.json says of drill D-2026-3 what its record does not.");
            assertThat(verify(signedAnew(older)).said())
                    .contains("is not the record that the chain's last link seals.");
        }

        private static void replaced(
                Map<String, byte[]> files,
                String name,
                java.util.function.UnaryOperator<String> change) {
            String before = new String(files.get(name), StandardCharsets.UTF_8);
            String after = change.apply(before);
            assertThat(after).isNotEqualTo(before);
            files.put(name, after.getBytes(StandardCharsets.UTF_8));
        }

        private static String drop(String index, String number) {
            try {
                ObjectMapper json = new ObjectMapper();
                JsonNode whole = json.readTree(index);
                var rows = whole.get("drills").elements();
                while (rows.hasNext()) {
                    if (rows.next().get("number").asText().equals(number)) {
                        rows.remove();
                    }
                }
                return json.writeValueAsString(whole);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private byte[] signedAnew(Map<String, byte[]> files) throws IOException {
            Map<String, byte[]> all = new LinkedHashMap<>(files);
            ObjectMapper json = new ObjectMapper();
            JsonNode envelope = json.readTree(all.remove("period.dsse.json"));
            var statement =
                    (com.fasterxml.jackson.databind.node.ObjectNode)
                            json.readTree(
                                    java.util.Base64.getDecoder()
                                            .decode(envelope.get("payload").asText()));
            var listed = statement.putArray("files");
            all.forEach(
                    (name, bytes) ->
                            listed.addObject()
                                    .put("name", name)
                                    .put("bytes", bytes.length)
                                    .put("sha256", Sha256.of(bytes).hex()));
            all.put(
                    "period.dsse.json",
                    (keys.sign(
                                                    org.holdfast.domain.shared.Dsse.PERIOD_EVIDENCE,
                                                    json.writeValueAsBytes(statement))
                                            .json()
                                    + "\n")
                            .getBytes(StandardCharsets.UTF_8));
            return StoredZip.of(all);
        }

        @Test
        void of_a_month_that_is_over_it_is_signed_as_of_when_it_was_made() throws IOException {
            byte[] zip = zip("2026-10");

            assertThat(index(zip).at("/period/until").asText()).isEqualTo("2026-11-01T00:00:00Z");
            assertThat(index(zip).get("madeAt").asText()).isEqualTo("2026-11-21T12:20:00Z");
            assertThat(verify(zip).said())
                    .contains(" until 2026-11-01T00:00:00Z of ")
                    .contains("as they were signed at 2026-11-21T12:20:00Z.");
        }

        @Test
        void a_retired_database_counts_until_its_last_backup_or_drill() throws IOException {
            uses.put("ledger", retired("2026-08-16T12:00:00Z", "2026-10-20T03:00:00Z"));
            uses.put("mail", retired("2026-06-01T12:00:00Z", "2026-09-30T23:00:00Z"));
            uses.put("wiki", inUse("2026-11-01T00:00:00Z"));
            uses.remove("shop");
            ended(DrillVerdict.FAILED, Instant.parse("2026-10-03T12:00:00Z"));

            assertThat(index(zip("2026-Q4")).get("gaps").toString())
                    .isEqualTo(
                            "[{\"source\":\"ledger\",\"from\":\"2026-10-01\",\"to\":\"2026-10-20\"},"
                                    + "{\"source\":\"wiki\",\"from\":\"2026-11-01\",\"to\":\"2026-11-21\"}]");
            assertThat(index(zip("2026-10")).get("gaps").findValuesAsText("source"))
                    .containsExactly("ledger");
        }

        @Test
        void where_no_database_was_known_yet_there_is_no_gap() throws IOException {
            uses.put("ledger", inUse("2026-11-16T12:00:00Z"));

            assertThat(index(zip("2026-11-01..2026-11-15")).get("gaps").findValuesAsText("source"))
                    .containsExactly("shop");
        }

        @Test
        void an_issue_of_a_trial_is_in_its_record_and_counts_for_nothing() throws IOException {
            RestoreDrill trial = ended(DrillVerdict.FAILED, NOON.plusSeconds(3));
            set(trial, "cause", DrillCause.TRIAL);
            drills.add(issue(trial));
            drills.add(issue(failed));
            recorder.seal(failed);
            JsonNode index = index(zip(NOVEMBER));

            assertThat(index.at("/summary/openIssues").asInt()).isEqualTo(1);
            assertThat(index.get("openIssues").findValuesAsText("drill"))
                    .containsExactly("D-2026-3");
            assertThat(index.get("drills").get(3).get("openIssues").asInt()).isEqualTo(1);
            assertThat(verify(zip(NOVEMBER)).code()).isEqualTo(Main.PROVED);
        }

        private DrillIssue issue(RestoreDrill drill) {
            return new DrillIssue(
                    drill,
                    new DrillIssue.Wording(
                            "Another order is missing",
                            "rows of public.orders",
                            "pavel",
                            LocalDate.of(2026, 12, 24),
                            "Find out who deleted it"),
                    "olga",
                    NOON.plusSeconds(300));
        }

        @Test
        void of_one_database_it_does_not_tell_the_others_names() throws IOException {
            RestoreDrill ledgers = ended(DrillVerdict.PASSED, NOON.plusSeconds(3));
            set(ledgers, "sourceId", java.util.UUID.randomUUID());
            set(ledgers, "sourceName", "ledger");
            recorder.seal(ledgers);
            byte[] zip = zip(NOVEMBER, Optional.of("shop"));

            assertThat(index(zip).get("others").toString())
                    .contains("D-2026-6\",\"why\":\"OTHER_SOURCE\"}", "OTHER_PERIOD")
                    .doesNotContain("ledger");
            assertThat(verify(zip).said())
                    .startsWith("VERIFIED")
                    .contains(
                            "2 drills are left out as of another period or database, by the index"
                                    + " alone.");
            assertThat(valid(index(zip))).isEmpty();
        }

        private Set<ValidationMessage> valid(JsonNode index) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(periods.schema())
                    .validate(index);
        }

        @Test
        void signed_anew_it_cannot_leave_a_drill_out_with_a_reason_that_cannot_be()
                throws IOException {
            byte[] zip = zip(NOVEMBER);
            String left = failed.id().toString();

            assertThat(leftOut(zip, left, "\"why\":\"OTHER_SOURCE\""))
                    .contains("Drill D-2026-3 is left out as OTHER_SOURCE, which it cannot be");
            assertThat(
                            leftOut(
                                    zip,
                                    left,
                                    "\"source\":\"shop\",\"requestedAt\":\""
                                            + NOON
                                            + "\",\"why\":\"OTHER_PERIOD\""))
                    .contains("Drill D-2026-3 is left out as OTHER_PERIOD, which it cannot be");
            assertThat(leftOut(zip, left, "\"why\":\"HIDDEN\""))
                    .contains("Drill D-2026-3 is left out as HIDDEN, which it cannot be");
            assertThat(
                            leftOut(
                                    zip(NOVEMBER, Optional.of("shop")),
                                    left,
                                    "\"source\":\"ledger\",\"requestedAt\":\"2026-10-01T00:00:00Z\",\"why\":\"OTHER_PERIOD\""))
                    .contains("Drill D-2026-3 is left out as OTHER_PERIOD, which it cannot be");
            assertThat(
                            leftOut(
                                    zip(NOVEMBER, Optional.of("shop")),
                                    java.util.UUID.randomUUID().toString(),
                                    "\"why\":\"OTHER_SOURCE\""))
                    .contains("is left out, and was not first sealed in the period.");
        }

        /** What is said of the evidence with D-2026-3 moved to those that are left out. */
        private String leftOut(byte[] zip, String id, String reason) throws IOException {
            Map<String, byte[]> files = unpacked(zip);
            files.keySet().removeIf(name -> name.startsWith("drills/D-2026-3/"));
            replaced(files, "period.json", index -> drop(index, "D-2026-3"));
            changed(
                    files,
                    index ->
                            ((com.fasterxml.jackson.databind.node.ArrayNode) index.get("others"))
                                    .add(
                                            read(
                                                    "{\"id\":\""
                                                            + id
                                                            + "\",\"number\":\"D-2026-3\","
                                                            + reason
                                                            + "}")));
            return verify(signedAnew(files)).said();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "drills",
                    "PASSED",
                    "PARTIAL",
                    "FAILED",
                    "ABORTED",
                    "trials",
                    "notEnded",
                    "signedOff",
                    "openIssues",
                    "rtoExceeded",
                    "rpoExceeded",
                    "gaps"
                })
        void signed_anew_its_summary_cannot_count_otherwise(String what) throws IOException {
            Map<String, byte[]> files = unpacked(zip(NOVEMBER));
            changed(
                    files,
                    index -> {
                        var summary =
                                (com.fasterxml.jackson.databind.node.ObjectNode)
                                        index.get("summary");
                        summary.put(what, summary.get(what).asInt() + 1);
                    });

            assertThat(verify(signedAnew(files)).said())
                    .startsWith("NOT VERIFIED\nThe summary counts ")
                    .contains(" for \"" + what + "\"; by the drills and lists it is ");
        }

        @Test
        void signed_anew_it_cannot_hide_a_month_without_a_passed_drill_nor_invent_one()
                throws IOException {
            ended(DrillVerdict.FAILED, Instant.parse("2026-08-03T12:00:00Z"));
            byte[] zip = zip("2026-08-01..2026-11-30", Optional.of("shop"));
            Map<String, byte[]> hidden = unpacked(zip);
            changed(hidden, index -> gaps(index, index.get("gaps").get(0)));
            Map<String, byte[]> invented = unpacked(zip);
            changed(
                    invented,
                    index ->
                            gaps(
                                    index,
                                    read(
                                            "{\"source\":\"shop\",\"from\":\"2026-11-01\",\"to\":\"2026-11-02\"}")));
            Map<String, byte[]> backwards = unpacked(zip);
            changed(
                    backwards,
                    index ->
                            gaps(
                                    index,
                                    read(
                                            "{\"source\":\"shop\",\"from\":\"2026-09-20\",\"to\":\"2026-09-02\"}")));

            assertThat(index(zip).get("gaps").findValuesAsText("from"))
                    .containsExactly("2026-08-03", "2026-09-01");
            assertThat(verify(zip).code()).isEqualTo(Main.PROVED);
            assertThat(verify(signedAnew(hidden)).said())
                    .contains("No drill of shop passed in 2026-09, and the index does not name");
            assertThat(verify(signedAnew(invented)).said())
                    .contains("2026-11 is no month of shop without a passed drill.");
            assertThat(verify(signedAnew(backwards)).said())
                    .contains("are no days of one month of the period.");
        }

        private static void gaps(JsonNode index, JsonNode only) {
            var whole = (com.fasterxml.jackson.databind.node.ObjectNode) index;
            whole.putArray("gaps").add(only);
            ((com.fasterxml.jackson.databind.node.ObjectNode) index.get("summary")).put("gaps", 1);
        }

        @Test
        void signed_anew_it_cannot_claim_another_time_nor_a_drill_twice() throws IOException {
            Map<String, byte[]> earlier = unpacked(zip("2026-10"));
            changed(
                    earlier,
                    index ->
                            ((com.fasterxml.jackson.databind.node.ObjectNode) index)
                                    .put("madeAt", "2026-11-01T00:00:00Z"));
            Map<String, byte[]> twice = unpacked(zip(NOVEMBER));
            changed(
                    twice,
                    index ->
                            ((com.fasterxml.jackson.databind.node.ObjectNode)
                                            index.get("notEnded").get(0))
                                    .put("id", failed.id().toString()));

            assertThat(verify(signedAnew(earlier)).said())
                    .contains("period.json was made at another time than it was signed.");
            assertThat(verify(signedAnew(twice)).said())
                    .contains("period.json has drill D-2026-5 twice.");
        }

        private static JsonNode read(String json) {
            try {
                return new ObjectMapper().readTree(json);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static void changed(
                Map<String, byte[]> files, java.util.function.Consumer<JsonNode> change) {
            replaced(
                    files,
                    "period.json",
                    text -> {
                        JsonNode index = read(text);
                        change.accept(index);
                        return index.toString();
                    });
        }

        @Test
        void what_is_sealed_already_is_not_sealed_again() throws IOException {
            zip(NOVEMBER);
            long links = drills.links(0, Long.MAX_VALUE, 99).size();
            looked.set(0);
            zip(NOVEMBER);

            assertThat(drills.links(0, Long.MAX_VALUE, 99)).hasSize((int) links);
            assertThat(looked.get()).isZero();
        }

        @Test
        void too_many_drills_are_refused_with_a_way_out() {
            for (int i = 0; i < PeriodEvidence.MOST; i++) {
                ended(DrillVerdict.PASSED);
            }

            assertThatThrownBy(() -> periods.requireTakeable(NOVEMBER, Optional.empty()))
                    .hasMessage("There are more than 1000 drills in 2026-11.");
        }
    }
}
