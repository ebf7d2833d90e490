package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.testing.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a pg_restore that is a script; against real ones see {@link RoundTripIT}. */
@Timeout(60)
class ParallelRestoreTest {
    private static final LocalDateTime MADE = LocalDateTime.of(2026, 11, 20, 2, 0);
    private static final int ROWS = 5000;
    private static final byte[] DUMP = ArchiveBytes.of(MADE, "15.20", 2000, ROWS);

    private static final ParallelRestore.Loading NOBODY =
            new ParallelRestore.Loading() {
                @Override
                public void at(long position) {}

                @Override
                public void done(int connections) {}
            };

    @TempDir Path base;
    private final Cancel cancel = new Cancel();
    private Client client;
    private WorkDir dir;
    private int opened;

    @BeforeEach
    void begin() throws IOException {
        client = new Client(new ServerVersion(150_020), base);
        dir = WorkDir.below(base);
    }

    @AfterEach
    void end() {
        dir.close();
    }

    private void pgRestore(String script) throws IOException {
        Programs.script(base.resolve("pg_restore"), "echo run >>" + base + "/runs\n" + script);
    }

    private int runs() throws IOException {
        return Files.readAllLines(base.resolve("runs")).size();
    }

    private ParallelRestore.Head head(InputStream dump) throws IOException {
        return ParallelRestore.head(
                client,
                () -> {
                    opened++;
                    return dump;
                },
                dir,
                cancel);
    }

    private byte[] kept() throws IOException {
        try (var files = Files.newDirectoryStream(dir.path(), "head-*")) {
            return Files.readAllBytes(files.iterator().next());
        }
    }

    @Test
    void the_head_of_a_dump_is_its_table_of_contents_and_no_row() throws IOException {
        pgRestore("echo '; comment'; echo; echo '1; 0 1 TABLE DATA shop events owner'");

        ParallelRestore.Head head = head(new ByteArrayInputStream(DUMP));

        assertThat(Files.readAllBytes(head.file()))
                .isEqualTo(Arrays.copyOf(DUMP, DUMP.length - ROWS));
        assertThat(head.contents()).containsExactly("1; 0 1 TABLE DATA shop events owner");
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void a_pg_restore_that_fails_is_asked_once() throws IOException {
        pgRestore("echo 'unsupported version (1.14) in file header' >&2; exit 1");

        assertThatThrownBy(() -> head(new ByteArrayInputStream(DUMP)))
                .isInstanceOf(ChildFailed.class)
                .hasMessageContaining("unsupported version");

        assertThat(runs()).isEqualTo(1);
        assertThat(opened).isEqualTo(1);
        assertThat(kept()).hasSize(DUMP.length - ROWS);
    }

    @Test
    void of_a_format_that_is_not_known_here_pg_restore_judges_alone() throws IOException {
        pgRestore("echo '1; 0 1 TABLE t'");
        byte[] newer = DUMP.clone();
        newer[6] = 17;

        assertThat(head(new ByteArrayInputStream(newer)).contents()).hasSize(1);

        assertThat(kept()).isEqualTo(newer);
        assertThat(runs()).isEqualTo(1);
    }

    @Test
    void of_a_dump_cut_within_its_table_of_contents_pg_restore_gets_all_there_is()
            throws IOException {
        pgRestore("echo 'could not read from input file' >&2; exit 1");
        byte[] cut = Arrays.copyOf(DUMP, 100_000);

        assertThatThrownBy(() -> head(new ByteArrayInputStream(cut)))
                .isInstanceOf(ChildFailed.class);

        assertThat(kept()).isEqualTo(cut);
    }

    @Test
    void a_cancel_ends_the_reading_of_the_head() throws IOException {
        pgRestore("exit 1");
        InputStream slow =
                new InputStream() {
                    private final InputStream dump = new ByteArrayInputStream(DUMP);

                    @Override
                    public int read() {
                        throw new AssertionError("It is read in blocks.");
                    }

                    @Override
                    public int read(byte[] b, int offset, int length) throws IOException {
                        cancel.now("Enough.");
                        return dump.read(b, offset, Math.min(length, 1000));
                    }
                };

        assertThatThrownBy(() -> head(slow)).isInstanceOf(Cancelled.class).hasMessage("Enough.");

        assertThat(base.resolve("runs")).doesNotExist();
    }

    @Test
    void a_list_that_is_too_long_is_an_error_and_nobody_waits_for_its_child() throws IOException {
        Path archive = dir.newFile("archive");
        pgRestore("head -c 1000000 /dev/zero; sleep 600");

        assertThatThrownBy(
                        () ->
                                ParallelRestore.list(
                                        PgRestore.list(client), archive, dir, cancel, 1000))
                .isInstanceOf(ChildFailed.class)
                .hasMessage("pg_restore printed a table of contents of more than 1000 bytes.");

        pgRestore("printf '%s' '1; 0 1 TABLE t'");
        assertThat(ParallelRestore.list(PgRestore.list(client), archive, dir, cancel, 14))
                .containsExactly("1; 0 1 TABLE t");
    }

    /** Its pg_restore would print for ten minutes what belongs to which table. */
    @Test
    void where_a_connection_fails_nobody_waits_to_know_what_belongs_to_which_table()
            throws IOException {
        pgRestore(
                """
                case "$*" in
                *--list*) echo '1; 0 1 TABLE DATA shop events owner' ;;
                *--file=-*) echo '--'; exec sleep 600 ;;
                *) echo 'no such column' >&2; exit 1 ;;
                esac""");
        ParallelRestore.Head head = head(new ByteArrayInputStream(DUMP));
        PostgresUrl url = PostgresUrl.parse("postgresql://ada:secret@localhost/shop");
        ParallelRestore restore = new ParallelRestore(client, url, head, dir, cancel);

        assertThatThrownBy(
                        () ->
                                restore.rows(
                                        2,
                                        new TableSizes(),
                                        DUMP.length,
                                        () -> new ByteArrayInputStream(DUMP),
                                        NOBODY,
                                        task -> new Thread(task).start()))
                .isInstanceOf(ChildFailed.class)
                .hasMessageContaining("no such column");
    }
}
