package org.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.holdfast.adapter.testing.FreePort;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A real PostgreSQL server of its own for tests: made by initdb in a directory under the system's
 * temporary one, on a free port of 127.0.0.1, with password sign-in, without fsync. As root it runs
 * as the user postgres.
 *
 * <pre>{@code
 * try (PostgresServer server = PostgresServer.start()) {
 *     PostgresUrl shop = server.createDatabase("shop");
 * }
 * }</pre>
 *
 * <p>{@link #shared()} gives one server for the whole JVM, stopped when the JVM ends; tests that
 * restart or stop a server start their own. Programs are taken from the directory of the system
 * property {@code holdfast.test.postgres.bin}, otherwise the newest {@code
 * /usr/lib/postgresql/*}{@code /bin}.
 */
public final class PostgresServer implements AutoCloseable {
    /** The superuser's password: a canary that no log, manifest or command line may show. */
    public static final String PASSWORD = "canary-pg-5e1f:\\'\" 7";

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static PostgresServer shared;

    private final Path bin;
    private final Path home;
    private final int port;

    private PostgresServer(Path bin, Path home, int port) {
        this.bin = bin;
        this.home = home;
        this.port = port;
    }

    /** The JVM's shared server, started at the first call. */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            PostgresServer server = start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop " + server));
            shared = server;
        }
        return shared;
    }

    /**
     * Starts a server of its own.
     *
     * @param settings lines for postgresql.conf, e.g. {@code "max_connections = 20"}
     */
    public static PostgresServer start(String... settings) {
        return startWith(List.of("--encoding=UTF8", "--locale=C.UTF-8"), settings);
    }

    /**
     * Starts a server of its own, initdb called with {@code initdb} options, e.g. {@code
     * "--encoding=LATIN1", "--locale=C"}.
     */
    public static PostgresServer startWith(List<String> initdb, String... settings) {
        Path bin = binaries();
        try {
            Path home = Files.createTempDirectory("holdfast-pg-");
            Path data = home.resolve("data");
            Path password = home.resolve("password");
            Files.writeString(password, PASSWORD + "\n");
            own(home, password);
            List<String> command = new ArrayList<>(List.of(bin.resolve("initdb").toString()));
            command.addAll(List.of("-D", data.toString(), "-U", "postgres", "-A", "scram-sha-256"));
            command.addAll(List.of("--pwfile=" + password, "--no-sync", "--no-instructions"));
            command.addAll(initdb);
            run(home, command);
            for (int attempt = 1; ; attempt++) {
                PostgresServer server = new PostgresServer(bin, home, FreePort.next());
                server.configure(settings);
                try {
                    server.launch();
                    return server;
                } catch (UncheckedIOException e) {
                    if (attempt == 3) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Directory of the server's programs. */
    public Path bin() {
        return bin;
    }

    public Path dataDirectory() {
        return home.resolve("data");
    }

    /** The URL of a database for the superuser. */
    public PostgresUrl url(String database) {
        return url("postgres", PASSWORD, database);
    }

    public PostgresUrl url(String user, String password, String database) {
        return PostgresUrl.parse("postgresql://x@127.0.0.1:" + port + "/x")
                .withUser(user)
                .withPassword(org.holdfast.domain.shared.Secret.of(password))
                .withDatabase(database);
    }

    /** Makes an empty database; {@code options} is what CREATE DATABASE takes behind the name. */
    public PostgresUrl createDatabase(String name, String... options) {
        execute("postgres", "CREATE DATABASE " + quote(name) + " " + String.join(" ", options));
        return url(name);
    }

    /** Makes an empty database with a name no other test has. */
    public PostgresUrl createDatabase() {
        return createDatabase("db_" + NAMES.incrementAndGet() + "_" + System.nanoTime() % 100_000);
    }

    /** Ends sessions on a database and drops it; that it is not there is no failure. */
    public void dropDatabase(String name) {
        execute("postgres", "DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)");
    }

    /** Runs statements in one database, each in a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the first row as text, null where there is no row. */
    public String query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many sessions wait for a lock on the catalog table. */
    public int waitingFor(String table) {
        return Integer.parseInt(
                query(
                        "postgres",
                        "SELECT count(*) FROM pg_locks WHERE relation = '"
                                + table
                                + "'::regclass AND NOT granted"));
    }

    /** A plain connection of the superuser; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        PostgresUrl url = url(database);
        return DriverManager.getConnection(url.jdbcUrl(), url.jdbcProperties());
    }

    /** What the server logs. */
    public Path log() {
        return home.resolve("log");
    }

    /** Copies a file into the data directory, readable by the server only. */
    public void keep(Path file, String name) {
        try {
            Path kept = dataDirectory().resolve(name);
            Files.copy(file, kept);
            own(kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a streaming standby of this server; the caller closes it before this one. */
    public PostgresServer standby() {
        try {
            Path place = Files.createTempDirectory("holdfast-pg-");
            Path pass = place.resolve("password");
            Files.writeString(
                    pass, "*:*:*:*:" + PASSWORD.replace("\\", "\\\\").replace(":", "\\:") + "\n");
            own(place, pass);
            run(
                    place,
                    List.of(
                            bin.resolve("pg_basebackup").toString(),
                            "--write-recovery-conf",
                            "--checkpoint=fast",
                            "--no-sync",
                            "--pgdata=" + place.resolve("data"),
                            "--dbname=host=127.0.0.1 port="
                                    + port
                                    + " user=postgres passfile="
                                    + pass));
            PostgresServer standby = new PostgresServer(bin, place, FreePort.next());
            standby.configure();
            standby.launch();
            return standby;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a database of this name exists. */
    public boolean exists(String database) {
        return "t"
                .equals(
                        query(
                                "postgres",
                                "SELECT EXISTS (SELECT FROM pg_database WHERE datname = '"
                                        + database.replace("'", "''")
                                        + "')"));
    }

    /** Stops at once, as a crash does. */
    public void crash() {
        control("stop", "-m", "immediate");
    }

    /** Starts again after {@link #crash()}, on the same port. */
    public void startAgain() {
        launch();
    }

    /** Sends a signal by name (TERM, STOP, CONT, …) to the postmaster. */
    public void signal(String name) {
        try {
            long pid =
                    Long.parseLong(
                            Files.readAllLines(dataDirectory().resolve("postmaster.pid")).get(0));
            run(home, List.of("/bin/kill", "-" + name.toUpperCase(Locale.ROOT), "" + pid));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server, if it runs, and removes its directory. */
    @Override
    public void close() {
        if (Files.exists(dataDirectory().resolve("postmaster.pid"))) {
            control("stop", "-m", "immediate");
        }
        try {
            deleteTree(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL on port " + port;
    }

    /** An identifier in double quotes. */
    public static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    private void configure(String... settings) throws IOException {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "listen_addresses = '127.0.0.1'",
                                "port = " + port,
                                "unix_socket_directories = ''",
                                "fsync = off",
                                "synchronous_commit = off",
                                "full_page_writes = off",
                                "autovacuum = off",
                                "shared_buffers = 64MB",
                                "max_wal_size = 2GB",
                                "log_min_messages = warning"));
        lines.addAll(List.of(settings));
        Files.write(dataDirectory().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    }

    private void launch() {
        control("start", "-l", log().toString(), "-t", "60", "-o", "-p " + port);
    }

    private void control(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(bin.resolve("pg_ctl").toString());
        command.addAll(List.of("-D", dataDirectory().toString(), "-w", "-s"));
        command.addAll(List.of(arguments));
        try {
            run(home, command);
        } catch (IOException e) {
            throw new UncheckedIOException(withLog(e));
        }
    }

    private IOException withLog(IOException e) {
        try {
            return new IOException(e.getMessage() + "\n" + Files.readString(log()), e);
        } catch (IOException unreadable) {
            return e;
        }
    }

    private static void run(Path home, List<String> command) throws IOException {
        List<String> full = new ArrayList<>();
        if (root()) {
            full.addAll(
                    List.of(
                            "/usr/bin/setpriv",
                            "--reuid=postgres",
                            "--regid=postgres",
                            "--clear-groups"));
        }
        full.addAll(command);
        Path output = Files.createTempFile("holdfast-pg-", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(full)
                            .directory(home.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/bin:/bin");
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " did not end within two minutes.");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        command.get(0)
                                + " ended with "
                                + process.exitValue()
                                + ": "
                                + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while " + command.get(0) + " ran.", e);
        } finally {
            Files.delete(output);
        }
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void own(Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setPosixFilePermissions(
                    path,
                    PosixFilePermissions.fromString(
                            Files.isDirectory(path) ? "rwx------" : "rw-------"));
            if (root()) {
                var users = path.getFileSystem().getUserPrincipalLookupService();
                Files.setOwner(path, users.lookupPrincipalByName("postgres"));
            }
        }
    }

    private static Path binaries() {
        String chosen = System.getProperty("holdfast.test.postgres.bin");
        if (chosen != null) {
            return Path.of(chosen);
        }
        Path all = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(all)) {
            try (Stream<Path> majors = Files.list(all)) {
                return majors.map(major -> major.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .max(
                                Comparator.comparing(
                                        bin ->
                                                Integer.parseInt(
                                                        bin.getParent().getFileName().toString())))
                        .orElseThrow(PostgresServer::missing);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw missing();
    }

    private static IllegalStateException missing() {
        return new IllegalStateException(
                "These tests need a PostgreSQL server's programs under /usr/lib/postgresql/*/bin:"
                        + " apt-get install postgresql, or set"
                        + " -Dholdfast.test.postgres.bin=/path/to/bin.");
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                            throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
