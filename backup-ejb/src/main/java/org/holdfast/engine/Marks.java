package org.holdfast.engine;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Words by which a database is known under any name: {@code restore=<id>} for what a restore made,
 * {@code gate=<id>} while its gate is closed for a swap, {@code kept=<id>} once it has served and
 * an undo put it aside; {@code inplace=<id>} for the last restore in place. They are kept where
 * every role may write something to a database it does not own, where renames carry it along and
 * transactions hold it together: as the connecting role's {@code application_name} in that
 * database.
 */
final class Marks {
    private static final String SETTING = "application_name";
    private static final String FIRST = "holdfast ";
    private static final String IN_PLACE = "inplace=";

    private Marks() {}

    static String restore(String id) {
        return "restore=" + id;
    }

    static String gate(String id) {
        return "gate=" + id;
    }

    static String kept(String id) {
        return "kept=" + id;
    }

    static String inPlace(String id) {
        return IN_PLACE + id;
    }

    static boolean is(Belongings.Setting setting) {
        return setting.name().equals(SETTING) && setting.value().startsWith(FIRST);
    }

    /** All marks of a database, whichever role set them; empty where there is no such database. */
    static Set<String> of(Session session, String database) throws IOException {
        Set<String> marks = new TreeSet<>();
        session.each(
                row ->
                        marks.addAll(
                                Arrays.asList(
                                        row.getString(1).substring(FIRST.length()).split(" "))),
                """
                SELECT substr(c.entry, length('application_name=') + 1)
                FROM pg_db_role_setting s
                JOIN pg_database d ON d.oid = s.setdatabase
                CROSS JOIN LATERAL unnest(s.setconfig) AS c(entry)
                WHERE d.datname = ? AND c.entry LIKE 'application\\_name=holdfast %'
                """,
                database);
        return marks;
    }

    /** Sets the connecting role's marks of a database, in place of those it had. */
    static String statement(String database, Set<String> marks) {
        return "ALTER ROLE CURRENT_USER IN DATABASE "
                + Session.name(database)
                + (marks.isEmpty()
                        ? " RESET " + SETTING
                        : " SET "
                                + SETTING
                                + " TO "
                                + Session.literal(FIRST + String.join(" ", new TreeSet<>(marks))));
    }

    static String adding(Session session, String database, String mark) throws IOException {
        Set<String> marks = of(session, database);
        marks.add(mark);
        return statement(database, marks);
    }

    /** The mark of a restore in place takes the place of an earlier one's. */
    static String addingInPlace(Session session, String database, String id) throws IOException {
        Set<String> marks = of(session, database);
        marks.removeIf(mark -> mark.startsWith(IN_PLACE));
        marks.add(inPlace(id));
        return statement(database, marks);
    }

    static String removing(Session session, String database, String mark) throws IOException {
        Set<String> marks = of(session, database);
        marks.remove(mark);
        return statement(database, marks);
    }
}
