package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.holdfast.engine.ServedCertificate.Way;
import org.holdfast.testing.SelfMade;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL's own is read in {@link ConnectionsIT}. */
class ServedCertificateTest {
    private static final char[] PASSWORD = SelfMade.PASSWORD.toCharArray();
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir private static Path dir;
    private static SelfMade late;
    private static SelfMade soon;

    @BeforeAll
    static void make() throws IOException {
        late = SelfMade.in(dir, "late", 300);
        soon = SelfMade.in(dir, "soon", 10);
    }

    /** Shows {@code late} and behind it {@code soon}. */
    private static SSLContext both() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "server",
                KeyStore.getInstance(late.file().toFile(), PASSWORD).getKey(late.alias(), PASSWORD),
                PASSWORD,
                new X509Certificate[] {late.certificate(), soon.certificate()});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void of_the_chain_that_is_shown_the_first_that_ends_counts() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(HERE, 0), 0);
        List<String> asked = new ArrayList<>();
        server.createContext("/", exchange -> asked.add(exchange.getRequestMethod()));
        server.setHttpsConfigurator(new HttpsConfigurator(both()));
        server.start();
        try {
            assertThat(
                            ServedCertificate.firstToEnd(
                                    "localhost", server.getAddress().getPort(), Way.AT_ONCE))
                    .contains(soon.certificate());
        } finally {
            server.stop(0);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void a_mail_server_shows_its_own_over_tls_and_without_starttls_it_has_none() throws Exception {
        GreenMail tls = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
        GreenMail plain = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        tls.start();
        plain.start();
        try {
            assertThat(
                            ServedCertificate.firstToEnd(
                                    "127.0.0.1", tls.getSmtps().getPort(), Way.AT_ONCE))
                    .isPresent();
            assertThat(
                            ServedCertificate.firstToEnd(
                                    "127.0.0.1", plain.getSmtp().getPort(), Way.SMTP))
                    .isEmpty();
        } finally {
            tls.stop();
            plain.stop();
        }
    }

    /** The lines of RFC 3207; no mail server that can be started here has STARTTLS. */
    @Test
    void starttls_is_asked_for_before_the_handshake() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, HERE)) {
            CompletableFuture<List<String>> heard =
                    CompletableFuture.supplyAsync(() -> serveMail(listening));

            assertThat(
                            ServedCertificate.firstToEnd(
                                    "localhost", listening.getLocalPort(), Way.SMTP))
                    .contains(soon.certificate());
            assertThat(heard.get(10, TimeUnit.SECONDS))
                    .containsExactly("EHLO localhost", "STARTTLS");
        }
    }

    private static List<String> serveMail(ServerSocket listening) {
        List<String> heard = new ArrayList<>();
        try (Socket socket = listening.accept()) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            answer(socket, "220-mail.example\r\n220 ready");
            heard.add(in.readLine());
            answer(socket, "250-mail.example\r\n250-SIZE 1000\r\n250 starttls");
            heard.add(in.readLine());
            answer(socket, "220 go on");
            SSLSocket tls =
                    (SSLSocket) both().getSocketFactory().createSocket(socket, null, -1, true);
            tls.setUseClientMode(false);
            tls.startHandshake();
            assertThat(tls.getInputStream().read()).isEqualTo(-1);
            return heard;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(Socket socket, String lines) throws IOException {
        socket.getOutputStream().write((lines + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Each byte comes in time; together they take twenty seconds. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"SMTP", "AT_ONCE"})
    void a_peer_that_sends_byte_after_byte_is_left_after_a_time_in_all(Way way) throws Exception {
        byte[] begun = way == Way.SMTP ? new byte[0] : new byte[] {22, 3, 3, 0x40, 0};
        try (ServerSocket listening = new ServerSocket(0, 1, HERE)) {
            CompletableFuture<Boolean> left =
                    CompletableFuture.supplyAsync(() -> dripAndSeeItLeave(listening, begun));

            assertThatThrownBy(
                            () ->
                                    ServedCertificate.firstToEnd(
                                            "localhost",
                                            listening.getLocalPort(),
                                            way,
                                            Duration.ofMillis(500)))
                    .isInstanceOf(IOException.class);
            assertThat(left.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Whether the other side left before all bytes were sent. */
    private static boolean dripAndSeeItLeave(ServerSocket listening, byte[] begun) {
        try (Socket socket = listening.accept()) {
            socket.getOutputStream().write(begun);
            for (int sent = 0; sent < 500; sent++) {
                TimeUnit.MILLISECONDS.sleep(40);
                try {
                    socket.getOutputStream().write('2');
                } catch (SocketException e) {
                    return true;
                }
            }
            return false;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_is_no_server_of_the_kind_is_not_known() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try {
            int port = mail.getSmtp().getPort();
            assertThatThrownBy(() -> ServedCertificate.firstToEnd("localhost", port, Way.AT_ONCE))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ServedCertificate.firstToEnd("localhost", port, Way.POSTGRES))
                    .isInstanceOf(IOException.class)
                    .hasMessage("The answer is none of a PostgreSQL server.");
            assertThatThrownBy(
                            () -> ServedCertificate.firstToEnd("169.254.169.254", 443, Way.AT_ONCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("link-local or metadata address");
        } finally {
            mail.stop();
        }
    }
}
