package org.holdfast.testing;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A real OpenID provider: Keycloak from its own distribution, on a loopback port, with the realm of
 * {@code realm.json} in memory. A process of its own, ended by its id.
 */
public final class Keycloak implements AutoCloseable {
    /** Canaries, as every secret of an installation is. */
    public static final String CLIENT_SECRET = "canary-client-secret-5e1f";

    public static final String CLIENT_ID = "holdfast";
    public static final String PASSWORD = "canary keycloak 77";
    private static final String ADMIN_PASSWORD = "canary-keycloak-admin-2b";
    private static final long PATIENCE_SECONDS = 300;
    private static final int BUILT_ANEW = 10;

    private final Process process;
    private final URI address;

    private Keycloak(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** The issuer of a Keycloak that will run on a port. */
    public static String issuer(int port) {
        return "http://127.0.0.1:" + port + "/realms/holdfast";
    }

    /**
     * Starts it, and returns when it answers.
     *
     * @param holdfast where the console is: the one address that it leads back to
     */
    public static Keycloak start(int port, URI holdfast) throws IOException {
        Path home = home();
        Path imported = Files.createDirectories(home.resolve("data/import"));
        try (InputStream realm = Keycloak.class.getResourceAsStream("realm.json")) {
            Files.writeString(
                    imported.resolve("holdfast.json"),
                    new String(realm.readAllBytes(), StandardCharsets.UTF_8)
                            .replace("{callback}", holdfast.resolve("/console/oidc/callback") + "")
                            .replace("{secret}", CLIENT_SECRET)
                            .replace("{password}", PASSWORD));
        }
        Process process = launch(home, port, false);
        URI address = URI.create("http://127.0.0.1:" + port);
        Keycloak keycloak = await(process, address, home);
        // The first start builds the server, and says by its exit code that it wants another one.
        return keycloak == null ? await(launch(home, port, true), address, home) : keycloak;
    }

    private static Path home() {
        String directory = System.getProperty("holdfast.keycloak.dir", "");
        Path home = Path.of(directory);
        if (directory.isEmpty() || !Files.exists(home.resolve("lib/quarkus-run.jar"))) {
            throw new IllegalStateException(
                    "These tests need Keycloak, unpacked in the directory that the system property"
                            + " holdfast.keycloak.dir names (now: "
                            + directory
                            + "). Run them with mvn verify, which unpacks it and sets that.");
        }
        return home.toAbsolutePath();
    }

    /** As its own bin/kc.sh starts it. */
    private static Process launch(Path home, int port, boolean built) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder =
                new ProcessBuilder(
                                java.toString(),
                                "-Dkc.config.built=" + built,
                                "-Xms64m",
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Duser.language=en",
                                "-Duser.country=US",
                                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                                        + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
                                "--add-opens=java.base/java.util=ALL-UNNAMED",
                                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                                "--add-opens=java.base/java.security=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dkc.home.dir=" + home,
                                "-Djboss.server.config.dir=" + home.resolve("conf"),
                                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                                "-Dpicocli.disable.closures=true",
                                "-cp",
                                home.resolve("lib/quarkus-run.jar").toString(),
                                "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                                "start-dev",
                                "--import-realm",
                                "--db=dev-mem",
                                "--cache=local",
                                "--http-host=127.0.0.1",
                                "--http-port=" + port)
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(home).toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", "admin");
        builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN_PASSWORD);
        Process process = builder.start();
        process.getOutputStream().close();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    private static Path log(Path home) {
        return home.resolve("keycloak.log");
    }

    /** Null where the process ended to be started again. */
    private static Keycloak await(Process process, URI address, Path home) throws IOException {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(
                                address.resolve(
                                        "/realms/holdfast/.well-known/openid-configuration"))
                        .build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (System.nanoTime() < end) {
                try {
                    if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                            == 200) {
                        return new Keycloak(process, address);
                    }
                } catch (IOException notYet) {
                    // It listens when it is ready.
                }
                // There is no event to wait for: the other process comes up on its own.
                if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
                    if (process.exitValue() == BUILT_ANEW) {
                        return null;
                    }
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IOException("Keycloak did not come up:\n" + Files.readString(log(home)));
    }

    /**
     * Signs a person in as a browser does that was led here, and says where Keycloak leads next.
     *
     * @param asked the address a browser was led to
     */
    public URI signIn(String asked, String user) {
        HttpClient browser = HttpClient.newHttpClient();
        HttpResponse<String> shown = send(browser, HttpRequest.newBuilder(URI.create(asked)).GET());
        String page = shown.body();
        // By hand: Java's own cookies keep Secure ones from http, which browsers send to this host.
        String cookies =
                shown.headers().allValues("Set-Cookie").stream()
                        .map(cookie -> cookie.split(";")[0])
                        .collect(Collectors.joining("; "));
        Matcher form = Pattern.compile("<form[^>]* action=\"([^\"]+)\"").matcher(page);
        if (!form.find()) {
            throw new AssertionError("Keycloak shows no form: " + page);
        }
        HttpResponse<String> answer =
                send(
                        browser,
                        HttpRequest.newBuilder(URI.create(form.group(1).replace("&amp;", "&")))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header("Cookie", cookies)
                                .POST(form(Map.of("username", user, "password", PASSWORD))));
        return URI.create(
                answer.headers()
                        .firstValue("Location")
                        .orElseThrow(() -> new AssertionError("No redirect: " + answer.body())));
    }

    /** Puts a person into a group. Both have the ids that the realm's file gives them. */
    public void join(String user, String group) {
        admin("PUT", "/users/" + id(user) + "/groups/" + id(group));
    }

    public void leave(String user, String group) {
        admin("DELETE", "/users/" + id(user) + "/groups/" + id(group));
    }

    private String id(String name) {
        return "id-of-" + name;
    }

    private void admin(String method, String path) {
        HttpClient http = HttpClient.newHttpClient();
        String tokens =
                send(
                                http,
                                HttpRequest.newBuilder(
                                                address.resolve(
                                                        "/realms/master/protocol/openid-connect/token"))
                                        .header("Content-Type", "application/x-www-form-urlencoded")
                                        .POST(
                                                form(
                                                        Map.of(
                                                                "grant_type",
                                                                "password",
                                                                "client_id",
                                                                "admin-cli",
                                                                "username",
                                                                "admin",
                                                                "password",
                                                                ADMIN_PASSWORD))))
                        .body();
        JsonObject token = Json.createReader(new StringReader(tokens)).readObject();
        HttpResponse<String> answer =
                send(
                        http,
                        HttpRequest.newBuilder(address.resolve("/admin/realms/holdfast" + path))
                                .header(
                                        "Authorization",
                                        "Bearer " + token.getString("access_token"))
                                .method(method, HttpRequest.BodyPublishers.noBody()));
        if (answer.statusCode() != 204) {
            throw new AssertionError(answer.statusCode() + ": " + answer.body());
        }
    }

    private static HttpRequest.BodyPublisher form(Map<String, String> fields) {
        return HttpRequest.BodyPublishers.ofString(
                fields.entrySet().stream()
                        .map(
                                e ->
                                        e.getKey()
                                                + "="
                                                + URLEncoder.encode(
                                                        e.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")));
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
