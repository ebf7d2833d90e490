package org.holdfast.engine;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.pipeline.Cancelled;

/**
 * One JDBC connection. Its statements are ended by a {@link Cancel}; every failure is a {@link
 * ServerFailure}. Not for use by several threads at once.
 */
final class Session implements AutoCloseable {
    private static final int ROWS_AT_A_TIME = 1000;
    static final String APPLICATION = "holdfast";

    /** Looks are short; work that takes longer says so by {@link #patience}. */
    private static final Duration SHORT = Duration.ofSeconds(60);

    /** What makes a value of one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Takes rows one by one. */
    @FunctionalInterface
    interface Each {
        void take(ResultSet row) throws SQLException, IOException;
    }

    private final PostgresUrl url;
    private final Connection connection;
    private final Cancel cancel;

    private Session(PostgresUrl url, Connection connection, Cancel cancel) {
        this.url = url;
        this.connection = connection;
        this.cancel = cancel;
    }

    static Session open(PostgresUrl url, Cancel cancel) throws IOException {
        cancel.check();
        Properties properties = url.jdbcProperties();
        properties.putIfAbsent("ApplicationName", APPLICATION);
        properties.putIfAbsent("connectTimeout", "15");
        properties.put("loginTimeout", "30");
        properties.put("socketTimeout", Long.toString(SHORT.toSeconds()));
        properties.put("tcpKeepAlive", "true");
        if (url.socket().isPresent()) {
            properties.put("socketFactory", UnixSockets.class.getName());
            properties.put("socketFactoryArg", url.socket().get());
        } else {
            properties.put("socketFactory", KeepAliveSockets.class.getName());
        }
        // details of an error carry rows
        properties.put("logServerErrorDetail", "false");
        try {
            // the driver itself: DriverManager does not see drivers inside a WAR
            Connection connection = new org.postgresql.Driver().connect(url.jdbcUrl(), properties);
            return new Session(url, connection, cancel);
        } catch (SQLException e) {
            Throwable cause = e.getCause();
            if (cause != null && String.valueOf(cause.getMessage()).contains("metadata address")) {
                throw new Refused(
                        "POSTGRES-ADDRESS",
                        cause.getMessage() + ".",
                        "Name the database server's own address.");
            }
            throw ServerFailure.of(e, url, false);
        }
    }

    PostgresUrl url() {
        return url;
    }

    /** How long the server may stay silent during one statement; zero: for ever. */
    void patience(Duration silence) throws IOException {
        try {
            connection.setNetworkTimeout(Runnable::run, (int) silence.toMillis());
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    void shortPatience() throws IOException {
        patience(SHORT);
    }

    /** Runs statements that give nothing back, one after the other. */
    void run(String... statements) throws IOException {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement();
                    Cancel.Hook hook = ending(statement)) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw failure(e);
            }
        }
    }

    <T> List<T> all(Row<T> row, String sql, Object... parameters) throws IOException {
        List<T> list = new ArrayList<>();
        each(rows -> list.add(row.read(rows)), sql, parameters);
        return list;
    }

    <T> Optional<T> first(Row<T> row, String sql, Object... parameters) throws IOException {
        List<T> list = all(row, sql, parameters);
        return list.isEmpty() ? Optional.empty() : Optional.ofNullable(list.get(0));
    }

    /** The one row of a statement that always gives one. */
    <T> T one(Row<T> row, String sql, Object... parameters) throws IOException {
        return first(row, sql, parameters).orElseThrow();
    }

    void each(Each each, String sql, Object... parameters) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                Cancel.Hook hook = ending(statement)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.take(rows);
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /**
     * SQL of a person: no question mark is a parameter, and rows come some at a time, where a
     * transaction is open.
     */
    void eachAsWritten(Each each, String sql) throws IOException {
        try (Statement statement = connection.createStatement();
                Cancel.Hook hook = ending(statement)) {
            statement.setFetchSize(ROWS_AT_A_TIME);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    each.take(rows);
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Opens a transaction; {@link #commit} or {@link #rollback} ends it. */
    void begin() throws IOException {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Opens a transaction that sees one moment of the database and changes nothing. */
    void beginFrozen() throws IOException {
        try {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    void commit() throws IOException {
        try {
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Never throws: it is called because something else went wrong already. */
    void rollback() {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            abandon();
        }
    }

    boolean alive() {
        try {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    /** An identifier in double quotes, always. */
    static String name(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    static String name(String schema, String object) {
        return name(schema) + "." + name(object);
    }

    /** A string constant that is read the same whatever standard_conforming_strings says. */
    static String literal(String value) {
        String quoted = "'" + value.replace("'", "''").replace("\\", "\\\\") + "'";
        return value.indexOf('\\') < 0 ? quoted : "E" + quoted;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            abandon();
        }
    }

    IOException failure(SQLException e) {
        Cancelled cancelled = cancel.orNull();
        return cancelled != null ? cancelled : ServerFailure.of(e, url, true);
    }

    private void abandon() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException ignored) {
            // the connection is given up either way
        }
    }

    /**
     * Has a cancel ask the server to end {@code statement}. The asking is lost where the statement
     * was not under way yet: then the connection is cut a little later.
     */
    private Cancel.Hook ending(Statement statement) throws Cancelled {
        cancel.check();
        AtomicBoolean over = new AtomicBoolean();
        Cancel.Hook hook =
                cancel.on(
                        () -> {
                            try {
                                statement.cancel();
                            } catch (SQLException e) {
                                abandon();
                            }
                            // on the timer's own thread: those of the common pool may all wait
                            CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS, Runnable::run)
                                    .execute(
                                            () -> {
                                                if (!over.get()) {
                                                    abandon();
                                                }
                                            });
                        });
        return new Cancel.Hook() {
            @Override
            public void run() {
                hook.run();
            }

            @Override
            public void close() {
                over.set(true);
                hook.close();
            }
        };
    }
}
