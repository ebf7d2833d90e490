package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalRecords;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;

/**
 * Acts that two people do together: one asks, another reads the whole plan and agrees, and the act
 * is carried out in the transaction of that agreement.
 *
 * <p>An act that can be asked to wait is a bean of type {@link ApprovedAct}. Whoever starts it
 * checks the role, spends the code for exactly its parameters, and then:
 *
 * <pre>{@code
 * secondFactor.require(caller.name(), otp, "hold.remove " + parameters);
 * if (approvals.asked(act.operation(), parameters)) {
 *     return Optional.of(approvals.request(act.operation(), parameters, reason));
 * }
 * act.carryOut(parameters, caller.name(), caller.name());
 * return Optional.empty();
 * }</pre>
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Approvals {
    private static final Duration GLASS_SHOWN = Duration.ofDays(7);

    @Inject private ApprovalRecords records;
    @Inject private ApprovalDesk desk;
    @Inject private ApprovedActs acts;
    @Inject private AuditLog audit;
    @Inject private Settings settings;
    @Inject private Glass glass;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** Whether the operation with these parameters has to wait for a second person. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public boolean asked(String operation, JsonObject parameters) {
        return settings.fourEyesOperations().contains(operation)
                || acts.of(operation).always(parameters);
    }

    /**
     * Asks for it, in the caller's transaction. Role and code were checked by the caller.
     *
     * @param parameters what {@link ApprovedAct#carryOut} is given; kept, and shown as {@link
     *     ApprovedAct#shown} says, so never a secret
     * @param reason why
     * @return id of what waits
     * @throws Refused APPROVAL-REASON, APPROVAL-WAITS, or what {@link ApprovedAct#plan} refuses
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public UUID request(String operation, JsonObject parameters, String reason) {
        String text = CanonicalJson.text(parameters);
        records.waiting(operation, text)
                .ifPresent(
                        waiting -> {
                            throw new Refused(
                                    "APPROVAL-WAITS",
                                    waiting.requestedBy()
                                            + " asked for exactly this already; it waits as request "
                                            + waiting.id()
                                            + ".",
                                    "Have that request approved, or withdraw it and ask anew.");
                        });
        Approval approval =
                new Approval(
                        operation,
                        text,
                        acts.of(operation).plan(parameters),
                        reason,
                        caller.name(),
                        clock.instant(),
                        settings.approvalOpen());
        approval.askedBy(caller.token());
        records.add(approval);
        audit.append(
                caller.actor(),
                "approval.request",
                "approval/" + approval.id(),
                Map.of(
                        "operation", operation,
                        "parameters", shown(approval),
                        "plan", approval.planHash(),
                        "reason", approval.reason(),
                        "subject", approval.subject()));
        return approval.id();
    }

    /**
     * A second person agrees, and the act is carried out at once.
     *
     * @throws Refused where the person may not, the code is wrong, the plan has changed, or the act
     *     is refused; of the last two the request keeps the mark REFUSED_AT_ACT
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void approve(UUID id, String otp) {
        keepingTheMark(id, () -> desk.approve(id, otp));
    }

    /**
     * One person alone lets it through, in an emergency; marked for ever, told to everybody.
     *
     * @throws Refused as {@link #approve}, and BREAK-GLASS-OFF, -PHRASE or -REASON
     */
    @RolesAllowed(SUPER_GURU_NAME)
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void breakGlass(UUID id, BreakGlass typed, String otp) {
        keepingTheMark(id, () -> desk.breakGlass(id, typed, otp));
    }

    /** What the act refuses rolls everything back; the request's mark is set after that. */
    private void keepingTheMark(UUID id, Runnable decision) {
        try {
            decision.run();
        } catch (Approval.PlanChanged | ApprovalDesk.RefusedAtAct refused) {
            desk.refusedAtAct(id, refused.getMessage());
            throw refused;
        }
    }

    /** A second person says no. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void reject(UUID id, String why) {
        Approval approval = lock(id);
        String words = why == null || why.isBlank() ? "no reason given" : why.strip();
        approval.reject(caller.name(), words, clock.instant());
        audit.append(caller.actor(), "approval.reject", "approval/" + id, Map.of("why", words));
    }

    /** Who asked takes it back. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void withdraw(UUID id) {
        lock(id).withdraw(caller.name(), clock.instant());
        audit.append(caller.actor(), "approval.withdraw", "approval/" + id, Map.of());
    }

    private Approval lock(UUID id) {
        return records.lock(id).orElseThrow(() -> Refused.notFound("approval", id));
    }

    public Approval detail(UUID id) {
        return records.find(id).orElseThrow(() -> Refused.notFound("approval", id));
    }

    /** The parameters as a person may read them: canonical JSON object text. */
    public String shown(Approval approval) {
        return CanonicalJson.text(
                acts.of(approval.operation()).shown(CanonicalJson.read(approval.parameters())));
    }

    /** Operations and restores, newest first. */
    public Page<ApprovalRecords.Row> page(
            ApprovalRecords.Box box, Optional<String> cursor, int max) {
        return records.page(box, caller.name(), cursor, max);
    }

    /** What waits, the first to expire first. */
    public Page<ApprovalRecords.Row> ending(
            ApprovalRecords.Box box, Optional<String> cursor, int max) {
        return records.ending(box, caller.name(), cursor, max);
    }

    /** How many there are on all pages. */
    public long count(ApprovalRecords.Box box) {
        return records.count(box, caller.name());
    }

    /** Where one person acted alone in the last seven days, newest first. */
    public List<ApprovalRecords.Row> glassBroken() {
        return records.glassBrokenSince(clock.instant().minus(GLASS_SHOWN));
    }

    public boolean mayBreakGlass() {
        return glass.there();
    }
}
