package org.holdfast.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which indexes and constraints of a dump can be made as soon as one table has its rows: a dump's
 * table of contents names an index without its table, so it is taken from the statements that
 * pg_restore prints. What is not recognised is made at the end.
 *
 * <p>Code of the user's may read other tables, whatever it was declared to do, and those must have
 * their rows by then: an index that is made sooner is silently wrong. So what may run such code is
 * made at the end too. PostgreSQL prints its own objects without their schema and all others with
 * it: functions, operators, types of casts. Three things run without a name of theirs in print: the
 * operator class that is a type's default, the function of a cast to a type of PostgreSQL's own,
 * and the operator behind words such as IS DISTINCT FROM. Where they are the user's, the dump makes
 * them, so its table of contents tells whether there are any.
 *
 * <p>An extension's are made with the extension and told by nobody: of its operator classes, and of
 * its casts and operators that have no name in print, it is taken for granted that they read no
 * tables. So it is of the function by which a range type of the user's measures, which shapes an
 * index but does not change what it finds.
 */
final class IndexesOfTables {
    enum Kind {
        /** Locks its table against all others from its beginning. */
        CONSTRAINT,
        /** Can be made beside others of its table. */
        INDEX,
        /** An index that, once made, alters its table in the same transaction. */
        ALTERING,
        /**
         * As {@link #ALTERING}; it becomes the table's replica identity, so it has columns only.
         */
        IDENTITY
    }

    /**
     * @param entry of the table of contents
     * @param table as {@code schema.name}
     * @param early whether it can be made as soon as its table has its rows
     */
    record Belonging(String entry, String table, Kind kind, boolean early) {}

    /** A statement that makes something, and those that follow it. */
    private record Made(String table, Kind kind, boolean early) {
        static final Made UNKNOWN = new Made(null, null, false);
    }

    private static final String NAME = "(?:\"(?:[^\"]++|\"\")++\"|[^\\s\".(]++)";
    private static final Pattern HEADING =
            Pattern.compile("-- Name: (.*); Type: (INDEX|CONSTRAINT); Schema: (.*); Owner: .*");
    private static final Pattern INDEX =
            Pattern.compile(
                    "CREATE (?:UNIQUE )?INDEX "
                            + NAME
                            + " ON (?:ONLY )?("
                            + NAME
                            + ")\\.("
                            + NAME
                            + ")");
    private static final Pattern CONSTRAINT =
            Pattern.compile("ALTER TABLE (?:ONLY )?(" + NAME + ")\\.(" + NAME + ")");
    private static final Pattern REPLICA_IDENTITY =
            Pattern.compile(
                    "ALTER TABLE (?:ONLY )?"
                            + NAME
                            + "\\."
                            + NAME
                            + " REPLICA IDENTITY USING INDEX ");
    private static final Pattern OWN_CLASS =
            Pattern.compile("\\d+; \\d+ \\d+ OPERATOR (?:CLASS|FAMILY) .*");
    private static final Pattern OWN_OPERATOR_OR_CAST =
            Pattern.compile("\\d+; \\d+ \\d+ (?:OPERATOR|CAST) .*");

    private final boolean ownClasses;
    private final boolean ownOperators;
    private final Map<String, Made> made = new HashMap<>();

    private IndexesOfTables(List<String> contents) {
        ownClasses = contents.stream().anyMatch(entry -> OWN_CLASS.matcher(entry).matches());
        ownOperators =
                contents.stream().anyMatch(entry -> OWN_OPERATOR_OR_CAST.matcher(entry).matches());
    }

    /**
     * @param sql of the part that follows the rows, as pg_restore prints it
     * @param entries of the table of contents, for the same part
     * @param contents the whole table of contents
     * @return for each of {@code entries} at most one
     */
    static List<Belonging> of(Reader sql, List<String> entries, List<String> contents)
            throws IOException {
        IndexesOfTables indexes = new IndexesOfTables(contents);
        indexes.read(sql);
        return entries.stream().flatMap(entry -> indexes.belonging(entry).stream()).toList();
    }

