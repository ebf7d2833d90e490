package org.holdfast.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Refused;

/**
 * The PostgreSQL clients of this machine, by major version, found under configured directories. A
 * dump is made by the client of the server's own major version: an older one cannot, a newer one
 * writes statements that the server would not take back.
 */
public final class Clients {
    /** Debian's places. */
    public static final List<String> DEBIAN = List.of("/usr/lib/postgresql/*/bin");

    private final List<Client> found;
    private final List<String> places;

    private Clients(List<Client> found, List<String> places) {
        this.found = found;
        this.places = places;
    }

    /**
     * Looks once; the newest minor of each major is kept.
     *
     * @param places absolute directories; one path segment may be {@code *}
     * @throws Refused CLIENT-DIRECTORY where a place is not absolute
     */
    public static Clients in(List<String> places) throws IOException {
        List<Client> all = new ArrayList<>();
        for (String place : places) {
            for (Path directory : directories(place)) {
                Path pgDump = directory.resolve("pg_dump");
                if (Files.isExecutable(pgDump)) {
                    version(pgDump).ifPresent(v -> all.add(new Client(v, directory)));
                }
            }
        }
        return of(all, places);
    }

    static Clients of(List<Client> all, List<String> places) {
        Map<Integer, Client> newest =
                all.stream()
                        .collect(
                                Collectors.toMap(
                                        Client::major,
                                        c -> c,
                                        (a, b) -> a.version().compareTo(b.version()) >= 0 ? a : b));
        return new Clients(
                newest.values().stream().sorted(Comparator.comparing(Client::version)).toList(),
                places);
    }

    /** Oldest first. */
    public List<Client> all() {
        return found;
    }

    /**
     * The client that dumps a server: of its major version, otherwise the nearest newer one.
     *
     * @throws Refused CLIENT-OLDER where every client is older than the server, CLIENT-MISSING
     *     where there is none
     */
    public Client forDump(ServerVersion server) {
        requireAny(server);
        return found.stream()
                .filter(c -> c.major() >= server.major())
                .findFirst()
                .orElseThrow(() -> older(server));
    }

    /**
     * The client that restores a dump into a server: of the server's major version or the nearest
     * newer one, and not older than the client that made the dump, which alone surely reads its
     * format.
     *
     * @param madeBy the client that made the dump
     * @throws Refused SERVER-OLDER where the dump is of a newer major than the server; CLIENT-OLDER
     *     or CLIENT-MISSING as in {@link #forDump}
     */
    public Client forRestore(ServerVersion server, ServerVersion madeBy) {
        requireFits(server, madeBy);
        requireAny(server);
        int least = Math.max(server.major(), madeBy.major());
        return found.stream()
                .filter(c -> c.major() >= least)
                .findFirst()
                .orElseThrow(() -> older(server));
    }

    /**
     * The client that reads a dump without any server: the nearest that is not older than the one
     * that made it.
     */
    public Client forReading(ServerVersion madeBy) {
        requireAny(madeBy);
        return found.stream()
                .filter(c -> c.major() >= madeBy.major())
                .findFirst()
                .orElseThrow(
                        () ->
                                new Refused(
                                        "CLIENT-OLDER",
                                        "The dump was made by pg_dump "
                                                + madeBy.major()
                                                + ", newest client here is "
                                                + newest().major()
                                                + ".",
                                        install(madeBy)));
    }

    /**
     * The server programs that a throw-away cluster is made with: of the source's major.
     *
     * @param newer whether the next newer major that is here will do
     * @throws Refused DRILL-SERVER
     */
    public Client forCluster(int major, boolean newer) {
        List<Client> servers = found.stream().filter(Client::serves).toList();
        return servers.stream()
                .filter(c -> c.major() == major || newer && c.major() > major)
                .findFirst()
                .orElseThrow(() -> noServer(major, newer, servers));
    }

