package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ArchiveBytes;
import org.holdfast.engine.ArchiveHead;
import org.holdfast.pipeline.DumpKeys;
import org.holdfast.pipeline.Unwrapped;
import org.junit.jupiter.api.Test;

/** What a nightly script does between two openings of a file: it moves a new one to its name. */
class ChosenFileTest {
    private static final Instant WRITTEN = Instant.parse("2026-11-20T02:10:00Z");
    private static final LocalDateTime MADE = LocalDateTime.of(2026, 11, 20, 2, 0);
    private static final byte[] OLD = ArchiveBytes.of(MADE, "15.20", 3, 5000);
    private static final byte[] NEW = ArchiveBytes.of(MADE.plusDays(1), "15.20", 3, 5000);
    private static final DumpKeys KEYS =
            new DumpKeys(List.of(), Optional.empty(), Optional.empty(), 10_000);

    /** A place whose files are exchanged before they are opened for the second time. */
    private static final class Place implements ForeignFiles {
        private final Map<String, byte[]> contents = new HashMap<>();
        private final Map<String, Instant> times = new HashMap<>();
        private StoreFailure hangs;
        private final Queue<Runnable> beforeReads = new ArrayDeque<>();

        void put(String name, byte[] content, Instant modified) {
            contents.put(name, content);
            times.put(name, modified);
        }

        @Override
        public boolean list(int most, Consumer<Entry> each) {
            throw new AssertionError("A listing may be cut.");
        }

        @Override
        public boolean listsByName() {
            throw new AssertionError("A listing may be cut.");
        }

        @Override
        public Optional<Entry> find(String name) throws StoreFailure {
            if (hangs != null) {
                throw hangs;
            }
            return Optional.ofNullable(contents.get(name))
                    .map(c -> new Entry(name, c.length, times.get(name), Kind.FILE));
        }

        @Override
        public InputStream read(String name) throws StoreFailure {
            Runnable before = beforeReads.poll();
            if (before != null) {
                before.run();
            }
            if (!contents.containsKey(name)) {
                throw new StoreFailure(StoreFailure.Kind.MISSING, name);
            }
            return new ByteArrayInputStream(contents.get(name));
        }

        @Override
        public void close() {}
    }

    private final Place place = new Place();

    private static ImportOrder order(byte[] content) {
        BackupRun run =
                new BackupRun(
                        new Source("shop", Origin.CATALOG, "postgresql://db/shop", null),
                        "ada",
                        DumpFormat.CUSTOM,
                        RowProof.OFF,
                        "1",
                        WRITTEN);
        return new ImportOrder(run, "scripts", "shop.dump", content.length, WRITTEN);
    }

    private ChosenFile chosen(byte[] content) throws IOException {
        place.put("shop.dump", content, WRITTEN);
        return new ChosenFile(place, order(content));
    }

    private void exchange(byte[] with, Instant modified) {
        place.beforeReads.add(() -> {});
        place.beforeReads.add(() -> place.put("shop.dump", with, modified));
    }

    /** As an import reads an archive: its head, and then all of it. */
    private static void importing(ChosenFile chosen) throws IOException {
        try (Unwrapped content = chosen.open(KEYS)) {
            ArchiveHead.read(chosen.first(content), "shop.dump", false);
        }
        try (Unwrapped content = chosen.open(KEYS)) {
            chosen.again(content).readAllBytes();
            chosen.requireWhole(content.stored());
        }
    }

    /** As an import reads plain SQL. */
    private static void importingSql(ChosenFile chosen) throws IOException {
        chosen.open(KEYS).close();
        try (Unwrapped content = chosen.open(KEYS)) {
            content.readAllBytes();
            chosen.requireWhole(content.stored());
        }
    }

    private interface Act {
        void run() throws IOException;
    }

    private static Refused refusal(Act act) throws IOException {
        try {
            act.run();
        } catch (Refused e) {
            return e;
        }
        throw new AssertionError("Nothing was refused.");
    }

