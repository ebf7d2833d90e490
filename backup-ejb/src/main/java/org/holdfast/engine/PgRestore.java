package org.holdfast.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A run of pg_restore on a custom-format dump. Always without owners and privileges, and stopping
 * at the first error: without that, pg_restore goes on and leaves half the rows.
 *
 * <pre>{@code
 * try (ChildProcess restore = PgRestore.into(client, aside).start(dir, cancel)) {
 *     restore.feed(incoming);
 *     restore.requireSuccess();
 * }
 * }</pre>
 */
public final class PgRestore {
    private static final String BARE = "--no-privileges";

    private final Client client;
    private final PostgresUrl url;
    private final List<String> options;
    private final Path archive;
    private final Launch.Output output;

    private PgRestore(
            Client client,
            PostgresUrl url,
            List<String> options,
            Path archive,
            Launch.Output output) {
        this.client = client;
        this.url = url;
        this.options = options;
        this.archive = archive;
        this.output = output;
    }

    /** Into a database; what stands in the way of the dump's objects is an error. */
    public static PgRestore into(Client client, PostgresUrl url) {
        return new PgRestore(client, url, List.of(BARE), null, Launch.Output.DISCARD);
    }

    /**
     * Reads the whole dump and applies nothing: the only way to know that a dump is whole, because
     * its table of contents stands at its beginning and {@code --list} is content with half a file.
     */
    public static PgRestore readToEnd(Client client) {
        return new PgRestore(
                client, null, List.of("--file=/dev/null", BARE), null, Launch.Output.DISCARD);
    }

    /**
     * Prints the dump as plain SQL, as pg_dump would have written it. A tar is read from its first
     * byte to its last, in the order it was written in, so it can be fed.
     */
    public static PgRestore sql(Client client) {
        return new PgRestore(client, null, List.of("--file=-", BARE), null, Launch.Output.STREAM);
    }

    /** Prints the dump as an SQL script that is one transaction and drops before it creates. */
    static PgRestore script(Client client) {
        return new PgRestore(
                client,
                null,
                List.of("--file=-", "--clean", "--if-exists", "--single-transaction", BARE),
                null,
                Launch.Output.STREAM);
    }

    /** Prints the definitions of a dump, as SQL; its rows are not read. */
    static PgRestore definitions(Client client) {
        return new PgRestore(
                client,
                null,
                List.of("--file=-", "--schema-only", BARE),
                null,
                Launch.Output.STREAM);
    }

    /** Prints, as SQL, only what {@code list} names of the dump, privileges included. */
    static PgRestore privileges(Client client, Path list) {
        return new PgRestore(
                client,
                null,
                List.of("--file=-", "--use-list=" + list.toAbsolutePath()),
                null,
                Launch.Output.STREAM);
    }

    /** Prints the table of contents, one entry a line. It says nothing about the dump's end. */
    public static PgRestore list(Client client) {
        return new PgRestore(client, null, List.of("--list"), null, Launch.Output.STREAM);
    }

    /** A part of a dump, in the order in which the parts are restored. */
    enum Section {
        /** What tables are made of. */
        PRE_DATA("pre-data"),
        /** Rows, large objects, what sequences stand at. */
        DATA("data"),
        /** Indexes, constraints, triggers, rules, policies, materialized views' content. */
        POST_DATA("post-data");

        private final String word;

        Section(String word) {
            this.word = word;
        }
    }

    PgRestore section(Section section) {
        return with("--section=" + section.word);
    }

    /** Definitions without rows. */
    PgRestore schemaOnly() {
        return with("--schema-only");
    }

    /** Only what a list names, in the form that {@link #list} prints. */
    PgRestore only(Path list) {
        return with("--use-list=" + list.toAbsolutePath());
    }

    /**
     * From a file instead of what is fed, by several connections at a time.
     *
     * @param jobs at least 1
     */
    public PgRestore from(Path file, int jobs) {
        PgRestore changed = jobs == 1 ? this : with("--jobs=" + jobs);
        return new PgRestore(client, url, changed.options, file.toAbsolutePath(), changed.output);
    }

    /** Has it tell what it does, to be heard with {@link ChildProcess#hear}. */
    PgRestore telling() {
        PgRestore changed = with("--verbose");
        return new PgRestore(
                client, url, changed.options, archive, Launch.Output.STREAM_WITH_ERRORS);
    }

    private PgRestore with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new PgRestore(client, url, List.copyOf(all), archive, output);
    }

    public ChildProcess start(WorkDir dir, Cancel cancel) throws IOException {
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--no-owner", "--exit-on-error"));
        Map<String, String> environment = new LinkedHashMap<>();
        List<AutoCloseable> held = new ArrayList<>();
        if (url != null) {
            arguments.add("--no-password");
            arguments.add("--dbname=" + ConnInfo.of(url));
            PassFile pass = PassFile.write(dir, url);
            held.add(pass);
            environment.putAll(ConnInfo.environment(url, pass));
        }
        if (archive != null) {
            arguments.add(archive.toString());
        }
        return ChildProcess.start(
                new Launch(
                        "pg_restore",
                        client.program("pg_restore"),
                        arguments,
                        environment,
                        archive == null,
                        output,
                        null,
                        url == null ? Redaction.of() : Redaction.of(url)),
                dir,
                cancel,
                held.toArray(AutoCloseable[]::new));
    }
}
