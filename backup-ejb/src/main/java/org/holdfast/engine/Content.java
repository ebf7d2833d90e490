package org.holdfast.engine;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.snapshot.Manifest;

/**
 * Reads what a dump holds: the rows of ordinary tables (a partitioned parent has none of its own),
 * those of an extension only where the extension declares them as configuration, sequences, and
 * large objects. Views, foreign tables and materialized views, which a restore computes anew, are
 * left out.
 */
final class Content {
    /** One table may be read for this long without a word from the server. */
    private static final Duration PATIENCE = Duration.ofHours(12);

    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

    /**
     * @param condition a WHERE clause of the extension that owns the table, or empty
     */
    record Table(String schema, String name, long bytes, String condition) {
        String quoted() {
            return Session.name(schema, name);
        }
    }

    private final Session session;
    private boolean frugal;

    Content(Session session) {
        this.session = session;
    }

    /**
     * Settings under which values turn into the same text on every server, nothing is hidden by
     * row-level security (it is an error instead), and no time limit of the database ends the work.
     */
    void settle(ServerVersion version) throws IOException {
        session.run(
                "SET search_path = ''",
                "SET DateStyle = 'ISO, YMD'",
                "SET IntervalStyle = postgres",
                "SET TimeZone = 'UTC'",
                "SET extra_float_digits = 3",
                "SET bytea_output = hex",
                "SET xmloption = content",
                "SET lc_monetary = 'C'",
                "SET row_security = off",
                "SET statement_timeout = 0",
                "SET lock_timeout = '5min'",
                "SET idle_in_transaction_session_timeout = 0",
                "SET default_tablespace = ''");
        if (version.major() >= 14) {
            session.run("SET idle_session_timeout = 0");
        }
        if (version.major() >= 17) {
            session.run("SET transaction_timeout = 0");
        }
    }

    /** In schema and name order (byte order). Waits for tables that somebody locks. */
    List<Table> tables() throws IOException {
        return tables("pg_table_size(c.oid)");
    }

    /** The same without sizes and without waiting for anybody. */
    List<Table> tableNames() throws IOException {
        return tables("0");
    }

    private List<Table> tables(String size) throws IOException {
        return session.all(
                row ->
                        new Table(
                                row.getString(1),
                                row.getString(2),
                                row.getLong(3),
                                row.getString(4)),
                """
                SELECT n.nspname, c.relname, %s,
                       coalesce(x.extcondition[array_position(x.extconfig, c.oid)], '')
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
                     AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
                LEFT JOIN pg_extension x ON x.oid = d.refobjid
                WHERE c.relkind = 'r' AND c.relpersistence <> 't'
                  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                  AND (d.objid IS NULL OR c.oid = ANY (x.extconfig))
                ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
                """
                        .formatted(size));
    }

    /**
     * Keeps tables from being dropped, rewritten or truncated until the transaction ends; a
     * truncated table would look empty even to an older snapshot. Where the tables would take more
     * than a quarter of the server's lock table, which pg_dump needs as well, they are left
     * unlocked, and reading them keeps no locks either.
     */
    void lock(List<Table> tables) throws IOException {
        long room =
                session.one(
                        row -> row.getLong(1),
                        "SELECT current_setting('max_locks_per_transaction')::bigint"
                                + " * (current_setting('max_connections')::bigint"
                                + " + current_setting('max_prepared_transactions')::bigint)");
        if (tables.size() > room / 4) {
            frugal = true;
            return;
        }
        session.patience(Duration.ofMinutes(6));
        int batch = 200;
        for (int i = 0; i < tables.size(); i += batch) {
            List<String> names =
                    tables.subList(i, Math.min(tables.size(), i + batch)).stream()
                            .map(table -> "ONLY " + table.quoted())
                            .toList();
            session.run("LOCK TABLE " + String.join(", ", names) + " IN ACCESS SHARE MODE");
        }
        session.shortPatience();
    }

    /** Rows of one table, and their hash where {@code mode} asks for it. */
    Manifest.Table prove(Table table, RowProof mode) throws IOException {
        if (!frugal) {
            return read(table, mode);
        }
        session.run("SAVEPOINT one_table");
        Manifest.Table proved = read(table, mode);
        session.run("ROLLBACK TO SAVEPOINT one_table", "RELEASE SAVEPOINT one_table");
        return proved;
    }

