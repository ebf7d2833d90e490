package org.holdfast.notify;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.holdfast.config.AllowedHosts;
import org.holdfast.domain.alert.Channel.Undelivered;
import org.holdfast.domain.shared.Secret;

/**
 * One HTTP request (RFC 9112), answered within seconds or failed: to the address that was looked at
 * and to no other, the certificate checked, no redirect followed, of the answer the status only. A
 * failure names the host and never the path, which may be the secret.
 */
final class Call {
    private static final int PATIENCE_MS = 10_000;
    private static final int LONGEST_STATUS = 200;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");

    private Call() {}

    static void post(Secret address, AllowedHosts allowed, Map<String, String> headers, String json)
            throws Undelivered {
        send("POST", address, allowed, headers, json.getBytes(StandardCharsets.UTF_8));
    }

    static void get(Secret address, AllowedHosts allowed) throws Undelivered {
        send("GET", address, allowed, Map.of(), new byte[0]);
    }

    private static void send(
            String method,
            Secret address,
            AllowedHosts allowed,
            Map<String, String> headers,
            byte[] body)
            throws Undelivered {
        URI uri = URI.create(address.reveal());
        if (!allowed.lets(uri.getHost())) {
            throw new Undelivered(
                    uri.getHost()
                            + " is not among "
                            + AllowedHosts.SETTING
                            + ": nothing was sent.");
        }
        boolean tls = "https".equals(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        int status;
        try (Socket plain = Guarded.SOCKETS.createSocket()) {
            plain.connect(new InetSocketAddress(bare(uri.getHost()), port), PATIENCE_MS);
            plain.setSoTimeout(PATIENCE_MS);
            try (Socket socket = tls ? secured(plain, bare(uri.getHost()), port) : plain) {
                socket.getOutputStream().write(request(method, uri, headers, body));
                socket.getOutputStream().flush();
                status = status(socket.getInputStream());
            }
        } catch (SSLException e) {
            throw new Undelivered(uri.getHost() + " could not be trusted: " + words(e) + ".");
        } catch (SocketTimeoutException e) {
            throw new Undelivered(uri.getHost() + " did not answer within 10 s.");
        } catch (IOException e) {
            throw new Undelivered(uri.getHost() + " could not be reached: " + words(e) + ".");
        }
        if (status < 200 || status > 299) {
            throw new Undelivered(
                    uri.getHost()
                            + " answered "
                            + status
                            + (status >= 300 && status <= 399
                                    ? ", and no redirect is followed"
                                    : "")
                            + ".");
        }
    }

    private static Socket secured(Socket plain, String host, int port) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        ((SSLSocketFactory) SSLSocketFactory.getDefault())
                                .createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] request(
            String method, URI uri, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder();
        String path =
                uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        head.append(method)
                .append(' ')
                .append(path)
                .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(uri.getHost())
                .append(uri.getPort() > 0 ? ":" + uri.getPort() : "")
                .append("\r\nUser-Agent: Holdfast\r\nAccept: */*\r\nConnection: close\r\n");
        if (body.length > 0) {
            head.append("Content-Type: application/json; charset=utf-8\r\n");
        }
        if (method.equals("POST")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }

    private static int status(InputStream answer) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = answer.read(); c >= 0 && c != '\n'; c = answer.read()) {
            if (line.length() >= LONGEST_STATUS) {
                break;
            }
            line.append((char) c);
        }
        Matcher matcher = STATUS.matcher(line.toString().stripTrailing());
        if (!matcher.matches()) {
            throw new IOException("its answer is no HTTP");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String words(IOException e) {
        String words = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return words.strip().replaceAll("\\s+", " ").replaceAll("\\.$", "");
    }
}
