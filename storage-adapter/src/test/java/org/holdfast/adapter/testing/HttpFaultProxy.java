package org.holdfast.adapter.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stands between a client and a real HTTP/1.1 server, usually of S3, and lets chosen requests go
 * wrong: {@code proxy.fail(Request::isComplete, 1, new LoseReply())}. Host and body pass unchanged,
 * so signatures stay valid.
 */
public final class HttpFaultProxy implements AutoCloseable {
    /**
     * A request as the client sent it.
     *
     * @param path decoded, e.g. {@code /bucket/key}
     * @param query decoded; {@code ""} where a name has no value
     * @param length bytes of its body
     */
    public record Request(String method, String path, Map<String, String> query, long length) {
        public boolean isCreate() {
            return method.equals("POST") && query.containsKey("uploads");
        }

        public boolean isPart() {
            return method.equals("PUT") && query.containsKey("partNumber");
        }

        public boolean isPart(int number) {
            return isPart() && query.get("partNumber").equals(Integer.toString(number));
        }

        public boolean isComplete() {
            return method.equals("POST") && query.containsKey("uploadId");
        }

        public boolean isAbort() {
            return method.equals("DELETE") && query.containsKey("uploadId");
        }

        /** A whole object by one PUT. */
        public boolean isPut() {
            return method.equals("PUT") && query.isEmpty();
        }

        public boolean isStat() {
            return method.equals("HEAD");
        }

        public boolean isRead() {
            return method.equals("GET") && query.isEmpty();
        }

        public boolean isDelete() {
            return method.equals("DELETE") && query.isEmpty();
        }

        public boolean isList() {
            return method.equals("GET") && query.containsKey("list-type");
        }
    }

    /** What happens to a request. */
    public sealed interface Fault {}

    /** Not passed on; answered with this status and an S3 error of this code. */
    public record Answer(int status, String code) implements Fault {}

    /** Not passed on; answered with 200 and an S3 error in the body, as Complete may be. */
    public record FalseSuccess(String code) implements Fault {}

    /** Not passed on; answered with a redirect. */
    public record Redirect(String location) implements Fault {}

    /**
     * The connection is reset after so many bytes of the request's body were passed on. A request
     * that has no more than those is not passed on at all: the server would do it or not, as it
     * happens.
     */
    public record Reset(long after) implements Fault {}

    /** Passed on and done; the connection is reset instead of the answer. */
    public record LoseReply() implements Fault {}

    /** Not passed on, never answered; the connection stays open. */
    public record Silence() implements Fault {}

    /** Passed on and done, never answered; the connection stays open. */
    public record SilentAfter() implements Fault {}

    /** Passed on with the lowest bit of this byte of the body flipped. */
    public record FlipBit(long at) implements Fault {}

    /**
     * The answer's body ends too early, after so many bytes. By an orderly end: a reset would also
     * take back what the client has not read yet.
     */
    public record CutReply(long after) implements Fault {}

    private record Rule(Predicate<Request> which, AtomicInteger times, Fault fault) {}

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Request> seen = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger done = new AtomicInteger();

    private HttpFaultProxy(URI server) throws IOException {
        target = new InetSocketAddress(server.getHost(), server.getPort());
        listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public static HttpFaultProxy to(URI server) throws IOException {
        return new HttpFaultProxy(server);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** The next {@code times} requests of this kind meet {@code fault}. */
    public void fail(Predicate<Request> which, int times, Fault fault) {
        rules.add(new Rule(which, new AtomicInteger(times), fault));
    }

    /** All of them, until {@link #heal()}. */
    public void failAlways(Predicate<Request> which, Fault fault) {
        fail(which, Integer.MAX_VALUE, fault);
    }

    /** Ends every fault. */
    public void heal() {
        rules.clear();
    }

    /** Every request so far, in order of arrival. */
    public List<Request> seen() {
        return List.copyOf(seen);
    }

    public long seen(Predicate<Request> which) {
        return seen.stream().filter(which).count();
    }

    /** Requests that met a fault so far: a test whose fault never struck proves nothing. */
    public int struck() {
        return done.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(HttpFaultProxy::reset);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "http-fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                start(() -> serve(client));
            } catch (IOException e) {
                // Closed: the loop ends.
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream(), 64 * 1024);
            Head head = Head.read(in);
            if (head == null) {
                return;
            }
            Request request = head.request();
            seen.add(request);
            handle(head, request, in, client, fault(request));
        } catch (IOException e) {
            reset(client);
        } finally {
            sockets.remove(client);
        }
    }

    private Fault fault(Request request) {
        for (Rule rule : rules) {
            if (rule.which().test(request) && rule.times().getAndDecrement() > 0) {
                done.incrementAndGet();
                return rule.fault();
            }
        }
        return null;
    }

