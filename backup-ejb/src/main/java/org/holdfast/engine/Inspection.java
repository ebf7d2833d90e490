package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillCheck.Verdict;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.shared.Names;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Manifest;

/**
 * Looks at a restored database and says what it found, check by check. What cannot be looked at is
 * told as such, with the reason; only a cancel and a lost server end it.
 */
public final class Inspection {
    /** So many tables have a check each; of more, those that differ and the sum. */
    private static final int EACH_TABLE = 500;

    private static final int SHOWN = 20;
    private static final int LONGEST_VALUE = 500;
    private static final int LONGEST_OUTPUT = 8000;
    private static final Pattern COMPARED =
            Pattern.compile("(>=|<=|<>|!=|>|<|=)\\s*(-?\\d+(?:\\.\\d+)?)");

    private final PostgresUrl url;
    private final Manifest manifest;
    private final CheckPlan plan;
    private final Cancel cancel;
    private final List<DrillCheck> checks = new ArrayList<>();

    /**
     * @param url of the restored database
     */
    public Inspection(PostgresUrl url, Manifest manifest, CheckPlan plan, Cancel cancel) {
        this.url = url;
        this.manifest = manifest;
        this.plan = plan;
        this.cancel = cancel;
    }

    /** What was found so far, in the order in which it was looked at. */
    public List<DrillCheck> checks() {
        return checks;
    }

    /** What a look came to. */
    private record Found(Verdict verdict, String actual) {
        static Found passed(String actual) {
            return new Found(Verdict.PASSED, actual);
        }

        static Found failed(String actual) {
            return new Found(Verdict.FAILED, actual);
        }

        static Found passedIf(boolean passed, String actual) {
            return new Found(passed ? Verdict.PASSED : Verdict.FAILED, actual);
        }
    }

    @FunctionalInterface
    private interface Look {
        Found look() throws IOException;
    }

    private void check(CheckKind kind, String name, String text, String expected, Look look)
            throws IOException {
        long begun = System.nanoTime();
        Found found;
        try {
            found = look.look();
        } catch (ServerFailure e) {
            found = new Found(Verdict.NOT_RUN, notRun(e));
        }
        note(kind, name, text, expected, found, Duration.ofNanos(System.nanoTime() - begun));
    }

    /** The words of what kept a look from being made; a lost server is no result. */
    private static String notRun(ServerFailure e) throws ServerFailure {
        return switch (e.kind()) {
            case UNREACHABLE, LOST, NO_DATABASE, NO_SPACE -> throw e;
            case DENIED, TIMEOUT, STATEMENT -> e.getMessage();
        };
    }

    private void note(
            CheckKind kind, String name, String text, String expected, Found found, Duration took) {
        checks.add(
                new DrillCheck(
                        kind,
                        name,
                        text,
                        plan.demands(kind),
                        expected,
                        found.actual(),
                        found.verdict(),
                        took));
    }

    /** Notes what somebody else has found. */
    public void found(
            CheckKind kind,
            String name,
            String text,
            String expected,
            String actual,
            Verdict verdict,
            Duration took) {
        note(kind, name, text, expected, new Found(verdict, actual), took);
    }

    // --- content -----------------------------------------------------------------------------

