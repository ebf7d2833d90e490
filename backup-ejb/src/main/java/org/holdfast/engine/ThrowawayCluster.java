package org.holdfast.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * A PostgreSQL cluster that exists to be restored into and thrown away. It listens on a unix socket
 * in a directory that nobody else may enter (mode 0700) and on nothing else, because a dump can
 * carry code of its source; it gives up all safety against a crash for speed; and all of it lies
 * below one directory, so that whoever finds that directory can end and remove it.
 *
 * <pre>{@code
 * try (ThrowawayCluster cluster = ThrowawayCluster.make(order, cancel)) {
 *     PostgresUrl shop = cluster.database("shop", form, cancel);
 *     …
 * }   // the server is ended and the directory removed
 * }</pre>
 */
public final class ThrowawayCluster implements AutoCloseable {
    /** Names of the user and the port are not secret: the directory is the barrier. */
    private static final String USER = "holdfast_drill";

    private static final int PORT = 5432;

    /** {@code sun_path} has 108 bytes, and the name of the socket takes 16 of them. */
    private static final int LONGEST_SOCKET_DIRECTORY = 88;

    private static final long MIB = 1L << 20;

    /** What a cluster takes with nothing in it, its log of changes included. */
    private static final long EMPTY = 512 * MIB;

    private static final Logger LOG = Logger.getLogger(ThrowawayCluster.class.getName());
    private static final Duration INITIALIZING = Duration.ofMinutes(10);
    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final Duration STOPPING = Duration.ofSeconds(20);

    /** For small things that the account reads or writes. */
    private static final Duration ASKING = Duration.ofSeconds(20);

    private static final int LOG_BYTES = 16 << 10;

    /** Extensions that cannot be created or used unless their library was loaded at the start. */
    private static final List<String> PRELOADED =
            List.of(
                    "timescaledb",
                    "pg_cron",
                    "citus",
                    "pgaudit",
                    "pg_partman_bgw",
                    "pg_stat_statements");

    private final Path directory;
    private final Path socket;
    private final Client programs;
    private final Account account;

    private ThrowawayCluster(Path directory, Path socket, Client programs, Account account) {
        this.directory = directory;
        this.socket = socket;
        this.programs = programs;
        this.account = account;
    }

    /**
     * What is to be made.
     *
     * @param directory does not exist yet; its parent does
     * @param programs of the cluster's major
     * @param rawBytes of the dump, uncompressed
     * @param tableBytes that the tables took at the source, 0 where that is not known
     * @param extensions that will be created
     */
    public record Order(
            Path directory,
            Client programs,
            Account account,
            long rawBytes,
            long tableBytes,
            Collection<String> extensions) {
        /** Rows take about as much again in indexes. */
        long needed() {
            return 2 * Math.max(rawBytes, tableBytes) + EMPTY;
        }
    }

    /**
     * The directory below which clusters are made: {@code wanted} where the account can reach it,
     * otherwise one of Holdfast's in /var/tmp, which is made.
     *
     * @param set whether somebody asked for {@code wanted}
     * @throws Refused DRILL-DIRECTORY somebody asked for a directory that the account cannot reach,
     *     or can change
     */
    public static Path base(Path wanted, boolean set, Account account) throws IOException {
        var passing =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
        if (!Files.isDirectory(wanted)) {
            Files.createDirectories(wanted, passing);
        }
        boolean replaceable = account.mayReplace(wanted);
        if (account.reaches(wanted) && !replaceable) {
            return wanted;
        }
        if (set && replaceable) {
            throw new Refused(
                    "DRILL-DIRECTORY",
                    "The account "
                            + account.name().orElseThrow()
                            + ", under which the server of a drill runs, can write into "
                            + wanted
                            + " or a directory above it: code that a backup carries could have"
                            + " Holdfast remove other files than its own.",
                    "Give the directory to root and take the right to write from others (chmod"
                            + " 711), or name another in HOLDFAST_DRILL_DIR.");
        }
        if (set) {
            throw new Refused(
                    "DRILL-DIRECTORY",
                    "The account "
                            + account.name().orElseThrow()
                            + ", under which the server of a drill runs, cannot enter "
                            + wanted
                            + ".",
                    "Let others pass through it and all directories above (chmod o+x), or name"
                            + " another in HOLDFAST_DRILL_DIR.");
        }
        Path other = Path.of("/var/tmp/holdfast-drills");
        if (!Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(other, passing);
        }
        if (!Files.getOwner(other, LinkOption.NOFOLLOW_LINKS)
                .getName()
                .equals(System.getProperty("user.name"))) {
            throw new Refused(
                    "DRILL-DIRECTORY",
                    "The directory " + other + " belongs to somebody else.",
                    "Name a directory in HOLDFAST_DRILL_DIR.");
        }
        return other;
    }

