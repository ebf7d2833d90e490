package org.holdfast.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.BlockInput;
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
public final class ForeignSql extends BlockInput {
    /** Longer statements than this are passed on as they come; no line that is left out is. */
    private static final int HELD = 256 << 10;

    private static final Pattern RESTRICTION =
            Pattern.compile("\\\\(un)?restrict [A-Za-z0-9]+\\s*");
    private static final Pattern DATABASE = Pattern.compile("\\\\(c|connect|encoding)( .*)?");
    private static final Pattern OWNER =
            Pattern.compile(
                    "ALTER .* OWNER TO (\"([^\"]|\"\")+\"|[^\";]+);|SET SESSION AUTHORIZATION .*;");
    private static final Pattern GRANT =
            Pattern.compile(
                    "(GRANT|REVOKE) .*;"
                            + "|ALTER DEFAULT PRIVILEGES FOR ROLE .* (GRANT|REVOKE) .*;");
    private static final Pattern CREATE =
            Pattern.compile("(?i)^CREATE\\s+DATABASE\\s+(?:\"((?:[^\"]|\"\")+)\"|(\\S+))");

    /** A dollar quote's tag; PostgreSQL's own names are of 63 bytes. */
    private static final int LONGEST_TAG = 1 << 10;

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

    /** The word or number that goes on: i, n, or 0 for none. */
    private char run;

    /** A minus or slash that may begin a comment, and whether the statement had begun before. */
    private char sign;

    private boolean begunBeforeSign;
    private final Statement statement = new Statement();

    /** A literal in which psql and this lexer may differ about a backslash. */
    private boolean unsure;

    private final ByteArrayOutputStream dollar = new ByteArrayOutputStream();
    private boolean inDollar;
    private boolean pendingQuote;

    /** A constant that knows escapes has just ended, unless another quote follows. */
    private boolean escapesGoOn;

    /** The same, with blanks since then. */
    private boolean escapesEnded;

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

    /** Statements that ended in this line. */
    private int ends;

    /** Neither a comment nor another statement stands on the line where this one began. */
    private boolean clean = true;

    private Statement.Kind verdict = Statement.Kind.ORDINARY;

    /** Within the transaction that pg_dump writes around large objects. */
    private boolean inTransaction;