    /** Text of one object at a time. */
    private void read(Reader sql) throws IOException {
        String object = null;
        StringBuilder text = new StringBuilder();
        BufferedReader lines = new BufferedReader(sql);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("-- Name: ")) {
                add(object, text.toString());
                text.setLength(0);
                Matcher heading = HEADING.matcher(line);
                object =
                        heading.matches()
                                ? heading.group(2) + " " + heading.group(3) + " " + heading.group(1)
                                : null;
            } else if (object != null) {
                text.append(line).append('\n');
            }
        }
        add(object, text.toString());
    }

    /** What is named twice is once a text that only looks like a heading: neither is believed. */
    private void add(String object, String text) {
        if (object != null && made.put(object, made(object, statements(text))) != null) {
            made.put(object, Made.UNKNOWN);
        }
    }

    private Made made(String object, List<String> statements) {
        boolean constraint = object.startsWith("CONSTRAINT ");
        Made found = Made.UNKNOWN;
        for (String statement : statements) {
            Matcher begins = (constraint ? CONSTRAINT : INDEX).matcher(statement);
            if (found.table != null) {
                found = followed(found, statement);
            } else if (begins.lookingAt()) {
                found =
                        new Made(
                                plain(begins.group(1)) + "." + plain(begins.group(2)),
                                constraint ? Kind.CONSTRAINT : Kind.INDEX,
                                early(statement.substring(begins.end())));
            }
        }
        return found;
    }

    /** CLUSTER ON or REPLICA IDENTITY; all of an entry is sent as one and is one transaction. */
    private static Made followed(Made first, String statement) {
        if (first.kind == Kind.CONSTRAINT || !statement.startsWith("ALTER TABLE ")) {
            return first;
        }
        boolean identity =
                first.kind == Kind.IDENTITY || REPLICA_IDENTITY.matcher(statement).lookingAt();
        return new Made(first.table, identity ? Kind.IDENTITY : Kind.ALTERING, first.early);
    }

    /**
     * PostgreSQL prints quotes within quotes doubled, whatever standard_conforming_strings is.
     *
     * @return without what is not ended, nothing where a quote is not
     */
    private static List<String> statements(String text) {
        List<String> ended = new ArrayList<>(2);
        StringBuilder statement = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && text.startsWith("--", i)) {
                i = text.indexOf('\n', i);
            } else if (quote == 0 && c == ';') {
                ended.add(statement.toString().strip());
                statement.setLength(0);
            } else {
                if (quote == 0 ? c == '\'' || c == '"' : c == quote) {
                    quote = quote == 0 ? c : 0;
                }
                statement.append(c);
            }
        }
        return quote == 0 ? ended : List.of();
    }

    /**
     * @param said what follows the table's name in the statement that makes something
     */
    private boolean early(String said) {
        if (ownClasses) {
            return false;
        }
        boolean keys = true;
        int depth = 0;
        int at = 0;
        while (at < said.length()) {
            char c = said.charAt(at);
            int end = end(said, at);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
                keys &= depth > 0;
            }
            boolean expression = depth > 1 || depth == 0 && said.startsWith("WHERE", at);
            if (ownOperators && expression) {
                return false;
            }
            if (isName(c) && end < said.length() && said.charAt(end) == '.') {
                end = end(said, end + 1);
                boolean called = end < said.length() && said.charAt(end) == '(';
                if (called || !keys || depth != 1) {
                    return false;
                }
                // the operator class of a key, or a collation: the dump has no class of its own
            }
            at = end;
        }
        return true;
    }

    /** Where the literal, name, number or other character at {@code at} ends. */
    private static int end(String said, int at) {
        if (at >= said.length()) {
            return at;
        }
        char c = said.charAt(at);
        int end = at + 1;
        if (c == '\'' || c == '"') {
            while (end < said.length() && (said.charAt(end) != c || isDoubled(said, end))) {
                end += said.charAt(end) == c ? 2 : 1;
            }
            return Math.min(end + 1, said.length());
        }
        if (isWord(c)) {
            boolean number = Character.isDigit(c);
            while (end < said.length()
                    && (isWord(said.charAt(end)) || number && said.charAt(end) == '.')) {
                end++;
            }
        }
        return end;
    }

    private static boolean isDoubled(String said, int at) {
        return at + 1 < said.length() && said.charAt(at + 1) == said.charAt(at);
    }

    private static boolean isName(char first) {
        return first == '"' || isWord(first) && !Character.isDigit(first);
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    /** Of {@code number; number number TYPE schema name owner}, where a name may hold blanks. */
    private List<Belonging> belonging(String entry) {
        String[] parts = entry.split(" ", 4);
        if (parts.length < 4) {
            return List.of();
        }
        String rest = parts[3];
        for (int end = rest.lastIndexOf(' '); end > 0; end = rest.lastIndexOf(' ', end - 1)) {
            Made found = made.getOrDefault(rest.substring(0, end), Made.UNKNOWN);
            if (found.table != null) {
                return List.of(new Belonging(entry, found.table, found.kind, found.early));
            }
        }
        return List.of();
    }

    private static String plain(String name) {
        return name.startsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }
}
