package org.holdfast.domain.policy;

/** What is recorded of every table under the dump's own snapshot, to be held against a restore. */
public enum RowProof {
    OFF,
    /** Row counts. */
    COUNTS,
    /** Row counts and an order-independent hash of the rows. */
    HASHES
}
