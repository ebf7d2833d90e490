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
 * pg_restore prints. Only when something is made rests on it: what is not recognised is made at the
 * end. That goes for whatever calls a function that is none of PostgreSQL's own: it may read other
 * tables, whatever it was declared to do, and those must have their rows.
 */
final class IndexesOfTables {
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
                            + ") .*");
    private static final Pattern CONSTRAINT =
            Pattern.compile("ALTER TABLE (?:ONLY )?(" + NAME + ")\\.(" + NAME + ")");

    /** PostgreSQL's own functions are printed without their schema. */
    private static final Pattern CALL = Pattern.compile("\\." + NAME + "\\(");

    private static final Pattern KIND = Pattern.compile("\\d+; \\d+ \\d+ CONSTRAINT .*");

    private IndexesOfTables() {}

    /** Whether an entry of the table of contents is a constraint. */
    static boolean isConstraint(String entry) {
        return KIND.matcher(entry).matches();
    }

    /**
     * @param sql of the part that follows the rows, as pg_restore prints it
     * @param entries of the table of contents, for the same part
     * @return entries by {@code schema.table}, each in at most one place
     */
    static Map<String, List<String>> of(Reader sql, List<String> entries) throws IOException {
        Map<String, String> tables = tables(sql);
        Map<String, List<String>> found = new HashMap<>();
        for (String entry : entries) {
            String table = table(entry, tables);
            if (table != null) {
                found.computeIfAbsent(table, t -> new ArrayList<>(2)).add(entry);
            }
        }
        return found;
    }

    /** Tables by {@code TYPE schema name}. */
    private static Map<String, String> tables(Reader sql) throws IOException {
        Map<String, String> tables = new HashMap<>();
        String object = null;
        BufferedReader lines = new BufferedReader(sql);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("-- Name: ")) {
                Matcher heading = HEADING.matcher(line);
                object =
                        heading.matches()
                                ? heading.group(2) + " " + heading.group(3) + " " + heading.group(1)
                                : null;
            } else if (object != null) {
                Matcher statement = (object.startsWith("INDEX") ? INDEX : CONSTRAINT).matcher(line);
                String says = line;
                if (statement.matches()) {
                    tables.putIfAbsent(
                            object, plain(statement.group(1)) + "." + plain(statement.group(2)));
                    says = line.substring(statement.end(2));
                }
                if (CALL.matcher(says).find()) {
                    tables.remove(object);
                    object = null;
                }
            }
        }
        return tables;
    }

    /** Of {@code number; number number TYPE schema name owner}, where a name may hold blanks. */
    private static String table(String entry, Map<String, String> tables) {
        String[] parts = entry.split(" ", 4);
        if (parts.length < 4) {
            return null;
        }
        String rest = parts[3];
        for (int end = rest.lastIndexOf(' '); end > 0; end = rest.lastIndexOf(' ', end - 1)) {
            String table = tables.get(rest.substring(0, end));
            if (table != null) {
                return table;
            }
        }
        return null;
    }

    private static String plain(String name) {
        return name.startsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }
}
