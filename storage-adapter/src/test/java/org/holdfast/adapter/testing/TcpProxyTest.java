package org.holdfast.adapter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TcpProxyTest {
    private ServerSocket echo;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
        proxy = TcpProxy.to("127.0.0.1", echo.getLocalPort());
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                Thread thread =
                        new Thread(
                                () -> {
                                    try (socket) {
                                        socket.getInputStream()
                                                .transferTo(socket.getOutputStream());
                                    } catch (IOException e) {
                                        // The proxy breaks connections; that is its purpose.
                                    }
                                });
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", proxy.port());
        socket.setSoTimeout(5000);
        return socket;
    }

    private static byte[] say(Socket socket, int bytes) throws IOException {
        socket.getOutputStream().write(new byte[bytes]);
        return socket.getInputStream().readNBytes(bytes);
    }

    @Test
    void without_a_fault_every_byte_passes() throws IOException {
        try (Socket socket = connect()) {
            assertThat(say(socket, 100_000)).hasSize(100_000);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(proxy.bytesUp()).isEqualTo(100_000);
        assertThat(proxy.bytesDown()).isEqualTo(100_000);
        assertThat(proxy.connections()).isEqualTo(1);
    }

    @Test
    void a_reset_breaks_open_connections_and_lets_later_ones_pass() throws IOException {
        try (Socket socket = connect()) {
            say(socket, 10);
            proxy.reset();
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        try (Socket socket = connect()) {
            assertThat(say(socket, 10)).hasSize(10);
        }
    }

    @Test
    void refusing_breaks_every_connection_until_healed() throws IOException {
        proxy.refuse();
        assertThatThrownBy(
                        () -> {
                            try (Socket socket = connect()) {
                                say(socket, 10);
                                socket.getInputStream().read();
                                throw new SocketException("nothing was reset");
                            }
                        })
                .isInstanceOf(SocketException.class)
                .hasMessageNotContaining("nothing");
        proxy.heal();
        try (Socket socket = connect()) {
            assertThat(say(socket, 10)).hasSize(10);
        }
    }

    @Test
    void a_black_hole_keeps_the_connection_and_answers_nothing() throws IOException {
        try (Socket socket = connect()) {
            say(socket, 10);
            proxy.blackHole();
            socket.setSoTimeout(200);
            socket.getOutputStream().write(new byte[10]);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            socket.setSoTimeout(5000);
            assertThat(socket.getInputStream().readNBytes(10)).hasSize(10);
        }
    }

    @Test
    void a_cut_passes_exactly_so_many_bytes() throws IOException {
        proxy.cutUpAfter(70_000);
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> say(socket, 300_000)).isInstanceOf(SocketException.class);
        }
        assertThat(proxy.bytesUp()).isEqualTo(70_000);
        proxy.heal();
        proxy.cutDownAfter(5);
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> say(socket, 10)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void a_lost_reply_was_heard_by_the_server() throws IOException {
        proxy.loseReplies();
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> say(socket, 10)).isInstanceOf(SocketException.class);
        }
        assertThat(proxy.bytesUp()).isEqualTo(10);
        assertThat(proxy.bytesDown()).isZero();
    }

    @Test
    void a_delay_is_kept() throws IOException {
        proxy.delay(Duration.ofMillis(100));
        long start = System.nanoTime();
        try (Socket socket = connect()) {
            say(socket, 10);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
}
