package org.holdfast.domain.drill;

import java.util.EnumSet;
import java.util.Set;

/** What a drill can look at, in the order in which it is looked at. */
public enum CheckKind {
    /** The restore ended without an error. */
    RESTORED,
    /** Counts, or hashes, of all rows, sequences and large objects equal the manifest's. */
    CONTENT,
    /** Every object that the archive lists is in the restored database. */
    SCHEMA,
    /** Every index is valid. */
    INDEXES,
    /** {@code pg_amcheck} finds no corruption. */
    AMCHECK,
    /** Extensions of the manifest, in its versions. */
    EXTENSIONS,
    /** Collations are of the version that indexes were built with. */
    COLLATIONS,
    /** The migrations table is there and at the expected version. */
    MIGRATIONS,
    /** The tables that must hold rows do. */
    KEY_TABLES,
    /** Row security is on and policies are there. */
    ROW_SECURITY,
    /** The roles that the database speaks of are there. */
    ROLES,
    /** Statements of the user. */
    VERIFICATION_SQL,
    /** A command of the operator, run against the restored database. */
    SMOKE_TEST,
    /** The newest row of the canary table, against the recovery point objective. */
    CANARY,
    /** The measured time of the drill, against the recovery time objective. */
    RTO,
    /** The age of the data when the drill began, against the recovery point objective. */
    RPO;

    /** What is demanded where nobody says anything else. */
    public static Set<CheckKind> standard() {
        return EnumSet.of(RESTORED, CONTENT, SCHEMA, INDEXES);
    }
}
