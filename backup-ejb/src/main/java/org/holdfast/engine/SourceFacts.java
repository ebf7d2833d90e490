package org.holdfast.engine;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Manifest;

/**
 * What a database and its server tell of themselves.
 *
 * @param version of the server
 * @param systemIdentifier of the cluster, from {@code pg_control_system()}: the same whatever name
 *     it is reached by, and the same for its physical copies
 * @param database its name
 * @param databaseOid stays the same when the database is renamed
 * @param form encoding and locale
 * @param collationVersion the one recorded when the database was made, PostgreSQL 15 and newer
 * @param collationNow what the operating system provides now; differs after a libc or ICU upgrade
 * @param extensions name to version
 * @param databaseBytes {@code pg_database_size}
 * @param dumpBytes size of tables with their TOAST and of large objects, indexes left out: about
 *     what an uncompressed dump takes
 * @param tables how many tables a dump holds rows of
 * @param largeObjects how many
 * @param superuser whether the connecting role is one
 * @param standby whether the server is in recovery
 * @param login the connecting role
 * @param loginUntil when its password ends; empty where it does not
 */
public record SourceFacts(
        ServerVersion version,
        String systemIdentifier,
        String database,
        long databaseOid,
        DatabaseForm form,
        Optional<String> collationVersion,
        Optional<String> collationNow,
        Map<String, String> extensions,
        long databaseBytes,
        long dumpBytes,
        int tables,
        long largeObjects,
        boolean superuser,
        boolean standby,
        String login,
        Optional<Instant> loginUntil) {

    /**
     * These facts as a manifest keeps them.
     *
     * @param name of the source in Holdfast
     */
    public Manifest.Origin origin(String name, PostgresUrl url) {
        return new Manifest.Origin(
                name,
                url.redacted(),
                systemIdentifier,
                database,
                version.toString(),
                version.major(),
                form.encoding(),
                form.collate(),
                form.ctype(),
                form.provider(),
                form.locale(),
                extensions);
    }
}
