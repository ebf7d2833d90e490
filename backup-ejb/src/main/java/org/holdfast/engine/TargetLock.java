package org.holdfast.engine;

import java.io.IOException;
import org.holdfast.domain.shared.Refused;

/**
 * Keeps every other Holdfast out of a target, also one with another catalog: a session-level
 * advisory lock on the target's server. It ends with {@link #close()} or with its connection.
 */
public final class TargetLock implements AutoCloseable {
    private final Session session;
    private final String database;

    TargetLock(Session session, String database) {
        this.session = session;
        this.database = database;
    }

    /** Whether the lock's connection stands, and with it the lock. */
    public boolean held() {
        return session.alive();
    }

    /**
     * To be asked before each act that another Holdfast must not meet. What was done before is not
     * known here.
     *
     * @throws Refused TARGET-LOCK-LOST where the lock's connection broke and with it the lock
     */
    public void requireHeld() {
        if (!held()) {
            throw new Refused(
                    "TARGET-LOCK-LOST",
                    "The lock on target database " + database + " was lost with its connection.",
                    "Ask for it again.");
        }
    }

    /** Gives the lock back before the connection ends: the server notices that end only later. */
    @Override
    public void close() {
        try {
            session.run("SELECT pg_advisory_unlock_all()");
        } catch (IOException e) {
            // The connection is gone, and the lock with it.
        } finally {
            session.close();
        }
    }
}
