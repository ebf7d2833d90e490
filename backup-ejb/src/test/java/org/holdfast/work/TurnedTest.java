package org.holdfast.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.ForeignSql;
import org.holdfast.engine.PgRestore;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.WorkDir;
import org.holdfast.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tar of an import, which a pg_restore turns into SQL while it is fed. */
@Timeout(60)
class TurnedTest {
    /** Judged alone, it is a COPY that is none of pg_dump's. */
    private static final String CUT = "COPY public.events (id,";

    @TempDir Path base;

    /** What ForeignSql reads of a pg_restore that is this script. */
    private String turned(String script, InputStream content) throws IOException {
        return turned(script, content, task -> new Thread(task).start());
    }

    private String turned(String script, InputStream content, Executor feeding) throws IOException {
        Programs.script(base.resolve("pg_restore"), script);
        Client client = new Client(new ServerVersion(170_000), base);
        try (WorkDir dir = WorkDir.below(base);
                ChildProcess child = PgRestore.sql(client).start(dir, new Cancel());
                ForeignSql sql = ForeignSql.of(new Turned(child, content, feeding), false)) {
            return new String(sql.readAllBytes(), UTF_8);
        }
    }

    private static InputStream breaks(Exception failure) {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        if (failure instanceof IOException io) {
                            throw io;
                        }
                        throw (RuntimeException) failure;
                    }

                    @Override
                    public int read(byte[] b, int offset, int length) throws IOException {
                        return read();
                    }
                };
        return new SequenceInputStream(new ByteArrayInputStream(new byte[1000]), broken);
    }

    @Test
    void a_share_that_hangs_is_the_cause_and_not_the_statement_that_was_cut_by_it() {
        StoreFailure hangs = new StoreFailure(StoreFailure.Kind.UNREACHABLE, "It hangs.");

        assertThatThrownBy(() -> turned("printf '%s' '" + CUT + "'; cat >/dev/null", breaks(hangs)))
                .isSameAs(hangs);
    }

    @Test
    void another_file_in_its_place_is_the_cause_too() {
        Refused changed = new Refused("IMPORT-CHANGED", "It is another.", "Choose it anew.");

        assertThatThrownBy(
                        () -> turned("printf '%s' '" + CUT + "'; cat >/dev/null", breaks(changed)))
                .isSameAs(changed);
    }

    @Test
    void a_pg_restore_that_fails_is_the_cause() {
        assertThatThrownBy(
                        () ->
                                turned(
                                        "printf '%s' '" + CUT + "'; echo no tar >&2; exit 1",
                                        new ByteArrayInputStream(new byte[1 << 20])))
                .isInstanceOf(ChildFailed.class)
                .hasMessage("pg_restore ended with exit code 1: no tar");
    }

    @Test
    void a_pg_restore_that_failed_before_it_was_read_is_the_cause() {
        assertThatThrownBy(
                        () ->
                                turned(
                                        "echo no tar >&2; exit 1",
                                        new ByteArrayInputStream(new byte[1 << 20]),
                                        Runnable::run))
                .isInstanceOf(ChildFailed.class)
                .hasMessage("pg_restore ended with exit code 1: no tar");
    }

    @Test
    void content_that_breaks_behind_what_pg_restore_wanted_breaks_it_too() {
        StoreFailure hangs = new StoreFailure(StoreFailure.Kind.UNREACHABLE, "It hangs.");

        assertThatThrownBy(() -> turned("echo 'SELECT 1;'", breaks(hangs))).isSameAs(hangs);
    }

    @Test
    void what_ends_well_ends() throws IOException {
        assertThat(
                        turned(
                                "cat >/dev/null; echo 'SELECT 1;'",
                                new ByteArrayInputStream(new byte[1 << 20])))
                .endsWith("\nSELECT 1;\n");
    }
}
