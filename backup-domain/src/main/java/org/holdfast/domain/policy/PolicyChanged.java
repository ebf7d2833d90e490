package org.holdfast.domain.policy;

/**
 * A new version is in force, once the transaction that fires this has committed.
 *
 * @param number the version's
 */
public record PolicyChanged(int number) {}