    /**
     * Makes and starts it. Whatever goes wrong, nothing of it is left.
     *
     * @throws Refused DRILL-ROOM there is not the room for it, DRILL-ACCOUNT there is no account
     */
    public static ThrowawayCluster make(Order order, Cancel cancel) throws IOException {
        requireRoom(order);
        Files.createDirectory(
                order.directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Path socket = socketDirectory(order);
            ThrowawayCluster cluster =
                    new ThrowawayCluster(
                            order.directory(), socket, order.programs(), order.account());
            cluster.initialize(cancel);
            cluster.settle(order.extensions(), cancel);
            cluster.start(cancel);
            return cluster;
        } catch (IOException | RuntimeException e) {
            try {
                destroy(order.directory(), order.programs());
            } catch (IOException | RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private static void requireRoom(Order order) {
        long room = order.directory().getParent().toFile().getUsableSpace();
        if (room < order.needed()) {
            throw new Refused(
                    "DRILL-ROOM",
                    "A cluster for this backup needs "
                            + mib(order.needed())
                            + " MiB, and "
                            + mib(room)
                            + " MiB are free in "
                            + order.directory().getParent()
                            + ".",
                    "Make room, or name a directory on a larger disk in HOLDFAST_DRILL_DIR.");
        }
    }

    private static long mib(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }

    /**
     * Where the socket lies that does not fit into the directory. It follows from the directory's
     * name, and is written down nowhere: restored code could write there too.
     */
    static Path farSocket(Path directory) {
        return Path.of("/tmp", "holdfast-s-" + directory.getFileName());
    }

    /** Made, and given to the account with the cluster's directory. */
    private static Path socketDirectory(Order order) throws IOException {
        Path inside = order.directory().resolve("s");
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        // Root makes nothing in a directory that the account has already.
        Path socket;
        if (inside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_DIRECTORY) {
            socket = Files.createDirectory(inside, owner);
            order.account().own(socket);
            order.account().own(order.directory());
        } else {
            order.account().own(order.directory());
            socket = Files.createDirectory(farSocket(order.directory()), owner);
            order.account().own(socket);
        }
        return socket;
    }

    private Path data() {
        return directory.resolve("data");
    }

    private void initialize(Cancel cancel) throws IOException {
        run(
                "initdb",
                INITIALIZING,
                cancel,
                "--pgdata=" + data(),
                "--username=" + USER,
                "--auth-local=trust",
                "--auth-host=reject",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions");
    }

    /** Added by the account: what root opened there could be a link to something else. */
    private void settle(Collection<String> extensions, Cancel cancel) throws IOException {
        StringBuilder text = new StringBuilder("\n# A throw-away cluster of Holdfast\n");
        settings(extensions)
                .forEach(
                        (name, value) ->
                                text.append(name)
                                        .append(" = '")
                                        .append(value.replace("'", "''"))
                                        .append("'\n"));
        account.run(
                directory.getParent(),
                Account.launch(
                        Path.of("/usr/bin/tee"),
                        List.of("-a", "--", data().resolve("postgresql.conf").toString()),
                        true,
                        Launch.Output.DISCARD),
                ASKING,
                cancel,
                child -> {
                    child.feed(
                            new ByteArrayInputStream(
                                    text.toString().getBytes(StandardCharsets.UTF_8)));
                    child.requireSuccess();
                });
    }

    private Map<String, String> settings(Collection<String> extensions) {
        int processors = Runtime.getRuntime().availableProcessors();
        long memory =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof com.sun.management.OperatingSystemMXBean machine
                        ? machine.getTotalMemorySize() / MIB
                        : 1024;
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addresses", "");
        settings.put("unix_socket_directories", socket.toString());
        settings.put("unix_socket_permissions", "0700");
        settings.put("port", Integer.toString(PORT));
        settings.put("max_connections", "60");
        settings.put("max_locks_per_transaction", "512");
        settings.put("fsync", "off");
        settings.put("full_page_writes", "off");
        settings.put("synchronous_commit", "off");
        settings.put("wal_level", "minimal");
        settings.put("max_wal_senders", "0");
        settings.put("archive_mode", "off");
        settings.put("max_wal_size", "1GB");
        settings.put("checkpoint_timeout", "30min");
        settings.put("autovacuum", "off");
        settings.put("jit", "off");
        settings.put("logging_collector", "off");
        settings.put("shared_buffers", clamp(memory / 8, 64, 2048) + "MB");
        settings.put("maintenance_work_mem", clamp(memory / 16, 64, 1024) + "MB");
        settings.put("max_parallel_maintenance_workers", Integer.toString(Math.min(4, processors)));
        // CREATE TABLESPACE of the source's globals then makes directories inside of the cluster.
        settings.put("allow_in_place_tablespaces", "on");
        // Jobs of the source are not to be run here.
        settings.put("cron.launch_active_jobs", "off");
        settings.put("timescaledb.max_background_workers", "0");
        List<String> preloaded = preloaded(extensions);
        if (!preloaded.isEmpty()) {
            settings.put("shared_preload_libraries", String.join(",", preloaded));
        }
        return settings;
    }

    /** Libraries that the extensions ask for and that are there. */
    private List<String> preloaded(Collection<String> extensions) {
        Path libraries = programs.directory().resolveSibling("lib");
        return PRELOADED.stream()
                .filter(new TreeSet<>(extensions)::contains)
                .filter(name -> Files.isRegularFile(libraries.resolve(name + ".so")))
                .toList();
    }

    private static long clamp(long value, long least, long most) {
        return Math.max(least, Math.min(most, value));
    }

    private void start(Cancel cancel) throws IOException {
        Path log = directory.resolve("log");
        try {
            run(
                    "pg_ctl",
                    STARTING.multipliedBy(2),
                    cancel,
                    "start",
                    "--silent",
                    "--wait",
                    "--timeout=" + STARTING.toSeconds(),
                    "--pgdata=" + data(),
                    "--log=" + log);
        } catch (ChildFailed e) {
            throw new IOException(e.getMessage() + "\n" + tail(log), e);
        }
    }

    /** The end of the log as the account reads it; empty where that comes to nothing. */
    String tail(Path log) {
        String[] end = {""};
        try {
            account.run(
                    directory.getParent(),
                    Account.launch(
                            Path.of("/usr/bin/tail"),
                            List.of("-n", "20", "--", log.toString()),
                            false,
                            Launch.Output.STREAM),
                    ASKING,
                    new Cancel(),
                    child ->
                            end[0] =
                                    new String(
                                            child.stream().readNBytes(LOG_BYTES),
                                            StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.log(Level.FINE, "The log of a cluster was not read.", e);
        }
        return end[0];
    }

    private void run(String program, Duration limit, Cancel cancel, String... arguments)
            throws IOException {
        run(directory, programs, account, program, limit, cancel, arguments);
    }

    /** Runs one of PostgreSQL's server programs under the account, from a directory of its own. */
    private static void run(
            Path directory,
            Client programs,
            Account account,
            String program,
            Duration limit,
            Cancel cancel,
            String... arguments)
            throws IOException {
        account.run(
                directory.getParent(),
                Account.launch(
                        programs.program(program),
                        List.of(arguments),
                        false,
                        Launch.Output.DISCARD),
                limit,
                cancel,
                ChildProcess::requireSuccess);
    }

    /** The server, seen from a database of its own; roles and databases are made there. */
    public PostgresUrl url(String database) {
        return PostgresUrl.ofSocket(socket.toString(), PORT, USER, database);
    }

    /**
     * Makes a database of a source's encoding and locale.
     *
     * @throws Refused LOCALE-MISSING this machine lacks the locale
     */
    public PostgresUrl database(String name, DatabaseForm form, Cancel cancel) throws IOException {
        PostgresUrl url = url(name);
        try (TargetServer server = TargetServer.open(url, cancel)) {
            Optional<String> problem = server.problem(form);
            if (problem.isPresent()) {
                throw new Refused(
                        "LOCALE-MISSING",
                        "A database like the source's ("
                                + form.words()
                                + ") cannot be made on this machine: "
                                + problem.get(),
                        "Generate the locale here (locale-gen), or drill on a target that has it.");
            }
            server.session()
                    .run(
                            "CREATE DATABASE "
                                    + Session.name(name)
                                    + " "
                                    + form.options(server.version()));
        }
        return url;
    }

    /** Drops a database that was made here, with its sessions. */
    public void drop(PostgresUrl database, Cancel cancel) throws IOException {
        try (Session session = Session.open(url("postgres"), cancel)) {
            session.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                            + Session.literal(database.database()),
                    "DROP DATABASE IF EXISTS " + Session.name(database.database()));
        }
    }

    /**
     * Somebody who may read all of a database, past row security, and change nothing: for the
     * statements of users.
     */
    public PostgresUrl reader(String database, Cancel cancel) throws IOException {
        String reader = USER + "_reader";
        try (Session session = Session.open(url(database), cancel)) {
            session.run("CREATE ROLE " + reader + " LOGIN BYPASSRLS");
            if (SourceSession.version(session).major() >= 14) {
                session.run("GRANT pg_read_all_data TO " + reader);
            } else {
                session.run("ALTER ROLE " + reader + " SUPERUSER");
            }
            session.run("ALTER ROLE " + reader + " SET default_transaction_read_only = on");
        }
        return url(database).withUser(reader);
    }

    public Path directory() {
        return directory;
    }

    /** How a person looks into it, one command. */
    public String instructions(String database) {
        return account.name().map(user -> "sudo -u " + user + " ").orElse("")
                + programs.directory().resolve("psql")
                + " -h "
                + socket
                + " -p "
                + PORT
                + " -U "
                + USER
                + " -d '"
                + database.replace("'", "'\\''")
                + "'";
    }

    @Override
    public void close() throws IOException {
        destroy(directory, programs);
    }

    // --- the end -----------------------------------------------------------------------------

    /**
     * Ends the server of a cluster and removes its directory, as the account that it belongs to,
     * also where it was never finished. What is not there is no error.
     *
     * @param programs of any major
     * @throws IOException something is left
     */
    public static void destroy(Path directory, Client programs) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Account account = Account.owning(directory);
        Path data = directory.resolve("data");
        if (!processes(directory).isEmpty()) {
            try {
                run(
                        directory,
                        programs,
                        account,
                        "pg_ctl",
                        STOPPING.multipliedBy(2),
                        new Cancel(),
                        "stop",
                        "--silent",
                        "--mode=immediate",
                        "--timeout=" + STOPPING.toSeconds(),
                        "--pgdata=" + data);
            } catch (IOException | Refused e) {
                LOG.log(Level.FINE, "The server of a cluster is killed.", e);
            }
            kill(directory);
        }
        account.remove(farSocket(directory), directory.getParent());
        account.remove(directory, directory.getParent());
    }

    /** Whether the server of a cluster runs. */
    public static boolean runs(Path directory) {
        try {
            return !processes(directory).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The server's processes and what its sessions started: whoever works in the data directory and
     * is of the account that the cluster belongs to. The server's pid file is not asked: restored
     * code could write there whatever it likes.
     */
    private static List<ProcessHandle> processes(Path directory) throws IOException {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                ? Account.owning(directory).workingIn(directory.toRealPath().resolve("data"))
                : List.of();
    }

    private static void kill(Path directory) throws IOException {
        long end = System.nanoTime() + STOPPING.toNanos();
        for (List<ProcessHandle> left = processes(directory);
                !left.isEmpty();
                left = processes(directory)) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "The server of the cluster, process " + left.get(0).pid() + ", stays.");
            }
            left.forEach(ProcessHandle::destroyForcibly);
            await(left.get(0));
        }
    }

    /** Not for long: one that ended but was not taken note of counts as alive. */
    private static void await(ProcessHandle process) throws IOException {
        try {
            process.onExit().get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.FINE, "Looked for again.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the server of a cluster was ended.", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException(e);
        }
    }
}
