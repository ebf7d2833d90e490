package org.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.holdfast.adapter.testing.FreePort;

/**
 * One Payara Micro with the WAR of this build, a process of its own, TLS on a free loopback port,
 * started as {@code deploy/holdfast up} starts it but for {@link UnpackedPayara}.
 */
public final class Server implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 360;
    private static final long PAUSE_MS = 200;

    /** The exit code of a JVM that SIGTERM ended in order. */
    private static final int TERMINATED = 143;

    private final Installation installation;
    private final Process process;
    private final int port;
    private final Path log;
    private final Optional<Learner> learner;
    private final CompletableFuture<Void> ended;

    private Server(
            Installation installation,
            Process process,
            int port,
            Path log,
            Optional<Learner> learner) {
        this.installation = installation;
        this.process = process;
        this.port = port;
        this.log = log;
        this.learner = learner;
        this.ended =
                process.onExit()
                        .thenAccept(
                                it ->
                                        learner.ifPresent(
                                                l -> l.ended(it.exitValue() == TERMINATED)));
    }

    /** Starts a server and returns when it is ready. */
    public static Server start(Installation installation) {
        return start(installation, true);
    }

    /** The same of one that is there until the JVM ends. */
    static Server startForAll(Installation installation) {
        return start(installation, false);
    }

    private static Server start(Installation installation, boolean ends) {
        try {
            int port = FreePort.next();
            Server server = launch(installation, port, ends);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server on the port of one that ended, so that addresses stay as they were. */
    public Server startAgain() {
        try {
            Server server = launch(installation, port, true);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Server launch(Installation installation, int port, boolean ends)
            throws IOException {
        Path home = installation.home();
        Path root = Files.createDirectories(home.resolve("server-" + port));
        Path listeners = root.resolve("listeners.asadmin");
        Files.writeString(
                listeners,
                """
                set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.enabled=false
                set configs.config.server-config.network-config.network-listeners.network-listener.https-listener.address=127.0.0.1
                set configs.config.server-config.network-config.protocols.protocol.https-listener.http.server-header=false
                """);
        Path temporary = Files.createDirectories(root.resolve("tmp"));
        Path log = root.resolve("server.log");
        UnpackedPayara payara =
                UnpackedPayara.of(
                        Path.of(required("payara.microJar", "the Payara Micro jar")),
                        Path.of(System.getProperty("holdfast.test.dir")).resolve("payara"));
        Optional<Learner> learner = ends ? payara.learner() : Optional.empty();
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djakarta.json.provider=org.eclipse.parsson.JsonProviderImpl",
                        "-Djava.awt.headless=true",
                        "-Duser.timezone=UTC",
                        "-Djava.io.tmpdir=" + temporary));
        command.addAll(payara.command(Files.createTempDirectory(temporary, "payara"), learner));
        command.addAll(
                List.of(
                        "--nohazelcast",
                        "--disablephonehome",
                        "--sslport",
                        Integer.toString(port),
                        "--sslcert",
                        "holdfast",
                        "--prebootcommandfile",
                        listeners.toString(),
                        "--logproperties",
                        checkout("deploy/logging.properties").toString(),
                        "--systemproperties",
                        installation.settingsFile(true).toString(),
                        "--deploy",
                        required("holdfast.test.war", "the WAR"),
                        "--contextroot",
                        "/"));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        Server server = new Server(installation, process, port, log, learner);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return server;
    }

    private static Path checkout(String path) {
        Path here = Path.of("").toAbsolutePath();
        for (Path dir = here; dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve(path))) {
                return dir.resolve(path);
            }
        }
        throw new IllegalStateException(path + " is in no directory above " + here + ".");
    }

    private static String required(String property, String what) {
        String value = System.getProperty(property);
        if (value == null || value.isBlank() || !Files.exists(Path.of(value))) {
            throw new IllegalStateException(
                    "These tests need "
                            + what
                            + ", which the system property "
                            + property
                            + " names (now: "
                            + value
                            + "). Run them with mvn verify, which makes and sets it.");
        }
        return Path.of(value).toAbsolutePath().toString();
    }

    private void awaitReady() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        RestClient client = new RestClient(installation, port, null);
        int before = starts(log());
        while (true) {
            if (client.status("/health/ready") == 200 && client.status("/admin/backups") == 401) {
                return;
            }
            boolean failed =
                    starts(log()) > before && log().contains("Exception while loading the app");
            if (failed || !process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IOException("The server did not become ready:\n" + tail());
            }
            pause();
        }
    }

    /** A failed deployment leaves a server that calls itself ready. */
    private static int starts(String log) {
        return log.split("Payara Micro .* ready in", -1).length;
    }

    /** There is no event to wait for: the other process comes up on its own. */
    private void pause() throws IOException {
        try {
            process.waitFor(PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** A client of this server that sends {@code token}, or nothing where that is null. */
    public RestClient client(String token) {
        return new RestClient(installation, port, token);
    }

    public URI address() {
        return Installation.address(port);
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public Installation installation() {
        return installation;
    }

    /** Everything it logged. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tail() {
        String all = log();
        return all.substring(Math.max(0, all.length() - 2000));
    }

    /** Sends a signal by name: KILL, STOP, CONT, …. */
    public void signal(String name) {
        try {
            Process kill =
                    new ProcessBuilder("/bin/kill", "-" + name, Long.toString(process.pid()))
                            .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " failed.");
            }
            if (name.equals("KILL")) {
                process.waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it in order. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(learner.isPresent() ? 120 : 30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            ended.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
