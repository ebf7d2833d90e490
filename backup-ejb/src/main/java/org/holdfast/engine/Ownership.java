package org.holdfast.engine;

import java.io.IOException;
import java.time.Duration;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Gives what a restore made to the role that is to own it. A dump without owners leaves everything
 * to the connecting role; restoring under the owner's role instead would fail wherever that role
 * may not make something (most extensions, event triggers).
 */
final class Ownership {
    /**
     * ALTER … OWNER TO for everything of the connecting role's in a database, but what PostgreSQL
     * itself or an extension made, and but what follows something else (rows of tables, serial
     * sequences, array types). Schemas come first: an owner of a table needs CREATE on its schema.
     */
    private static final String STATEMENTS =
            """
            SELECT pg_catalog.format('ALTER %s %s OWNER TO ',
                       CASE o.type WHEN 'composite type' THEN 'type'
                                   WHEN 'statistics object' THEN 'statistics' ELSE o.type END,
                       o.identity) AS statement
            FROM (
                SELECT 1 AS turn, 'pg_catalog.pg_namespace'::regclass AS class, oid, nspowner AS owner
                    FROM pg_catalog.pg_namespace
                UNION ALL SELECT 2, 'pg_catalog.pg_class'::regclass, c.oid, relowner
                    FROM pg_catalog.pg_class c
                    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S') AND relpersistence <> 't'
                      AND NOT (relkind = 'S' AND EXISTS (
                            SELECT FROM pg_catalog.pg_depend d
                            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                              AND d.refclassid = d.classid AND d.deptype IN ('a', 'i')))
                UNION ALL SELECT 3, 'pg_catalog.pg_type'::regclass, t.oid, typowner
                    FROM pg_catalog.pg_type t
                    WHERE typrelid = 0 AND typtype <> 'm' AND typisdefined
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
                UNION ALL SELECT 4, 'pg_catalog.pg_proc'::regclass, oid, proowner FROM pg_catalog.pg_proc
                UNION ALL SELECT 4, 'pg_catalog.pg_operator'::regclass, oid, oprowner
                    FROM pg_catalog.pg_operator
                UNION ALL SELECT 4, 'pg_catalog.pg_opfamily'::regclass, oid, opfowner
                    FROM pg_catalog.pg_opfamily
                UNION ALL SELECT 4, 'pg_catalog.pg_opclass'::regclass, oid, opcowner
                    FROM pg_catalog.pg_opclass
                UNION ALL SELECT 4, 'pg_catalog.pg_collation'::regclass, oid, collowner
                    FROM pg_catalog.pg_collation
                UNION ALL SELECT 4, 'pg_catalog.pg_conversion'::regclass, oid, conowner
                    FROM pg_catalog.pg_conversion
                UNION ALL SELECT 4, 'pg_catalog.pg_ts_dict'::regclass, oid, dictowner
                    FROM pg_catalog.pg_ts_dict
                UNION ALL SELECT 4, 'pg_catalog.pg_ts_config'::regclass, oid, cfgowner
                    FROM pg_catalog.pg_ts_config
                UNION ALL SELECT 4, 'pg_catalog.pg_statistic_ext'::regclass, oid, stxowner
                    FROM pg_catalog.pg_statistic_ext
                UNION ALL SELECT 4, 'pg_catalog.pg_foreign_server'::regclass, oid, srvowner
                    FROM pg_catalog.pg_foreign_server
                UNION ALL SELECT 4, 'pg_catalog.pg_largeobject'::regclass, oid, lomowner
                    FROM pg_catalog.pg_largeobject_metadata
            ) AS owned
            CROSS JOIN LATERAL pg_catalog.pg_identify_object(class, oid, 0) AS o
            WHERE owner = current_user::regrole AND oid >= 16384
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                              WHERE d.classid = class AND d.objid = owned.oid AND d.deptype = 'e')
            ORDER BY turn, oid
            """;

    private Ownership() {}

    /** The same inside a running psql transaction. */
    static String script(String owner) {
        return """
                DO $holdfast$
                DECLARE
                    each record;
                BEGIN
                    FOR each IN %s LOOP
                        EXECUTE each.statement || %s;
                    END LOOP;
                END
                $holdfast$;
                """
                .formatted(STATEMENTS, Session.literal(Session.name(owner)));
    }

    /** Hands over one by one, so that no number of objects fills the server's lock table. */
    static void handOver(PostgresUrl database, String owner, Cancel cancel) throws IOException {
        try (Session session = Session.open(database, cancel)) {
            session.patience(Duration.ofMinutes(10));
            for (String statement : session.all(row -> row.getString(1), STATEMENTS)) {
                session.run(statement + Session.name(owner));
            }
        }
    }
}
