package org.holdfast.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.holdfast.config.CatalogUrl;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connects to the catalog and says in words what is wrong where it cannot. Until it connected for
 * the first time it tries for a while, because after a reboot both servers start at once.
 */
public class CatalogDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MS = 500;

    /** Who waits longer than this for a row waits for a mistake: nothing here holds one so long. */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    /** Compiling a page's query takes longer than running it, over however many sources. */
    private static final String OPTIONS = "-c jit=off -c lock_timeout=" + LONGEST_WAIT.toMillis();

    private static volatile boolean connectedOnce;

    public CatalogDataSource() {
        setOptions(OPTIONS);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        Optional<String> problem = CatalogUrl.problem(getServerNames()[0]);
        if (problem.isPresent()) {
            throw new SQLException(problem.get());
        }
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Connection connection = super.getConnection(user, password);
                connectedOnce = true;
                return connection;
            } catch (SQLException e) {
                if (connectedOnce || !mayStillStart(e) || System.nanoTime() > giveUp) {
                    throw new SQLException(
                            "The catalog cannot be reached: "
                                    + e.getMessage().strip()
                                    + " Check HOLDFAST_DB_URL, and that its PostgreSQL server runs"
                                    + " and lets its user in.",
                            e.getSQLState(),
                            e);
                }
                pause();
            }
        }
    }

    /** No answer yet (class 08), or the server says that it is starting up (57P03). */
    private static boolean mayStillStart(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.equals("57P03");
    }

    /** There is no event to wait for: the server comes up on its own. */
    private static void pause() throws SQLException {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while the catalog was waited for.", e);
        }
    }
}
