package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A run of psql for plain SQL that was made elsewhere: restricted, so that the dump cannot run
 * commands of this machine; without start-up files; stopping at the first error; in one
 * transaction. (A plain dump with large objects commits in between: use it on a database that
 * serves nobody yet.)
 *
 * <pre>{@code
 * try (Psql psql = Psql.start(clients.restrictedPsql(version), aside, dir, cancel)) {
 *     psql.feed(sql);          // after PlainSql.Check has seen its end
 *     psql.requireSuccess();
 * }
 * }</pre>
 */
public final class Psql implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ChildProcess child;

    private Psql(ChildProcess child) {
        this.child = child;
    }

    public static Psql start(Client client, PostgresUrl url, WorkDir dir, Cancel cancel)
            throws IOException {
        return new Psql(launch(client, url, dir, cancel, List.of("--single-transaction")));
    }

    /**
     * For roles and tablespaces: what is there already is an error that does not stop the rest; the
     * errors are in {@link #lastWords()}.
     */
    public static Psql startGoingOn(Client client, PostgresUrl url, WorkDir dir, Cancel cancel)
            throws IOException {
        return new Psql(launch(client, url, dir, cancel, List.of("--set=ON_ERROR_STOP=0")));
    }

    static ChildProcess launch(
            Client client, PostgresUrl url, WorkDir dir, Cancel cancel, List<String> options)
            throws IOException {
        PassFile pass = PassFile.write(dir, url);
        List<String> arguments =
                new java.util.ArrayList<>(
                        List.of(
                                "--no-psqlrc",
                                "--quiet",
                                "--no-password",
                                "--set=ON_ERROR_STOP=1"));
        arguments.addAll(options);
        arguments.add("--dbname=" + ConnInfo.of(url));
        arguments.add("--file=-");
        return ChildProcess.start(
                new Launch(
                        "psql",
                        client.program("psql"),
                        arguments,
                        ConnInfo.environment(url, pass),
                        true,
                        Launch.Output.DISCARD,
                        null,
                        Redaction.of(url)),
                dir,
                cancel,
                pass);
    }

    /**
     * Gives psql all of {@code sql}, guarded.
     *
     * @return bytes given
     */
    public long feed(InputStream sql) throws IOException {
        return child.feed(PlainSql.guarded(sql, key()));
    }

    static String key() {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** As {@link ChildProcess#requireSuccess()}. */
    public void requireSuccess() throws IOException {
        child.requireSuccess();
    }

    public String lastWords() {
        return child.lastWords();
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