    /** Counts, or hashes, every table as the manifest did, and holds them against each other. */
    public void content(ContentProof.Progress progress) throws IOException {
        RowProof proof = manifest.rowProof();
        String text =
                switch (proof) {
                    case OFF ->
                            manifest.imported().isPresent()
                                    ? "nothing: the dump was made elsewhere and imported"
                                    : "nothing: the policy recorded no rows of this source";
                    case COUNTS -> "rows of every table, counted as when it was backed up";
                    case HASHES ->
                            "rows of every table, counted and hashed as when it was backed up";
                };
        long begun = System.nanoTime();
        if (proof == RowProof.OFF) {
            note(
                    CheckKind.CONTENT,
                    "content of every table",
                    text,
                    "counts or hashes in the manifest",
                    new Found(
                            Verdict.NOT_RUN,
                            manifest.imported().isPresent()
                                    ? "Not taken: nothing was counted when the imported dump was"
                                            + " made."
                                    : "The manifest has no counts; set row_proof to counts or"
                                            + " hashes in the policy."),
                    Duration.ZERO);
            return;
        }
        ContentProof restored;
        try {
            restored = ContentProof.of(url, proof, progress, cancel);
        } catch (ServerFailure e) {
            note(
                    CheckKind.CONTENT,
                    "content of every table",
                    text,
                    "equal to the manifest",
                    new Found(Verdict.NOT_RUN, notRun(e)),
                    Duration.ofNanos(System.nanoTime() - begun));
            return;
        }
        List<Check> compared = restored.against(manifest);
        long differing = compared.stream().filter(c -> !c.passed()).count();
        long rows = manifest.tables().stream().mapToLong(Manifest.Table::rows).sum();
        note(
                CheckKind.CONTENT,
                "content of every table",
                text,
                manifest.tables().size()
                        + " tables, "
                        + rows
                        + " rows, "
                        + manifest.largeObjects().count()
                        + " large objects"
                        + (proof == RowProof.HASHES ? ", and their hashes" : ""),
                Found.passedIf(
                        differing == 0,
                        differing == 0
                                ? "equal"
                                : differing + " of " + compared.size() + " differ"),
                Duration.ofNanos(System.nanoTime() - begun));
        boolean each = compared.size() <= EACH_TABLE;
        compared.stream()
                .filter(c -> each || !c.passed())
                .limit(EACH_TABLE)
                .forEach(
                        c ->
                                note(
                                        CheckKind.CONTENT,
                                        c.name(),
                                        text,
                                        c.expected(),
                                        Found.passedIf(c.passed(), c.actual()),
                                        Duration.ZERO));
        Set<String> missing = new TreeSet<>(manifest.sequences().keySet());
        missing.removeAll(restored.sequences().keySet());
        note(
                CheckKind.CONTENT,
                "sequences",
                "names of the manifest's sequences",
                manifest.sequences().size() + " sequences",
                Found.passedIf(
                        missing.isEmpty(),
                        missing.isEmpty() ? "all there" : "missing: " + Names.some(missing, SHOWN)),
                Duration.ZERO);
    }

    // --- schema ------------------------------------------------------------------------------

    /** Kinds of an archive's table of contents, and what counts them in a database. */
    private static final Map<String, String> COUNTED = new LinkedHashMap<>();

    /** Entries that go with an object, and are none. */
    private static final Pattern PARTS =
            Pattern.compile(
                    "^(?:(?:TABLE|MATERIALIZED VIEW) DATA|(?:TABLE|INDEX) ATTACH|SEQUENCE (?:SET|OWNED BY)) ");

    private static final String MINE =
            """
            \sn.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
              SELECT FROM pg_depend d WHERE d.objid = %s.oid AND d.classid = '%s'::regclass
                AND d.deptype = 'e')""";

    static {
        String classes =
                "SELECT count(*) FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace WHERE"
                        + MINE.formatted("o", "pg_class")
                        + " AND o.relpersistence <> 't' AND ";
        String constraints =
                "SELECT count(*) FROM pg_constraint o JOIN pg_class t ON t.oid = o.conrelid"
                        + " JOIN pg_namespace n ON n.oid = t.relnamespace WHERE"
                        + MINE.formatted("t", "pg_class")
                        + " AND ";
        String functions =
                "SELECT count(*) FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace WHERE"
                        + MINE.formatted("o", "pg_proc")
                        + " AND ";
        COUNTED.put("MATERIALIZED VIEW", classes + "o.relkind = 'm'");
        COUNTED.put("FOREIGN TABLE", classes + "o.relkind = 'f'");
        COUNTED.put("FK CONSTRAINT", constraints + "o.contype = 'f' AND o.conparentid = 0");
        COUNTED.put("ROW SECURITY", classes + "o.relkind IN ('r', 'p') AND o.relrowsecurity");
        COUNTED.put("CONSTRAINT", constraints + "o.contype IN ('p', 'u', 'x')");
        COUNTED.put("TABLE", classes + "o.relkind IN ('r', 'p')");
        COUNTED.put("VIEW", classes + "o.relkind = 'v'");
        COUNTED.put("SEQUENCE", classes + "o.relkind = 'S'");
        COUNTED.put(
                "INDEX",
                classes
                        + "o.relkind IN ('i', 'I') AND NOT EXISTS (SELECT FROM pg_constraint k WHERE"
                        + " k.conindid = o.oid AND k.contype IN ('p', 'u', 'x'))");
        COUNTED.put(
                "TRIGGER",
                "SELECT count(*) FROM pg_trigger o JOIN pg_class t ON t.oid = o.tgrelid"
                        + " JOIN pg_namespace n ON n.oid = t.relnamespace WHERE"
                        + MINE.formatted("t", "pg_class")
                        + " AND NOT o.tgisinternal AND coalesce((to_jsonb(o) ->> 'tgparentid')::bigint, 0) = 0");
        COUNTED.put(
                "POLICY",
                "SELECT count(*) FROM pg_policy o JOIN pg_class t ON t.oid = o.polrelid"
                        + " JOIN pg_namespace n ON n.oid = t.relnamespace WHERE"
                        + MINE.formatted("t", "pg_class"));
        COUNTED.put("FUNCTION", functions + "o.prokind IN ('f', 'w')");
        COUNTED.put("PROCEDURE", functions + "o.prokind = 'p'");
        COUNTED.put("AGGREGATE", functions + "o.prokind = 'a'");
    }

