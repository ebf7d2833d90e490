package org.holdfast.domain.drill;

import java.util.EnumSet;
import java.util.Set;

/** What a drill can look at. */
public enum CheckKind {
    /** The restore ended without an error. */
    RESTORED,
    /** What the manifest has counted, or hashed, is the same in the restored database. */
    CONTENT,
    /** As many objects of the counted kinds as the archive lists, all defined as in it. */
    SCHEMA,
    /** Every index is valid. */
    INDEXES,
    /** {@code pg_amcheck} finds no corruption. */
    AMCHECK,
    /** Extensions of the manifest are there; another version warns. */
    EXTENSIONS,
    /** Collations are of the version that was recorded when objects were made with them. */
    COLLATIONS,
    /** The migrations table is there and at the expected version. */
    MIGRATIONS,
    /** The tables that must hold rows do. */
    KEY_TABLES,
    /** Row security of the plan's tables is on and has a policy; what it says is not looked at. */
    ROW_SECURITY,
    /** The roles that the plan names are there; in a cluster, those of the source were made. */
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
