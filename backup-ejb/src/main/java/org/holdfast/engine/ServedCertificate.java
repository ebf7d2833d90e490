package org.holdfast.engine;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Reads the certificates that a server shows whoever connects. It goes as far as the TLS handshake
 * and no further: no name, no password and no request is sent, and nothing is trusted, because
 * nothing but dates is read.
 */
public final class ServedCertificate {
    private static final Logger LOG = Logger.getLogger(ServedCertificate.class.getName());

    /** For the connection, and for each answer of it. */
    private static final int PATIENCE_MS = 5_000;

    /** For all together: a peer that sends a byte now and then is in time with each. */
    private static final Duration IN_ALL = Duration.ofSeconds(15);

    private static final int LONGEST_LINE = 2_000;

    /** Its length and the code 1234.5679 (PostgreSQL manual, 55.7, SSLRequest). */
    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 22, 47};

    /** How TLS begins. */
    public enum Way {
        /** With the first byte: HTTPS, SMTP over TLS. */
        AT_ONCE,
        /** After the server was asked whether it has TLS. */
        POSTGRES,
        /** With the first byte, of PostgreSQL 17 and later ({@code sslnegotiation=direct}). */
        POSTGRES_DIRECT,
        /** After STARTTLS (RFC 3207). */
        SMTP
    }

    private ServedCertificate() {}

    /**
     * The one of the shown chain that ends first. It takes 15 seconds at most, besides the look-up
     * of the host's name.
     *
     * @return empty where the server has no TLS
     * @throws IOException it could not be read in that time, so nothing is known
     * @throws IllegalArgumentException there is no such port
     */
    public static Optional<X509Certificate> firstToEnd(String host, int port, Way way)
            throws IOException {
        return firstToEnd(host, port, way, IN_ALL);
    }

    static Optional<X509Certificate> firstToEnd(String host, int port, Way way, Duration inAll)
            throws IOException {
        Socket plain = new KeepAliveSockets().createSocket();
        // on the timer's own thread: those of the common pool may all be waiting for something
        Executor later =
                CompletableFuture.delayedExecutor(
                        inAll.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
        CompletableFuture<Void> cut = CompletableFuture.runAsync(() -> close(plain), later);
        try (plain) {
            plain.connect(new InetSocketAddress(host, port), PATIENCE_MS);
            plain.setSoTimeout(PATIENCE_MS);
            boolean has =
                    switch (way) {
                        case AT_ONCE, POSTGRES_DIRECT -> true;
                        case POSTGRES -> postgresHasTls(plain);
                        case SMTP -> smtpHasTls(plain);
                    };
            return has
                    ? Stream.of(shown(plain, host, port, way))
                            .min(Comparator.comparing(X509Certificate::getNotAfter))
                    : Optional.empty();
        } finally {
            cut.cancel(false);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "A connection could not be closed.", e);
        }
    }

    private static boolean postgresHasTls(Socket plain) throws IOException {
        plain.getOutputStream().write(SSL_REQUEST);
        plain.getOutputStream().flush();
        int answer = plain.getInputStream().read();
        return switch (answer) {
            case 'S' -> true;
            case 'N' -> false;
            default -> throw new IOException("The answer is none of a PostgreSQL server.");
        };
    }

    private static boolean smtpHasTls(Socket plain) throws IOException {
        InputStream in = plain.getInputStream();
        requireAnswer(reply(in), "220");
        say(plain, "EHLO localhost");
        String offered = reply(in);
        requireAnswer(offered, "250");
        if (!offered.lines().anyMatch(l -> l.substring(4).strip().equalsIgnoreCase("STARTTLS"))) {
            return false;
        }
        say(plain, "STARTTLS");
        requireAnswer(reply(in), "220");
        return true;
    }

    private static void say(Socket plain, String line) throws IOException {
        plain.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        plain.getOutputStream().flush();
    }

    private static void requireAnswer(String reply, String code) throws IOException {
        if (!reply.startsWith(code)) {
            throw new IOException("The mail server answers " + reply.lines().findFirst().get());
        }
    }

    /** All lines of one reply, each with its code and one more character. */
    private static String reply(InputStream in) throws IOException {
        StringBuilder lines = new StringBuilder();
        while (true) {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("The mail server closed the connection.");
                }
                if (lines.length() + line.length() > LONGEST_LINE) {
                    throw new IOException("The mail server's answer is too long.");
                }
                line.append((char) c);
            }
            String text = line.toString().strip();
            if (!text.matches("\\d{3}([ -].*)?")) {
                throw new IOException("The answer is none of a mail server.");
            }
            lines.append(text.length() == 3 ? text + " " : text).append('\n');
            if (text.length() == 3 || text.charAt(3) == ' ') {
                return lines.toString();
            }
        }
    }

    private static X509Certificate[] shown(Socket plain, String host, int port, Way way)
            throws IOException {
        Noting noting = new Noting();
        SSLContext context;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {noting}, new SecureRandom());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
            if (way == Way.POSTGRES_DIRECT) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"postgresql"});
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
        } catch (IOException e) {
            // one that wants a certificate of us has shown its own before
            if (noting.chain == null) {
                throw e;
            }
        }
        return noting.chain;
    }

    /** Keeps what is shown. The connection ends before anything is sent over it. */
    private static final class Noting extends X509ExtendedTrustManager {
        private X509Certificate[] chain;

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String type) {
            chain = shown.clone();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket) {
            chain = shown.clone();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
            chain = shown.clone();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
