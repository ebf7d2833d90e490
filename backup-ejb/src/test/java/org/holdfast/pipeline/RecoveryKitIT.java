package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.RecoveryFacts;
import org.holdfast.domain.snapshot.RecoveryKit;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.ContentProof;
import org.holdfast.testing.InMemoryStore;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.Programs;
import org.holdfast.testing.ShopDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** recover.sh and the lines of RECOVER.md are run as a person without Holdfast would run them. */
@Timeout(300)
class RecoveryKitIT {
    private static final Identity OPERATOR = Identity.generate();
    private static final Signer SIGNER = Signer.generate();
    private static final UUID ID = UUID.fromString("0199e0a1-0000-7000-8000-000000000001");

    private static PostgresServer server;
    private static PostgresUrl shop;
    private static byte[] dump;
    private static byte[] plain;
    private static byte[] globals;

    @TempDir Path home;
    private Path files;
    private Path identity;
    private Path trusted;
    private String target;

    @BeforeAll
    static void takeASnapshot() throws Exception {
        server = PostgresServer.shared();
        shop = ShopDatabase.small(server);
        server.execute("postgres", "DROP ROLE IF EXISTS kit_role", "CREATE ROLE kit_role");
        byte[] none = new byte[0];
        String name = shop.database();
        dump = pg(none, "pg_dump", "-Fc", "-Z0", "--no-owner", "--no-privileges", "-d", name).out();
        plain = pg(none, "pg_dump", "--no-owner", "--no-privileges", "-d", name).out();
        globals = pg(none, "pg_dumpall", "-g", "--no-role-passwords", "-l", "postgres").out();
    }

    @BeforeEach
    void layOut() throws Exception {
        files = Files.createDirectory(home.resolve("snapshot"));
        identity =
                Files.writeString(
                        home.resolve("identity.txt"), OPERATOR.file(Instant.EPOCH).reveal());
        trusted = Files.writeString(home.resolve("trusted.pem"), SIGNER.publicPem());
        target = "kit_" + System.nanoTime();
        write(DumpFormat.CUSTOM, dump);
    }

    @AfterEach
    void dropTarget() {
        server.dropDatabase(target);
    }

