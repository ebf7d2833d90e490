package org.holdfast.engine;

import java.io.IOException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A frozen view of one database: a read-only REPEATABLE READ transaction whose snapshot is exported
 * for pg_dump, so that what is counted here is what is dumped. Keep it open until the dump has
 * ended; its tables cannot be dropped or truncated meanwhile (unless there are thousands, too many
 * for the server's lock table). It may read ({@link #proof}) in one thread while the dump runs in
 * another.
 */
public final class SourceSession implements AutoCloseable {
    private final Session session;
    private final Content content;
    private final SourceFacts facts;
    private final List<Content.Table> tables;
    private final String snapshotId;

    private SourceSession(
            Session session,
            Content content,
            SourceFacts facts,
            List<Content.Table> tables,
            String snapshotId) {
        this.session = session;
        this.content = content;
        this.facts = facts;
        this.tables = tables;
        this.snapshotId = snapshotId;
    }

    /**
     * Connects, freezes the view and reads the facts.
     *
     * @throws ServerFailure no connection, or the role may not read a table (it is named)
     */
    public static SourceSession open(PostgresUrl url, Cancel cancel) throws IOException {
        Session session = Session.open(url, cancel);
        try {
            ServerVersion version = version(session);
            Content content = new Content(session);
            content.settle(version);
            session.beginFrozen();
            String snapshot = session.one(row -> row.getString(1), "SELECT pg_export_snapshot()");
            List<Content.Table> tables = content.tables();
            content.lock(tables);
            return new SourceSession(
                    session, content, facts(session, version, tables), tables, snapshot);
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    public SourceFacts facts() {
        return facts;
    }

    /** For {@link PgDump#under}; good while this is open. */
    public String snapshotId() {
        return snapshotId;
    }

    /** Counts or hashes the frozen content. Takes as long as reading every table once. */
    public ContentProof proof(RowProof mode, ContentProof.Progress progress) throws IOException {
        return ContentProof.read(content, tables, mode, progress);
    }

    /** Ends the transaction; the exported snapshot is gone. */
    @Override
    public void close() {
        session.rollback();
        session.close();
    }

    static ServerVersion version(Session session) throws IOException {
        return session.one(
                row -> new ServerVersion(row.getInt(1)),
                "SELECT current_setting('server_version_num')::int");
    }

    /** Of the cluster that a database is in. */
    public static String systemIdentifier(PostgresUrl database, Cancel cancel) throws IOException {
        try (Session session = Session.open(database, cancel)) {
            return systemIdentifier(session);
        }
    }

    static String systemIdentifier(Session session) throws IOException {
        return session.one(
                row -> row.getString(1), "SELECT system_identifier::text FROM pg_control_system()");
    }

    static Map<String, String> extensions(Session session, String sql) throws IOException {
        Map<String, String> found = new TreeMap<>();
        session.each(row -> found.put(row.getString(1), row.getString(2)), sql);
        return found;
    }

    private static SourceFacts facts(
            Session session, ServerVersion version, List<Content.Table> tables) throws IOException {
        Map<String, String> extensions =
                extensions(session, "SELECT extname, extversion FROM pg_extension");
        String systemIdentifier = systemIdentifier(session);
        long tableBytes = tables.stream().mapToLong(Content.Table::bytes).sum();
        String collation =
                version.major() >= 15
                        ? "datcollversion AS version_then, pg_database_collation_actual_version(oid) AS version_now"
                        : "NULL::text AS version_then, NULL::text AS version_now";
        return session.one(
                row ->
                        new SourceFacts(
                                version,
                                systemIdentifier,
                                row.getString("datname"),
                                row.getLong("oid"),
                                DatabaseForm.read(row),
                                Optional.ofNullable(row.getString("version_then")),
                                Optional.ofNullable(row.getString("version_now")),
                                extensions,
                                row.getLong("bytes"),
                                tableBytes + row.getLong("lo_bytes"),
                                tables.size(),
                                row.getLong("los"),
                                row.getBoolean("super"),
                                row.getBoolean("standby"),
                                row.getString("login"),
                                Optional.ofNullable(row.getTimestamp("login_until"))
                                        .map(Timestamp::toInstant)),
                "SELECT datname, oid, pg_encoding_to_char(encoding) AS encoding, datcollate,"
                        + " datctype, "
                        + DatabaseForm.columns(version)
                        + ", "
                        + collation
                        + ", pg_database_size(oid) AS bytes,"
                        + " pg_table_size('pg_catalog.pg_largeobject') AS lo_bytes,"
                        + " (SELECT count(*) FROM pg_largeobject_metadata) AS los,"
                        + " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super,"
                        + " session_user AS login, (SELECT CASE WHEN isfinite(rolvaliduntil) THEN"
                        + " rolvaliduntil END FROM pg_roles WHERE rolname = session_user) AS login_until,"
                        + " pg_is_in_recovery() AS standby"
                        + " FROM pg_database WHERE datname = current_database()");
    }
}
