package org.holdfast.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * How a child learns where to connect: nearly all by environment, the password by passfile, and as
 * an argument only what has no variable. The database's name stands in that argument quoted: libpq
 * would take a bare name such as {@code host=evil} for a connection string.
 */
final class ConnInfo {
    /** A connection that carries nothing for this long is looked after, so that a dead one ends. */
    private static final Map<String, String> KEEP_ALIVE =
            Map.of("keepalives_idle", "30", "keepalives_interval", "10", "keepalives_count", "3");

    private ConnInfo() {}

    /** A connection string without any secret (PostgreSQL manual, 34.1.1.1). */
    static String of(PostgresUrl url) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("dbname", url.database());
        words.putAll(new java.util.TreeMap<>(KEEP_ALIVE));
        words.putAll(url.parametersWithoutVariable());
        StringBuilder text = new StringBuilder();
        words.forEach(
                (key, value) ->
                        text.append(text.isEmpty() ? "" : " ")
                                .append(key)
                                .append("='")
                                .append(value.replace("\\", "\\\\").replace("'", "\\'"))
                                .append('\''));
        return text.toString();
    }

    /** The whole environment of a child that connects to {@code url}. */
    static Map<String, String> environment(PostgresUrl url, PassFile pass) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGAPPNAME", Session.APPLICATION);
        environment.put("PGCONNECT_TIMEOUT", "15");
        environment.putAll(url.libpqEnvironment());
        environment.put("PGPASSFILE", pass.path().toString());
        return environment;
    }
}
