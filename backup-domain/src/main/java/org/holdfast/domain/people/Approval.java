package org.holdfast.domain.people;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.IdColumn;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;

/**
 * An act that a person asked for and that a second one has to agree to: REQUESTED until it is
 * APPROVED (and carried out at once), REJECTED, WITHDRAWN, EXPIRED, or REFUSED_AT_ACT. What is
 * agreed to is the hash of the whole plan; a plan that is another one by then needs a new approval.
 * Restores wait in their own record and not here.
 */
@Entity
@Table(name = "approvals")
public class Approval {
    /** Everything that can be asked to wait for a second person, by name. */
    public static final Set<String> OPERATIONS =
            Set.of(
                    "hold.remove",
                    "recipient.change",
                    "retention.shorten",
                    "snapshot.delete",
                    "target.change",
                    "totp.reset");

    @Id private UUID id;
    private String operation;
    private String subject;
    private String parameters;
    private String what;
    private String plan;
    private boolean production;

    @Column(name = "plan_hash")
    private String planHash;

    private String reason;

    @Column(name = "requested_by")
    private String requestedBy;

    @Convert(converter = IdColumn.class)
    @Column(name = "requested_by_token")
    private UUID requestedByToken;

    @Column(name = "requested_at")
    private Instant requestedAt;

    @Column(name = "expires_at")
    private Instant expiresAt;

    @Enumerated(EnumType.STRING)
    private ApprovalState status;

    @Column(name = "decided_by")
    private String decidedBy;

    @Column(name = "decided_at")
    private Instant decidedAt;

    private String decision;

    @Column(name = "break_glass")
    private boolean breakGlass;

    protected Approval() {}

    /**
     * What would be done, for the one who has to agree to it.
     *
     * @param what one line that says what is done to what, e.g. {@code Delete 3 snapshots of shop}
     * @param subject as in the audit log, e.g. {@code source/shop}
     * @param lines everything there is to know, what is lost included, one fact a line
     * @param production whether it concerns production
     */
    public record Plan(String what, String subject, List<String> lines, boolean production) {
        public Plan {
            what = oneLine(what);
            lines = lines.stream().map(Plan::oneLine).toList();
        }

        private static String oneLine(String text) {
            return text.replaceAll("\\R", " ").strip();
        }
    }

    /**
     * @param parameters canonical JSON object text, never a secret
     * @param reason why, as the person says it
     * @param open how long it may wait
     */
    public Approval(
            String operation,
            String parameters,
            Plan plan,
            String reason,
            String requestedBy,
            Instant now,
            Duration open) {
        if (!OPERATIONS.contains(operation)) {
            throw new IllegalArgumentException("No operation is named " + operation + ".");
        }
        if (reason == null || reason.isBlank()) {
            throw new Refused(
                    "APPROVAL-REASON",
                    "This needs a second person, who has to know why you ask for it.",
                    "Give the reason in a sentence.");
        }
        this.id = Ids.next();
        this.operation = operation;
        this.subject = plan.subject();
        this.parameters = parameters;
        this.what = plan.what();
        this.plan = String.join("\n", plan.lines());
        this.production = plan.production();
        this.reason = reason.strip();
        this.requestedBy = requestedBy;
        this.requestedAt = now;
        this.expiresAt = now.plus(open);
        this.status = ApprovalState.REQUESTED;
        this.planHash = hashOf(plan).hex();
    }

    /**
     * It was asked for by a token.
     *
     * @param token its id; null where the person did
     */
    public void askedBy(UUID token) {
        requestedByToken = token;
    }

    private Sha256 hashOf(Plan now) {
        List<String> fields =
                new ArrayList<>(
                        List.of(
                                operation,
                                parameters,
                                requestedBy,
                                reason,
                                now.what(),
                                now.subject(),
                                Boolean.toString(now.production())));
        fields.addAll(now.lines());
        return Sha256.ofFields(fields);
    }

    /**
     * A second person agrees; the act is to be carried out in the same transaction.
     *
     * @param planNow what the act would do at this moment; asked for once the rest holds
     * @throws Refused APPROVAL-OWN, APPROVAL-DECIDED, APPROVAL-EXPIRED; {@link PlanChanged}
     */
    public void approve(String approver, Supplier<Plan> planNow, Instant now) {
        requireWaiting(now);
        if (approver.equals(requestedBy)) {
            throw new Refused(
                    "APPROVAL-OWN",
                    "You cannot approve what you asked for yourself.",
                    "Ask another ADMIN to open request " + id + ".");
        }
        requireUnchanged(planNow.get());
        decide(ApprovalState.APPROVED, approver, null, now);
    }