    private Refused noServer(int major, boolean newer, List<Client> servers) {
        boolean newerThere = servers.stream().anyMatch(c -> c.major() > major);
        return new Refused(
                "DRILL-SERVER",
                "The backup is of PostgreSQL "
                        + major
                        + ", and the programs of such a server are not under "
                        + String.join(", ", places)
                        + (servers.isEmpty()
                                ? "."
                                : "; there are those of "
                                        + servers.stream()
                                                .map(c -> Integer.toString(c.major()))
                                                .collect(Collectors.joining(", "))
                                        + "."),
                "Install them: apt-get install --no-install-recommends postgresql-"
                        + major
                        + " (from apt.postgresql.org where the distribution has none)"
                        + (newerThere && !newer ? "; or allow a newer major." : "."));
    }

    /**
     * The psql that runs plain SQL made elsewhere: of the server's major or newer, with restricted
     * mode.
     *
     * @throws Refused PSQL-UNRESTRICTED where none has it
     */
    public Client restrictedPsql(ServerVersion server) {
        Client fit = forDump(server);
        return found.stream()
                .filter(c -> c.major() >= server.major() && c.restricts())
                .findFirst()
                .orElseThrow(
                        () ->
                                new Refused(
                                        "PSQL-UNRESTRICTED",
                                        "psql "
                                                + fit.version()
                                                + " would run commands of this machine that a plain"
                                                + " SQL dump asks for.",
                                        "Upgrade the client: apt-get update && apt-get install"
                                                + " postgresql-client-"
                                                + fit.major()
                                                + " (15.20, 16.15, 17.11, 18.5 or newer)."));
    }

    /** Clients whose psql lacks restricted mode; the console warns of them at start. */
    public List<Client> unrestricted() {
        return found.stream().filter(c -> !c.restricts()).toList();
    }

    /**
     * A dump of a newer major does not go into an older server: its statements are not understood
     * there.
     *
     * @throws Refused SERVER-OLDER
     */
    public static void requireFits(ServerVersion server, ServerVersion dump) {
        if (server.major() < dump.major()) {
            throw new Refused(
                    "SERVER-OLDER",
                    "The dump is of PostgreSQL "
                            + dump.major()
                            + ", the target server is PostgreSQL "
                            + server.major()
                            + ".",
                    "Restore into a server of major version " + dump.major() + " or newer.");
        }
    }

    private void requireAny(ServerVersion server) {
        if (found.isEmpty()) {
            throw new Refused(
                    "CLIENT-MISSING",
                    "There is no PostgreSQL client under " + String.join(", ", places) + ".",
                    install(server));
        }
    }

    private Refused older(ServerVersion server) {
        return new Refused(
                "CLIENT-OLDER",
                "Server is PostgreSQL "
                        + server.major()
                        + ", newest client here is "
                        + newest().major()
                        + ".",
                install(server));
    }

    private Client newest() {
        return found.get(found.size() - 1);
    }

    private static String install(ServerVersion version) {
        return "Install postgresql-client-" + version.major() + ".";
    }

    private static List<Path> directories(String place) throws IOException {
        Path path = Path.of(place);
        if (!path.isAbsolute()) {
            throw new Refused(
                    "CLIENT-DIRECTORY",
                    "The client directory " + place + " is not absolute.",
                    "Write it from the root, e.g. /usr/lib/postgresql/*/bin.");
        }
        List<Path> heads = List.of(path.getRoot());
        for (Path segment : path) {
            List<Path> next = new ArrayList<>();
            for (Path head : heads) {
                if (!segment.toString().equals("*")) {
                    next.add(head.resolve(segment));
                } else if (Files.isDirectory(head)) {
                    try (DirectoryStream<Path> below = Files.newDirectoryStream(head)) {
                        below.forEach(next::add);
                    }
                }
            }
            heads = next;
        }
        return heads.stream().filter(Files::isDirectory).sorted().toList();
    }

    private static Optional<ServerVersion> version(Path pgDump) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(pgDump.toString(), "--version").redirectErrorStream(true);
        builder.environment().clear();
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String line =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return Optional.empty();
            }
            return Optional.of(ServerVersion.told(line));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while asking " + pgDump + " for its version.", e);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }
}
