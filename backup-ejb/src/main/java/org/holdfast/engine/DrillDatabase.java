package org.holdfast.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * A database that exists to be restored into and thrown away, beside the others of a target's
 * server. Its comment says whose it is: nothing is dropped that does not carry it.
 */
public final class DrillDatabase {
    private static final int LONGEST_NAME = 63;

    private final TargetServer server;
    private final String name;
    private final UUID drill;

    private DrillDatabase(TargetServer server, String name, UUID drill) {
        this.server = server;
        this.name = name;
        this.drill = drill;
    }

    /**
     * The one of a drill, whether it is there or not.
     *
     * @param database that the source has
     */
    public static DrillDatabase of(TargetServer server, String database, UUID drill) {
        return new DrillDatabase(server, name(database, drill), drill);
    }

    /** The one that a drill's record names. */
    public static DrillDatabase named(TargetServer server, String name, UUID drill) {
        return new DrillDatabase(server, name, drill);
    }

    /** {@code <database>_drill_<the id's last digits>}, cut where PostgreSQL would cut it. */
    public static String name(String database, UUID drill) {
        String tail = "_drill_" + digits(drill);
        String head = database;
        while (head.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + tail.length()
                > LONGEST_NAME) {
            head = head.substring(0, head.length() - 1);
        }
        return head + tail;
    }

    private static String digits(UUID drill) {
        return drill.toString().substring(24);
    }

    private String mark() {
        return "Holdfast drill " + drill;
    }

    /** Another one, for the archive's schema alone; it goes with this one at the latest. */
    public DrillDatabase reference() {
        return new DrillDatabase(server, "holdfast_schema_" + digits(drill), drill);
    }

    public PostgresUrl url() {
        return server.target().withDatabase(name);
    }

    /**
     * Makes it, empty.
     *
     * @throws Refused LOCALE-MISSING, TARGET-CREATEDB
     */
    public void create(DatabaseForm form) throws IOException {
        server.requirePrimary();
        Session session = server.session();
        var problem = server.problem(form);
        if (problem.isPresent()) {
            throw new Refused(
                    "LOCALE-MISSING",
                    "A database like the source's ("
                            + form.words()
                            + ") cannot be made on the target's server: "
                            + problem.get(),
                    "Generate the locale there and restart PostgreSQL.");
        }
        if (!server.createsDatabases()) {
            throw new Refused(
                    "TARGET-CREATEDB",
                    "The role " + server.target().user() + " cannot make a database.",
                    "Grant it CREATEDB, or drill in a throw-away cluster.");
        }
        session.patience(Duration.ofMinutes(10));
        try {
            session.run(
                    "CREATE DATABASE " + Session.name(name) + " " + form.options(server.version()),
                    "COMMENT ON DATABASE " + Session.name(name) + " IS " + Session.literal(mark()));
        } finally {
            session.shortPatience();
        }
    }

    /**
     * Drops it with its sessions, by a connection that no cancel touches.
     *
     * @return whether it was there
     * @throws Refused DRILL-NOT-MINE a database of this name is there and not the drill's
     */
    public boolean drop() throws IOException {
        try (Session session = server.freshSession()) {
            DrillDatabase beside = reference();
            if (!beside.name.equals(name)) {
                beside.drop(session);
            }
            return drop(session);
        }
    }

    private boolean drop(Session session) throws IOException {
        if (!server.existsIn(session, name)) {
            return false;
        }
        String comment =
                session.first(
                                row -> row.getString(1),
                                "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
                                        + " WHERE datname = ?",
                                name)
                        .orElse("");
        if (!comment.equals(mark())) {
            throw new Refused(
                    "DRILL-NOT-MINE",
                    "Database " + name + " does not say that it is this drill's.",
                    "Look whose it is, and drop it by hand where it is not needed.");
        }
        server.end(session, name);
        session.patience(Duration.ofMinutes(10));
        session.run("DROP DATABASE " + Session.name(name));
        return true;
    }
}
