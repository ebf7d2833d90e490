package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.holdfast.domain.shared.BlockInput;

/**
 * Sockets for the JDBC driver, which makes this class by its name, to a server that is reached by a
 * unix socket. Wherever the driver wants to connect to, the socket is the one it was made with.
 *
 * <p>The channel never blocks by itself; reading and writing wait in selectors of their own, so
 * that one thread may cut a connection that another waits on, and timeouts are kept.
 */
public final class UnixSockets extends SocketFactory {
    private final UnixDomainSocketAddress address;

    /**
     * @param path of the socket
     */
    public UnixSockets(String path) {
        this.address = UnixDomainSocketAddress.of(path);
    }

    @Override
    public Socket createSocket() throws IOException {
        return new Unix(address);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
            throws IOException {
        return connected();
    }

    private Socket connected() throws IOException {
        Socket socket = createSocket();
        socket.connect(null, 0);
        return socket;
    }

    /** What the driver uses of a socket; options of TCP mean nothing here. */
    private static final class Unix extends Socket {
        private final UnixDomainSocketAddress address;
        private final SocketChannel channel;
        private final Selector reading;
        private final Selector writing;
        private volatile int timeout;
        private volatile boolean closed;

        Unix(UnixDomainSocketAddress address) throws IOException {
            this.address = address;
            this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            this.reading = Selector.open();
            this.writing = Selector.open();
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        @Override
        public void connect(SocketAddress endpoint, int limit) throws IOException {
            // A unix socket is connected at once or not at all.
            channel.connect(address);
            channel.configureBlocking(false);
            channel.register(reading, SelectionKey.OP_READ);
            channel.register(writing, SelectionKey.OP_WRITE);
        }

        @Override
        public InputStream getInputStream() {
            return new BlockInput() {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    if (length == 0) {
                        return 0;
                    }
                    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
                    int n;
                    while ((n = channel.read(buffer)) == 0) {
                        await(reading, timeout == 0 ? 0 : end);
                    }
                    return n;
                }

                @Override
                public void close() throws IOException {
                    Unix.this.close();
                }
            };
        }

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                    while (buffer.hasRemaining()) {
                        if (channel.write(buffer) == 0) {
                            await(writing, 0);
                        }
                    }
                }

                @Override
                public void close() throws IOException {
                    Unix.this.close();
                }
            };
        }

        /**
         * @param end by {@link System#nanoTime()}; 0: never
         */
        private void await(Selector selector, long end) throws IOException {
            try {
                selector.selectedKeys().clear();
                if (end == 0) {
                    selector.select();
                } else {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (left <= 0 || selector.select(left) == 0 && end <= System.nanoTime()) {
                        throw new SocketTimeoutException("Read timed out");
                    }
                }
            } catch (ClosedSelectorException e) {
                throw new SocketException("Socket closed");
            }
            if (closed) {
                throw new SocketException("Socket closed");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new SocketException("The thread was interrupted.");
            }
        }

        @Override
        public synchronized void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            try {
                channel.close();
            } finally {
                reading.close();
                writing.close();
            }
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public boolean isConnected() {
            return channel.isConnected();
        }

        @Override
        public boolean isBound() {
            return channel.isConnected();
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void setSoTimeout(int milliseconds) {
            timeout = milliseconds;
        }

        @Override
        public int getSoTimeout() {
            return timeout;
        }

        @Override
        public void setTcpNoDelay(boolean on) {}

        @Override
        public boolean getTcpNoDelay() {
            return true;
        }

        @Override
        public void setKeepAlive(boolean on) {}

        @Override
        public void setSendBufferSize(int size) {}

        @Override
        public int getSendBufferSize() {
            return 64 << 10;
        }

        @Override
        public void setReceiveBufferSize(int size) {}

        @Override
        public int getReceiveBufferSize() {
            return 64 << 10;
        }

        @Override
        public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public String toString() {
            return "unix socket " + address;
        }
    }
}
