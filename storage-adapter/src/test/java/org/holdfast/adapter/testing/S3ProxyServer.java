package org.holdfast.adapter.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * S3Proxy as a child process, its objects in a directory. It checks credentials and checksums; it
 * has no versions and no locks, and a key cannot also be the "directory" of another.
 */
public final class S3ProxyServer implements S3Server {
    private static final String ACCESS_KEY = "proxy-key";
    private static final String SECRET_KEY = "proxy-secret";

    /** Of the PKCS #12 file of {@link #trustStore}. */
    public static final String STORE_PASSWORD = "holdfast-test";

    private final Process process;
    private final URI endpoint;
    private final Path log;

    private S3ProxyServer(Process process, URI endpoint, Path log) {
        this.process = process;
        this.endpoint = endpoint;
        this.log = log;
    }

    /**
     * Starts a server on a free port and returns when it answers.
     *
     * @param work where its settings, log and objects lie; must exist
     */
    public static S3ProxyServer start(Path work) throws IOException {
        return start(work, false);
    }

    /** The same over TLS, with a certificate for localhost that {@link #trustStore} holds. */
    public static S3ProxyServer startTls(Path work) throws IOException {
        makeCertificate(work);
        return start(work, true);
    }

    /** A PKCS #12 file with the certificate of a server started over TLS below {@code work}. */
    public static Path trustStore(Path work) {
        return work.resolve("tls.p12");
    }

    private static void makeCertificate(Path work) throws IOException {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "s3",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost,ip:127.0.0.1",
                                "-ext",
                                "bc=ca:true",
                                "-validity",
                                "30",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                STORE_PASSWORD,
                                "-keystore",
                                trustStore(work).toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes());
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while keytool ran", e);
        }
    }

    private static S3ProxyServer start(Path work, boolean tls) throws IOException {
        int port = FreePort.next();
        URI endpoint = URI.create(tls ? "https://localhost:" + port : "http://127.0.0.1:" + port);
        Path objects = Files.createDirectories(work.resolve("objects"));
        Path settings = work.resolve("s3proxy.properties");
        Properties properties = new Properties();
        if (tls) {
            properties.setProperty("s3proxy.secure-endpoint", "https://127.0.0.1:" + port);
            properties.setProperty("s3proxy.keystore-path", trustStore(work).toString());
            properties.setProperty("s3proxy.keystore-password", STORE_PASSWORD);
        } else {
            properties.setProperty("s3proxy.endpoint", endpoint.toString());
        }
        properties.setProperty("s3proxy.authorization", "aws-v4");
        properties.setProperty("s3proxy.identity", ACCESS_KEY);
        properties.setProperty("s3proxy.credential", SECRET_KEY);
        properties.setProperty("jclouds.provider", "filesystem-nio2");
        properties.setProperty("jclouds.filesystem.basedir", objects.toString());
        try (var out = Files.newOutputStream(settings)) {
            properties.store(out, null);
        }
        Path logging = work.resolve("logback.xml");
        try (InputStream in = S3ProxyServer.class.getResourceAsStream("s3proxy-logback.xml")) {
            Files.write(logging, in.readAllBytes());
        }
        Path log = work.resolve("s3proxy.log");
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Xmx512m",
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-Dlogback.configurationFile=" + logging,
                                        "-jar",
                                        jar().toString(),
                                        "--properties",
                                        settings.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        S3ProxyServer server = new S3ProxyServer(process, endpoint, log);
        server.awaitAnswer();
        return server;
    }

    /** The jar with all of S3Proxy: a system property of the build, or wherever it was loaded. */
    private static Path jar() throws IOException {
        String set = System.getProperty("holdfast.s3proxy.jar");
        if (set != null) {
            return Path.of(set);
        }
        URL main = S3ProxyServer.class.getResource("/org/gaul/s3proxy/Main.class");
        if (main == null) {
            throw new IOException(
                    "S3Proxy is not on the class path. Add org.gaul:s3proxy (classifier"
                            + " jar-with-dependencies, scope test) to the module, or set"
                            + " -Dholdfast.s3proxy.jar.");
        }
        return Path.of(((JarURLConnection) main.openConnection()).getJarFile().getName());
    }

    private void awaitAnswer() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IOException("S3Proxy did not start: " + Files.readString(log));
            }
        }
    }

    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            connection.getResponseCode();
            connection.disconnect();
            return true;
        } catch (SSLException untrusted) {
            return true;
        } catch (IOException notYet) {
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        }
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public String accessKey() {
        return ACCESS_KEY;
    }

    @Override
    public String secretKey() {
        return SECRET_KEY;
    }

    /** What it logged so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