    @Test
    void it_verifies_without_sending_anything() throws Exception {
        Tools.Ran ran = recover("-i", identity, "-k", trusted, "--verify");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.text())
                .isEqualTo(
                        """
                        signature   good, by the key %s
                        hash        good, database.dump.zst.age (%d bytes)
                        hash        good, globals.sql.zst.age (%d bytes)
                        identity    opens it
                        content     reads to its end
                        verified    snapshot %s
                        """
                                .formatted(
                                        SIGNER.fingerprint(),
                                        Files.size(files.resolve("database.dump.zst.age")),
                                        Files.size(files.resolve("globals.sql.zst.age")),
                                        ID));
    }

    @Test
    void without_a_trusted_key_it_warns_and_shows_the_fingerprint() throws Exception {
        Tools.Ran ran = recover("--verify");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.text())
                .contains("signature   good, by the key " + SIGNER.fingerprint())
                .contains("WARNING: that key came with the snapshot.")
                .endsWith(
                        "verified    signature and hashes. Give -i FILE to read the content too.\n");
    }

    @Test
    void it_creates_a_database_that_equals_the_source() throws Exception {
        Tools.Ran ran = recover("-i", identity, "-k", trusted, "--into", url(target), "--create");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertEqualsSource(target);
    }

    @Test
    void it_restores_the_globals_when_asked() throws Exception {
        server.execute("postgres", "DROP ROLE kit_role");
        Tools.Ran ran =
                recover(
                        "-i",
                        identity,
                        "-k",
                        trusted,
                        "--into",
                        url(target),
                        "--create",
                        "--globals");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(server.query("postgres", "SELECT 1 FROM pg_roles WHERE rolname = 'kit_role'"))
                .isEqualTo("1");
        assertEqualsSource(target);
    }

    @Test
    void it_creates_a_database_whose_name_needs_escaping_in_a_url() throws Exception {
        String odd = "odd name \\ 100% " + target;
        String url =
                url(target)
                        .replace(
                                target,
                                odd.replace("%", "%25").replace(" ", "%20").replace("\\", "%5C"));
        try {
            Tools.Ran ran = recover("-i", identity, "-k", trusted, "--into", url, "--create");
            assertThat(ran.exit()).as(ran.err()).isZero();
            assertThat(server.exists(odd)).isTrue();
        } finally {
            server.dropDatabase(odd);
        }
    }

    @Test
    void a_plain_export_comes_back_too() throws Exception {
        write(DumpFormat.PLAIN_GZ, plain);
        Tools.Ran verified = recover("-i", identity, "-k", trusted, "--verify");
        assertThat(verified.exit()).as(verified.err()).isZero();
        Tools.Ran ran = recover("-i", identity, "-k", trusted, "--into", url(target), "--create");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertEqualsSource(target);
    }

    @Test
    void it_lists_and_writes_the_dump_to_a_file() throws Exception {
        Tools.Ran listed = recover("-i", identity, "-k", trusted, "--list");
        assertThat(listed.exit()).as(listed.err()).isZero();
        assertThat(listed.text()).contains("TABLE DATA");
        Path out = home.resolve("out.dump");
        Tools.Ran ran = recover("-i", identity, "-k", trusted, "--to-file", out);
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(Files.readAllBytes(out)).isEqualTo(dump);
        assertThat(Files.getPosixFilePermissions(out))
                .containsExactlyInAnyOrder(
                        PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        Tools.Ran again = recover("-i", identity, "-k", trusted, "--to-file", out);
        assertThat(again.exit()).isEqualTo(2);
        assertThat(again.err())
                .isEqualTo("recover.sh: " + out + " exists; nothing is written over.\n");
    }

    @Test
    void what_is_no_archive_is_not_listed_as_if_it_were_one() throws Exception {
        write(DumpFormat.CUSTOM, "not what pg_dump writes\n".repeat(9000).getBytes());
        Tools.Ran listed = recover("-i", identity, "-k", trusted, "--list");
        assertThat(listed.exit()).isEqualTo(6);
        assertThat(listed.err())
                .contains(
                        "database.dump.zst.age does not decrypt and decompress to its end, or is no"
                                + " whole archive.");
    }

    @Test
    void the_lines_of_the_page_recover_the_database_by_hand() throws Exception {
        for (DumpFormat format : DumpFormat.values()) {
            write(format, format == DumpFormat.CUSTOM ? dump : plain);
            String page = Files.readString(files.resolve(SnapshotKeys.RECOVER_MD));
            String lines =
                    Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
                            .matcher(page)
                            .results()
                            .map((MatchResult block) -> block.group(1))
                            .collect(Collectors.joining("\n"));
            assertThat(lines).contains("openssl pkeyutl", "sha256sum -c", "createdb");
            Tools.Ran ran =
                    Tools.run(
                            new byte[0],
                            "env",
                            "-C",
                            files.toString(),
                            "PATH=" + path(),
                            "PGHOST=127.0.0.1",
                            "PGPORT=" + server.port(),
                            "PGUSER=postgres",
                            "PGPASSWORD=" + PostgresServer.PASSWORD,
                            "IDENTITY=" + identity,
                            "NEW=" + target,
                            "bash",
                            "-euo",
                            "pipefail",
                            "-c",
                            lines);
            assertThat(ran.exit()).as(ran.err()).isZero();
            assertThat(ran.text()).contains(SIGNER.fingerprint().hex());
            assertEqualsSource(target);
            server.dropDatabase(target);
        }
    }

    @Nested
    class Nothing_is_sent_when {
        @BeforeEach
        void anEmptyTarget() {
            server.createDatabase(target);
        }

        @Test
        void the_last_byte_of_the_dump_is_damaged() throws Exception {
            damage("database.dump.zst.age", -1);
            assertRefused(
                    5, "database.dump.zst.age is damaged: its SHA-256 is not the signed one.");
        }

        @Test
        void the_dump_is_cut() throws Exception {
            Path file = files.resolve("database.dump.zst.age");
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            assertRefused(
                    5,
                    "database.dump.zst.age is %d bytes long; %d were signed."
                            .formatted(bytes.length / 2, bytes.length));
        }

        @Test
        void an_object_is_missing() throws Exception {
            Files.delete(files.resolve("globals.sql.zst.age"));
            assertRefused(5, "globals.sql.zst.age is missing in ");
        }

        @Test
        void the_manifest_was_changed() throws Exception {
            damage("manifest.json", 20);
            assertRefused(
                    4, "manifest.json is not signed by the key " + SIGNER.fingerprint() + ".");
        }

        @Test
        void the_signature_was_changed() throws Exception {
            damage("manifest.json.sig", 3);
            assertRefused(
                    4, "manifest.json is not signed by the key " + SIGNER.fingerprint() + ".");
        }

        @Test
        void another_key_is_trusted() throws Exception {
            Signer other = Signer.generate();
            Files.writeString(trusted, other.publicPem());
            assertRefused(4, "manifest.json is not signed by the key " + other.fingerprint() + ".");
        }

        @Test
        void the_dump_and_the_script_were_exchanged_but_not_the_manifest() throws Exception {
            Path file = files.resolve("database.dump.zst.age");
            String signed = Sha256.of(Files.readAllBytes(file)).hex();
            damage("database.dump.zst.age", 500);
            String forged = Sha256.of(Files.readAllBytes(file)).hex();
            Path script = files.resolve("recover.sh");
            Files.writeString(script, Files.readString(script).replace(signed, forged));
            assertRefused(
                    5,
                    "The signed manifest does not name the hash this script has for"
                            + " database.dump.zst.age.");
        }

        @Test
        void the_identity_is_another_ones() throws Exception {
            Files.writeString(identity, Identity.generate().secret().reveal() + "\n");
            assertRefused(6, "It was encrypted to: " + OPERATOR.recipient());
        }

        @Test
        void the_target_is_not_empty() throws Exception {
            server.execute(target, "CREATE TABLE mine (id int)");
            Tools.Ran ran = recover("-i", identity, "-k", trusted, "--into", url(target));
            assertThat(ran.exit()).isEqualTo(7);
            assertThat(ran.err()).contains("The target is not empty: it has 1 tables");
        }

        @Test
        void the_server_lacks_an_extension() throws Exception {
            write(DumpFormat.CUSTOM, dump, Map.of("no_such_extension", "1"));
            assertRefused(
                    7, "The target's server lacks extensions the database uses: no_such_extension");
        }

        @Test
        void a_tool_is_missing() throws Exception {
            Path bin = Files.createDirectory(home.resolve("bin"));
            for (String tool :
                    List.of("bash", "dirname", "sha256sum", "openssl", "grep", "cat", "stat")) {
                Programs.script(bin.resolve(tool), "exec /usr/bin/" + tool + " \"$@\"");
            }
            Tools.Ran ran =
                    Tools.run(
                            new byte[0],
                            "env",
                            "PATH=" + bin,
                            "bash",
                            files.resolve("recover.sh").toString(),
                            "-i",
                            identity.toString(),
                            "--verify");
            assertThat(ran.exit()).isEqualTo(3);
            assertThat(ran.err())
                    .isEqualTo("recover.sh: age is missing. Install it: apt-get install age\n");
        }

        private void assertRefused(int code, String words) throws Exception {
            Tools.Ran ran = recover("-i", identity, "-k", trusted, "--into", url(target));
            assertThat(ran.exit()).as(ran.err()).isEqualTo(code);
            assertThat(ran.err()).contains(words);
            assertThat(
                            server.query(
                                    target,
                                    "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
                    .isEqualTo("0");
            assertThat(server.query(target, "SELECT count(*) FROM pg_extension"))
                    .as("plpgsql only")
                    .isEqualTo("1");
        }
    }

    private void write(DumpFormat format, byte[] content) throws Exception {
        write(format, content, Map.of());
    }

    /** Lays a snapshot out as a store holds it. */
    private void write(DumpFormat format, byte[] content, Map<String, String> extensions)
            throws Exception {
        List<Manifest.StoredObject> objects = new ArrayList<>();
        objects.add(stored(format.objectName(), content));
        objects.add(stored(SnapshotKeys.GLOBALS, globals));
        RecoveryKit kit =
                new RecoveryKit(
                        new RecoveryFacts(
                                ID,
                                shop.database(),
                                Instant.parse("2026-11-21T02:00:00Z"),
                                Integer.parseInt(
                                        server.query(
                                                "postgres",
                                                "SELECT current_setting('server_version_num')::int"
                                                        + " / 10000")),
                                "UTF8",
                                "C.UTF-8",
                                "C.UTF-8",
                                Optional.empty(),
                                extensions,
                                format,
                                objects,
                                List.of(OPERATOR.recipient().value()),
                                Map.of(),
                                SIGNER.publicPem(),
                                SIGNER.fingerprint()));
        Files.writeString(files.resolve(SnapshotKeys.RECOVER_SH), kit.script());
        Files.writeString(files.resolve(SnapshotKeys.RECOVER_MD), kit.instructions());
        for (String name : List.of(SnapshotKeys.RECOVER_SH, SnapshotKeys.RECOVER_MD)) {
            byte[] bytes = Files.readAllBytes(files.resolve(name));
            objects.add(new Manifest.StoredObject(name, bytes.length, Sha256.of(bytes)));
        }
        byte[] manifest =
                ("{\"id\": \"" + ID + "\", \"objects\": " + objects + "}\n")
                        .getBytes(StandardCharsets.UTF_8);
        Files.write(files.resolve(SnapshotKeys.MANIFEST), manifest);
        Files.write(files.resolve(SnapshotKeys.SIGNATURE), SIGNER.sign(manifest));
    }

    private Manifest.StoredObject stored(String name, byte[] content) throws IOException {
        InMemoryStore store = new InMemoryStore("local");
        ObjectKey key = new ObjectKey("shop/" + name);
        try (Outgoing out =
                Outgoing.begin(
                        List.of(store),
                        key,
                        List.of(OPERATOR.recipient()),
                        Outgoing.Tuning.standard().withStall(Duration.ofSeconds(30)),
                        Tools.THREADS)) {
            out.transfer(new ByteArrayInputStream(content), Progress.NONE, () -> false);
            Outgoing.Stored stored = out.seal();
            out.publish();
            Files.write(files.resolve(name), store.bytes(key));
            return new Manifest.StoredObject(name, stored.storedBytes(), stored.sha256());
        }
    }

    private void damage(String name, int at) throws IOException {
        Path file = files.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[at < 0 ? bytes.length + at : at] ^= 1;
        Files.write(file, bytes);
    }

    private Tools.Ran recover(Object... arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("env", "-C", home.toString(), "PATH=" + path()));
        command.add("PGPASSWORD=" + PostgresServer.PASSWORD);
        command.addAll(List.of("bash", files.resolve("recover.sh").toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return Tools.run(new byte[0], command.toArray(String[]::new));
    }

    private static Tools.Ran pg(byte[] input, String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("env", "PGPASSWORD=" + PostgresServer.PASSWORD));
        command.add(server.bin().resolve(program).toString());
        command.addAll(List.of("-h", "127.0.0.1", "-p", "" + server.port(), "-U", "postgres"));
        command.addAll(List.of(arguments));
        Tools.Ran ran = Tools.run(input, command.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran;
    }

    private static String path() {
        return server.bin() + ":/usr/bin:/bin";
    }

    private static String url(String database) {
        return "postgresql://postgres@127.0.0.1:" + server.port() + "/" + database;
    }

    private static void assertEqualsSource(String database) throws Exception {
        ContentProof source =
                ContentProof.of(shop, RowProof.HASHES, ContentProof.Progress.NONE, new Cancel());
        ContentProof copy =
                ContentProof.of(
                        server.url(database),
                        RowProof.HASHES,
                        ContentProof.Progress.NONE,
                        new Cancel());
        assertThat(source.tables()).isNotEmpty();
        assertThat(source.differences(copy)).isEmpty();
        assertThat(schema(database)).isEqualTo(schema(shop.database()));
    }

    private static String schema(String database) {
        return pg(
                        new byte[0],
                        "pg_dump",
                        "--schema-only",
                        "--no-owner",
                        "--no-privileges",
                        "-d",
                        database)
                .text()
                .lines()
                // The key that ends psql's restricted mode is random.
                .filter(line -> !line.matches("\\\\(un)?restrict .*"))
                .collect(Collectors.joining("\n"));
    }
}
