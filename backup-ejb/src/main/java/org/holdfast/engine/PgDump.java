package org.holdfast.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A run of pg_dump to its standard output: custom format without compression (Holdfast compresses
 * itself, faster), without owners and privileges.
 */
public final class PgDump {
    /** How long the dump waits for a table that somebody locks, before it fails. */
    private static final Duration LOCK_WAIT = Duration.ofMinutes(5);

    /** Longer than this without a byte, and the server is taken for lost. */
    private static final Duration SILENCE = Duration.ofMinutes(15);

    private enum Format {
        CUSTOM,
        PLAIN,
        SCHEMA,
        /** Definitions with owners and privileges, of which only the privileges are wanted. */
        PRIVILEGES
    }

    private final Client client;
    private final PostgresUrl url;
    private final Format format;
    private final String snapshot;
    private final Duration silence;

    private PgDump(
            Client client, PostgresUrl url, Format format, String snapshot, Duration silence) {
        this.client = client;
        this.url = url;
        this.format = format;
        this.snapshot = snapshot;
        this.silence = silence;
    }

    /** Custom format ({@code -Fc -Z0}). */
    public static PgDump of(Client client, PostgresUrl url) {
        return new PgDump(client, url, Format.CUSTOM, null, SILENCE);
    }

    /** Plain SQL, for the {@code .sql.gz} export. */
    public PgDump plain() {
        return new PgDump(client, url, Format.PLAIN, snapshot, silence);
    }

    /** Plain SQL of the schema alone, for comparing. */
    PgDump schemaOnly() {
        return new PgDump(client, url, Format.SCHEMA, snapshot, silence);
    }

    /** Custom format of the definitions alone, privileges included. */
    PgDump privileges() {
        return new PgDump(client, url, Format.PRIVILEGES, snapshot, silence);
    }

    /**
     * The state that {@link SourceSession#snapshotId()} holds, so that what was counted there is
     * what is dumped.
     */
    public PgDump under(String snapshotId) {
        return new PgDump(client, url, format, snapshotId, silence);
    }

    /** How long the dump may give no byte while somebody waits for one; 15 minutes by default. */
    public PgDump silentFor(Duration atMost) {
        return new PgDump(client, url, format, snapshot, atMost);
    }

    public ChildProcess start(WorkDir dir, Cancel cancel) throws IOException {
        List<String> arguments = new ArrayList<>();
        switch (format) {
            case CUSTOM -> arguments.addAll(List.of("--format=custom", "--compress=0"));
            case PLAIN -> arguments.add("--format=plain");
            case SCHEMA -> arguments.addAll(List.of("--format=plain", "--schema-only"));
            case PRIVILEGES -> arguments.addAll(List.of("--format=custom", "--schema-only"));
        }
        if (format != Format.PRIVILEGES) {
            arguments.addAll(List.of("--no-owner", "--no-privileges"));
        }
        arguments.add("--no-password");
        arguments.add("--lock-wait-timeout=" + LOCK_WAIT.toMillis());
        if (snapshot != null) {
            arguments.add("--snapshot=" + snapshot);
        }
        arguments.add("--dbname=" + ConnInfo.of(url));
        PassFile pass = PassFile.write(dir, url);
        return ChildProcess.start(
                new Launch(
                        "pg_dump",
                        client.program("pg_dump"),
                        arguments,
                        ConnInfo.environment(url, pass),
                        false,
                        Launch.Output.STREAM,
                        silence,
                        Redaction.of(url)),
                dir,
                cancel,
                pass);
    }
}
