package org.holdfast.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * Brings a worker to a halt exactly where it tells the catalog of its next step: triggers wait for
 * a lock that the test holds.
 *
 * <pre>{@code
 * try (Halts.Halt halt = halts.at("swap")) {
 *     String restore = holdfast.ask(…);
 *     halt.awaitReached();
 *     holdfast.server().signal("KILL");
 * }
 * }</pre>
 *
 * <p>A step is the name of a phase about to begin, or one of {@link #COMMITTED}, {@link #COMPLETED}
 * and {@link #UNDONE}. A halted worker does not renew its lease: after 30 s another may claim it.
 */
public final class Halts {
    /** The manifest stands in the stores; the catalog is about to be told of the snapshot. */
    public static final String COMMITTED = "snapshot committed";

    /** The restore is done; its record is about to say so. */
    public static final String COMPLETED = "restore COMPLETED";

    /** The swap was taken back; the record is about to say so. */
    public static final String UNDONE = "restore UNDONE";

    private static final long PATIENCE_SECONDS = 120;

    private final PostgresServer catalog;

    /**
     * @param installation whose catalog has its tables: a server was started in it
     */
    public Halts(Installation installation) {
        catalog = installation.catalogServer();
        catalog.execute(
                "holdfast",
                """
                CREATE SCHEMA halts;
                CREATE TABLE halts.halts (step text PRIMARY KEY);
                GRANT USAGE ON SCHEMA halts TO PUBLIC;
                GRANT SELECT ON halts.halts TO PUBLIC;
                CREATE FUNCTION halts.halt() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    reached text := CASE TG_TABLE_NAME
                        WHEN 'work_phases' THEN to_jsonb(NEW) ->> 'name'
                        WHEN 'snapshots' THEN 'snapshot committed'
                        ELSE 'restore ' || (to_jsonb(NEW) ->> 'status') END;
                BEGIN
                    IF EXISTS (SELECT FROM halts.halts WHERE step = reached) THEN
                        PERFORM pg_advisory_xact_lock(hashtext(reached));
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER halt BEFORE INSERT ON work_phases
                    FOR EACH ROW EXECUTE FUNCTION halts.halt();
                CREATE TRIGGER halt BEFORE INSERT ON snapshots
                    FOR EACH ROW EXECUTE FUNCTION halts.halt();
                CREATE TRIGGER halt BEFORE UPDATE OF status ON backup_restores
                    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION halts.halt();
                """);
    }

    /** Halts every worker that comes to this step, until closed. */
    public Halt at(String step) {
        try {
            return new Halt(step);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One step where workers halt. */
    public final class Halt implements AutoCloseable {
        private final String step;
        private final Connection holder;

        private Halt(String step) throws SQLException {
            this.step = step;
            this.holder = catalog.connect("holdfast");
            run("SELECT pg_advisory_lock(hashtext(?))");
            run("INSERT INTO halts.halts VALUES (?)");
        }

        private void run(String sql) throws SQLException {
            try (PreparedStatement statement = holder.prepareStatement(sql)) {
                statement.setString(1, step);
                statement.execute();
            }
        }

        /** Until a worker stands there. */
        public void awaitReached() {
            awaitReached(1);
        }

        /** Until so many workers stand there. */
        public void awaitReached(int workers) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (waiting() < workers) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(
                            "No worker came to step \""
                                    + step
                                    + "\" within the patience; the latest work: "
                                    + latestWork());
                }
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }

        private String latestWork() {
            return catalog.query(
                    "holdfast",
                    """
                    SELECT jsonb_build_object(
                        'restores', (SELECT jsonb_agg(to_jsonb(r)) FROM
                            (SELECT * FROM backup_restores ORDER BY id DESC LIMIT 2) r),
                        'runs', (SELECT jsonb_agg(to_jsonb(r)) FROM
                            (SELECT * FROM backup_runs ORDER BY id DESC LIMIT 2) r),
                        'lines', (SELECT jsonb_agg(to_jsonb(l)) FROM
                            (SELECT at, text FROM work_log ORDER BY seq DESC LIMIT 20) l))
                    """);
        }

        private int waiting() {
            try (PreparedStatement statement =
                    holder.prepareStatement(
                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = (hashtext(?)::bigint & 4294967295)::oid")) {
                statement.setString(1, step);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    return rows.getInt(1);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Lets go on who stands there. */
        @Override
        public void close() {
            try (holder) {
                if (holder.isClosed()) {
                    return;
                }
                run("DELETE FROM halts.halts WHERE step = ?");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
