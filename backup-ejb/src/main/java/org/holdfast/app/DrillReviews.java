package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;

/**
 * What people say of a drill that ended: issues, review, sign-off. Each changes the record, which
 * is sealed anew in the same transaction; a review or sign-off speaks of the hash of the record as
 * it was before it, and the code is spent for that hash.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class DrillReviews {
    @Inject private DrillDesk desk;
    @Inject private Drills drills;
    @Inject private DrillRecords records;
    @Inject private DrillRecorder recorder;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** Oldest first. */
    public List<DrillIssue> issues(UUID drillId) {
        drills.named(drillId);
        return drills.issues(drillId);
    }

    /** Oldest first. */
    public List<SignOff> signOffs(UUID drillId) {
        drills.named(drillId);
        return drills.signOffs(drillId);
    }

    /** The newest sealed record; empty until the drill has ended, and for seconds after. */
    public Optional<DrillRecords.Link> sealed(UUID drillId) {
        drills.named(drillId);
        return records.newest(drillId).map(DrillRecords.Sealed::link);
    }

    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID raise(UUID drillId, DrillIssue.Wording wording) {
        RestoreDrill drill = drills.locked(drillId);
        DrillIssue issue = new DrillIssue(drill, wording, caller.name(), now());
        drills.add(issue);
        changed(drill, "drill.issue.raise", issue, issue.title());
        return issue.id();
    }

    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void reword(UUID drillId, UUID issueId, DrillIssue.Wording wording) {
        RestoreDrill drill = drills.locked(drillId);
        DrillIssue issue = issue(drillId, issueId);
        issue.reword(wording);
        changed(drill, "drill.issue.change", issue, issue.title());
    }

    /**
     * Names the drill that shows whether it is mended.
     *
     * @throws Refused DRILL-RETEST: that drill looks at another one's findings
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void retested(UUID drillId, UUID issueId, UUID by) {
        RestoreDrill drill = drills.locked(drillId);
        DrillIssue issue = issue(drillId, issueId);
        RestoreDrill retest = drills.named(by);
        if (!drillId.equals(retest.retestOf())) {
            throw new Refused(
                    "DRILL-RETEST",
                    "Drill " + retest.number() + " is no retest of " + drill.number() + ".",
                    "Run one that is: POST /admin/drills with retestOf.");
        }
        issue.retestedBy(by);
        changed(drill, "drill.issue.retest", issue, retest.number());
    }

    /**
     * Asks for a drill that shows whether it is mended; each names the other.
     *
     * @return the new drill's id
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID retest(UUID drillId, UUID issueId) {
        // Locked in the order of all others, before the audit is.
        RestoreDrill drill = drills.locked(drillId);
        DrillIssue issue = issue(drillId, issueId);
        issue.requireOpen();
        UUID again = desk.request(DrillDesk.Order.retest(drill));
        retested(drillId, issueId, again);
        return again;
    }

    /** With what was done, in words. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void close(UUID drillId, UUID issueId, String resolution) {
        RestoreDrill drill = drills.locked(drillId);
        DrillIssue issue = issue(drillId, issueId);
        issue.close(caller.name(), resolution, now());
        changed(drill, "drill.issue.close", issue, issue.resolution());
    }

    private DrillIssue issue(UUID drillId, UUID issueId) {
        return drills.lockIssue(issueId)
                .filter(issue -> issue.drillId().equals(drillId))
                .orElseThrow(() -> Refused.notFound("issue", issueId));
    }

    private void changed(RestoreDrill drill, String act, DrillIssue issue, String words) {
        audit.append(
                caller.actor(),
                act,
                "drill/" + drill.id(),
                Map.of("number", drill.number(), "issue", issue.id(), "text", words));
        recorder.seal(drill);
    }

    /**
     * A word on a drill.
     *
     * @param comment needed with a rejection
     * @param seen hash of the record that the person saw; null: the one that is sealed now
     * @param otp TOTP code, spent for this record
     */
    public record Word(
            SignOff.Step step,
            SignOff.Decision decision,
            String comment,
            String seen,
            String otp) {}

    /**
     * Reviews or signs off, or refuses to.
     *
     * @throws Refused DRILL-RECORD-CHANGED: the record is not the one that the person saw; and what
     *     {@link RestoreDrill#judge} and the code refuse
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, AUDITOR_NAME})
    public SignOff judge(UUID drillId, Word word) {
        RestoreDrill drill = drills.locked(drillId);
        drill.requireEnded();
        String seen = recorder.document(drill);
        Sha256 record = Sha256.of(seen);
        if (word.seen() != null && !word.seen().equals(record.hex())) {
            throw new Refused(
                    "DRILL-RECORD-CHANGED",
                    "The record of drill "
                            + drill.number()
                            + " is not the one that you saw: it has changed since.",
                    "Open it again, read it, and sign what it says now.");
        }
        SignOff said =
                drill.judge(
                        word.step(), word.decision(), caller.name(), word.comment(), record, now());
        String act =
                (word.step() == SignOff.Step.REVIEW ? "drill.review" : "drill.sign-off")
                        + (word.decision() == SignOff.Decision.REJECTED ? ".reject" : "");
        secondFactor.require(caller.name(), word.otp(), act + " " + drill.number() + " " + record);
        // Not before the code: one that is wrong is audited apart, and would wait for this lock.
        recorder.seal(drill, seen);
        drills.add(said);
        audit.append(
                caller.actor(),
                act,
                "drill/" + drill.id(),
                Map.of(
                        "number", drill.number(),
                        "record", record.hex(),
                        "verdict", drill.verdict().name().toLowerCase(Locale.ROOT),
                        "comment", said.comment()));
        recorder.seal(drill);
        return said;
    }

    /** As the catalog keeps it: the record is to read the same from there. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
