package org.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Looks for secrets wherever an installation could leave one: the server's log, every row of the
 * catalog (the audit among them), the stores, passing files, and the command lines and environments
 * of its processes while they run.
 */
public final class Leaks {
    /** Where secrets belong: the settings, the keys, and what S3Proxy and TLS are given. */
    private static final Set<String> THEIR_PLACE =
            Set.of(
                    "settings.properties",
                    "operator.age",
                    "tls.p12",
                    "keytool.log",
                    "s3proxy.properties");

    private Leaks() {}

    /** Every secret of the installation; the beginning of each password tells it. */
    public static List<String> secrets(RunningHoldfast holdfast) {
        return List.of(
                "canary-",
                RunningHoldfast.PASSWORD,
                Keycloak.PASSWORD,
                holdfast.token(),
                holdfast.totpSecret(),
                holdfast.installation().s3().secretKey(),
                holdfast.installation().operator().secret().reveal());
    }

    public static void requireNowhere(RunningHoldfast holdfast, String... secrets) {
        String catalog = catalog(holdfast);
        String log = holdfast.server().log();
        for (String secret : secrets) {
            assertThat(log.contains(secret)).as("a secret in the server's log").isFalse();
            assertThat(catalog.contains(secret)).as("a secret in the catalog").isFalse();
        }
        for (Path file : files(holdfast.installation().home())) {
            String text = read(file);
            for (String secret : secrets) {
                assertThat(text.contains(secret)).as("a secret in " + file).isFalse();
            }
        }
    }

    /** Every row of every table as text. */
    public static String catalog(RunningHoldfast holdfast) {
        PostgresServer server = holdfast.installation().catalogServer();
        StringBuilder rows = new StringBuilder();
        String tables =
                server.query(
                        "holdfast",
                        "SELECT string_agg(quote_ident(tablename), ' ') FROM pg_tables WHERE schemaname = 'public'");
        for (String table : tables.split(" ")) {
            rows.append(
                            server.query(
                                    "holdfast",
                                    "SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM "
                                            + table
                                            + " t"))
                    .append('\n');
        }
        assertThat(rows.toString()).contains("backup.complete");
        return rows.toString();
    }

    private static List<Path> files(Path home) {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> !THEIR_PLACE.contains(f.getFileName().toString()))
                    .filter(f -> !f.startsWith(home.resolve("data/keys")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException gone) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to look at the server's process and all that it starts. */
    public static Processes watch(RunningHoldfast holdfast) {
        return new Processes(ProcessHandle.of(holdfast.server().pid()).orElseThrow());
    }

    /** What {@code /proc} told of them, sampled without a pause. */
    public static final class Processes implements AutoCloseable {
        private final Set<String> commands = ConcurrentHashMap.newKeySet();
        private final Set<String> environments = ConcurrentHashMap.newKeySet();
        private final Thread looking;
        private volatile boolean over;

        private Processes(ProcessHandle server) {
            looking = new Thread(() -> look(server), "look at /proc");
            looking.setDaemon(true);
            looking.start();
        }

        private void look(ProcessHandle server) {
            while (!over) {
                List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
                all.add(server);
                for (ProcessHandle process : all) {
                    Path proc = Path.of("/proc", Long.toString(process.pid()));
                    note(commands, proc.resolve("cmdline"));
                    note(environments, proc.resolve("environ"));
                }
            }
        }

        private static void note(Set<String> seen, Path file) {
            try {
                seen.add(Files.readString(file, StandardCharsets.ISO_8859_1));
            } catch (IOException ended) {
                // It was gone before it could be read.
            }
        }

        public Set<String> commands() {
            return commands;
        }

        public Set<String> environments() {
            return environments;
        }

        @Override
        public void close() {
            over = true;
            try {
                looking.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