    private static byte[] sql(String statement) {
        return ("--\n-- PostgreSQL database dump\n--\n\n" + statement)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_file_that_stays_as_it_was_chosen_is_imported() throws IOException {
        ChosenFile chosen = chosen(OLD);

        assertThatCode(() -> importing(chosen)).doesNotThrowAnyException();
        assertThat(chosen.expected()).isEmpty();
    }

    @Test
    void another_archive_of_the_same_size_and_time_is_told_by_its_beginning() throws IOException {
        ChosenFile chosen = chosen(OLD);
        exchange(NEW, WRITTEN);

        Refused refused = refusal(() -> importing(chosen));

        assertThat(refused.code()).isEqualTo("IMPORT-CHANGED");
        assertThat(refused).hasMessageContaining("its table of contents became another");
    }

    @Test
    void one_that_ends_within_the_old_one_s_beginning_is_told_as_well() throws IOException {
        ChosenFile chosen = chosen(OLD);
        exchange(Arrays.copyOf(OLD, 1000), WRITTEN);

        assertThat(refusal(() -> importing(chosen)))
                .hasMessageContaining("its table of contents became another");
    }

    @Test
    void one_of_the_same_beginning_and_another_size_is_not_stored() throws IOException {
        ChosenFile chosen = chosen(OLD);
        exchange(ArchiveBytes.of(MADE, "15.20", 3, 5001), WRITTEN);

        Refused refused = refusal(() -> importing(chosen));

        assertThat(refused.code()).isEqualTo("IMPORT-CHANGED");
        assertThat(refused)
                .hasMessageContaining(
                        (OLD.length + 1) + " bytes were read instead of " + OLD.length);
    }

    @Test
    void one_that_was_moved_there_meanwhile_is_told_by_its_time() throws IOException {
        ChosenFile chosen = chosen(sql("SELECT 1;"));
        exchange(sql("SELECT 2;"), WRITTEN.plusSeconds(86400));

        Refused refused = refusal(() -> importingSql(chosen));

        assertThat(refused.code()).isEqualTo("IMPORT-CHANGED");
        assertThat(refused)
                .hasMessageContaining("2026-11-21T02:10:00Z instead of")
                .hasMessageContaining("2026-11-20T02:10:00Z");
    }

    @Test
    void one_of_another_kind_is_not_read_at_all() throws IOException {
        ChosenFile chosen = chosen(sql("SELECT 1;"));
        exchange(OLD, WRITTEN);

        Refused refused = refusal(() -> importingSql(chosen));

        assertThat(refused.code()).isEqualTo("IMPORT-CHANGED");
        assertThat(refused).hasMessageContaining("became an archive of pg_dump");
    }

    @Test
    void one_that_changed_or_went_before_it_is_opened_is_not() throws IOException {
        place.put("shop.dump", OLD, WRITTEN.plusSeconds(1));
        assertThat(refusal(() -> new ChosenFile(place, order(OLD))).code())
                .isEqualTo("IMPORT-CHANGED");

        place.contents.remove("shop.dump");
        assertThat(refusal(() -> new ChosenFile(place, order(OLD))).code())
                .isEqualTo("IMPORT-FILE");
    }

    @Test
    void where_an_import_failed_another_file_is_its_cause_and_the_failure_is_kept()
            throws IOException {
        ChosenFile chosen = chosen(OLD);
        Refused cut = new Refused("SQL-TRUNCATED", "It is cut.", "Make it anew.");

        chosen.requireUnchanged(cut);
        assertThat(cut.getSuppressed()).isEmpty();

        place.put("shop.dump", NEW, WRITTEN.plusSeconds(1));
        Refused refused = refusal(() -> chosen.requireUnchanged(cut));
        assertThat(refused.code()).isEqualTo("IMPORT-CHANGED");
        assertThat(refused.getSuppressed()).containsExactly(cut);
    }

    @Test
    void where_an_import_failed_and_the_file_cannot_be_looked_up_the_failure_stands()
            throws IOException {
        ChosenFile chosen = chosen(OLD);
        StoreFailure hangs = new StoreFailure(StoreFailure.Kind.UNREACHABLE, "It hangs.");
        Refused cut = new Refused("SQL-TRUNCATED", "It is cut.", "Make it anew.");
        place.hangs = hangs;

        chosen.requireUnchanged(cut);
        assertThat(cut.getSuppressed()).containsExactly(hangs);

        // it may be the failure itself
        chosen.requireUnchanged(hangs);
        assertThat(hangs.getSuppressed()).isEmpty();
    }

    @Test
    void the_checksum_beside_it_is_asked_for_by_its_name() throws IOException {
        place.put("shop.dump.sha256", text(Sha256.of(OLD) + "  shop.dump\n"), WRITTEN);
        ChosenFile fits = chosen(OLD);
        assertThat(fits.expected()).contains(Sha256.of(OLD));
        importing(fits);

        place.put("shop.dump.sha256", text(Sha256.of(NEW) + "  shop.dump\n"), WRITTEN);
        ChosenFile other = chosen(OLD);
        assertThat(refusal(() -> importing(other)).code()).isEqualTo("IMPORT-CHECKSUM");

        place.put("shop.dump.sha256", text(Sha256.of(OLD) + "  other.dump\n"), WRITTEN);
        assertThat(refusal(() -> chosen(OLD)).code()).isEqualTo("IMPORT-CHECKSUM");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
