package org.holdfast.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Refused;

/**
 * Plain SQL that was made elsewhere, read once with bounded memory and given out in the form of
 * Holdfast's own: without owners and grants, without the dump's own {@code \restrict}, and headed
 * by one of ours, so that a psql which knows it runs no command of the dump's choosing, by whomever
 * it is started. It is read as psql's own lexer does (quotes, dollar quotes, comments, rows of a
 * COPY), so a backslash in a text is none of psql's.
 *
 * <p>What is no dump of pg_dump is refused, where it is met; that it is whole only its end tells:
 * {@link #requireComplete()}.
 */
public final class ForeignSql extends InputStream {
    private static final String TRAILER = "-- PostgreSQL database dump complete";
    private static final String CLUSTER_TRAILER = "-- PostgreSQL database cluster dump complete";

    /** Longer statements than this are passed on as they come; no line that is left out is. */
    private static final int HELD = 256 << 10;

    private static final Pattern RESTRICTION =
            Pattern.compile("\\\\(un)?restrict [A-Za-z0-9]+\\s*");
    private static final Pattern DATABASE =
            Pattern.compile(
                    "(?i)((CREATE|ALTER|DROP|COMMENT ON|SECURITY LABEL .*ON) DATABASE .*"
                            + "|(GRANT|REVOKE) .* ON DATABASE .*|\\\\(c|connect|encoding)( .*)?)");
    private static final Pattern OWNER =
            Pattern.compile(
                    "ALTER .* OWNER TO (\"([^\"]|\"\")+\"|[^\";]+);|SET SESSION AUTHORIZATION .*;");
    private static final Pattern GRANT =
            Pattern.compile(
                    "(GRANT|REVOKE) .*;"
                            + "|ALTER DEFAULT PRIVILEGES FOR ROLE .* (GRANT|REVOKE) .*;");
    private static final Pattern EXTENSION =
            Pattern.compile("CREATE EXTENSION (?:IF NOT EXISTS )?\"?([^\"\\s;]+)\"?.*");
    private static final Pattern CREATE =
            Pattern.compile("^CREATE DATABASE (?:\"((?:[^\"]|\"\")+)\"|(\\S+))");
    private static final Pattern COPY = Pattern.compile("(?s)COPY .* FROM stdin;\\s*");
    private static final Pattern SERVER =
            Pattern.compile("-- Dumped from database version (\\d.*)");
    private static final Pattern CLIENT = Pattern.compile("-- Dumped by pg_dump version (\\d.*)");

    private enum In {
        CODE,
        QUOTE,
        ESCAPING_QUOTE,
        NAME,
        DOLLAR,
        LINE_COMMENT,
        BLOCK_COMMENT,
        /** Behind a backslash that begins a line. */
        COMMAND,
        /** Rows of a COPY. */
        ROWS
    }

