package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.security.SigningKeys;
import org.holdfast.security.SigningKeysOfTests;
import org.holdfast.testing.AuditInMemory;
import org.holdfast.verify.Main;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditExportTest {
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-21T18:00:00Z"), ZoneOffset.UTC);

    @TempDir private Path dir;

    private final AuditInMemory audit = new AuditInMemory();
    private SigningKeys keys;
    private AuditExport export;
    private Path key;

    @BeforeEach
    void begin() throws IOException {
        keys = SigningKeysOfTests.in(dir);
        export = new AuditExport(audit, audit, keys, CLOCK);
        key = dir.resolve("signing.pub");
        Files.writeString(key, keys.publicPem());
        audit.enter("olga", "backup.queue", "source/shop", "{\"format\":\"CUSTOM\"}");
        audit.enter("holdfast", "backup.end", "source/shop", "{}");
        audit.enter("=cmd|'/C calc'!A0", "sign-in.fail", "user/\"x\",y", "{\"why\":\"a\\nb\"}");
        audit.enter("жанна 🦉", "restore.request", "target/staging", "{\"reason\":\"née\"}");
        audit.enter("olga", "sign-in", "user/olga", "{}");
    }

    private byte[] written(AuditExport.Format format, AuditFilter filter) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export.file(format, filter).content().writeTo(out);
        return out.toByteArray();
    }

    private static AuditFilter by(String actor) {
        return new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.of(actor),
                Optional.empty(),
                Optional.empty());
    }

    private record Verdict(int code, String said) {}

    private Verdict verify(byte[] file, String... more) throws IOException {
        Path given = dir.resolve("audit.json");
        Files.write(given, file);
        List<String> args = new ArrayList<>(List.of(given.toString(), "--key", key.toString()));
        args.addAll(List.of(more));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(said, true, StandardCharsets.UTF_8);
        int code = Main.run(args.toArray(new String[0]), print, print);
        return new Verdict(code, said.toString(StandardCharsets.UTF_8));
    }

    @Nested
    class AsCsv {
        @Test
        void every_cell_is_quoted_and_one_that_would_be_a_formula_is_text() throws IOException {
            String text =
                    new String(
                            written(AuditExport.Format.CSV, AuditFilter.ALL),
                            StandardCharsets.UTF_8);

            assertThat(text.split("\r\n"))
                    .hasSize(6)
                    .satisfies(
                            lines ->
                                    assertThat(lines[0])
                                            .isEqualTo(
                                                    "\"Number\",\"Time (UTC)\",\"Who\",\"Act\",\"Subject\",\"Details\",\"Hash before\",\"Hash\""))
                    .satisfies(
                            lines ->
                                    assertThat(lines[3])
                                            .startsWith(
                                                    "\"3\",\"2026-11-21T12:00:02.500Z\",\"'=cmd|'/C calc'!A0\",\"sign-in.fail\",\"user/\"\"x\"\",y\","));
        }

        @ParameterizedTest
        @ValueSource(strings = {"=1", "+1", "-1", "@x", "\tx", "\rx", "\n=x"})
        void what_begins_a_formula_gets_an_apostrophe(String text) {
            assertThat(Sheets.cell(text)).isEqualTo("'" + text);
        }

        @Test
        void other_text_stays_as_it_is() {
            assertThat(Sheets.cell("a=1")).isEqualTo("a=1");
            assertThat(Sheets.cell("")).isEmpty();
        }
    }

    @Nested
    class AsXlsx {
        @Test
        void it_holds_every_row_and_no_formula() throws IOException {
            Path book = dir.resolve("audit.xlsx");
            Files.write(book, written(AuditExport.Format.XLSX, AuditFilter.ALL));
            String sheet;
            try (ZipFile zip = new ZipFile(book.toFile())) {
                sheet =
                        new String(
                                zip.getInputStream(zip.getEntry("xl/worksheets/sheet1.xml"))
                                        .readAllBytes(),
                                StandardCharsets.UTF_8);
            }

            assertThat(sheet)
                    .contains("&apos;=cmd|&apos;/C calc&apos;!A0")
                    .contains("restore.request")
                    .doesNotContain("<f>");
            assertThat(sheet.split("<row ")).hasSize(7);
        }
    }

    @Nested
    class AsSignedJson {
        @Test
        void the_whole_log_is_verified_with_the_public_key_alone() throws IOException {
            Verdict verdict = verify(written(AuditExport.Format.JSON, AuditFilter.ALL));

            assertThat(verdict.said())
                    .isEqualTo(
                            "VERIFIED\nThe chain is whole from entry 1 to entry 5, as it was signed at 2026-11-21T18:00:00Z.\n");
            assertThat(verdict.code()).isEqualTo(Main.PROVED);
        }

        @Test
        void an_empty_log_too() throws IOException {
            audit.cutTo(0);

            assertThat(verify(written(AuditExport.Format.JSON, AuditFilter.ALL)).code())
                    .isEqualTo(Main.PROVED);
        }

        @Test
        void a_filtered_one_says_that_it_is_no_whole_chain() throws IOException {
            Verdict verdict = verify(written(AuditExport.Format.JSON, by("olga")));

            assertThat(verdict.code()).isEqualTo(Main.PROVED);
            assertThat(verdict.said())
                    .contains("Each of the 2 exported entries is as it was signed")
                    .contains("of what lies between them it says nothing");
        }

        @Test
        void any_changed_byte_is_found() throws IOException {
            byte[] whole = written(AuditExport.Format.JSON, AuditFilter.ALL);

            for (int at = 0; at < whole.length; at++) {
                byte[] changed = whole.clone();
                changed[at] ^= 1 << at % 8;
                assertThat(verify(changed).code())
                        .as("byte %d", at)
                        .isIn(Main.UNPROVED, Main.OTHER_KEY);
            }
        }

        @Test
        void cut_off_anywhere_it_is_found() throws IOException {
            byte[] whole = written(AuditExport.Format.JSON, AuditFilter.ALL);

            for (int length = 0; length < whole.length; length++) {
                assertThat(verify(Arrays.copyOf(whole, length)).code())
                        .as("length %d", length)
                        .isEqualTo(Main.UNPROVED);
            }
        }

        @Test
        void lines_left_out_doubled_or_exchanged_are_found() throws IOException {
            List<String> lines =
                    new String(
                                    written(AuditExport.Format.JSON, AuditFilter.ALL),
                                    StandardCharsets.UTF_8)
                            .lines()
                            .toList();

            for (int i = 0; i < lines.size(); i++) {
                List<String> without = new ArrayList<>(lines);
                without.remove(i);
                assertThat(verify(joined(without)).code()).as("without %d", i).isEqualTo(1);
                List<String> twice = new ArrayList<>(lines);
                twice.add(i, lines.get(i));
                assertThat(verify(joined(twice)).code()).as("twice %d", i).isEqualTo(1);
                for (int j = 0; j < i; j++) {
                    List<String> swapped = new ArrayList<>(lines);
                    Collections.swap(swapped, i, j);
                    assertThat(verify(joined(swapped)).code()).as("%d and %d", i, j).isEqualTo(1);
                }
            }
        }

        private byte[] joined(List<String> lines) {
            return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        }

        @Test
        void a_log_made_anew_and_signed_by_another_key_is_told_as_that() throws IOException {
            SigningKeys forger = SigningKeysOfTests.in(dir.resolve("forger"));
            byte[] forged = forgedBy(forger);

            Verdict verdict = verify(forged);

            assertThat(verdict.code()).isEqualTo(Main.OTHER_KEY);
            assertThat(verdict.said())
                    .contains("is signed by key " + forger.fingerprint().hex())
                    .contains("get it from somebody you trust");
        }

        private byte[] forgedBy(SigningKeys forger) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new AuditExport(audit, audit, forger, CLOCK)
                    .file(AuditExport.Format.JSON, AuditFilter.ALL)
                    .content()
                    .writeTo(out);
            return out.toByteArray();
        }

        @Test
        void after_a_rotation_the_earlier_key_still_verifies_what_it_signed() throws IOException {
            byte[] before = written(AuditExport.Format.JSON, AuditFilter.ALL);
            keys.rotate();

            assertThat(verify(before).code()).isEqualTo(Main.PROVED);
            Files.writeString(
                    key,
                    String.join("", keys.all().stream().map(SigningKeys.Public::pem).toList()));
            assertThat(verify(before).code()).isEqualTo(Main.PROVED);
            assertThat(verify(written(AuditExport.Format.JSON, AuditFilter.ALL)).code())
                    .isEqualTo(Main.PROVED);
        }

        @Test
        void it_is_held_against_a_head_from_a_store() throws IOException {
            Path head = head();
            byte[] whole = written(AuditExport.Format.JSON, AuditFilter.ALL);

            Verdict same = verify(whole, "--head", head.toString());
            audit.cutTo(3);
            Verdict cut =
                    verify(
                            written(AuditExport.Format.JSON, AuditFilter.ALL),
                            "--head",
                            head.toString());
            audit.enter("olga", "x", "y", "{}");
            audit.enter("olga", "x", "y", "{}");
            Verdict anew =
                    verify(
                            written(AuditExport.Format.JSON, AuditFilter.ALL),
                            "--head",
                            head.toString());

            assertThat(same.code()).isEqualTo(Main.PROVED);
            assertThat(same.said())
                    .contains("Entry 5 is the one whose hash was signed into the store at");
            assertThat(cut.code()).isEqualTo(Main.UNPROVED);
            assertThat(cut.said()).contains("had 5 entries").contains("knows of 3");
            assertThat(anew.code()).isEqualTo(Main.UNPROVED);
            assertThat(anew.said()).contains("the log was written anew");
        }

        private Path head() throws IOException {
            Path head = dir.resolve("head.dsse.json");
            Files.write(head, new AuditAnchoring(audit, audit, keys, CLOCK).sign().text());
            return head;
        }

        @Test
        void as_one_line_of_json_for_scripts() throws IOException {
            assertThat(verify(written(AuditExport.Format.JSON, AuditFilter.ALL), "--json").said())
                    .isEqualTo(
                            "{\"result\":\"VERIFIED\",\"said\":[\"The chain is whole from entry 1 to entry 5, as it was signed at 2026-11-21T18:00:00Z.\"]}\n");
        }

        @Test
        void a_wrong_call_is_not_taken_for_a_verdict() throws IOException {
            byte[] whole = written(AuditExport.Format.JSON, AuditFilter.ALL);

            assertThat(verify(whole, "--kye", "x").code()).isEqualTo(Main.NOT_CHECKED);
            assertThat(verify(whole, "--key", dir.resolve("none").toString()).code())
                    .isEqualTo(Main.NOT_CHECKED);
            assertThat(verify(whole, "--head", dir.resolve("none").toString()).code())
                    .isEqualTo(Main.NOT_CHECKED);
            assertThat(
                            Main.run(
                                    new String[] {dir.resolve("audit.json").toString()},
                                    System.out,
                                    System.out))
                    .isEqualTo(Main.NOT_CHECKED);
        }
    }

    @Test
    void more_entries_than_are_read_at_once_are_exported_whole() throws IOException {
        for (int i = 0; i < 2500; i++) {
            audit.append("olga", "test", "thing/" + i, Map.of());
        }

        assertThat(verify(written(AuditExport.Format.JSON, AuditFilter.ALL)).said())
                .contains("from entry 1 to entry 2505");
        assertThat(Sha256.of(written(AuditExport.Format.JSON, AuditFilter.ALL)))
                .isEqualTo(Sha256.of(written(AuditExport.Format.JSON, AuditFilter.ALL)));
    }
}
