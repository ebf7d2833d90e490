package org.holdfast.domain.restore;

import java.util.Optional;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Where the source of an import is now. The dump itself tells of no cluster, so that its source is
 * known by how it is reached, and by its system identifier where it answers.
 *
 * @param systemIdentifier of its cluster; empty where it does not answer
 */
public record SourceNow(PostgresUrl url, Optional<String> systemIdentifier) {

    /** Whether a server is the source's, by its identifier or by the address. */
    public boolean isOn(PostgresUrl server, String identifier) {
        return systemIdentifier.filter(identifier::equals).isPresent()
                || url.host().equalsIgnoreCase(server.host()) && url.port() == server.port();
    }

    /** Whether a database is the source itself. */
    public boolean is(PostgresUrl database, String identifier) {
        return isOn(database, identifier) && url.database().equals(database.database());
    }
}
