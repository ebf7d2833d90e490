package org.holdfast.engine;

import java.io.IOException;
import java.sql.SQLException;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A server did not do what was asked. The message names host, port and database, never a secret and
 * never a row's content.
 */
public class ServerFailure extends IOException {
    /** What went wrong, as far as a caller decides by it. */
    public enum Kind {
        /** No connection could be made, or the server takes none now. */
        UNREACHABLE,
        /** An open connection broke or stayed silent. */
        LOST,
        /** Password or permission: a person must act. */
        DENIED,
        /** There is no such database. */
        NO_DATABASE,
        /** The server's disk is full. */
        NO_SPACE,
        /** A time limit or a lock ended the statement. */
        TIMEOUT,
        /** Anything else the server said. */
        STATEMENT
    }

    private final Kind kind;
    private final String sqlState;

    ServerFailure(Kind kind, String sqlState, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.sqlState = sqlState;
    }

    /** Tells an SQLException in words; {@code connected} whether the connection stood before. */
    static ServerFailure of(SQLException e, PostgresUrl url, boolean connected) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String said = Redaction.of(url).apply(String.valueOf(e.getMessage())).strip();
        String where = url.database() + " on " + url.host() + ":" + url.port();
        Kind kind = kind(state, connected);
        String what =
                switch (kind) {
                    case UNREACHABLE -> "Cannot connect to " + where;
                    case LOST -> "The connection to " + where + " was lost";
                    case DENIED ->
                            connected
                                    ? "The role " + url.user() + " may not do this on " + where
                                    : "The server refuses to let " + url.user() + " into " + where;
                    case NO_DATABASE -> "There is no database " + where;
                    case NO_SPACE -> "The server's disk is full: " + where;
                    case TIMEOUT -> "A time limit ended a statement on " + where;
                    case STATEMENT -> "A statement failed on " + where;
                };
        return new ServerFailure(kind, state, what + ": " + said, e);
    }

    private static Kind kind(String state, boolean connected) {
        if (state.startsWith("28") || state.equals("42501")) {
            return Kind.DENIED;
        }
        if (state.startsWith("08") || state.startsWith("57P0") || state.isEmpty()) {
            return connected ? Kind.LOST : Kind.UNREACHABLE;
        }
        return switch (state) {
            case "3D000" -> Kind.NO_DATABASE;
            case "53100" -> Kind.NO_SPACE;
            case "57014", "55P03", "25P03", "57P05" -> Kind.TIMEOUT;
            case "53300", "53000" -> Kind.UNREACHABLE;
            default -> Kind.STATEMENT;
        };
    }

    public Kind kind() {
        return kind;
    }

    /** The server's five-character code (PostgreSQL manual, appendix A), empty where none came. */
    public String sqlState() {
        return sqlState;
    }

    /** Whether the same call may go through later without anybody changing anything. */
    public boolean passing() {
        return switch (kind) {
            case UNREACHABLE, LOST, TIMEOUT -> true;
            case DENIED, NO_DATABASE, NO_SPACE, STATEMENT -> false;
        };
    }
}