    private final InputStream sql;
    private final boolean createAllowed;
    private final byte[] in = new byte[64 << 10];
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128 << 10);
    private byte[] ready = new byte[0];
    private int at;
    private boolean ended;

    // --- where it stands
    private In state = In.CODE;
    private int depth;
    private byte[] tag = new byte[0];
    private int tagAt;
    private int before = '\n';
    private int beforeThat = '\n';
    private final ByteArrayOutputStream dollar = new ByteArrayOutputStream();
    private boolean inDollar;
    private boolean pendingQuote;

    /** A constant that knows escapes has just ended, unless another quote follows. */
    private boolean escapesGoOn;

    /** standard_conforming_strings is off. */
    private boolean escapesAlways;

    // --- the line
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean lineAtStatement = true;
    private boolean passing;
    private long number = 1;
    private int rowLength;
    private final byte[] rowHead = new byte[3];

    /** Whether the statement that goes on has anything in it. */
    private boolean begun;

    // --- what was found
    private boolean complete;
    private boolean cluster;
    private String server = "";
    private String client = "";
    private String create = "";
    private String encoding = "";
    private final Set<String> extensions = new TreeSet<>();
    private long owners;
    private long grants;
    private long databases;

    /**
     * @param createAllowed ALLOW_CREATE_IN_DUMP: lines that make or connect to a database are left
     *     out instead of refused
     * @param key letters and digits that nobody can guess
     */
    private ForeignSql(InputStream sql, boolean createAllowed, String key) {
        this.sql = sql;
        this.createAllowed = createAllowed;
        byte[] first = ("\\restrict " + key + "\n").getBytes(StandardCharsets.US_ASCII);
        out.writeBytes(first);
    }

    public static ForeignSql of(InputStream sql, boolean createAllowed) {
        return new ForeignSql(sql, createAllowed, Psql.key());
    }

    /**
     * @throws Refused SQL-CLUSTER or SQL-TRUNCATED; all else is refused where it is read
     */
    public void requireComplete() {
        if (cluster) {
            throw cluster();
        }
        if (!complete) {
            throw new Refused(
                    "SQL-TRUNCATED",
                    "The SQL dump does not end with pg_dump's last line, \""
                            + TRAILER
                            + "\": it is cut off or was changed.",
                    "Get the whole file; nothing of it was applied.");
        }
    }

    private static Refused cluster() {
        return new Refused(
                "SQL-CLUSTER",
                "The SQL dump is of a whole cluster (pg_dumpall).",
                "Give a dump of one database, made by pg_dump.");
    }

    public String server() {
        return server;
    }

    public Optional<ServerVersion> serverVersion() {
        return ArchiveHead.version(server);
    }

    public Optional<ServerVersion> clientVersion() {
        return ArchiveHead.version(client);
    }

    /** The database that the dump would make, where it says that. */
    public Optional<String> database() {
        Matcher named = CREATE.matcher(create);
        return named.find()
                ? Optional.of(
                        named.group(1) == null
                                ? named.group(2)
                                : named.group(1).replace("\"\"", "\""))
                : Optional.empty();
    }

    public ToldForm told() {
        return ToldForm.of(create, encoding);
    }

    public Set<String> extensions() {
        return Set.copyOf(extensions);
    }

    /** What was left out, one sentence each. */
    public List<String> leftOut() {
        List<String> said = new ArrayList<>();
        if (owners > 0) {
            said.add(owners + " statements that set an owner were left out.");
        }
        if (grants > 0) {
            said.add(grants + " statements that grant or revoke were left out.");
        }
        if (databases > 0) {
            said.add(databases + " lines that make or connect to a database were left out.");
        }
        return said;
    }

    // --- reading -----------------------------------------------------------------------------

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == ready.length) {
            if (ended) {
                return -1;
            }
            int count = sql.read(in);
            if (count < 0) {
                ended = true;
                if (state == In.ROWS) {
                    endRow();
                }
                endLine(false);
            } else {
                for (int i = 0; i < count; i++) {
                    take(in[i]);
                }
            }
            ready = out.toByteArray();
            out.reset();
            at = 0;
        }
        int count = Math.min(length, ready.length - at);
        System.arraycopy(ready, at, bytes, offset, count);
        at += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        sql.close();
    }

    private void take(byte b) {
        if (state == In.ROWS) {
            row(b);
            return;
        }
        if (b == '\n') {
            step('\n');
            endLine(true);
            number++;
            return;
        }
        if (passing) {
            out.write(b);
        } else {
            line.write(b);
            if (!lineAtStatement) {
                flush();
            } else if (line.size() > HELD) {
                complete = false;
                flush();
            }
        }
        step(b & 0xff);
    }

    private void flush() {
        out.writeBytes(line.toByteArray());
        line.reset();
        passing = true;
    }

    /** A line is complete: it is passed on, or left out where it is one of those. */
    private void endLine(boolean newline) {
        boolean copies = false;
        if (!passing) {
            String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
            if (leavesOut(text)) {
                line.reset();
                begun = false;
                next();
                return;
            }
            copies = !begun && COPY.matcher(text).matches();
            flush();
        }
        if (newline) {
            out.write('\n');
        }
        next();
        if (copies) {
            state = In.ROWS;
            rowLength = 0;
        }
    }

    private void next() {
        passing = false;
        if (state == In.LINE_COMMENT || state == In.COMMAND) {
            state = In.CODE;
        }
        lineAtStatement = state == In.CODE && !begun;
    }

    /** Judges a line that began where a statement begins. */
    private boolean leavesOut(String text) {
        if (text.startsWith("\\")) {
            if (RESTRICTION.matcher(text).matches()) {
                return true;
            }
            if (DATABASE.matcher(text).matches()) {
                return database(text);
            }
            throw command(text);
        }
        if (text.startsWith("--")) {
            comment(text);
            return false;
        }
        if (text.isBlank()) {
            return false;
        }
        complete = false;
        if (DATABASE.matcher(text).matches()) {
            if (text.startsWith("CREATE DATABASE") && create.isEmpty()) {
                create = text;
            }
            return database(text);
        }
        if (begun) {
            // It goes on in the next line, and is none of those below.
            return false;
        }
        if (text.startsWith("SET standard_conforming_strings = ")) {
            escapesAlways = text.endsWith(" off;");
        }
        if (text.startsWith("SET client_encoding") && encoding.isEmpty()) {
            encoding = text;
        }
        Matcher extension = EXTENSION.matcher(text);
        if (extension.matches()) {
            extensions.add(extension.group(1));
        }
        if (OWNER.matcher(text).matches()) {
            owners++;
            return true;
        }
        if (GRANT.matcher(text).matches()) {
            grants++;
            return true;
        }
        return false;
    }

    private void comment(String text) {
        switch (text) {
            case TRAILER -> complete = true;
            case CLUSTER_TRAILER, "-- PostgreSQL database cluster dump" -> {
                cluster = true;
                throw cluster();
            }
            default -> {
                Matcher from = SERVER.matcher(text);
                if (from.matches() && server.isEmpty()) {
                    server = from.group(1);
                }
                Matcher by = CLIENT.matcher(text);
                if (by.matches() && client.isEmpty()) {
                    client = by.group(1);
                }
            }
        }
    }

    private boolean database(String text) {
        if (!createAllowed || begun) {
            throw new Refused(
                    "SQL-CREATE-DATABASE",
                    "Line "
                            + number
                            + " of the SQL dump makes, changes or connects to a database itself: "
                            + brief(text),
                    "Make the dump without --create, or set ALLOW_CREATE_IN_DUMP=1 to have such"
                            + " lines left out.");
        }
        databases++;
        return true;
    }

    private Refused command(String text) {
        return new Refused(
                "SQL-COMMAND",
                "Line "
                        + number
                        + " of the SQL dump is a command to psql, which could reach files and"
                        + " programs of the machine it runs on: "
                        + brief(text),
                "pg_dump writes none. Find out who changed the file; a dump that is right has to"
                        + " come from pg_dump.");
    }

    private static String brief(String text) {
        String shown = text.strip().replaceAll("\\p{Cntrl}", "?");
        return shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
    }

    // --- rows of a COPY ----------------------------------------------------------------------

    private void row(byte b) {
        out.write(b);
        if (b == '\n') {
            number++;
            endRow();
            rowLength = 0;
        } else {
            if (rowLength < rowHead.length) {
                rowHead[rowLength] = b;
            }
            rowLength++;
        }
    }

    private void endRow() {
        boolean end =
                (rowLength == 2 || rowLength == 3 && rowHead[2] == '\r')
                        && rowHead[0] == '\\'
                        && rowHead[1] == '.';
        if (end) {
            state = In.CODE;
            begun = false;
            before = '\n';
            beforeThat = '\n';
            next();
        }
    }

    // --- psql's lexer, as far as it matters --------------------------------------------------

    private void step(int c) {
        switch (state) {
            case CODE -> code(c);
            case QUOTE -> {
                if (c == '\'') {
                    state = In.CODE;
                }
            }
            case ESCAPING_QUOTE -> {
                if (pendingQuote) {
                    pendingQuote = false;
                } else if (c == '\\') {
                    pendingQuote = true;
                } else if (c == '\'') {
                    state = In.CODE;
                    escapesGoOn = true;
                }
            }
            case NAME -> {
                if (c == '"') {
                    state = In.CODE;
                }
            }
            case DOLLAR -> {
                if (c == (tag[tagAt] & 0xff)) {
                    if (++tagAt == tag.length) {
                        state = In.CODE;
                    }
                } else {
                    // Only a dollar can begin a tag, and a tag has one at its ends only.
                    tagAt = c == '$' ? 1 : 0;
                }
            }
            case BLOCK_COMMENT -> {
                if (before == '*' && c == '/') {
                    c = ' ';
                    if (--depth == 0) {
                        state = In.CODE;
                    }
                } else if (before == '/' && c == '*') {
                    c = ' ';
                    depth++;
                }
            }
            case LINE_COMMENT, COMMAND, ROWS -> {}
        }
        beforeThat = before;
        before = c;
    }

    private void code(int c) {
        boolean goesOn = escapesGoOn;
        escapesGoOn = false;
        if (inDollar) {
            if (c == '$') {
                inDollar = false;
                dollar.write(c);
                tag = dollar.toByteArray();
                tagAt = 0;
                state = In.DOLLAR;
                begun = true;
                return;
            }
            if (word(c) && !(dollar.size() == 1 && c >= '0' && c <= '9')) {
                dollar.write(c);
                return;
            }
            inDollar = false;
        }
        switch (c) {
            case '\'' -> {
                boolean escapes =
                        escapesAlways
                                || goesOn
                                || (before == 'e' || before == 'E') && !word(beforeThat);
                state = escapes ? In.ESCAPING_QUOTE : In.QUOTE;
                begun = true;
            }
            case '"' -> {
                state = In.NAME;
                begun = true;
            }
            case '-' -> {
                if (before == '-') {
                    state = In.LINE_COMMENT;
                } else if (!lineHolds("-")) {
                    begun = true;
                }
            }
            case '*' -> {
                if (before == '/') {
                    state = In.BLOCK_COMMENT;
                    depth = 1;
                } else {
                    begun = true;
                }
            }
            case '$' -> {
                if (!word(before)) {
                    inDollar = true;
                    dollar.reset();
                    dollar.write(c);
                }
                begun = true;
            }
            case '\\' -> {
                if (!lineAtStatement || !lineHolds("\\")) {
                    throw command("\\");
                }
                state = In.COMMAND;
            }
            case ';' -> begun = false;
            case ' ', '\t', '\n', '\r', '\f', 0x0b -> {}
            default -> begun = true;
        }
    }

    /** Whether this is all that the line has so far. */
    private boolean lineHolds(String text) {
        return !passing
                && line.size() == text.length()
                && line.toString(StandardCharsets.ISO_8859_1).equals(text);
    }

    private static boolean word(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c >= 0x80;
    }
}
