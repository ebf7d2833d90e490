package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import org.holdfast.domain.policy.Fit;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/** The policy in force, as people read it. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Policies {
    @Inject private PolicyInForce policy;
    @Inject private Sources sources;
    @Inject private Clock clock;

    public Policy inForce() {
        return policy.now();
    }

    /** What the policy promises and its own schedules cannot keep, one sentence each. */
    public List<String> doubts() {
        return Fit.doubts(
                policy.now(),
                sources.active().stream().map(Source::name).toList(),
                clock.instant());
    }
}
