package org.holdfast.app;

import jakarta.json.JsonObject;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.Role;

/**
 * An act that may have to wait for a second person. Each is a CDI bean, {@code @ApplicationScoped},
 * found by its name; see {@link Approvals} for how it is used.
 */
public interface ApprovedAct {
    /** One of {@link Approval#OPERATIONS}. */
    String operation();

    /**
     * What the act would do if it were carried out now: the approver reads it, and its hash is what
     * is agreed to. It holds the present state of what is changed ({@code production: yes → no}),
     * so that another change meanwhile makes another plan.
     *
     * @throws org.holdfast.domain.shared.Refused where it cannot be done
     */
    Approval.Plan plan(JsonObject parameters);

    /** Whether these parameters ask for a second person whatever the configuration says. */
    default boolean always(JsonObject parameters) {
        return false;
    }

    /** The least role of who may ask for it; has to be held still when it is approved. */
    default Role asker() {
        return Role.SUPER_GURU;
    }

    /** The parameters as they are shown and written to the audit log: without what is locked. */
    default JsonObject shown(JsonObject parameters) {
        return parameters;
    }

    /**
     * Does it, in the caller's transaction, and writes the act's own AuditEntry. Checks no role and
     * no code: both were checked when it was asked for, and when it was approved.
     *
     * @param requestedBy who asked for it
     * @param approvedBy who agreed to it; the same where the act needs no second person, or where
     *     one alone broke the glass
     * @throws org.holdfast.domain.shared.Refused where it cannot be done; nothing has happened then
     */
    void carryOut(JsonObject parameters, String requestedBy, String approvedBy);
}
