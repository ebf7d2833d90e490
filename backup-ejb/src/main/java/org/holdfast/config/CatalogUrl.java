package org.holdfast.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * Derives what the catalog's datasource is made of from {@code HOLDFAST_DB_URL}, so that one name
 * is enough: {@code holdfast.db.jdbc-url}, {@code holdfast.db.user}, {@code holdfast.db.password}.
 * Given by themselves, these three win.
 *
 * <p>Where the URL is missing or malformed, a stand-in makes the datasource say so.
 */
public final class CatalogUrl implements ConfigSource {
    static final String JDBC_URL = "holdfast.db.jdbc-url";
    static final String USER = "holdfast.db.user";
    static final String PASSWORD = "holdfast.db.password";
    private static final String NAME = "HOLDFAST_DB_URL";

    /** Hosts that stand for what is wrong; no name of this domain can exist (RFC 2606). */
    private static final String UNSET = "unset.holdfast.invalid";

    private static final String MALFORMED = "malformed.holdfast.invalid";

    private final Map<String, String> derived;

    public CatalogUrl() {
        this(setting());
    }

    CatalogUrl(String url) {
        this.derived = url == null || url.isBlank() ? standIn(UNSET) : derive(url);
    }

    /**
     * What is wrong with the catalog's URL, if the datasource was given one of the stand-ins.
     *
     * @param host the datasource's
     */
    public static Optional<String> problem(String host) {
        return switch (host) {
            case UNSET ->
                    Optional.of(
                            "HOLDFAST_DB_URL is not set: Holdfast has no catalog. Set it to"
                                    + " postgresql://user:password@host:5432/database.");
            case MALFORMED -> Optional.of(NAME + ": " + wrong(setting()));
            default -> Optional.empty();
        };
    }

    private static String wrong(String url) {
        try {
            PostgresUrl.parse(url);
            return "It was malformed at start.";
        } catch (Refused e) {
            return e.getMessage() + " " + e.remedy();
        }
    }

    private static String setting() {
        return System.getProperty(NAME, System.getenv(NAME));
    }

    private static Map<String, String> standIn(String host) {
        return Map.of(
                JDBC_URL, "jdbc:postgresql://" + host + "/catalog", USER, "none", PASSWORD, "none");
    }

    private static Map<String, String> derive(String text) {
        PostgresUrl url;
        try {
            url = PostgresUrl.parse(text);
        } catch (Refused malformed) {
            return standIn(MALFORMED);
        }
        Properties properties = url.jdbcProperties();
        properties.remove("user");
        properties.remove("password");
        Map<String, String> values = new HashMap<>();
        values.put(JDBC_URL, url.jdbcUrl() + query(properties));
        values.put(USER, url.user());
        values.put(PASSWORD, url.password().reveal());
        return Map.copyOf(values);
    }

    private static String query(Properties properties) {
        Map<String, String> sorted = new TreeMap<>();
        properties.stringPropertyNames().forEach(n -> sorted.put(n, properties.getProperty(n)));
        StringBuilder query = new StringBuilder();
        sorted.forEach(
                (name, value) ->
                        query.append(query.isEmpty() ? '?' : '&')
                                .append(name)
                                .append('=')
                                .append(
                                        java.net.URLEncoder.encode(
                                                value, java.nio.charset.StandardCharsets.UTF_8)));
        return query.toString();
    }

    /** Below environment, system properties and files: what is said expressly wins. */
    @Override
    public int getOrdinal() {
        return 50;
    }

    @Override
    public Set<String> getPropertyNames() {
        return derived.keySet();
    }

    @Override
    public String getValue(String name) {
        return derived.get(name);
    }

    @Override
    public String getName() {
        return "HOLDFAST_DB_URL";
    }
}
