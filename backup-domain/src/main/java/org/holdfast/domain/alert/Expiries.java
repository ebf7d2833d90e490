package org.holdfast.domain.alert;

import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/** What was seen of things that end by themselves, wherever a connection came by. */
public interface Expiries {
    /** Before each subject that {@link #ofHost} gives. */
    String HOSTS = "tls/";

    /**
     * How long something is good for.
     *
     * @param from empty where it is not known
     */
    record Term(Optional<Instant> from, Instant until) {
        public static Term until(Instant end) {
            return new Term(Optional.empty(), end);
        }
    }

    /** The host whose certificate a database's users see; empty where there is no TLS. */
    static Optional<String> ofHost(PostgresUrl database) {
        return database.socket().isPresent()
                        || "disable".equals(database.parameters().get("sslmode"))
                ? Optional.empty()
                : Optional.of(ofHost(database.host(), database.port()));
    }

    /** The same, as it is shown to people; empty also where it cannot be read. */
    static Optional<String> ofDatabase(String redactedUrl) {
        return database(redactedUrl).flatMap(Expiries::ofHost);
    }

    /** Empty where it cannot be read. */
    static Optional<PostgresUrl> database(String redactedUrl) {
        try {
            return Optional.of(PostgresUrl.parse(redactedUrl));
        } catch (Refused e) {
            return Optional.empty();
        }
    }

    /** The same of an address; empty where it is not https. */
    static Optional<String> ofHost(URI address) {
        return "https".equals(address.getScheme()) && address.getHost() != null
                ? Optional.of(
                        ofHost(address.getHost(), address.getPort() > 0 ? address.getPort() : 443))
                : Optional.empty();
    }

    /** The subject of the certificate that a host shows, e.g. {@code tls/db1.example:5432}. */
    static String ofHost(String host, int port) {
        return HOSTS
                + (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host)
                        .toLowerCase(Locale.ROOT)
                + ":"
                + port;
    }

    /**
     * Something that ends.
     *
     * @param kind CERTIFICATE_EXPIRES or CREDENTIAL_EXPIRES
     * @param subject e.g. {@code source/shop}
     * @param what begins a sentence: {@code Login backup of source shop}
     * @param verified whether a connection refuses it once it has ended, as the machine that looked
     *     knows it
     * @param by the machine that looked
     */
    record Thing(AlertKind kind, String subject, String what, boolean verified, String by) {}

    /**
     * Notes it, or forgets it.
     *
     * @param term empty where it does not end
     */
    void seen(Thing thing, Optional<Term> term);

    /**
     * What was noted of it is all that is known: it was looked for and could not be read. That
     * keeps it from being old news, and is no reading.
     */
    void still(AlertKind kind, String subject);

    /**
     * Forgets the hosts that nothing leads to any more: none of these, and looked at by this
     * machine last. The settings of another one may lead to others: what it found is forgotten once
     * it is old news.
     */
    void onlyHosts(Collection<String> subjects, String by);

    /**
     * Those of {@link #known} that are about these subjects, by subject, but for certificates that
     * were not read since they would have ended.
     */
    Map<String, AlertFacts.Expiring> ends(AlertKind kind, Collection<String> subjects, Instant now);

    /** All that alerts are judged by. What has not been seen for long is left out. */
    List<AlertFacts.Expiring> known(Instant now);
}