    // --- what was found
    private boolean complete;
    private String server = "";
    private String client = "";
    private String create = "";
    private String encoding = "";
    private final ToldExtensions extensions = new ToldExtensions();
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
     * @throws Refused SQL-TRUNCATED; all else is refused where it is read
     */
    public void requireComplete() {
        if (!complete) {
            throw PlainSql.truncated();
        }
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
        return extensions.names();
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
                step('\n');
                endLine(false);
                if (begun) {
                    endStatement();
                    requireNone();
                }
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
        if (b == 0) {
            throw statement("a zero byte, at which psql stops reading a line");
        }
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
                if (state == In.COMMAND) {
                    throw command(line.toString(StandardCharsets.UTF_8));
                }
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
        boolean copies = verdict == Statement.Kind.COPY;
        if (copies && !(clean && ends == 1 && closed())) {
            throw statement("a COPY that shares its line with something else");
        }
        if (verdict == Statement.Kind.DATABASE && (passing || !alone())) {
            throw database(statement.toString());
        }
        if (!passing) {
            String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
            if (leavesOut(text)) {
                line.reset();
                next();
                return;
            }
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
        lineAtStatement = closed();
        ends = 0;
        verdict = Statement.Kind.ORDINARY;
        clean |= lineAtStatement;
    }

    /** No statement goes on. */
    private boolean closed() {
        return state == In.CODE && !begun;
    }

    /** The line is one whole statement, and nothing else. */
    private boolean alone() {
        return lineAtStatement && ends == 1 && clean && closed();
    }

    private void requireNone() {
        if (verdict == Statement.Kind.COPY) {
            throw statement("a COPY without its end");
        }
        if (verdict == Statement.Kind.DATABASE) {
            throw database(statement.toString());
        }
    }

    /** Judges a line that began where a statement begins. */
    private boolean leavesOut(String text) {
        if (text.startsWith("\\")) {
            if (RESTRICTION.matcher(text).matches()) {
                return true;
            }
            if (DATABASE.matcher(text).matches()) {
                return databaseLeftOut(text);
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
        if (!alone()) {
            // It goes on in the next line, or has more than one statement: none of those below.
            return false;
        }
        if (verdict == Statement.Kind.DATABASE) {
            String stripped = text.strip();
            if (CREATE.matcher(stripped).find() && create.isEmpty()) {
                create = stripped;
            }
            return databaseLeftOut(text);
        }
        if (text.startsWith("SET client_encoding") && encoding.isEmpty()) {
            encoding = text;
        }
        if (!extensions.take(text)) {
            throw statement(ToldExtensions.TOO_MANY);
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
            case PlainSql.TRAILER -> complete = true;
            case PlainSql.CLUSTER_TRAILER, "-- PostgreSQL database cluster dump" ->
                    throw PlainSql.cluster();
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

    private boolean databaseLeftOut(String text) {
        if (!createAllowed) {
            throw database(text);
        }
        databases++;
        return true;
    }

    private Refused database(String text) {
        return new Refused(
                "SQL-CREATE-DATABASE",
                "Line "
                        + number
                        + " of the SQL dump makes, changes or connects to a database itself: "
                        + brief(text),
                "Make the dump without --create, or set ALLOW_CREATE_IN_DUMP=1 to have such"
                        + " lines left out, where each is a line of its own.");
    }

    private Refused statement(String what) {
        return new Refused(
                "SQL-STATEMENT",
                "Line "
                        + number
                        + " of the SQL dump has what pg_dump does not write, and what could have"
                        + " the rest read or applied otherwise than it was checked: "
                        + brief(what),
                "Find out who changed the file; a dump that is right has to come from pg_dump.");
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
            before = '\n';
            beforeThat = '\n';
            next();
        }
    }

    // --- psql's lexer, as far as it matters --------------------------------------------------

    private void step(int c) {
        switch (state) {
            case CODE -> c = code(c);
            case QUOTE -> {
                if (c == '\'') {
                    state = In.CODE;
                    statement.end();
                } else {
                    statement.add(c);
                }
            }
            case ESCAPING_QUOTE -> {
                if (pendingQuote) {
                    pendingQuote = false;
                } else if (c == '\\') {
                    if (unsure) {
                        throw statement("a backslash in a constant of bits or of Unicode");
                    }
                    pendingQuote = true;
                } else if (c == '\'') {
                    state = In.CODE;
                    escapesGoOn = true;
                    statement.end();
                } else {
                    statement.add(c);
                }
            }
            case NAME -> {
                if (c == '"') {
                    state = In.CODE;
                    statement.end();
                } else {
                    statement.add(c);
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
            case LINE_COMMENT -> {
                if (c == '\r') {
                    // For psql a comment ends here as well.
                    state = In.CODE;
                }
            }
            case COMMAND, ROWS -> {}
        }
        beforeThat = before;
        before = c;
    }

    /** Gives what is to be remembered as the character before the next. */
    private int code(int c) {
        if (inDollar && dollarGoesOn(c) || run != 0 && runGoesOn(c)) {
            return c;
        }
        if (sign != 0) {
            char first = sign;
            sign = 0;
            if (first == '-' && c == '-' || first == '/' && c == '*') {
                state = c == '-' ? In.LINE_COMMENT : In.BLOCK_COMMENT;
                depth = 1;
                begun = begunBeforeSign;
                clean = false;
                return ' ';
            }
            escapesEnded = false;
            complete = false;
            statement.sign(first);
        }
        boolean blank = c == ' ' || c >= '\t' && c <= '\r';
        boolean goesOn = escapesGoOn;
        escapesGoOn = false;
        boolean escapesBefore = escapesEnded;
        escapesEnded = (goesOn || escapesEnded) && (blank || c == '-');
        if (blank) {
            return c;
        }
        if (c == ';') {
            statement.sign(c);
            endPart();
            return c;
        }
        if (c == '\\') {
            if (!lineAtStatement || !lineHolds("\\")) {
                throw command("\\");
            }
            state = In.COMMAND;
            return c;
        }
        begunBeforeSign = begun;
        begun = true;
        complete &= c == '-' || c == '/';
        if (!begunBeforeSign && ends > 0) {
            clean = false;
        }
        switch (c) {
            case '\'' -> {
                if (escapesBefore) {
                    throw statement("a constant with escapes that goes on behind blanks");
                }
                quote(goesOn, false);
            }
            case '"' -> {
                if (before == '&' && (beforeThat == 'u' || beforeThat == 'U')) {
                    throw statement("a name in Unicode escapes");
                }
                state = In.NAME;
                statement.begin('"');
            }
            case '-', '/' -> sign = (char) c;
            case '$' -> {
                inDollar = true;
                dollar.reset();
                dollar.write(c);
            }
            default -> {
                if (word(c)) {
                    run = c >= '0' && c <= '9' ? 'n' : 'i';
                    statement.begin('w');
                    statement.add(c);
                } else {
                    statement.sign(c);
                }
            }
        }
        return c;
    }

    private void quote(boolean goesOn, boolean escaping) {
        boolean prefixed = "bBxX&".indexOf(before) >= 0;
        unsure = prefixed && !escaping && !goesOn;
        state = escapesAlways || goesOn || escaping ? In.ESCAPING_QUOTE : In.QUOTE;
        statement.begin('\'');
    }

    /** Whether the character belongs to a dollar quote's tag or to a parameter. */
    private boolean dollarGoesOn(int c) {
        if (c == '$') {
            inDollar = false;
            dollar.write(c);
            tag = dollar.toByteArray();
            tagAt = 0;
            state = In.DOLLAR;
            statement.sign('$');
            return true;
        }
        boolean first = dollar.size() == 1;
        if (first && c >= '0' && c <= '9') {
            inDollar = false;
            run = 'n';
            statement.begin('w');
            statement.add(c);
            return true;
        }
        if (!word(c)) {
            throw statement("a dollar that begins nothing");
        }
        if (dollar.size() > LONGEST_TAG) {
            throw statement("a dollar quote with a tag of more than 1,024 bytes");
        }
        dollar.write(c);
        return true;
    }

    /** Whether the character belongs to the word or number before it. */
    private boolean runGoesOn(int c) {
        if (word(c) || run == 'i' && c == '$' || run == 'n' && c == '.') {
            statement.add(c);
            return true;
        }
        if (run == 'n' && (c == '$' || c == '\'')) {
            throw statement("a number and a constant without anything between");
        }
        boolean single = statement.length() == 1;
        run = 0;
        statement.end();
        if (c == '\'' && single && (before == 'e' || before == 'E')) {
            quote(false, true);
            return true;
        }
        return false;
    }

    /** At a semicolon, which may stand within a statement. */
    private void endPart() {
        if (statement.goesOn()) {
            statement.requireInner().ifPresent(this::refuse);
            statement.nextPart();
            return;
        }
        endStatement();
    }

    private void refuse(String what) {
        throw statement(what);
    }

    private void endStatement() {
        ends++;
        Statement.Kind kind = statement.kind();
        switch (kind) {
            case REFUSED -> throw statement(statement.toString());
            case BEGIN -> {
                if (inTransaction || !lineAtStatement) {
                    throw statement(statement.toString());
                }
                inTransaction = true;
            }
            case COMMIT -> {
                if (!inTransaction || !lineAtStatement) {
                    throw statement(statement.toString());
                }
                inTransaction = false;
            }
            case ESCAPES_ON -> escapesAlways = false;
            case ESCAPES_OFF -> escapesAlways = true;
            case DATABASE -> {
                if (!createAllowed) {
                    throw database(statement.toString());
                }
            }
            case LARGE_OBJECT, ORDINARY, COPY -> {}
        }
        if (inTransaction && kind != Statement.Kind.BEGIN && kind != Statement.Kind.LARGE_OBJECT) {
            throw statement(statement.toString());
        }
        if (kind == Statement.Kind.COPY || kind == Statement.Kind.DATABASE) {
            if (verdict != Statement.Kind.ORDINARY) {
                throw statement(statement.toString());
            }
            verdict = kind;
        }
        statement.reset();
        begun = false;
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

    /** The words of one statement, as far as it is judged by them. */
    private static final class Statement {
        enum Kind {
            ORDINARY,
            COPY,
            DATABASE,
            BEGIN,
            COMMIT,
            LARGE_OBJECT,
            ESCAPES_ON,
            ESCAPES_OFF,
            REFUSED
        }

        private static final int HEAD = 12;
        private static final int LONGEST = 128;
        private static final Set<String> TRANSACTION =
                Set.of(
                        "BEGIN",
                        "START",
                        "COMMIT",
                        "ROLLBACK",
                        "END",
                        "ABORT",
                        "SAVEPOINT",
                        "RELEASE");
        private static final Set<String> FOR_LETTERS =
                Set.of("CREATE", "FUNCTION", "PROCEDURE", "OR", "REPLACE");

        /** In these a backslash can be the second half of a character. */
        private static final Pattern UNSAFE =
                Pattern.compile(
                        "mskanji|s(hift)?jis(2004)?|(win|windows)(932|936|949|950)|big5|gbk|uhc"
                                + "|johab|gb18030");

        private final List<String> head = new ArrayList<>();
        private final StringBuilder token = new StringBuilder();
        private char kind;
        private int count;
        private String last = "";
        private String lastButOne = "";
        private boolean setsConfig;
        private boolean ofSettings;
        private boolean onDatabase;

        // --- as psql counts, to know which semicolon ends it
        private final StringBuilder letters = new StringBuilder();
        private int words;
        private int parens;
        private int begins;
        private boolean atomicNext;
        private boolean notAtomic;

        void begin(char kind) {
            this.kind = kind;
            token.setLength(0);
        }

        void add(int c) {
            if (token.length() < LONGEST) {
                token.append((char) c);
            }
        }

        int length() {
            return token.length();
        }

        void sign(int c) {
            if (c == '(') {
                parens++;
            } else if (c == ')' && parens > 0) {
                parens--;
            }
            notAtomic |= atomicNext;
            atomicNext = false;
            if (c != ';') {
                put(String.valueOf((char) c));
            }
        }

        void end() {
            if (kind == 'w') {
                String word = token.toString().toUpperCase(Locale.ROOT);
                count(word);
                setsConfig |= word.equals("SET_CONFIG");
                ofSettings |= word.equals("PG_SETTINGS");
                onDatabase |= word.equals("DATABASE") && last.equals("ON");
                put(word);
            } else {
                notAtomic |= atomicNext;
                atomicNext = false;
                setsConfig |= kind == '"' && token.toString().equals("set_config");
                ofSettings |= kind == '"' && token.toString().equals("pg_settings");
                put(count < HEAD ? kind + token.toString() : String.valueOf(kind));
            }
        }

        private void put(String word) {
            if (count++ < HEAD) {
                head.add(word);
            }
            lastButOne = last;
            last = word;
        }

        /** See {@code psqlscan.l}: BEGIN ATOMIC … END of a function holds semicolons. */
        private void count(String word) {
            notAtomic |= atomicNext && !word.equals("ATOMIC");
            atomicNext = false;
            if (words++ < 4) {
                letters.append(FOR_LETTERS.contains(word) ? word.charAt(0) : ' ');
            }
            String as = letters.toString();
            boolean routine =
                    as.startsWith("CF")
                            || as.startsWith("CP")
                            || as.startsWith("CORF")
                            || as.startsWith("CORP");
            if (!routine || parens > 0) {
                return;
            }
            switch (word) {
                case "BEGIN" -> {
                    atomicNext = begins == 0;
                    begins++;
                }
                case "CASE" -> begins += begins > 0 ? 1 : 0;
                case "END" -> begins -= begins > 0 ? 1 : 0;
                default -> {}
            }
        }

        /** Whether a semicolon that comes now is within it. */
        boolean goesOn() {
            return parens > 0 || begins > 0;
        }

        /** What must not stand before a semicolon within a statement. */
        Optional<String> requireInner() {
            if (notAtomic) {
                return Optional.of("a routine that is called BEGIN");
            }
            String first = first();
            boolean bad =
                    TRANSACTION.contains(first)
                            || Set.of("COPY", "SET", "RESET", "PREPARE").contains(first);
            return bad ? Optional.of(toString()) : Optional.empty();
        }

        void nextPart() {
            head.clear();
            count = 0;
            last = "";
            lastButOne = "";
        }

        void reset() {
            nextPart();
            setsConfig = false;
            ofSettings = false;
            onDatabase = false;
            letters.setLength(0);
            words = 0;
            parens = 0;
            begins = 0;
            atomicNext = false;
            notAtomic = false;
        }

        private String first() {
            return at(0);
        }

        private String at(int index) {
            return index < head.size() ? head.get(index) : "";
        }

        private boolean is(String... all) {
            return count == all.length && head.equals(List.of(all));
        }

        /** Of the whole statement. */
        Kind kind() {
            if (is("BEGIN")) {
                return Kind.BEGIN;
            }
            if (is("COMMIT")) {
                return Kind.COMMIT;
            }
            return switch (first()) {
                case "START",
                        "BEGIN",
                        "COMMIT",
                        "ROLLBACK",
                        "ABORT",
                        "SAVEPOINT",
                        "RELEASE",
                        "RESET",
                        "DISCARD" ->
                        is("RESET", "SESSION", "AUTHORIZATION") ? Kind.ORDINARY : Kind.REFUSED;
                // The end of BEGIN ATOMIC is the last part of its statement.
                case "END" -> letters.toString().startsWith("C") ? Kind.ORDINARY : Kind.REFUSED;
                case "PREPARE" -> at(1).equals("TRANSACTION") ? Kind.REFUSED : ordinary();
                case "CREATE", "ALTER", "DROP" ->
                        at(1).equals("DATABASE")
                                ? Kind.DATABASE
                                : at(1).equals("SYSTEM") ? Kind.REFUSED : Kind.ORDINARY;
                case "COMMENT", "SECURITY", "GRANT", "REVOKE" ->
                        onDatabase ? Kind.DATABASE : Kind.ORDINARY;
                case "COPY" -> copies() ? Kind.COPY : Kind.REFUSED;
                case "SET" -> set();
                case "SELECT" ->
                        at(1).equals("PG_CATALOG")
                                        && at(2).equals(".")
                                        && (at(3).startsWith("LO_") || at(3).equals("LOWRITE"))
                                        && !setsConfig
                                ? Kind.LARGE_OBJECT
                                : ordinary();
                default -> ordinary();
            };
        }

        private boolean copies() {
            return !at(1).equals("(") && last.equals("STDIN") && lastButOne.equals("FROM");
        }

        /** What runs at once, and may set what the dump is read by. */
        private Kind ordinary() {
            if (ofSettings && first().equals("UPDATE")) {
                return Kind.REFUSED;
            }
            boolean searchPath =
                    count == 11
                            && String.join(" ", head.subList(0, 7))
                                    .equals("SELECT PG_CATALOG . SET_CONFIG ( 'search_path ,")
                            && at(7).startsWith("'")
                            && at(8).equals(",")
                            && at(10).equals(")");
            return setsConfig && !searchPath ? Kind.REFUSED : Kind.ORDINARY;
        }

        private Kind set() {
            int at = at(1).equals("SESSION") || at(1).equals("LOCAL") ? 2 : 1;
            String name = at(at);
            if (name.startsWith("\"") || name.equals("NAMES") || setsConfig) {
                return Kind.REFUSED;
            }
            if (name.equals("STANDARD_CONFORMING_STRINGS")) {
                return is("SET", name, "=", "ON")
                        ? Kind.ESCAPES_ON
                        : is("SET", name, "=", "OFF") ? Kind.ESCAPES_OFF : Kind.REFUSED;
            }
            if (name.equals("CLIENT_ENCODING")) {
                String plain = at(3).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
                return count == 4
                                && at(1).equals(name)
                                && at(2).equals("=")
                                && at(3).startsWith("'")
                                && !UNSAFE.matcher(plain).matches()
                        ? Kind.ORDINARY
                        : Kind.REFUSED;
            }
            return Kind.ORDINARY;
        }

        @Override
        public String toString() {
            return String.join(" ", head);
        }
    }
}