    private void handle(Head head, Request request, InputStream in, Socket client, Fault fault)
            throws IOException {
        if (fault == null) {
            forward(head, request, in, client.getOutputStream(), Long.MAX_VALUE, -1);
        } else if (fault instanceof Answer answer) {
            in.skipNBytes(request.length());
            answer(client, request, answer.status(), "", answer.code());
        } else if (fault instanceof FalseSuccess success) {
            in.skipNBytes(request.length());
            answer(client, request, 200, "", success.code());
        } else if (fault instanceof Redirect redirect) {
            in.skipNBytes(request.length());
            answer(
                    client,
                    request,
                    307,
                    "Location: " + redirect.location() + "\r\n",
                    "TemporaryRedirect");
        } else if (fault instanceof Reset reset) {
            if (reset.after() > 0 && request.length() > reset.after()) {
                try (Socket server = connect()) {
                    server.getOutputStream().write(head.forServer());
                    copy(in, server.getOutputStream(), reset.after());
                }
            }
            reset(client);
        } else if (fault instanceof LoseReply) {
            forward(head, request, in, OutputStream.nullOutputStream(), Long.MAX_VALUE, -1);
            reset(client);
        } else if (fault instanceof Silence) {
            awaitHangUp(client, in);
        } else if (fault instanceof SilentAfter) {
            forward(head, request, in, OutputStream.nullOutputStream(), Long.MAX_VALUE, -1);
            awaitHangUp(client, in);
        } else if (fault instanceof FlipBit flip) {
            forward(head, request, in, client.getOutputStream(), Long.MAX_VALUE, flip.at());
        } else if (fault instanceof CutReply cut) {
            forward(head, request, in, client.getOutputStream(), cut.after(), -1);
            client.shutdownOutput();
        }
    }

    /** Reads on, so that the client's writes end and only the answer is missing. */
    private static void awaitHangUp(Socket client, InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
        reset(client);
    }

    private static void answer(
            Socket client, Request request, int status, String headers, String code)
            throws IOException {
        String xml =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                        + code
                        + "</Code><Message>injected fault</Message></Error>";
        boolean bodiless = request.method().equals("HEAD");
        byte[] answer =
                ("HTTP/1.1 "
                                + status
                                + " Injected\r\nContent-Type: application/xml\r\nContent-Length: "
                                + (bodiless ? 0 : xml.length())
                                + "\r\n"
                                + headers
                                + "Connection: close\r\n\r\n"
                                + (bodiless ? "" : xml))
                        .getBytes(StandardCharsets.ISO_8859_1);
        client.getOutputStream().write(answer);
        client.shutdownOutput();
    }

    private Socket connect() throws IOException {
        Socket server = new Socket();
        server.connect(target, 10_000);
        server.setTcpNoDelay(true);
        return server;
    }

    private void forward(
            Head head, Request request, InputStream in, OutputStream out, long most, long flip)
            throws IOException {
        try (Socket server = connect()) {
            OutputStream up = server.getOutputStream();
            up.write(head.forServer());
            if (flip >= 0) {
                copy(in, up, flip);
                up.write(in.read() ^ 1);
                copy(in, up, request.length() - flip - 1);
            } else {
                copy(in, up, request.length());
            }
            up.flush();
            InputStream down = new BufferedInputStream(server.getInputStream(), 64 * 1024);
            Head reply = Head.read(down);
            if (reply == null) {
                throw new EOFException();
            }
            out.write(reply.bytes());
            // The server was asked to close, so its answer ends with the connection.
            byte[] chunk = new byte[64 * 1024];
            long left = most;
            for (int n = down.read(chunk); n != -1 && left > 0; n = down.read(chunk)) {
                int pass = (int) Math.min(n, left);
                out.write(chunk, 0, pass);
                left -= pass;
            }
            out.flush();
        }
    }

    private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        for (long left = bytes; left > 0; ) {
            int n = in.read(chunk, 0, (int) Math.min(left, chunk.length));
            if (n == -1) {
                throw new EOFException();
            }
            out.write(chunk, 0, n);
            left -= n;
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Closed already.
        }
    }

    /** The first line and the headers of a message. */
    private record Head(List<String> lines) {
        static Head read(InputStream in) throws IOException {
            List<String> lines = new ArrayList<>();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b != -1; b = in.read()) {
                if (b == '\n') {
                    String text = line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
                    line.reset();
                    if (text.isEmpty()) {
                        return new Head(lines);
                    }
                    lines.add(text);
                } else {
                    line.write(b);
                }
            }
            return null;
        }

        Request request() {
            String[] first = lines.get(0).split(" ");
            URI uri = URI.create("http://h" + first[1]);
            Map<String, String> query = new LinkedHashMap<>();
            if (uri.getRawQuery() != null) {
                for (String pair : uri.getRawQuery().split("&")) {
                    String[] parts = pair.split("=", 2);
                    query.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
                }
            }
            long length = 0;
            for (String line : lines) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    length = Long.parseLong(line.substring(15).strip());
                }
            }
            return new Request(first[0], uri.getPath(), query, length);
        }

        private static String decode(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }

        byte[] bytes() {
            return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }

        byte[] forServer() {
            List<String> sent = new ArrayList<>(lines);
            sent.removeIf(
                    line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("connection:"));
            sent.add("Connection: close");
            return new Head(sent).bytes();
        }
    }
}
