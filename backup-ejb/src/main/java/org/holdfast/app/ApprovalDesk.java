package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalRecords;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Refused;

/** The one transaction in which a second person agrees and the act is carried out. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
public class ApprovalDesk {
    @Inject private ApprovalRecords records;
    @Inject private ApprovedActs acts;
    @Inject private Requesters requesters;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Glass glass;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** The act's own refusal, after everything before it held. */
    static final class RefusedAtAct extends Refused {
        private static final long serialVersionUID = 1L;

        RefusedAtAct(Refused said) {
            super(said.code(), said.getMessage(), said.remedy());
        }
    }

    private Approval lock(UUID id) {
        return records.lock(id).orElseThrow(() -> Refused.notFound("approval", id));
    }

    /** The code is checked last before the act, so that no other refusal uses it up. */
    public void approve(UUID id, String otp) {
        Approval approval = lock(id);
        approval.approve(caller.name(), () -> planNow(approval), clock.instant());
        requireMayStill(approval);
        secondFactor.require(caller.name(), otp, operation("approval.approve", approval));
        carryOut(approval);
        audit.append(
                caller.actor(),
                "approval.approve",
                "approval/" + id,
                Map.of(
                        "operation", approval.operation(),
                        "plan", approval.planHash(),
                        "requestedBy", approval.requestedBy(),
                        "subject", approval.subject()));
    }

    @RolesAllowed(SUPER_GURU_NAME)
    public void breakGlass(UUID id, BreakGlass typed, String otp) {
        glass.require();
        Approval approval = lock(id);
        Instant now = clock.instant();
        approval.breakGlass(caller.name(), () -> planNow(approval), typed, now);
        requireMayStill(approval);
        secondFactor.require(caller.name(), otp, operation("approval.break-glass", approval));
        carryOut(approval);
        audit.append(
                caller.actor(),
                "approval.break-glass",
                "approval/" + id,
                Map.of(
                        "operation", approval.operation(),
                        "plan", approval.planHash(),
                        "reason", approval.decision(),
                        "requestedBy", approval.requestedBy(),
                        "subject", approval.subject()));
        glass.tell(id, approval.what(), "approval/" + id, approval.decision(), now);
    }

    /** Whoever was disabled or lost the role meanwhile has nothing carried out. */
    private void requireMayStill(Approval approval) {
        requesters.requireMayStill(
                approval.requestedBy(),
                approval.requestedByToken(),
                acts.of(approval.operation()).asker());
    }

    private static String operation(String act, Approval approval) {
        return act + " " + approval.id() + " " + approval.operation() + " " + approval.planHash();
    }

    private Approval.Plan planNow(Approval approval) {
        try {
            return acts.of(approval.operation()).plan(parameters(approval));
        } catch (Refused refused) {
            throw new RefusedAtAct(refused);
        }
    }

    private void carryOut(Approval approval) {
        try {
            acts.of(approval.operation())
                    .carryOut(parameters(approval), approval.requestedBy(), caller.name());
        } catch (Refused refused) {
            throw new RefusedAtAct(refused);
        }
    }

    private static JsonObject parameters(Approval approval) {
        return CanonicalJson.read(approval.parameters());
    }

    /** In a transaction of its own, once the one that was refused is rolled back. */
    public void refusedAtAct(UUID id, String why) {
        if (lock(id).refusedAtAct(caller.name(), why, clock.instant())) {
            audit.append(
                    caller.actor(),
                    "approval.refused-at-act",
                    "approval/" + id,
                    Map.of("why", why));
        }
    }
}
