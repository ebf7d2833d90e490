package org.holdfast.notify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** TLS over sockets that look where they connect to. */
final class GuardedTls extends SSLSocketFactory {
    static final GuardedTls SOCKETS = new GuardedTls();

    private final SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();

    private GuardedTls() {}

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean close)
            throws IOException {
        return tls.createSocket(plain, host, port, close);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(Guarded.SOCKETS.createSocket(host, port), host, port, true);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(
                Guarded.SOCKETS.createSocket(host, port), host.getHostName(), port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
            throws IOException {
        return createSocket(host, port);
    }
}