    /**
     * One person alone, in an emergency. It stays marked for ever.
     *
     * @throws Refused as {@link #approve}, and where {@code glass} does not hold
     */
    public void breakGlass(String by, Supplier<Plan> planNow, BreakGlass glass, Instant now) {
        requireWaiting(now);
        glass.require(operation);
        requireUnchanged(planNow.get());
        breakGlass = true;
        decide(ApprovalState.APPROVED, by, glass.reason().strip(), now);
    }

    /** A second person says no. */
    public void reject(String by, String why, Instant now) {
        requireWaiting(now);
        if (by.equals(requestedBy)) {
            throw new Refused(
                    "APPROVAL-OWN",
                    "You asked for this yourself; a second person rejects it.",
                    "Withdraw it instead.");
        }
        decide(ApprovalState.REJECTED, by, why, now);
    }

    /** Who asked takes it back. */
    public void withdraw(String by, Instant now) {
        if (!by.equals(requestedBy)) {
            throw new Refused(
                    "APPROVAL-NOT-YOURS",
                    "Only " + requestedBy + " can withdraw this request.",
                    "Reject it instead.");
        }
        requireWaiting(now);
        decide(ApprovalState.WITHDRAWN, by, null, now);
    }

    /** Its time is over; false where it is not, or where it was decided meanwhile. */
    public boolean expire(String by, Instant now) {
        if (status != ApprovalState.REQUESTED || expiresAt.isAfter(now)) {
            return false;
        }
        decide(ApprovalState.EXPIRED, by, "Nobody decided in time.", now);
        return true;
    }

    /** It was agreed to, and the act refused; false where it was decided meanwhile. */
    public boolean refusedAtAct(String approver, String why, Instant now) {
        if (status != ApprovalState.REQUESTED) {
            return false;
        }
        decide(ApprovalState.REFUSED_AT_ACT, approver, why, now);
        return true;
    }

    /** What would be done is no longer what was asked for. */
    public static final class PlanChanged extends Refused {
        private static final long serialVersionUID = 1L;

        PlanChanged(UUID id) {
            super(
                    "APPROVAL-PLAN-CHANGED",
                    "What request " + id + " would do now is not what was asked for any more.",
                    "Have it asked for again, and read the new plan.");
        }
    }

    private void requireUnchanged(Plan now) {
        if (!hashOf(now).hex().equals(planHash)) {
            throw new PlanChanged(id);
        }
    }

    private void requireWaiting(Instant now) {
        if (status != ApprovalState.REQUESTED) {
            throw new Refused(
                    "APPROVAL-DECIDED",
                    "Request " + id + " is " + status + "; it does not wait any more.",
                    "Open it to see who decided, or ask anew.");
        }
        if (!expiresAt.isAfter(now)) {
            throw new Refused(
                    "APPROVAL-EXPIRED",
                    "Request " + id + " waited until " + expiresAt + " and has expired.",
                    "Have it asked for again.");
        }
    }

    private void decide(ApprovalState next, String by, String words, Instant now) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException(
                    "Approval " + id + " cannot go from " + status + " to " + next + ".");
        }
        status = next;
        decidedBy = by;
        decidedAt = now;
        decision = words;
    }

    public UUID id() {
        return id;
    }

    /** One of {@link #OPERATIONS}. */
    public String operation() {
        return operation;
    }

    public String subject() {
        return subject;
    }

    /** Canonical JSON object text. */
    public String parameters() {
        return parameters;
    }

    public String what() {
        return what;
    }

    /** What the approver reads, one fact a line. */
    public List<String> plan() {
        return plan.isEmpty() ? List.of() : List.of(plan.split("\n"));
    }

    public boolean production() {
        return production;
    }

    public String planHash() {
        return planHash;
    }

    public String reason() {
        return reason;
    }

    public String requestedBy() {
        return requestedBy;
    }

    /** The token by which it was asked for; null where the person did, or before it was noted. */
    public UUID requestedByToken() {
        return requestedByToken;
    }

    public Instant requestedAt() {
        return requestedAt;
    }

    public Instant expiresAt() {
        return expiresAt;
    }

    public ApprovalState status() {
        return status;
    }

    /** Null while it waits. */
    public String decidedBy() {
        return decidedBy;
    }

    public Instant decidedAt() {
        return decidedAt;
    }

    /** Why it was decided so; null where nothing was said. */
    public String decision() {
        return decision;
    }

    /** Whether one person alone let it through. */
    public boolean breakGlass() {
        return breakGlass;
    }
}