    private Manifest.Table read(Table table, RowProof mode) throws IOException {
        session.patience(PATIENCE);
        String from = "FROM ONLY " + table.quoted() + " r " + table.condition();
        return switch (mode) {
            case OFF -> throw new IllegalArgumentException("Nothing is read of tables with OFF.");
            case COUNTS ->
                    new Manifest.Table(
                            table.schema(),
                            table.name(),
                            session.one(row -> row.getLong(1), "SELECT count(*) " + from),
                            table.bytes(),
                            Optional.empty());
            case HASHES ->
                    session.one(
                            row ->
                                    new Manifest.Table(
                                            table.schema(),
                                            table.name(),
                                            row.getLong(1),
                                            table.bytes(),
                                            Optional.of(
                                                    hex(
                                                            sum(row.getBigDecimal(2)),
                                                            sum(row.getBigDecimal(3))))),
                            "SELECT count(*), "
                                    + SUMS
                                    + " FROM (SELECT md5("
                                    + bytes("(r.*)::text")
                                    + ") AS m "
                                    + from
                                    + " OFFSET 0) AS hashed");
        };
    }

    /** Both halves of the row's MD5 as signed 64-bit numbers, added up: the order plays no part. */
    private static final String SUMS =
            "sum(('x' || substr(m, 1, 16))::bit(64)::bigint),"
                    + " sum(('x' || substr(m, 17, 16))::bit(64)::bigint)";

    private String encoding;

    /** The text as UTF-8 bytes, so that it hashes alike whatever the database's encoding. */
    private String bytes(String text) throws IOException {
        if (encoding == null) {
            encoding = session.one(row -> row.getString(1), "SHOW server_encoding");
        }
        return encoding.equals("UTF8") || encoding.equals("SQL_ASCII")
                ? text
                : "convert_to(" + text + ", 'UTF8')";
    }

    private static BigInteger sum(java.math.BigDecimal value) {
        return value == null ? BigInteger.ZERO : value.toBigInteger().mod(WORD);
    }

    private static String hex(BigInteger high, BigInteger low) {
        return String.format("%016x%016x", high, low);
    }

    /** Qualified name to state, in name order. */
    Map<String, ContentProof.Sequence> sequences() throws IOException {
        List<String[]> names =
                session.all(
                        row -> new String[] {row.getString(1), row.getString(2)},
                        """
                        SELECT n.nspname, c.relname FROM pg_class c
                        JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relkind = 'S' AND c.relpersistence <> 't'
                          AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                          AND NOT EXISTS (SELECT FROM pg_depend d
                               WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                 AND d.deptype = 'e')
                        """);
        Map<String, ContentProof.Sequence> states = new TreeMap<>();
        int batch = 100;
        for (int i = 0; i < names.size(); i += batch) {
            List<String> parts = new ArrayList<>();
            for (String[] name : names.subList(i, Math.min(names.size(), i + batch))) {
                parts.add(
                        "SELECT "
                                + Session.literal(name[0] + "." + name[1])
                                + ", last_value, is_called FROM "
                                + Session.name(name[0], name[1]));
            }
            session.each(
                    row ->
                            states.put(
                                    row.getString(1),
                                    new ContentProof.Sequence(row.getLong(2), row.getBoolean(3))),
                    String.join(" UNION ALL ", parts));
        }
        return states;
    }

    /**
     * Large objects. A zero at a page's end hashes like nothing: a dump fills the holes of sparse
     * objects. Without the right to read pg_largeobject only their number is known.
     */
    Manifest.LargeObjects largeObjects(RowProof mode) throws IOException {
        session.patience(PATIENCE);
        long count =
                session.one(row -> row.getLong(1), "SELECT count(*) FROM pg_largeobject_metadata");
        boolean readable =
                session.one(
                        row -> row.getBoolean(1),
                        "SELECT has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')");
        if (mode != RowProof.HASHES || !readable) {
            return new Manifest.LargeObjects(count, Optional.empty());
        }
        BigInteger[] sums = {BigInteger.ZERO, BigInteger.ZERO};
        for (String source :
                List.of(
                        "SELECT md5(oid::text) AS m FROM pg_largeobject_metadata",
                        "SELECT md5(loid::text || ':' || pageno || ':' || encode(btrim('\\x01'::bytea"
                                + " || data, '\\x00'::bytea), 'hex')) AS m FROM pg_largeobject WHERE"
                                + " btrim(data, '\\x00'::bytea) <> ''")) {
            session.each(
                    row -> {
                        sums[0] = sums[0].add(sum(row.getBigDecimal(1))).mod(WORD);
                        sums[1] = sums[1].add(sum(row.getBigDecimal(2))).mod(WORD);
                    },
                    "SELECT " + SUMS + " FROM (" + source + " OFFSET 0) AS hashed");
        }
        return new Manifest.LargeObjects(count, Optional.of(hex(sums[0], sums[1])));
    }
}
