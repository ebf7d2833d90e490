package org.holdfast.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Sockets for the JDBC driver, which makes this class by its name. A silent peer is found out
 * within a minute, not after the system's two hours, and a name that resolves to a link-local or
 * metadata address is refused at the moment of connecting.
 */
public final class KeepAliveSockets extends SocketFactory {
    @Override
    public Socket createSocket() {
        return new Guarded();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
            throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    private static Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = new Guarded();
        socket.connect(address);
        return socket;
    }

    private static final class Guarded extends Socket {
        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            if (endpoint instanceof InetSocketAddress where
                    && where.getAddress() != null
                    && PostgresUrl.forbidden(where.getAddress())) {
                throw new SocketException(
                        where.getHostString()
                                + " is a link-local or metadata address; Holdfast never connects to"
                                + " those");
            }
            super.connect(endpoint, timeout);
            setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30);
                setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
                setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
            }
        }
    }
}
