package org.holdfast.domain.policy;

/** Tells the policy in force now. */
public interface PolicyInForce {
    Policy now();
}
