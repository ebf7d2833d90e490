package org.holdfast.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What belongs to a database and not to its content, so that no dump of the database holds it:
 * owner, grants on the database, settings made by ALTER DATABASE and ALTER ROLE … IN DATABASE,
 * connection limit, comment, tablespace, the template mark.
 *
 * @param grants empty where the database has the default ones
 */
record Belongings(
        String owner,
        String tablespace,
        int connectionLimit,
        boolean template,
        boolean allowsConnections,
        Optional<String> comment,
        Optional<List<Grant>> grants,
        List<Setting> settings) {

    /**
     * @param grantee null: everybody
     */
    record Grant(String grantee, String privilege, boolean grantable) {}

    /**
     * @param role null: every role
     * @param value as pg_db_role_setting keeps it
     */
    record Setting(String role, String name, String value) {}

    /** Settings whose value is a list of identifiers, kept quoted (pg_dump knows the same ones). */
    private static final Set<String> LISTS =
            Set.of(
                    "local_preload_libraries",
                    "search_path",
                    "session_preload_libraries",
                    "shared_preload_libraries",
                    "temp_tablespaces",
                    "unix_socket_directories");

    static Optional<Belongings> of(Session session, String database) throws IOException {
        List<Setting> settings = new ArrayList<>();
        session.each(
                row -> {
                    String entry = row.getString(2);
                    int equals = entry.indexOf('=');
                    settings.add(
                            new Setting(
                                    row.getString(1),
                                    entry.substring(0, equals),
                                    entry.substring(equals + 1)));
                },
                """
                SELECT r.rolname, c.entry
                FROM pg_db_role_setting s
                JOIN pg_database d ON d.oid = s.setdatabase
                LEFT JOIN pg_roles r ON r.oid = s.setrole
                CROSS JOIN LATERAL unnest(s.setconfig) WITH ORDINALITY AS c(entry, n)
                WHERE d.datname = ? AND (s.setrole = 0 OR r.oid IS NOT NULL)
                ORDER BY r.rolname NULLS FIRST, c.n
                """,
                database);
        List<Grant> grants =
                session.all(
                        row -> new Grant(row.getString(1), row.getString(2), row.getBoolean(3)),
                        """
                        SELECT r.rolname, a.privilege_type, a.is_grantable
                        FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) a
                        LEFT JOIN pg_roles r ON r.oid = a.grantee
                        WHERE d.datname = ? AND (a.grantee = 0 OR r.oid IS NOT NULL)
                        ORDER BY 1 NULLS FIRST, 2
                        """,
                        database);
        return session.first(
                row ->
                        new Belongings(
                                row.getString("owner"),
                                row.getString("spcname"),
                                row.getInt("datconnlimit"),
                                row.getBoolean("datistemplate"),
                                row.getBoolean("datallowconn"),
                                Optional.ofNullable(row.getString("comment")),
                                row.getBoolean("plain") ? Optional.empty() : Optional.of(grants),
                                settings),
                """
                SELECT pg_get_userbyid(d.datdba) AS owner, t.spcname, d.datconnlimit,
                       d.datistemplate, d.datallowconn, d.datacl IS NULL AS plain,
                       shobj_description(d.oid, 'pg_database') AS comment
                FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
                WHERE d.datname = ?
                """,
                database);
    }

    /**
     * The statements that give {@code database} the grants and settings, in place of all it has; to
     * be run in one transaction. Repeating them changes nothing.
     */
    List<String> dress(String database, String mark, List<String> rolesWithSettings) {
        String name = Session.name(database);
        List<String> sql = new ArrayList<>();
        grants.ifPresent(
                list -> {
                    sql.add("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC");
                    sql.add("REVOKE ALL ON DATABASE " + name + " FROM " + Session.name(owner));
                    for (Grant grant : list) {
                        sql.add(
                                "GRANT "
                                        + grant.privilege()
                                        + " ON DATABASE "
                                        + name
                                        + " TO "
                                        + (grant.grantee() == null
                                                ? "PUBLIC"
                                                : Session.name(grant.grantee()))
                                        + (grant.grantable() ? " WITH GRANT OPTION" : ""));
                    }
                });
        sql.add("ALTER DATABASE " + name + " RESET ALL");
        rolesWithSettings.forEach(
                role ->
                        sql.add(
                                "ALTER ROLE "
                                        + Session.name(role)
                                        + " IN DATABASE "
                                        + name
                                        + " RESET ALL"));
        for (Setting setting : settings) {
            if (Marks.is(setting)) {
                continue;
            }
            sql.add(
                    (setting.role() == null
                                    ? "ALTER DATABASE " + name
                                    : "ALTER ROLE "
                                            + Session.name(setting.role())
                                            + " IN DATABASE "
                                            + name)
                            + " SET "
                            + qualified(setting.name())
                            + " TO "
                            + value(setting.name(), setting.value()));
        }
        sql.add(Marks.statement(database, Set.of(mark)));
        return sql;
    }

    /** A setting of an extension has a dot in its name; each part is quoted. */
    private static String qualified(String setting) {
        int dot = setting.indexOf('.');
        return dot < 0
                ? Session.name(setting)
                : Session.name(setting.substring(0, dot), setting.substring(dot + 1));
    }

    private static String value(String setting, String value) {
        if (!LISTS.contains(setting.toLowerCase(Locale.ROOT))) {
            return Session.literal(value);
        }
        List<String> elements = split(value);
        return elements.isEmpty()
                ? "''"
                : String.join(", ", elements.stream().map(Session::literal).toList());
    }

    /** Takes {@code a, "b,""c"} apart. */
    static List<String> split(String list) {
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (quoted) {
                if (c != '"') {
                    element.append(c);
                } else if (i + 1 < list.length() && list.charAt(i + 1) == '"') {
                    element.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
                any = true;
            } else if (c == ',') {
                elements.add(element.toString());
                element.setLength(0);
                any = true;
            } else if (!Character.isWhitespace(c)) {
                element.append(c);
                any = true;
            }
        }
        if (any) {
            elements.add(element.toString());
        }
        return elements;
    }
}