    /**
     * Counts the objects of each kind and holds them against the archive's own table of contents.
     *
     * @param contents as {@code pg_restore --list} prints them; empty: plain SQL has none
     */
    public void schema(Optional<List<String>> contents) throws IOException {
        String text = "objects by kind: the archive's table of contents against the catalogs";
        if (contents.isEmpty()) {
            note(
                    CheckKind.SCHEMA,
                    "objects of the schema",
                    text,
                    "a table of contents",
                    new Found(Verdict.NOT_RUN, "Plain SQL has no table of contents."),
                    Duration.ZERO);
            return;
        }
        Map<String, Long> expected = counted(contents.get());
        check(
                CheckKind.SCHEMA,
                "objects of the schema",
                text,
                expected.entrySet().stream()
                        .filter(e -> e.getValue() > 0)
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", ")),
                () -> {
                    List<String> fewer = new ArrayList<>();
                    List<String> more = new ArrayList<>();
                    try (Session session = Session.open(url, cancel)) {
                        for (Map.Entry<String, String> kind : COUNTED.entrySet()) {
                            long wanted = expected.get(kind.getKey());
                            long there = session.one(row -> row.getLong(1), kind.getValue());
                            if (there != wanted) {
                                (there < wanted ? fewer : more)
                                        .add(there + " " + kind.getKey() + " instead of " + wanted);
                            }
                        }
                    }
                    if (!fewer.isEmpty()) {
                        return Found.failed(String.join(", ", fewer));
                    }
                    return more.isEmpty()
                            ? Found.passed("equal")
                            : new Found(Verdict.WARNED, String.join(", ", more));
                });
    }

    /**
     * Holds the definition of every object against the archive's, to the letter.
     *
     * @param client that can read the archive and dump the server
     * @param head the archive, or as much of it as holds the table of contents; empty: plain SQL
     * @param dir where the texts lie meanwhile
     */
    public void definitions(
            Client client, Optional<Path> head, WorkDir dir, SchemaProof.Reference reference)
            throws IOException {
        String name = "definitions of the schema";
        String text =
                "pg_restore --schema-only of the archive against pg_dump --schema-only of the"
                        + " restored database ("
                        + client.version()
                        + "), object by object, without owners and privileges; their order is not"
                        + " compared";
        if (head.isEmpty()) {
            note(
                    CheckKind.SCHEMA,
                    name,
                    text,
                    "the archive's",
                    new Found(Verdict.NOT_RUN, "Plain SQL is no archive."),
                    Duration.ZERO);
            return;
        }
        SchemaProof proof = new SchemaProof(client, url, dir, cancel);
        long begun = System.nanoTime();
        Definitions expected;
        try {
            expected = proof.expected(head.get());
        } catch (ChildFailed e) {
            note(
                    CheckKind.SCHEMA,
                    name,
                    text,
                    "the archive's",
                    new Found(Verdict.NOT_RUN, e.getMessage()),
                    Duration.ofNanos(System.nanoTime() - begun));
            return;
        }
        check(
                CheckKind.SCHEMA,
                name,
                text,
                "the archive's " + expected.count() + " objects",
                () -> {
                    try {
                        SchemaProof.Result result = proof.against(expected, head.get(), reference);
                        return new Found(result.verdict(), result.words());
                    } catch (ChildFailed e) {
                        return new Found(Verdict.NOT_RUN, e.getMessage());
                    }
                });
    }

    /** An entry reads {@code 123; 1259 16400 TABLE public orders owner}; some come twice. */
    static Map<String, Long> counted(List<String> contents) {
        Pattern entry = Pattern.compile("\\d+; \\d+ \\d+ (.*)");
        Set<String> seen = new TreeSet<>();
        Map<String, Long> counts = new LinkedHashMap<>();
        COUNTED.keySet().forEach(kind -> counts.put(kind, 0L));
        for (String line : contents) {
            Matcher matcher = entry.matcher(line);
            if (!matcher.matches() || !seen.add(matcher.group(1))) {
                continue;
            }
            String what = matcher.group(1);
            COUNTED.keySet().stream()
                    .filter(kind -> what.startsWith(kind + " "))
                    .filter(kind -> !PARTS.matcher(what).find())
                    .findFirst()
                    .ifPresent(kind -> counts.merge(kind, 1L, Long::sum));
        }
        return counts;
    }

    /** Every index can be used. */
    public void indexes() throws IOException {
        check(
                CheckKind.INDEXES,
                "indexes are valid",
                "pg_index.indisvalid, pg_index.indisready",
                "every index",
                () -> {
                    try (Session session = Session.open(url, cancel)) {
                        List<String> broken =
                                session.all(
                                        row -> row.getString(1),
                                        "SELECT indexrelid::regclass::text FROM pg_index"
                                                + " WHERE NOT (indisvalid AND indisready)");
                        long all =
                                session.one(row -> row.getLong(1), "SELECT count(*) FROM pg_index");
                        return Found.passedIf(
                                broken.isEmpty(),
                                broken.isEmpty()
                                        ? "all " + all
                                        : "not: " + Names.some(broken, SHOWN));
                    }
                });
    }

    /** Extensions of the source, in its versions. */
    public void extensions() throws IOException {
        Map<String, String> expected = new TreeMap<>(manifest.source().extensions());
        check(
                CheckKind.EXTENSIONS,
                "extensions and their versions",
                "pg_extension against the manifest",
                expected.entrySet().stream()
                        .map(e -> (e.getKey() + " " + e.getValue()).strip())
                        .collect(Collectors.joining(", ")),
                () -> {
                    Map<String, String> there;
                    try (Session session = Session.open(url, cancel)) {
                        there =
                                SourceSession.extensions(
                                        session, "SELECT extname, extversion FROM pg_extension");
                    }
                    List<String> missing = new ArrayList<>();
                    List<String> other = new ArrayList<>();
                    expected.forEach(
                            (name, version) -> {
                                String found = there.get(name);
                                if (found == null) {
                                    missing.add(name);
                                } else if (!version.isEmpty() && !found.equals(version)) {
                                    other.add(name + " " + found + " instead of " + version);
                                }
                            });
                    if (!missing.isEmpty()) {
                        return Found.failed("missing: " + Names.some(missing, SHOWN));
                    }
                    return other.isEmpty()
                            ? Found.passed("the same")
                            : new Found(Verdict.WARNED, Names.some(other, SHOWN));
                });
    }

    /** Collations are of the version that was recorded when objects were made with them. */
    public void collations() throws IOException {
        check(
                CheckKind.COLLATIONS,
                "versions of collations",
                "pg_database.datcollversion, pg_collation.collversion against the operating system",
                "those that indexes were built with",
                () -> {
                    try (Session session = Session.open(url, cancel)) {
                        List<String> other = new ArrayList<>();
                        if (SourceSession.version(session).major() >= 15) {
                            other.addAll(
                                    session.all(
                                            row -> row.getString(1),
                                            "SELECT 'database: ' || datcollversion || ', now ' ||"
                                                    + " pg_database_collation_actual_version(oid)"
                                                    + " FROM pg_database WHERE datname ="
                                                    + " current_database() AND datcollversion <>"
                                                    + " pg_database_collation_actual_version(oid)"));
                        }
                        other.addAll(
                                session.all(
                                        row -> row.getString(1),
                                        "SELECT collname || ': ' || collversion || ', now ' ||"
                                                + " pg_collation_actual_version(oid)"
                                                + " FROM pg_collation WHERE collversion <>"
                                                + " pg_collation_actual_version(oid)"));
                        return other.isEmpty()
                                ? Found.passed("the same")
                                : new Found(Verdict.WARNED, Names.some(other, SHOWN));
                    }
                });
    }

    // --- what the plan names -----------------------------------------------------------------

    /** The migrations table is there, and at the expected version. */
    public void migrations() throws IOException {
        if (plan.migrations().isEmpty()) {
            return;
        }
        CheckPlan.Migrations asked = plan.migrations().get();
        String table = quoted(asked.table());
        String column = Session.name(asked.column());
        String sql = "SELECT count(*), max(" + column + "::text) FROM " + table;
        check(
                CheckKind.MIGRATIONS,
                "migrations in " + asked.table(),
                asked.expected().isPresent()
                        ? "SELECT count(*) FROM " + table + " WHERE " + column + "::text = ?"
                        : sql,
                asked.expected().map(v -> "version " + v).orElse("1 row or more"),
                () -> {
                    try (Session session = Session.open(url, cancel)) {
                        limited(session);
                        String[] found =
                                session.one(
                                        row -> new String[] {row.getString(1), row.getString(2)},
                                        sql);
                        boolean there =
                                asked.expected().isEmpty()
                                        ? !found[0].equals("0")
                                        : session.one(
                                                row -> row.getLong(1) > 0,
                                                "SELECT count(*) FROM "
                                                        + table
                                                        + " WHERE "
                                                        + column
                                                        + "::text = ?",
                                                asked.expected().get());
                        return Found.passedIf(there, found[0] + " rows, the last " + found[1]);
                    } catch (ServerFailure e) {
                        return absent(e);
                    }
                });
    }

    /** What the plan names and the database lacks is a failure, not a check that was not made. */
    private static Found absent(ServerFailure e) throws ServerFailure {
        if (Set.of("42P01", "42703", "3F000").contains(e.sqlState())) {
            return Found.failed(e.getMessage());
        }
        throw e;
    }

    /** Every key table holds rows. */
    public void keyTables() throws IOException {
        for (String name : plan.keyTables()) {
            String sql = "SELECT count(*) FROM " + quoted(name);
            check(
                    CheckKind.KEY_TABLES,
                    "rows in " + name,
                    sql,
                    "1 or more",
                    () -> {
                        try (Session session = Session.open(url, cancel)) {
                            limited(session);
                            long rows = session.one(row -> row.getLong(1), sql);
                            return Found.passedIf(rows > 0, Long.toString(rows));
                        } catch (ServerFailure e) {
                            return absent(e);
                        }
                    });
        }
    }

    /** Row security is on, and there is a policy. */
    public void rowSecurity() throws IOException {
        for (String name : plan.securedTables()) {
            check(
                    CheckKind.ROW_SECURITY,
                    "row security of " + name,
                    "pg_class.relrowsecurity, pg_policy",
                    "on, 1 policy or more",
                    () -> {
                        try (Session session = Session.open(url, cancel)) {
                            return session.first(
                                            row ->
                                                    Found.passedIf(
                                                            row.getBoolean(1) && row.getLong(2) > 0,
                                                            (row.getBoolean(1) ? "on, " : "off, ")
                                                                    + row.getLong(2)
                                                                    + " policies"),
                                            "SELECT relrowsecurity, (SELECT count(*) FROM pg_policy"
                                                    + " WHERE polrelid = c.oid) FROM pg_class c"
                                                    + " WHERE c.oid = to_regclass(?)",
                                            quoted(name))
                                    .orElse(Found.failed("There is no such table."));
                        }
                    });
        }
    }

    /** Roles that the plan names are there. */
    public void roles() throws IOException {
        for (String name : plan.roles()) {
            check(
                    CheckKind.ROLES,
                    "role " + name,
                    "pg_roles",
                    "there",
                    () -> {
                        try (Session session = Session.open(url, cancel)) {
                            boolean there =
                                    session.one(
                                            row -> row.getLong(1) > 0,
                                            "SELECT count(*) FROM pg_roles WHERE rolname = ?",
                                            name);
                            return Found.passedIf(there, there ? "there" : "missing");
                        }
                    });
        }
    }

    /**
     * The newest row of the canary table.
     *
     * @param rpo how much older than the backup it may be
     */
    public void canary(Duration rpo) throws IOException {
        if (plan.canary().isEmpty()) {
            return;
        }
        CheckPlan.Canary asked = plan.canary().get();
        String sql =
                "SELECT extract(epoch FROM max("
                        + Session.name(asked.column())
                        + ")) FROM "
                        + quoted(asked.table());
        check(
                CheckKind.CANARY,
                "newest row of " + asked.table(),
                sql,
                "at most " + words(rpo) + " older than the backup",
                () -> {
                    try (Session session = Session.open(url, cancel)) {
                        limited(session);
                        Double newest =
                                session.first(
                                                row -> {
                                                    double at = row.getDouble(1);
                                                    return row.wasNull() ? null : at;
                                                },
                                                sql)
                                        .orElse(null);
                        if (newest == null) {
                            return Found.failed("There is no row.");
                        }
                        Instant at = Instant.ofEpochMilli((long) (newest * 1000));
                        Duration age = Duration.between(at, manifest.takenAt());
                        return Found.passedIf(
                                age.compareTo(rpo) <= 0,
                                words(age.isNegative() ? Duration.ZERO : age)
                                        + " older: "
                                        + at
                                        + " against "
                                        + manifest.takenAt());
                    } catch (ServerFailure e) {
                        return absent(e);
                    }
                });
    }

    // --- the user's own statements -----------------------------------------------------------

    /**
     * Each statement of the plan, in a read-only transaction of its own.
     *
     * @param as whom to be: somebody who may read everything and change nothing
     */
    public void verification(PostgresUrl as) throws IOException {
        int number = 0;
        for (Statements.One statement : Statements.of(plan.verificationSql())) {
            number++;
            check(
                    CheckKind.VERIFICATION_SQL,
                    statement.title().isEmpty() ? "statement " + number : statement.title(),
                    statement.sql(),
                    statement.expected().isEmpty()
                            ? "runs; columns ok, or expected and actual, say the rest"
                            : statement.expected(),
                    () -> {
                        try (Session session = Session.open(as, cancel)) {
                            limited(session);
                            session.beginFrozen();
                            try {
                                return judged(session, statement);
                            } finally {
                                session.rollback();
                            }
                        } catch (ServerFailure e) {
                            return switch (e.kind()) {
                                case STATEMENT, DENIED, TIMEOUT -> Found.failed(e.getMessage());
                                case UNREACHABLE, LOST, NO_DATABASE, NO_SPACE -> throw e;
                            };
                        }
                    });
        }
    }

    private static Found judged(Session session, Statements.One statement) throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        long[] count = {0};
        boolean[] wrong = {false};
        session.eachAsWritten(
                row -> {
                    count[0]++;
                    Map<String, String> values = values(row);
                    boolean mismatch = mismatch(values);
                    if (rows.isEmpty() || mismatch && !wrong[0]) {
                        rows.clear();
                        rows.add(values);
                    }
                    wrong[0] |= mismatch;
                },
                statement.sql());
        String first = rows.isEmpty() ? "no row" : rows.get(0).toString();
        String actual = brief(count[0] + (count[0] == 1 ? " row: " : " rows: ") + first);
        String expected = statement.expected().toLowerCase(Locale.ROOT);
        if (expected.isEmpty()) {
            return Found.passedIf(!wrong[0], actual);
        }
        if (expected.equals("rows")) {
            return Found.passedIf(count[0] > 0, actual);
        }
        if (expected.equals("no rows")) {
            return Found.passedIf(count[0] == 0, actual);
        }
        String value =
                rows.isEmpty() ? null : rows.get(0).values().stream().findFirst().orElse(null);
        return Found.passedIf(meets(value, statement.expected()), actual);
    }

    /** Whether a row contradicts itself: a false {@code ok}, or actual is not expected. */
    private static boolean mismatch(Map<String, String> values) {
        if (values.containsKey("ok")) {
            return !"t".equals(values.get("ok")) && !"true".equals(values.get("ok"));
        }
        return values.containsKey("expected")
                && values.containsKey("actual")
                && !String.valueOf(values.get("expected"))
                        .equals(String.valueOf(values.get("actual")));
    }

    /**
     * @param expected a value, or a number behind {@code >=}, {@code <=}, {@code >}, {@code <},
     *     {@code <>} or {@code =}
     */
    static boolean meets(String value, String expected) {
        if (value == null) {
            return expected.equalsIgnoreCase("null");
        }
        Matcher compared = COMPARED.matcher(expected);
        if (!compared.matches()) {
            return value.equals(expected);
        }
        int sign;
        try {
            sign = new BigDecimal(value).compareTo(new BigDecimal(compared.group(2)));
        } catch (NumberFormatException e) {
            return false;
        }
        return switch (compared.group(1)) {
            case ">=" -> sign >= 0;
            case "<=" -> sign <= 0;
            case ">" -> sign > 0;
            case "<" -> sign < 0;
            case "=" -> sign == 0;
            default -> sign != 0;
        };
    }

    private static Map<String, String> values(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            values.put(columns.getColumnLabel(i), brief(row.getString(i)));
        }
        return values;
    }

    // --- pg_amcheck --------------------------------------------------------------------------

    /**
     * Has {@code pg_amcheck} read every table and index; needs a superuser.
     *
     * @param jobs connections
     */
    public void amcheck(Client client, int jobs, WorkDir dir) throws IOException {
        if (!plan.amcheck()) {
            note(
                    CheckKind.AMCHECK,
                    "pages of tables and indexes",
                    "pg_amcheck",
                    "no corruption",
                    new Found(Verdict.NOT_RUN, "It is switched off in the plan."),
                    Duration.ZERO);
            return;
        }
        List<String> arguments = List.of("--no-password", "--jobs=" + jobs);
        check(
                CheckKind.AMCHECK,
                "pages of tables and indexes",
                "pg_amcheck " + String.join(" ", arguments),
                "no corruption",
                () -> amchecked(client, arguments, dir));
    }

    private Found amchecked(Client client, List<String> arguments, WorkDir dir) throws IOException {
        if (!java.nio.file.Files.isExecutable(client.directory().resolve("pg_amcheck"))) {
            return new Found(
                    Verdict.NOT_RUN,
                    "There is no pg_amcheck in "
                            + client.directory()
                            + "; it comes with PostgreSQL 14.");
        }
        boolean there;
        try (Session session = Session.open(url, cancel)) {
            there =
                    session.one(
                            row -> row.getLong(1) > 0,
                            "SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'");
            if (!there) {
                session.run("CREATE EXTENSION amcheck");
            }
        }
        PassFile pass = PassFile.write(dir, url);
        Launch launch =
                new Launch(
                        "pg_amcheck",
                        client.program("pg_amcheck"),
                        arguments,
                        ConnInfo.environment(url, pass),
                        false,
                        Launch.Output.STREAM_WITH_ERRORS,
                        null,
                        Redaction.of(url));
        try (ChildProcess child = ChildProcess.start(launch, dir, cancel, pass)) {
            String said;
            try (InputStream output = child.stream()) {
                said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
            int code = child.exitCode();
            cancel.check();
            String words =
                    said.length() > LONGEST_OUTPUT ? said.substring(0, LONGEST_OUTPUT) : said;
            return switch (code) {
                case 0 -> Found.passed(words.isEmpty() ? "none found" : words);
                case 2 -> Found.failed(words);
                default ->
                        new Found(
                                Verdict.NOT_RUN,
                                "pg_amcheck ended with exit code " + code + ": " + words);
            };
        } finally {
            if (!there && !cancel.asked()) {
                try (Session session = Session.open(url, cancel)) {
                    session.run("DROP EXTENSION IF EXISTS amcheck");
                }
            }
        }
    }

    // --- helpers -----------------------------------------------------------------------------

    private void limited(Session session) throws IOException {
        session.run("SET statement_timeout = " + plan.limit().toMillis());
        session.patience(plan.limit().plusSeconds(30));
    }

    /** {@code schema.table} as a statement names it. */
    private static String quoted(String name) {
        int dot = name.indexOf('.');
        return Session.name(name.substring(0, dot), name.substring(dot + 1));
    }

    private static String brief(String text) {
        return text == null || text.length() <= LONGEST_VALUE
                ? text
                : text.substring(0, LONGEST_VALUE) + "…";
    }

    /** E.g. {@code 1 h 5 min}. */
    static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < 120
                ? minutes + " min"
                : minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
}
