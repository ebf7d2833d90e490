package org.holdfast.testing;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Speaks to a server as any script would: JSON over TLS, one Bearer token or none. */
public final class RestClient {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Set<String> ENDS =
            Set.of(
                    "FAILED",
                    "CANCELLED",
                    "REJECTED",
                    "SUSPECT",
                    "EXPIRED",
                    "UNDONE",
                    "PASSED",
                    "PARTIAL",
                    "ABORTED");
    private static final long PAUSE_MS = 100;
    private static final Map<Path, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

    private final URI base;
    private final String token;
    private final HttpClient http;

    RestClient(Installation installation, int port, String token) {
        this(installation, Installation.address(port), token);
    }

    private RestClient(Installation installation, URI base, String token) {
        this.base = base;
        this.token = token;
        this.http =
                HttpClient.newBuilder()
                        .sslContext(trusting(installation))
                        .connectTimeout(Duration.ofSeconds(10))
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    private RestClient(URI base, String token, HttpClient http) {
        this.base = base;
        this.token = token;
        this.http = http;
    }

    /** The same server, another caller; null: nobody. */
    public RestClient as(String otherToken) {
        return new RestClient(base, otherToken, http);
    }

    /** What came back. */
    public record Answer(int status, HttpResponse<byte[]> response) {
        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        public JsonObject json() {
            try (JsonReader reader = Json.createReader(new StringReader(text()))) {
                JsonStructure read = reader.read();
                return read.asJsonObject();
            } catch (RuntimeException e) {
                throw new AssertionError("Status " + status + " with no JSON object: " + text(), e);
            }
        }

        public Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        /** The member as text; fails naming the whole answer where it is not there. */
        public String string(String member) {
            JsonObject json = json();
            if (!json.containsKey(member)) {
                throw new AssertionError("No member \"" + member + "\" in " + json);
            }
            return json.getString(member);
        }

        /** This, or a failure with the answer's own words. */
        public Answer require(int expected) {
            if (status != expected) {
                throw new AssertionError(
                        "Expected " + expected + ", got " + status + ": " + text());
            }
            return this;
        }
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer post(String path, JsonObject body) {
        return post(path, body.toString());
    }

    public Answer post(String path, String body) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public Answer put(String path, String body) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Without any body. */
    public Answer post(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** A request to be completed by the caller; token and Accept are set. */
    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path))
                        .timeout(PATIENCE)
                        .header("Accept", "application/json, application/problem+json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The whole answer to a GET over HTTP/1.1 from another local address, e.g. 127.0.0.2. */
    public String rawFrom(String localAddress, String path) throws IOException {
        return rawFrom(localAddress, "GET", path, "");
    }

    /** The status of any request from another local address; {@code body} is JSON or empty. */
    public int statusFrom(String localAddress, String method, String path, String body) {
        try {
            return Integer.parseInt(rawFrom(localAddress, method, path, body).split(" ", 3)[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String rawFrom(String localAddress, String method, String path, String body)
            throws IOException {
        try (Socket socket =
                http.sslContext()
                        .getSocketFactory()
                        .createSocket(
                                InetAddress.getByName("127.0.0.1"),
                                base.getPort(),
                                InetAddress.getByName(localAddress),
                                0)) {
            String head =
                    method
                            + " "
                            + path
                            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + (body.isEmpty()
                                    ? method.equals("GET") ? "" : "Content-Length: 0\r\n"
                                    : "Content-Type: application/json\r\nContent-Length: "
                                            + body.getBytes(StandardCharsets.UTF_8).length
                                            + "\r\n")
                            + "\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * What the server says to bytes that need not be HTTP, until it ends the connection or is
     * silent for three seconds.
     *
     * @param sent {@code @TOKEN@} stands for this client's token
     */
    public String raw(String sent) throws IOException {
        try (Socket socket =
                http.sslContext()
                        .getSocketFactory()
                        .createSocket(InetAddress.getByName("127.0.0.1"), base.getPort())) {
            socket.setSoTimeout(3000);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream()
                        .write(
                                sent.replace("@TOKEN@", String.valueOf(token))
                                        .getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                socket.getInputStream().transferTo(answer);
            } catch (IOException cutOff) {
                // A server may hang up in the middle of what it does not take, or go on waiting.
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** The status of a GET, 0 while nobody answers. */
    int status(String path) {
        try {
            return get(path).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    /**
     * Follows a resource until {@code status} is one of {@code goals}; fails with its own words
     * where it ends otherwise, or after five minutes.
     */
    public JsonObject await(String path, String... goals) {
        return await(path, json -> Set.of(goals).contains(json.getString("status")), ENDS);
    }

    /** Follows a resource until {@code there}, after its end too: much is done only then. */
    public JsonObject await(String path, Predicate<JsonObject> there) {
        return await(path, there, Set.of());
    }

    private JsonObject await(String path, Predicate<JsonObject> there, Set<String> ends) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonObject json = get(path).require(200).json();
            if (there.test(json)) {
                return json;
            }
            if (ends.contains(json.getString("status", "")) || System.nanoTime() > end) {
                throw new AssertionError(path + " came to this: " + json);
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** One for all clients of an installation: a session that was agreed on is taken up again. */
    private static SSLContext trusting(Installation installation) {
        return CONTEXTS.computeIfAbsent(installation.keyStore(), RestClient::trusting);
    }

    private static SSLContext trusting(Path keyStore) {
        try (InputStream in = Files.newInputStream(keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, Installation.KEYSTORE_PASSWORD.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("holdfast", keys.getCertificate("holdfast"));
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
