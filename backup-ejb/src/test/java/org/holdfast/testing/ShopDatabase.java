package org.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * The demo's shop ({@code deploy/demo/shop.sql}) as a sample for tests, with some oddities beside
 * it: foreign keys, partitions, large objects, generated and identity columns, jsonb, arrays,
 * extensions, row-level security, a materialized view, names with spaces and quotes, UTF-8.
 */
public final class ShopDatabase {
    private ShopDatabase() {}

    /** Makes a new small shop (a second, a few MB) in a database with a name no other test has. */
    public static PostgresUrl small(PostgresServer server) {
        PostgresUrl url = server.createDatabase();
        fill(server, url.database(), 1);
        return url;
    }

    /**
     * Makes a new database {@code name} and fills it.
     *
     * @param megabytes about its size on disk, at least 1
     */
    public static PostgresUrl create(PostgresServer server, String name, int megabytes) {
        PostgresUrl url = server.createDatabase(name);
        fill(server, name, megabytes);
        return url;
    }

    /** Fills an empty database. */
    public static void fill(PostgresServer server, String database, int megabytes) {
        psql(server, database, script(), "-v", "size_mb=" + megabytes);
        try (InputStream oddities =
                ShopDatabase.class.getResourceAsStream("/org/holdfast/testing/oddities.sql")) {
            server.execute(database, new String(oddities.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path script() {
        Path here = Path.of("").toAbsolutePath();
        for (Path dir = here; dir != null; dir = dir.getParent()) {
            Path script = dir.resolve("deploy/demo/shop.sql");
            if (Files.exists(script)) {
                return script;
            }
        }
        throw new IllegalStateException(
                "deploy/demo/shop.sql is in no directory above "
                        + here
                        + "; run the tests inside the checkout.");
    }

    private static void psql(
            PostgresServer server, String database, Path script, String... options) {
        try {
            Path pass = Files.createTempFile("holdfast-shop-", ".pass");
            Path output = Files.createTempFile("holdfast-shop-", ".out");
            try {
                Files.writeString(
                        pass,
                        "*:*:*:*:"
                                + PostgresServer.PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
                                + "\n");
                List<String> command =
                        new java.util.ArrayList<>(
                                List.of(
                                        server.bin().resolve("psql").toString(),
                                        "-X",
                                        "-q",
                                        "-w",
                                        "-f",
                                        script.toString()));
                command.addAll(List.of(options));
                ProcessBuilder builder =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile());
                builder.environment().clear();
                builder.environment().putAll(server.url(database).libpqEnvironment());
                builder.environment().put("PGPASSFILE", pass.toString());
                Process process = builder.start();
                process.getOutputStream().close();
                if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new IllegalStateException(
                            script + " failed: " + Files.readString(output));
                }
            } finally {
                Files.delete(pass);
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
