package org.holdfast.adapter.s3;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import okhttp3.Dns;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * Whom the store's client may speak to. Link-local addresses (169.254.0.0/16 of RFC 3927, fe80::/10
 * of RFC 4291) carry the metadata services of clouds, which give away the machine's own
 * credentials; the other services' addresses are those that no database is connected to either.
 * Names are checked at every look-up, so that a name cannot change its address afterwards.
 */
final class Addresses implements Dns {
    /** A name that led to an address which is not spoken to. */
    static final class Forbidden extends UnknownHostException {
        Forbidden(String host, InetAddress address) {
            super(host + " is " + address.getHostAddress() + ", a link-local or metadata address");
        }
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> addresses = Dns.SYSTEM.lookup(host);
        for (InetAddress address : addresses) {
            if (isForbidden(address)) {
                throw new Forbidden(host, address);
            }
        }
        return addresses;
    }

    static boolean isForbidden(InetAddress address) {
        return address.isAnyLocalAddress() || PostgresUrl.forbidden(address);
    }

    /**
     * Checks an endpoint's shape and port and, where its host is a literal address, the address;
     * the client does not look those up.
     */
    static URI check(String store, URI endpoint) {
        boolean bare =
                endpoint.getHost() != null
                        && endpoint.getUserInfo() == null
                        && endpoint.getQuery() == null
                        && endpoint.getFragment() == null
                        && Set.of("", "/").contains(endpoint.getPath());
        if (!Set.of("http", "https").contains(String.valueOf(endpoint.getScheme())) || !bare) {
            throw new Refused(
                    "STORE-ENDPOINT",
                    "The endpoint of S3 store \""
                            + store
                            + "\" is not of the shape https://host or https://host:port.",
                    "Correct S3_ENDPOINT; the bucket's name goes into S3_BUCKET.");
        }
        if (endpoint.getPort() == 0 || endpoint.getPort() > 65_535) {
            throw new Refused(
                    "STORE-ENDPOINT",
                    "The port in the endpoint of S3 store \""
                            + store
                            + "\" is not a number from 1 to 65535.",
                    "Correct S3_ENDPOINT; leave the port out where it is the usual one.");
        }
        String host = endpoint.getHost();
        if (host.startsWith("[") || host.matches("[0-9.]+")) {
            try {
                InetAddress address = InetAddress.getByName(host);
                if (isForbidden(address)) {
                    throw new Refused(
                            "STORE-ENDPOINT",
                            "The endpoint of S3 store \""
                                    + store
                                    + "\" is "
                                    + address.getHostAddress()
                                    + ", a link-local or metadata address; Holdfast does not"
                                    + " speak to those.",
                            "Set S3_ENDPOINT to the store's own address.");
                }
            } catch (UnknownHostException e) {
                throw new Refused(
                        "STORE-ENDPOINT",
                        "The endpoint of S3 store \"" + store + "\" is no address: " + host + ".",
                        "Correct S3_ENDPOINT.");
            }
        }
        return endpoint;
    }
}
