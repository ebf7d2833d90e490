package org.holdfast.security.openid;

import com.nimbusds.jose.util.DefaultResourceRetriever;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.holdfast.config.OpenId;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * How the provider is called: an answer within seconds or none, of a bounded size, from the very
 * address that was asked. A name that leads to a link-local or metadata address is not called.
 */
final class ProviderCalls {
    private static final int PATIENCE_MS = 5000;
    private static final int LARGEST_BYTES = 256 * 1024;

    private ProviderCalls() {}

    /** For reading documents. */
    static DefaultResourceRetriever reader() {
        return new DefaultResourceRetriever(PATIENCE_MS, PATIENCE_MS, LARGEST_BYTES) {
            @Override
            protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
                requireAllowed(url.toString());
                HttpURLConnection connection = super.openHTTPConnection(url);
                connection.setInstanceFollowRedirects(false);
                return connection;
            }

            @Override
            protected URLConnection openFileConnection(URL url) throws IOException {
                throw new IOException(url + " is no address of a provider.");
            }
        };
    }

    /**
     * Reads a JSON document.
     *
     * @param token sent as Bearer token; null: none
     */
    static String read(String address, String token) throws IOException {
        DefaultResourceRetriever reader = reader();
        if (token != null) {
            reader.setHeaders(Map.of("Authorization", List.of("Bearer " + token)));
        }
        return reader.retrieveResource(URI.create(address).toURL()).getContent();
    }

    /** For the one call that sends something, to an address that is allowed. */
    static Client sender() {
        return ClientBuilder.newBuilder()
                .connectTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .readTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .property("jersey.config.client.followRedirects", false)
                .build();
    }

    static void requireAllowed(String address) throws IOException {
        if (OpenId.against(address).isPresent()) {
            throw new IOException(address + " " + OpenId.against(address).get());
        }
        String host = URI.create(address).getHost();
        for (InetAddress one : InetAddress.getAllByName(host)) {
            if (PostgresUrl.forbidden(one)) {
                throw new IOException(host + " leads to a link-local or metadata address.");
            }
        }
    }
}
