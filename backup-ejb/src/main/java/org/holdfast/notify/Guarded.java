package org.holdfast.notify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.SocketFactory;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Sockets that look at the address they really connect to: a name that led to a good address when
 * it was looked at leads nowhere else afterwards.
 */
final class Guarded extends SocketFactory {
    static final Guarded SOCKETS = new Guarded();

    private Guarded() {}

    @Override
    public Socket createSocket() {
        return new Looking();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
            throws IOException {
        return createSocket(host, port);
    }

    private Socket connected(InetSocketAddress where) throws IOException {
        Socket socket = createSocket();
        socket.connect(where);
        return socket;
    }

    private static final class Looking extends Socket {
        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            InetSocketAddress where = (InetSocketAddress) endpoint;
            if (where.isUnresolved()) {
                throw new SocketException(where.getHostString() + " has no address");
            }
            if (PostgresUrl.forbidden(where.getAddress())) {
                throw new SocketException(
                        where.getHostString()
                                + " leads to a link-local or metadata address, which is never"
                                + " called");
            }
            super.connect(endpoint, timeout);
        }
    }
}
