package org.holdfast.work;

import java.io.IOException;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.engine.SchemaProof;
import org.holdfast.engine.TargetServer;

/** What a drill restores into, and all that has to be known to make it go away again. */
interface Ground extends AutoCloseable {
    /** The database that is restored into; there is nothing in it yet. */
    PostgresUrl url();

    /** The server that it is on. */
    TargetServer server();

    /** Whom the statements of users run as. */
    PostgresUrl reader() throws IOException;

    /** An empty database beside it, for the archive's schema alone. */
    SchemaProof.Reference reference();

    /** Whether the whole server exists for the drill, so that anything may be done to it. */
    boolean ours();

    /** How a person looks into it. */
    String instructions();

    /** Lets go of connections, and leaves it there. */
    void leave();

    /**
     * Destroys it.
     *
     * @return what was done, one sentence
     */
    String destroy() throws IOException;

    /** As {@link #leave()}. */
    @Override
    default void close() {
        leave();
    }
}
