package org.holdfast.domain.storage;

/**
 * How copies in a store are locked, where its bucket has Object Lock (S3 API reference, "Object
 * Lock").
 */
public enum LockMode {
    /** Not by Holdfast; a bucket's own default retention counts all the same. */
    OFF,
    /** Until its end only a key with {@code s3:BypassGovernanceRetention} can lift it. */
    GOVERNANCE,
    /** Until its end nobody can lift it, not even the owner of the account. */
    COMPLIANCE
}
