package org.holdfast.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A run of pg_dumpall for what belongs to the whole cluster: roles, memberships, tablespaces;
 * without passwords, which an ordinary role may not read and a backup should not hold.
 */
public final class PgDumpGlobals {
    private final Client client;
    private final PostgresUrl url;

    private PgDumpGlobals(Client client, PostgresUrl url) {
        this.client = client;
        this.url = url;
    }

    public static PgDumpGlobals of(Client client, PostgresUrl url) {
        return new PgDumpGlobals(client, url);
    }

    public ChildProcess start(WorkDir dir, Cancel cancel) throws IOException {
        PassFile pass = PassFile.write(dir, url);
        return ChildProcess.start(
                new Launch(
                        "pg_dumpall",
                        client.program("pg_dumpall"),
                        List.of(
                                "--globals-only",
                                "--no-role-passwords",
                                "--no-password",
                                "--database=" + ConnInfo.of(url)),
                        ConnInfo.environment(url, pass),
                        false,
                        Launch.Output.STREAM,
                        Duration.ofMinutes(5),
                        Redaction.of(url)),
                dir,
                cancel,
                pass);
    }
}
