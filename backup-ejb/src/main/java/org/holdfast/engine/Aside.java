package org.holdfast.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * A restore beside the target database, and the short step that puts it in its place.
 *
 * <pre>
 * create      shop_holdfast_1a2b3c4d            shop serves
 * (restore, checks, a command)                  shop serves
 * swap        close the gate of shop, end its sessions,
 *             then in one transaction:
 *               shop → shop_before_1a2b3c4d
 *               shop_holdfast_1a2b3c4d → shop   the restored shop serves
 * undo        the same backwards                the old shop serves again, and what served
 *                                               since is kept as shop_holdfast_1a2b3c4d
 * </pre>
 *
 * <p>Whatever breaks, the database under the target's name serves: a failing step opens the gate
 * again, and after a crash {@link #recover()} does. A kept database admits no connections, so that
 * nobody writes into it by mistake; {@code ALTER DATABASE … ALLOW_CONNECTIONS true} opens it for a
 * look. The restored database carries a mark with the restore's id, by which it is known under any
 * name ({@link Marks}).
 */
public final class Aside {
    /** Where a restore beside its target stands on the server. */
    public enum State {
        /** Neither a restored nor a kept database of this restore. */
        NOTHING,
        /** The restored database stands beside the target's (or nothing stands in its place). */
        ASIDE,
        /** The restored database has the target's name; the old one is kept where there was one. */
        SWAPPED
    }

    /** Lets tests break off between the steps. */
    @FunctionalInterface
    interface Moments {
        Moments NONE = moment -> {};

        void reached(Moment moment);
    }

    enum Moment {
        GATED,
        SESSIONS_ENDED,
        OLD_RENAMED,
        NEW_RENAMED,
        COMMITTED
    }

    private static final List<String> HASTENED =
            List.of(
                    "synchronous_commit",
                    "maintenance_work_mem",
                    "max_parallel_maintenance_workers");

    private final TargetServer server;
    private final AsideNames names;
    private final Moments moments;

    /** Which database had the target's name when this one was made beside it. */
    private Beside beside;

    private record Beside(Optional<Long> oid) {}

    Aside(TargetServer server, AsideNames names, Moments moments) {
        this.server = server;
        this.names = names;
        this.moments = moments;
    }

    public AsideNames names() {
        return names;
    }

    /** The restored database while it stands aside. */
    public PostgresUrl url() {
        return server.target().withDatabase(names.aside());
    }

    /**
     * Makes the empty database, with the target's owner and tablespace where the target exists.
     * What an earlier attempt of the same restore left is dropped first.
     *
     * @param form encoding and locale: the target's own, or the recorded one of the snapshot
     * @throws Refused LOCALE-MISSING, TARGET-CREATEDB, or TARGET-CARRY where what belongs to the
     *     old database could not be carried over later
     */
    public void create(DatabaseForm form) throws IOException {
        server.cancel().check();
        server.requirePrimary();
        dropAside();
        Session session = server.session();
        beside = new Beside(oid(session));
        Optional<Belongings> old = Belongings.of(session, names.database());
        String sql = "CREATE DATABASE " + Session.name(names.aside());
        if (old.isPresent()) {
            sql += " OWNER " + Session.name(old.get().owner());
        }
        if (old.isPresent() && !old.get().tablespace().equals("pg_default")) {
            // naming the default one would need a right to it
            sql += " TABLESPACE " + Session.name(old.get().tablespace());
        }
        session.patience(Duration.ofMinutes(10));
        try {
            session.run(sql + " " + form.options(server.version()));
            session.run(Marks.statement(names.aside(), Set.of(mark())));
        } catch (ServerFailure e) {
            throw refusal(e, form);
        } finally {
            session.shortPatience();
        }
        if (old.isPresent()) {
            rehearse(session, old.get());
        }
    }

    private RuntimeException refusal(ServerFailure e, DatabaseForm form) throws ServerFailure {
        String said = String.valueOf(e.getMessage());
        if (said.contains("locale") || said.contains("encoding")) {
            return new Refused(
                    "LOCALE-MISSING",
                    "The target's server cannot make a database with "
                            + form.words()
                            + ": "
                            + said.substring(said.indexOf(": ") + 2)
                            + ".",
                    "Generate the locale on the target's server and restart PostgreSQL there, or"
                            + " create the target database with a locale it has.");
        }
        if (e.kind() == ServerFailure.Kind.DENIED) {
            return new Refused(
                    "TARGET-CREATEDB",
                    "The role "
                            + server.target().user()
                            + " cannot make the database: "
                            + said
                            + ".",
                    "Grant it CREATEDB and membership in the owner of the target database.");
        }
        throw e;
    }

    /** Tries what the swap will do, and takes it back, so that a missing right shows early. */
    private void rehearse(Session session, Belongings old) throws IOException {
        session.begin();
        try {
            dress(session, old);
        } catch (ServerFailure e) {
            throw new Refused(
                    "TARGET-CARRY",
                    "Grants and settings of "
                            + names.database()
                            + " cannot be carried over: "
                            + e.getMessage()
                            + ".",
                    "Give the role "
                            + server.target().user()
                            + " the right to set them, or remove the setting from the target"
                            + " database.");
        } finally {
            session.rollback();
        }
    }

    /**
     * Settings under which the restored database is filled faster, until {@link #asUsual}. Commits
     * need not wait for the disk: a crash loses the database aside in any case, and the swap's own
     * commit brings everything before it to disk. All connections that make indexes together may
     * use as much memory as the server's administrator gave its buffers, and share out what one
     * would take of parallel workers. On the server's own machine there are never more of them than
     * its processors can run beside the connections: too many cost more than they bring.
     *
     * @param connections that make indexes at a time
     */
    public void hasten(int connections) throws IOException {
        hasten(connections, Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param processors of this machine; those of another server's are not known
     */
    void hasten(int connections, int processors) throws IOException {
        Session session = server.session();
        List<String> settings =
                session.all(
                        row -> row.getString(1),
                        """
                        SELECT format('SET %s TO %L', name, wanted) FROM (
                          SELECT name, 'off' AS wanted FROM pg_settings
                          WHERE name = 'synchronous_commit' AND setting <> 'off'
                          UNION ALL
                          SELECT m.name, least(1048576, b.setting::bigint * 8 / ?) || 'kB'
                          FROM pg_settings m JOIN pg_settings b ON b.name = 'shared_buffers'
                          WHERE m.name = 'maintenance_work_mem'
                            AND m.setting::bigint < least(1048576, b.setting::bigint * 8 / ?)
                          UNION ALL
                          SELECT name, CASE WHEN inet_client_addr() IS NOT DISTINCT FROM inet_server_addr()
                            THEN least(setting::int, ?)
                            ELSE setting::int / ? END::text
                          FROM pg_settings
                          WHERE name = 'max_parallel_maintenance_workers' AND setting::int > 0
                        ) AS faster
                        """,
                        connections,
                        connections,
                        Math.max(0, processors / connections - 1),
                        connections);
        session.run(ofAside(settings));
    }

    /** Takes back what {@link #hasten} set. */
    public void asUsual() throws IOException {
        server.session().run(ofAside(HASTENED.stream().map(name -> "RESET " + name).toList()));
    }

    private String[] ofAside(List<String> changes) {
        return changes.stream()
                .map(change -> "ALTER DATABASE " + Session.name(names.aside()) + " " + change)
                .toArray(String[]::new);
    }

    /**
     * Gives the restored content to the owner of the target database; without it the connecting
     * role owns all. Does nothing where the two are one, or the target does not exist.
     */
    public void handOver() throws IOException {
        Optional<String> owner = server.owner();
        if (owner.isPresent() && !owner.get().equals(server.target().user())) {
            Ownership.handOver(url(), owner.get(), server.cancel());
        }
    }

    /**
     * Gives the restored database the grants and settings of the target's, so that a command run
     * before the swap meets them; the swap does it again with what holds then.
     */
    public void dress() throws IOException {
        Session session = server.session();
        Optional<Belongings> old = Belongings.of(session, names.database());
        if (old.isPresent()) {
            session.begin();
            try {
                dress(session, old.get());
                session.commit();
            } catch (IOException e) {
                session.rollback();
                throw e;
            }
        }
    }

    private void dress(Session session, Belongings old) throws IOException {
        List<String> roles =
                session.all(
                        row -> row.getString(1),
                        """
                        SELECT r.rolname FROM pg_db_role_setting s
                        JOIN pg_database d ON d.oid = s.setdatabase
                        JOIN pg_roles r ON r.oid = s.setrole
                        WHERE d.datname = ?
                        """,
                        names.aside());
        session.run(old.dress(names.aside(), mark(), roles).toArray(String[]::new));
    }

    /**
     * Puts the restored database in the target's place. Short (seconds), and not cancelled once
     * begun.
     *
     * @param endSessions whether sessions on the target (and on the restored database) are ended
     * @return the kept database's name, empty where there was no target before
     * @throws Refused TARGET-SESSIONS where sessions are open and may not be ended, ASIDE-MISSING
     *     where there is nothing to swap in, TARGET-REPLACED where another database has the
     *     target's name by now than when {@link #create} made this one; the old database serves
     */
    public Optional<String> swap(boolean endSessions) throws IOException {
        server.cancel().check();
        State state = recover();
        if (state == State.SWAPPED) {
            return kept();
        }
        if (state == State.NOTHING) {
            throw new Refused(
                    "ASIDE-MISSING",
                    "The restored database " + names.aside() + " is not on the server.",
                    "Start the restore again.");
        }
        requireTheSame();
        if (!server.exists()) {
            exchange(null, names.aside(), null, endSessions);
            return Optional.empty();
        }
        exchange(names.database(), names.aside(), names.before(), endSessions);
        return Optional.of(names.before());
    }

    /** Nobody has looked at what would be lost with a database that came meanwhile. */
    private void requireTheSame() throws IOException {
        Optional<Long> now = oid(server.session());
        if (beside != null && now.isPresent() && !now.equals(beside.oid())) {
            throw new Refused(
                    "TARGET-REPLACED",
                    "Database "
                            + names.database()
                            + (beside.oid().isEmpty()
                                    ? " did not exist when the restore began, and does now."
                                    : " is another one than when the restore began."),
                    "See who made it and what it holds; then ask for the restore again.");
        }
    }

    private Optional<Long> oid(Session session) throws IOException {
        return session
                .all(
                        row -> row.getLong(1),
                        "SELECT oid FROM pg_database WHERE datname = ?",
                        names.database())
                .stream()
                .findFirst();
    }

    /**
     * Takes the swap back: the old database serves again. The one that served since stands aside
     * without connections and is marked as kept, so that {@link #dropAside()} leaves it.
     *
     * @throws Refused UNDO-GONE where the old database is no longer kept; TARGET-SESSIONS as in
     *     {@link #swap}
     */
    public void undo(boolean endSessions) throws IOException {
        server.cancel().check();
        if (recover() != State.SWAPPED) {
            throw new Refused(
                    "UNDO-NOTHING",
                    names.database() + " is not the database of restore " + names.id() + ".",
                    "Look at the restores of this target: a later one may have replaced it, or this"
                            + " one was undone already.");
        }
        if (!server.exists(names.before())) {
            throw new Refused(
                    "UNDO-GONE",
                    "The old database " + names.before() + " is no longer kept.",
                    "Restore a snapshot instead.");
        }
        exchange(names.database(), names.before(), names.aside(), endSessions);
    }

    /**
     * Whether a swap of this restore was taken back: what was restored stands aside again, and the
     * old database has its name back. To be asked only of a restore that was swapped in once.
     */
    public boolean undone() throws IOException {
        return recover() == State.ASIDE && kept().isEmpty();
    }

    /**
     * Drops the restored database that stands aside and has not served; that it is not there is no
     * failure.
     *
     * @return whether it was there
     */
    public boolean dropAside() throws IOException {
        Session session = server.session();
        if (!server.existsIn(session, names.aside())
                || Marks.of(session, names.aside()).contains(Marks.kept(names.id()))) {
            return false;
        }
        drop(names.aside());
        return true;
    }

    /**
     * Drops for good what a swap or an undo of this restore kept.
     *
     * @param kept by the name it was given then: the target's may be another by now
     * @return whether it was there
     */
    public boolean dropKept(String kept) throws IOException {
        if (!server.exists(kept)) {
            return false;
        }
        drop(kept);
        return true;
    }

    /** Whether and as what the old database is kept. */
    public Optional<String> kept() throws IOException {
        return server.exists(names.before()) ? Optional.of(names.before()) : Optional.empty();
    }

    /** Where this restore stands, as the server tells; nothing is changed. */
    public State state() throws IOException {
        return state(server.session());
    }

    private State state(Session session) throws IOException {
        if (marked(session, names.database())) {
            return State.SWAPPED;
        }
        return marked(session, names.aside()) ? State.ASIDE : State.NOTHING;
    }

    /**
     * Puts right what a crash left: the database under the target's name is made to serve again.
     * Harmless at any time while nobody else works on the target.
     */
    public State recover() throws IOException {
        try (Session session = server.freshSession()) {
            return recover(session);
        }
    }

    private State recover(Session session) throws IOException {
        boolean target = server.existsIn(session, names.database());
        if (!target && server.existsIn(session, names.before())) {
            session.run(
                    "ALTER DATABASE "
                            + Session.name(names.before())
                            + " RENAME TO "
                            + Session.name(names.database()));
            target = true;
        }
        if (target && Marks.of(session, names.database()).contains(Marks.gate(names.id()))) {
            open(session, names.database());
        }
        return state(session);
    }

    /**
     * The one step. {@code old} leaves its name for {@code comes} and is from then on called {@code
     * goes}; where {@code old} is null, nothing leaves.
     */
    private void exchange(String old, String comes, String goes, boolean endSessions)
            throws IOException {
        try (Session session = server.freshSession()) {
            if (old != null) {
                requireOpen(session, old);
                requireMayEnd(session, old, endSessions);
                close(session, old);
            }
            try {
                moments.reached(Moment.GATED);
                if (old != null) {
                    requireMayEnd(session, old, endSessions);
                    server.end(session, old);
                }
                server.end(session, comes);
                moments.reached(Moment.SESSIONS_ENDED);
                rename(session, old, comes, goes);
                moments.reached(Moment.COMMITTED);
            } catch (IOException | RuntimeException e) {
                if (!happened(comes, e)) {
                    throw e;
                }
            }
        }
    }

    /** Renames in one transaction; whoever looks sees all of it or nothing. */
    private void rename(Session session, String old, String comes, String goes) throws IOException {
        session.begin();
        try {
            boolean swapping = comes.equals(names.aside());
            Optional<Belongings> belongings =
                    old == null || !swapping ? Optional.empty() : Belongings.of(session, old);
            if (belongings.isPresent()) {
                dress(session, belongings.get());
            }
            if (old != null) {
                Set<String> marks = Marks.of(session, old);
                marks.remove(Marks.gate(names.id()));
                if (!swapping) {
                    marks.add(Marks.kept(names.id()));
                }
                session.run(
                        Marks.statement(old, marks),
                        "ALTER DATABASE " + Session.name(old) + " RENAME TO " + Session.name(goes));
            }
            moments.reached(Moment.OLD_RENAMED);
            session.run(
                    "ALTER DATABASE "
                            + Session.name(comes)
                            + " RENAME TO "
                            + Session.name(names.database()));
            moments.reached(Moment.NEW_RENAMED);
            open(session, names.database());
            if (belongings.isPresent()) {
                session.run(finish(belongings.get()));
            }
            session.commit();
        } catch (IOException | RuntimeException e) {
            session.rollback();
            throw e;
        }
    }

    private String[] finish(Belongings old) {
        String name = Session.name(names.database());
        List<String> sql = new ArrayList<>();
        sql.add("ALTER DATABASE " + name + " CONNECTION LIMIT " + old.connectionLimit());
        sql.add(
                "COMMENT ON DATABASE "
                        + name
                        + " IS "
                        + old.comment().map(Session::literal).orElse("NULL"));
        if (old.template()) {
            sql.add("ALTER DATABASE " + name + " IS_TEMPLATE true");
        }
        return sql.toArray(String[]::new);
    }

    /**
     * After a failure: whether the renames were committed all the same (the answer to a commit can
     * be lost). Where not, the gate is opened again; where the server cannot be reached, {@link
     * #recover()} has to do it later.
     */
    private boolean happened(String comes, Exception failure) {
        try (Session session = server.freshSession()) {
            State state = recover(session);
            return comes.equals(names.aside())
                    ? state == State.SWAPPED
                    : state == State.ASIDE && !server.existsIn(session, names.before());
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private void requireOpen(Session session, String database) throws IOException {
        if (!Belongings.of(session, database).orElseThrow().allowsConnections()) {
            throw new Refused(
                    "TARGET-CLOSED",
                    "Database " + database + " admits no connections.",
                    "Open it: ALTER DATABASE … ALLOW_CONNECTIONS true.");
        }
    }

    private void requireMayEnd(Session session, String database, boolean endSessions)
            throws IOException {
        List<TargetFacts.Session> open = TargetServer.sessions(session, database);
        if (!endSessions && !open.isEmpty()) {
            TargetFacts.Session first = open.get(0);
            throw new Refused(
                    "TARGET-SESSIONS",
                    open.size()
                            + (open.size() == 1 ? " connection is" : " connections are")
                            + " open on "
                            + database
                            + ", the first by "
                            + first.user()
                            + (first.application().isEmpty()
                                    ? ""
                                    : " (" + first.application() + ")")
                            + " from "
                            + first.client()
                            + ".",
                    "Stop the applications, or acknowledge that their connections are ended.");
        }
    }

    /** Closes the way for new connections, with a mark by which a crash's repair knows it. */
    private void close(Session session, String database) throws IOException {
        session.begin();
        try {
            session.run(
                    "ALTER DATABASE " + Session.name(database) + " ALLOW_CONNECTIONS false",
                    Marks.adding(session, database, Marks.gate(names.id())));
            session.commit();
        } catch (IOException | RuntimeException e) {
            session.rollback();
            throw e;
        }
    }

    private void open(Session session, String database) throws IOException {
        session.run(
                Marks.removing(session, database, Marks.gate(names.id())),
                "ALTER DATABASE " + Session.name(database) + " ALLOW_CONNECTIONS true");
    }

    private void drop(String database) throws IOException {
        Session session = server.session();
        session.patience(Duration.ofMinutes(10));
        try {
            if (Belongings.of(session, database).map(Belongings::template).orElse(false)) {
                session.run("ALTER DATABASE " + Session.name(database) + " IS_TEMPLATE false");
            }
            if (server.version().major() >= 13) {
                session.run("DROP DATABASE IF EXISTS " + Session.name(database) + " WITH (FORCE)");
            } else {
                session.run(
                        "ALTER DATABASE " + Session.name(database) + " ALLOW_CONNECTIONS false");
                server.end(session, database);
                session.run("DROP DATABASE IF EXISTS " + Session.name(database));
            }
        } finally {
            session.shortPatience();
        }
    }

    /** Whether a database carries this restore's mark. */
    private boolean marked(Session session, String database) throws IOException {
        return Marks.of(session, database).contains(mark());
    }

    private String mark() {
        return Marks.restore(names.id());
    }
}
