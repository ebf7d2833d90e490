package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Predicate;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;

/**
 * The server a restore goes to, seen from its maintenance database ({@code postgres}, otherwise
 * {@code template1}), never from the target database itself, so that this can be renamed.
 */
public final class TargetServer implements AutoCloseable {
    /** "Hold", the first half of the advisory lock's key. */
    private static final int LOCK_SPACE = 0x486f6c64;

    private static final Duration LEAVING = Duration.ofSeconds(20);

    private final PostgresUrl target;
    private final Cancel cancel;
    private Session session;
    private final ServerVersion version;
    private final String systemIdentifier;
    private final boolean superuser;
    private final boolean createsDatabases;

    private TargetServer(PostgresUrl target, Cancel cancel, Session session) throws IOException {
        this.target = target;
        this.cancel = cancel;
        this.session = session;
        this.version = SourceSession.version(session);
        this.systemIdentifier = SourceSession.systemIdentifier(session);
        boolean[] rights =
                session.one(
                        row -> new boolean[] {row.getBoolean(1), row.getBoolean(2)},
                        "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user");
        this.superuser = rights[0];
        this.createsDatabases = rights[0] || rights[1];
    }

    /**
     * Connects to the target's server; the target database itself need not exist.
     *
     * @param target names the server and the target database
     */
    public static TargetServer open(PostgresUrl target, Cancel cancel) throws IOException {
        Session session = maintenance(target, cancel);
        try {
            return new TargetServer(target, cancel, session);
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static Session maintenance(PostgresUrl target, Cancel cancel) throws IOException {
        Session session = connect(target, cancel);
        try {
            session.each(
                    row -> {},
                    """
                    SELECT set_config('idle_session_timeout', '0', false)
                    WHERE current_setting('server_version_num')::int >= 140000
                    """);
            // a rename that was told as done must survive the server's crash
            session.each(
                    row -> {},
                    """
                    SELECT set_config('synchronous_commit', 'on', false)
                    WHERE current_setting('synchronous_commit') = 'off'
                    """);
            return session;
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static Session connect(PostgresUrl target, Cancel cancel) throws IOException {
        if (target.database().equals("postgres")) {
            return Session.open(target.withDatabase("template1"), cancel);
        }
        try {
            return Session.open(target.withDatabase("postgres"), cancel);
        } catch (ServerFailure e) {
            if (e.kind() == ServerFailure.Kind.NO_DATABASE) {
                return Session.open(target.withDatabase("template1"), cancel);
            }
            throw e;
        }
    }

    /** The connection, made anew where it broke in the hours of a restore. */
    Session session() throws IOException {
        if (!session.alive()) {
            session.close();
            session = maintenance(target, cancel);
        }
        return session;
    }

    /** A connection of its own that no cancel touches: for putting things right. */
    Session freshSession() throws IOException {
        return maintenance(target, new Cancel());
    }

    public PostgresUrl target() {
        return target;
    }

    public ServerVersion version() {
        return version;
    }

    public String systemIdentifier() {
        return systemIdentifier;
    }

    public boolean superuser() {
        return superuser;
    }

    public boolean createsDatabases() {
        return createsDatabases;
    }

    /**
     * A standby takes no changes.
     *
     * @throws Refused TARGET-STANDBY
     */
    void requirePrimary() throws IOException {
        if (session().one(row -> row.getBoolean(1), "SELECT pg_is_in_recovery()")) {
            throw new Refused(
                    "TARGET-STANDBY",
                    "The target's server is a standby and takes no changes.",
                    "Let the target's URL point to the primary server.");
        }
    }

    /** Whether the target database is there. */
    public boolean exists() throws IOException {
        return exists(target.database());
    }

    boolean exists(String database) throws IOException {
        return existsIn(session(), database);
    }

    boolean existsIn(Session asked, String database) throws IOException {
        return asked.one(
                row -> row.getBoolean(1),
                "SELECT EXISTS (SELECT FROM pg_database WHERE datname = ?)",
                database);
    }

    /** Encoding and locale of the target database; empty where it does not exist. */
    public Optional<DatabaseForm> form() throws IOException {
        return DatabaseForm.of(session(), version, target.database());
    }

    /** The target database's owner; empty where it does not exist. */
    public Optional<String> owner() throws IOException {
        return session()
                .first(
                        row -> row.getString(1),
                        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ?",
                        target.database());
    }

    /** Bytes of the target database, 0 where it does not exist. */
    public long size() throws IOException {
        return session()
                .first(
                        row -> row.getLong(1),
                        "SELECT pg_database_size(oid) FROM pg_database WHERE datname = ?",
                        target.database())
                .orElse(0L);
    }

    /**
     * Bytes free on the disk of the server's data directory, where that can be seen: the server
     * runs on this machine and the directory found is really its own, by the system identifier in
     * its pg_control. Empty otherwise.
     */
    public OptionalLong room() throws IOException {
        try {
            String directory =
                    session()
                            .one(
                                    row -> row.getString(1),
                                    "SELECT current_setting('data_directory')");
            Path data = Path.of(directory);
            byte[] control = new byte[8];
            try (InputStream in = Files.newInputStream(data.resolve("global/pg_control"))) {
                if (in.readNBytes(control, 0, 8) < 8) {
                    return OptionalLong.empty();
                }
            }
            long identifier = ByteBuffer.wrap(control).order(ByteOrder.nativeOrder()).getLong();
            return Long.toUnsignedString(identifier).equals(systemIdentifier)
                    ? OptionalLong.of(data.toFile().getUsableSpace())
                    : OptionalLong.empty();
        } catch (ServerFailure e) {
            if (e.kind() == ServerFailure.Kind.DENIED) {
                return OptionalLong.empty();
            }
            throw e;
        } catch (FileSystemException e) {
            return OptionalLong.empty();
        }
    }

    /** Extensions that could be created here, name to default version. */
    public Map<String, String> availableExtensions() throws IOException {
        return SourceSession.extensions(
                session(), "SELECT name, default_version FROM pg_available_extensions");
    }

    /**
     * Sessions open on the target database: clients, replication and background workers; Holdfast's
     * own ones too, where another Holdfast has them.
     */
    public List<TargetFacts.Session> sessions() throws IOException {
        return sessions(session(), target.database());
    }

    static List<TargetFacts.Session> sessions(Session session, String database) throws IOException {
        return session.all(
                row ->
                        new TargetFacts.Session(
                                row.getInt(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5)),
                """
                SELECT pid, coalesce(usename, backend_type, 'unknown'),
                       coalesce(application_name, ''),
                       coalesce(host(client_addr), 'local'), coalesce(state, 'unknown')
                FROM pg_stat_activity
                WHERE datname = ? AND pid <> pg_backend_pid()
                  -- to an ordinary role an autovacuum worker has neither user nor type; PostgreSQL
                  -- ends it by itself when the database is renamed
                  AND usesysid IS NOT NULL
                  AND coalesce(backend_type, '') NOT IN ('autovacuum worker', 'parallel worker')
                ORDER BY backend_start, pid
                """,
                database);
    }

    /**
     * Ends the sessions that are open on the target database now, and waits until they are gone;
     * new ones may come.
     *
     * @throws Refused TARGET-SESSIONS where one does not go within 20 seconds
     * @throws ServerFailure DENIED where the role may not end one
     */
    public void endSessions() throws IOException {
        end(session(), target.database());
    }

    /** The same for those that Holdfast has there in the target's role. */
    void endOwnSessions() throws IOException {
        end(
                session(),
                target.database(),
                open ->
                        open.application().equals(Session.APPLICATION)
                                && open.user().equals(target.user()));
    }

    void end(Session session, String database) throws IOException {
        end(session, database, open -> true);
    }

    private void end(Session session, String database, Predicate<TargetFacts.Session> which)
            throws IOException {
        long deadline = System.nanoTime() + LEAVING.toNanos();
        while (true) {
            List<TargetFacts.Session> open =
                    sessions(session, database).stream().filter(which).toList();
            if (open.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new Refused(
                        "TARGET-SESSIONS",
                        open.size()
                                + " connections on "
                                + database
                                + " did not end within "
                                + LEAVING.toSeconds()
                                + " seconds.",
                        "Look what they do in pg_stat_activity and end them on the server.");
            }
            for (TargetFacts.Session each : open) {
                session.first(
                        row -> row.getBoolean(1),
                        version.major() >= 14
                                ? "SELECT pg_terminate_backend(?, 5000)"
                                : "SELECT pg_terminate_backend(?)",
                        each.pid());
            }
            if (version.major() < 14) {
                session.first(row -> row.getString(1), "SELECT pg_sleep(0.2)::text");
            }
        }
    }

    /**
     * Rows of the target database's tables: exact counts for as long as {@code budget} lasts, the
     * planner's estimates from then on, told apart in the answer. Empty where the database does not
     * exist.
     */
    public List<TargetFacts.TableRows> rows(Duration budget) throws IOException {
        if (!exists()) {
            return List.of();
        }
        List<TargetFacts.TableRows> found = new ArrayList<>();
        try (Session inside = Session.open(target, cancel)) {
            Content content = new Content(inside);
            content.settle(version);
            inside.run("SET default_transaction_read_only = on", "SET lock_timeout = '1s'");
            long end = System.nanoTime() + budget.toNanos();
            for (Content.Table table : content.tableNames()) {
                found.add(rows(inside, table, (end - System.nanoTime()) / 1_000_000));
            }
        }
        return found;
    }

    private static TargetFacts.TableRows rows(
            Session inside, Content.Table table, long milliseconds) throws IOException {
        if (milliseconds > 0) {
            try {
                inside.patience(Duration.ofMillis(milliseconds).plusSeconds(30));
                inside.run("SET statement_timeout = " + milliseconds);
                long exact =
                        inside.one(
                                row -> row.getLong(1),
                                "SELECT count(*) FROM ONLY "
                                        + table.quoted()
                                        + " r "
                                        + table.condition());
                return new TargetFacts.TableRows(table.schema(), table.name(), exact, false);
            } catch (ServerFailure e) {
                if (e.kind() != ServerFailure.Kind.TIMEOUT
                        && e.kind() != ServerFailure.Kind.DENIED) {
                    throw e;
                }
            }
        }
        inside.shortPatience();
        inside.run("SET statement_timeout = 0");
        long estimate =
                inside.first(
                                row -> row.getLong(1),
                                "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid ="
                                        + " to_regclass(?)",
                                table.quoted())
                        .orElse(0L);
        return new TargetFacts.TableRows(table.schema(), table.name(), estimate, true);
    }

    /**
     * Why a database of this encoding and locale cannot be made here, in words; empty where it can.
     * The server itself is asked by making a collation that is rolled back.
     */
    public Optional<String> problem(DatabaseForm form) throws IOException {
        if (!form.provider().equals("libc") && version.major() < 15) {
            return Optional.of(
                    "The server is older than 15 and knows no database with the locale provider "
                            + form.provider()
                            + ".");
        }
        for (String locale : List.of(form.collate(), form.ctype())) {
            if (locale.equals("C") || locale.equals("POSIX")) {
                continue;
            }
            Session asked = session();
            asked.begin();
            try {
                asked.run(
                        "CREATE COLLATION pg_temp.holdfast_probe (PROVIDER = libc, LC_COLLATE = "
                                + Session.literal(locale)
                                + ", LC_CTYPE = "
                                + Session.literal(locale)
                                + ")");
            } catch (ServerFailure e) {
                if (String.valueOf(e.getMessage()).contains("could not create locale")) {
                    return Optional.of(
                            "The server's operating system has no locale " + locale + ".");
                }
            } finally {
                asked.rollback();
            }
        }
        return Optional.empty();
    }

    /**
     * Keeps other Holdfasts out of the target database until the lock is closed; does not wait.
     *
     * @throws Refused TARGET-LOCKED, naming who holds it
     */
    public TargetLock lock() throws IOException {
        return lock(Duration.ZERO);
    }

    /**
     * Keeps other Holdfasts, and other work of this one, out of the target database until the lock
     * is closed.
     *
     * @param patience how long to wait for it; what is dropped after a restore holds it for seconds
     * @throws Refused TARGET-LOCKED, naming who holds it
     */
    public TargetLock lock(Duration patience) throws IOException {
        Session own = maintenance(target, cancel);
        try {
            int key = ByteBuffer.wrap(hash(target.database())).getInt();
            if (locked(own, key, patience)) {
                return new TargetLock(own, target.database());
            }
            String holder =
                    own.first(
                                    row ->
                                            "from "
                                                    + row.getString(1)
                                                    + " since "
                                                    + row.getString(2)
                                                    + " UTC",
                                    """
                                    SELECT coalesce(host(a.client_addr), 'the server itself'),
                                           to_char(a.backend_start AT TIME ZONE 'UTC',
                                                   'YYYY-MM-DD HH24:MI:SS')
                                    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                                    WHERE l.locktype = 'advisory' AND l.granted
                                      AND l.classid::bigint = ? AND l.objid::bigint = ?
                                      AND l.database =
                                        (SELECT oid FROM pg_database
                                         WHERE datname = current_database())
                                    """,
                                    (long) LOCK_SPACE,
                                    key & 0xffffffffL)
                            .orElse("that has just ended");
            throw new Refused(
                    "TARGET-LOCKED",
                    "Another Holdfast works on target database "
                            + target.database()
                            + ", "
                            + holder
                            + ".",
                    "Wait until it has ended, or end it in its own console.");
        } catch (IOException | RuntimeException e) {
            own.close();
            throw e;
        }
    }

    private static boolean locked(Session own, int key, Duration patience) throws IOException {
        if (patience.isZero()) {
            return own.one(
                    row -> row.getBoolean(1), "SELECT pg_try_advisory_lock(?, ?)", LOCK_SPACE, key);
        }
        own.run("SET lock_timeout = " + patience.toMillis());
        try {
            own.run("SELECT pg_advisory_lock(" + LOCK_SPACE + ", " + key + ")");
            own.run("RESET lock_timeout");
            return true;
        } catch (ServerFailure e) {
            if (e.sqlState().equals("55P03")) {
                return false;
            }
            throw e;
        }
    }

    private static byte[] hash(String text) {
        return java.util.HexFormat.of().parseHex(Sha256.of(text).hex());
    }

    /** The steps of a restore beside the target database; nothing is done yet. */
    public Aside aside(UUID restore) {
        return new Aside(this, AsideNames.of(target.database(), restore), Aside.Moments.NONE);
    }

    Aside aside(UUID restore, Aside.Moments moments) {
        return new Aside(this, AsideNames.of(target.database(), restore), moments);
    }

    Cancel cancel() {
        return cancel;
    }

    @Override
    public void close() {
        session.close();
    }
}
