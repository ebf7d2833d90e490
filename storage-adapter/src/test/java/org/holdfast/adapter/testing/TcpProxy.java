package org.holdfast.adapter.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a real TCP server (S3, PostgreSQL) and breaks what passes. Without a
 * fault it passes every byte. A fault counts for open and for later connections until {@link
 * #heal()}.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.to("127.0.0.1", 5432)) {
 *     connect(proxy.port());
 *     proxy.cutUpAfter(100_000);
 * }
 * }</pre>
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private final Object gate = new Object();
    private boolean hole;
    private boolean closed;
    private volatile boolean refusing;
    private volatile boolean losingReplies;
    private volatile Duration delay = Duration.ZERO;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private final AtomicLong upLeft = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong downLeft = new AtomicLong(Long.MAX_VALUE);

    private TcpProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket();
        // Loopback buffers are megabytes large: a client would have sent all before a throttle is
        // felt, which no network does.
        listener.setReceiveBufferSize(4 * CHUNK);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        start("tcp-proxy-" + listener.getLocalPort(), this::accept);
    }

    /** Listens on a free loopback port and connects each client to {@code host:port}. */
    public static TcpProxy to(String host, int port) throws IOException {
        return new TcpProxy(new InetSocketAddress(host, port));
    }

    public static TcpProxy to(URI server) throws IOException {
        return to(server.getHost(), server.getPort());
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Where to send clients, e.g. {@code http://127.0.0.1:40123}. */
    public URI uri(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + port());
    }

    /** Connections accepted so far. */
    public long connections() {
        return accepted.get();
    }

    /** Connections open now. */
    public int open() {
        return links.size();
    }

    /** Bytes passed from clients to the server so far. */
    public long bytesUp() {
        return up.get();
    }

    /** Bytes passed from the server to clients so far. */
    public long bytesDown() {
        return down.get();
    }

    /** Resets (RST) every open connection; later ones pass. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Resets open connections and every later one as soon as it is made: the server is down. */
    public void refuse() {
        refusing = true;
        reset();
    }

    /** Connections stay open, nothing passes in either direction: a cable pulled. */
    public void blackHole() {
        synchronized (gate) {
            hole = true;
        }
    }

    /** Holds each piece (at most 64 KiB) for this long before it is passed on. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Passes no more than this in each direction of each connection. */
    public void throttle(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Resets the connection that would carry more than {@code bytes} from now to the server. */
    public void cutUpAfter(long bytes) {
        upLeft.set(bytes);
    }

    /** Resets the connection that would carry more than {@code bytes} from now to a client. */
    public void cutDownAfter(long bytes) {
        downLeft.set(bytes);
    }

    /** The server hears everything; its next answer on each connection is lost by a reset. */
    public void loseReplies() {
        losingReplies = true;
    }

    /** Ends every fault; what a black hole held back passes on. */
    public void heal() {
        refusing = false;
        losingReplies = false;
        delay = Duration.ZERO;
        bytesPerSecond = Long.MAX_VALUE;
        upLeft.set(Long.MAX_VALUE);
        downLeft.set(Long.MAX_VALUE);
        synchronized (gate) {
            hole = false;
            gate.notifyAll();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (gate) {
            closed = true;
            gate.notifyAll();
        }
        listener.close();
        reset();
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                if (refusing) {
                    reset(client);
                } else {
                    start("tcp-proxy-connect", () -> connect(client));
                }
            } catch (IOException e) {
                // Closed: the loop ends. Anything else concerns one client only.
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target, 10_000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(client);
            reset(server);
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        start("tcp-proxy-up", () -> link.pump(client, server, true));
        start("tcp-proxy-down", () -> link.pump(server, client, false));
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to reset.
        }
    }

    private final class Link {
        private final Socket client;
        private final Socket server;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void reset() {
            links.remove(this);
            TcpProxy.reset(client);
            TcpProxy.reset(server);
        }

        void pump(Socket from, Socket to, boolean upwards) {
            byte[] chunk = new byte[CHUNK];
            AtomicLong left = upwards ? upLeft : downLeft;
            AtomicLong passed = upwards ? up : down;
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(chunk); n != -1; n = in.read(chunk)) {
                    hold(n);
                    if (!upwards && losingReplies) {
                        reset();
                        return;
                    }
                    long rest = left.get() == Long.MAX_VALUE ? n : left.getAndAdd(-n);
                    int pass = (int) Math.max(0, Math.min(n, rest));
                    // counted first: the answer to it may be back before this thread goes on
                    passed.addAndGet(pass);
                    out.write(chunk, 0, pass);
                    if (pass < n) {
                        reset();
                        return;
                    }
                }
                to.shutdownOutput();
                if (from.isOutputShutdown()) {
                    reset();
                }
            } catch (IOException e) {
                reset();
            } catch (InterruptedException e) {
                reset();
            }
        }

        private void hold(int bytes) throws InterruptedException {
            Duration wait = delay;
            if (bytesPerSecond != Long.MAX_VALUE) {
                wait = wait.plusNanos(bytes * 1_000_000_000L / bytesPerSecond);
            }
            if (!wait.isZero()) {
                Thread.sleep(wait.toMillis(), wait.getNano() % 1_000_000);
            }
            synchronized (gate) {
                while (hole) {
                    if (closed) {
                        // What a black hole swallowed does not come out of it at the end.
                        throw new InterruptedException();
                    }
                    gate.wait();
                }
            }
        }
    }
}
