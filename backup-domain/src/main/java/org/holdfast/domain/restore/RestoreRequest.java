package org.holdfast.domain.restore;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.IdColumn;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;

/**
 * The wish to bring a snapshot into a target, and its record for ever: AWAITING_APPROVAL where the
 * target asks for a second person, QUEUED, RUNNING, then COMPLETED, FAILED with the reason in
 * words, CANCELLED, or REJECTED; a swap can be UNDONE while the old database is kept, and then what
 * served since is kept in its stead. Restores done by hand are entered as records that were never
 * queued.
 */
@Entity
@Table(name = "backup_restores")
public class RestoreRequest {
    /** Checklist id by which a person acknowledges that open sessions are ended. */
    public static final String END_SESSIONS = "sessions-end";

    /** Checklist item: the snapshot is suspiciously small, and is wanted nevertheless. */
    public static final String SHRUNKEN = "suspect-shrunken";

    @Id private UUID id;

    @Convert(converter = IdColumn.class)
    @Column(name = "snapshot_id")
    private UUID snapshotId;

    @Convert(converter = IdColumn.class)
    @Column(name = "target_id")
    private UUID targetId;

    @Enumerated(EnumType.STRING)
    private RestoreMode mode;

    @Column(name = "dry_run")
    private boolean dryRun;

    @Column(name = "include_globals")
    private boolean includeGlobals;

    @Column(name = "new_name")
    private String newName;

    @Enumerated(EnumType.STRING)
    private RestoreState status;

    @Column(name = "requested_by")
    private String requestedBy;

    @Convert(converter = IdColumn.class)
    @Column(name = "requested_by_token")
    private UUID requestedByToken;

    private String reason;
    private String checklist;

    @Column(name = "plan_hash")
    private String planHash;

    @Column(name = "approved_by")
    private String approvedBy;

    @Column(name = "approved_at")
    private Instant approvedAt;

    @Column(name = "queued_at")
    private Instant queuedAt;

    @Column(name = "started_at")
    private Instant startedAt;

    @Column(name = "finished_at")
    private Instant finishedAt;

    private int attempt;

    @Column(name = "cancel_requested")
    private boolean cancelRequested;

    @Column(name = "undo_requested_by")
    private String undoRequestedBy;

    @Convert(converter = IdColumn.class)
    @Column(name = "undo_requested_by_token")
    private UUID undoRequestedByToken;

    @Column(name = "undo_begun")
    private boolean undoBegun;

    private String phase;

    @Column(name = "done_bytes")
    private long doneBytes;

    @Column(name = "total_bytes")
    private long totalBytes;

    @Column(name = "aside_database")
    private String asideDatabase;

    @Column(name = "kept_database")
    private String keptDatabase;

    @Column(name = "kept_until")
    private Instant keptUntil;

    @Column(name = "drop_try_at")
    private Instant dropTryAt;

    @Column(name = "kept_problem")
    private String keptProblem;

    @Column(name = "target_system")
    private String targetSystem;

    private String result;

    @Column(name = "failure_code")
    private String failureCode;

    @Column(name = "failure_reason")
    private String failureReason;

    private String metadata;
    private boolean manual;

    @Column(name = "approval_until")
    private Instant approvalUntil;

    private String lost;

    @Column(name = "rejected_by")
    private String rejectedBy;

    @Column(name = "break_glass")
    private boolean breakGlass;

    @Column(name = "break_glass_by")
    private String breakGlassBy;

    @Column(name = "break_glass_at")
    private Instant breakGlassAt;

    @Column(name = "break_glass_reason")
    private String breakGlassReason;

    @Column(name = "identity_holder")
    private String identityHolder;

    @Column(name = "identity_until")
    private Instant identityUntil;

    @Column(name = "policy_version")
    private String policyVersion;

    protected RestoreRequest() {}

    /**
     * What is asked for, whole: its hash is what a second person approves.
     *
     * @param newName of the database in mode NEW_NAME, else null
     * @param reason why; needed where a second person has to agree
     * @param checklist ids that were acknowledged
     * @param lost what the target loses by it, as the requester was told, one fact a line
     * @param identityGiven whether the person who asks gives the identity that opens the snapshot
     */
    public record Plan(
            RestoreMode mode,
            boolean dryRun,
            boolean includeGlobals,
            String newName,
            String reason,
            List<String> checklist,
            List<String> lost,
            boolean identityGiven) {

        /** The server opens the snapshot by itself. */
        public Plan(
                RestoreMode mode,
                boolean dryRun,
                boolean includeGlobals,
                String newName,
                String reason,
                List<String> checklist,
                List<String> lost) {
            this(mode, dryRun, includeGlobals, newName, reason, checklist, lost, false);
        }

        public Plan(
                RestoreMode mode,
                boolean dryRun,
                boolean includeGlobals,
                String newName,
                String reason,
                List<String> checklist) {
            this(mode, dryRun, includeGlobals, newName, reason, checklist, List.of());
        }

        private Plan uncounted() {
            return new Plan(
                    mode,
                    dryRun,
                    includeGlobals,
                    newName,
                    reason,
                    checklist,
                    List.of(),
                    identityGiven);
        }
    }

    public RestoreRequest(
            Snapshot snapshot,
            TargetEnvironment target,
            Plan plan,
            String requestedBy,
            Instant now) {
        requirePossible(snapshot, target, plan);
        boolean waits = target.fourEyes() && !plan.dryRun();
        if (waits && (plan.reason() == null || plan.reason().isBlank())) {
            throw new Refused(
                    "RESTORE-REASON",
                    "Target "
                            + target.name()
                            + " asks for a second person, who has to know why you restore.",
                    "Give the reason in a sentence.");
        }
        this.id = Ids.next();
        this.snapshotId = snapshot.id();
        this.targetId = target.id();
        this.mode = plan.mode();
        this.dryRun = plan.dryRun();
        this.includeGlobals = plan.includeGlobals();
        this.newName = plan.newName();
        this.reason = plan.reason();
        this.checklist = String.join("\n", plan.checklist());
        this.requestedBy = requestedBy;
        this.queuedAt = now;
        this.totalBytes = snapshot.rawBytes();
        this.lost = String.join("\n", plan.lost());
        this.status = waits ? RestoreState.AWAITING_APPROVAL : RestoreState.QUEUED;
        this.approvalUntil = waits ? now.plus(target.approvalOpen()) : null;
        this.planHash = hashOf(snapshot, target, plan, requestedBy).hex();
        this.metadata = "{}";
    }

    /** What snapshot and target have to be like, when it is asked for and when it is done. */
    private static void requirePossible(Snapshot snapshot, TargetEnvironment target, Plan plan) {
        if (!restorable(snapshot, plan)) {
            throw new Refused(
                    "RESTORE-UNVERIFIED",
                    "Snapshot " + snapshot.id() + " is " + snapshot.rung() + ", not verified.",
                    plan.identityGiven() && snapshot.proved() == Rung.UPLOADED
                            ? "Rehearse it first (dry run) with the identity: that verifies it. Or"
                                    + " restore it aside, where it is checked before the swap."
                            : "Restore a VERIFIED snapshot, or have this one verified first.");
        }
        if (snapshot.inQuestion() && !plan.dryRun() && !plan.checklist().contains(SHRUNKEN)) {
            throw new Refused(
                    "RESTORE-SUSPECT",
                    "Snapshot "
                            + snapshot.id()
                            + " is SUSPECT: it has "
                            + snapshot.shrunken()
                            + ".",
                    "Restore an older one; or acknowledge it in the checklist ("
                            + SHRUNKEN
                            + ") where this is the state that you want.");
        }
        if (target.retired()) {
            throw new Refused(
                    "TARGET-RETIRED",
                    "Target " + target.name() + " is retired.",
                    "Configure it again, or choose another target.");
        }
        if (!plan.dryRun()) {
            target.requireAllows(plan.mode());
        }
    }

    /**
     * It was asked for by a token.
     *
     * @param token its id; null where the person did
     */
    public void askedBy(UUID token) {
        requestedByToken = token;
    }

    /**
     * A server without an identity cannot verify what it wrote. Where a person gives one, the
     * restore itself reads the snapshot to its end before anything takes the target's place.
     */
    private static boolean restorable(Snapshot snapshot, Plan plan) {
        return snapshot.proved().restorable()
                || snapshot.proved() == Rung.UPLOADED
                        && plan.identityGiven()
                        && (plan.dryRun() || !plan.mode().inPlace());
    }

    /**
     * The identity is in the memory of this server, which is to do the restore.
     *
     * @param until when another server may take the restore to end it
     */
    public void identityHeldBy(String server, Instant until) {
        identityHolder = server;
        identityUntil = until;
    }

    /** Whether the identity was given with the request. */
    public boolean identityGiven() {
        return identityHolder != null;
    }

    private static Sha256 hashOf(
            Snapshot snapshot, TargetEnvironment target, Plan plan, String requestedBy) {
        return Sha256.ofFields(
                List.of(
                        "snapshot " + snapshot.id(),
                        "manifest " + snapshot.manifestSha256(),
                        "target " + target.id() + " " + target.redactedUrl(),
                        "production " + target.production(),
                        "command " + String.join("\n", target.command()),
                        "mode " + plan.mode(),
                        "dryRun " + plan.dryRun(),
                        "globals " + plan.includeGlobals(),
                        "newName " + (plan.newName() == null ? "" : plan.newName()),
                        "requestedBy " + requestedBy,
                        "checklist " + String.join("\n", plan.checklist()),
                        "lost " + String.join("\n", plan.lost()),
                        "identityGiven " + plan.identityGiven(),
                        "reason " + (plan.reason() == null ? "" : plan.reason())));
    }

    /**
     * Hash of what the person decides who asks for it, for the step-up: all that {@link #planHash}
     * covers but what was counted at the target, which is another with every look.
     */
    public static String decisionHash(
            Snapshot snapshot, TargetEnvironment target, Plan plan, String requestedBy) {
        return hashOf(snapshot, target, plan.uncounted(), requestedBy).hex();
    }

    /**
     * Whether it may still be done, now that it is decided on or begins: it may have waited long,
     * and what it is about may be another by now.
     *
     * @param productionAllowed ALLOW_DB_RESTORE
     * @throws Refused as when it is asked for, RESTORE-UNAPPROVED, RESTORE-PLAN-CHANGED
     */
    public void requireStill(
            Snapshot snapshot, TargetEnvironment target, boolean productionAllowed) {
        Plan plan =
                new Plan(
                        mode,
                        dryRun,
                        includeGlobals,
                        newName,
                        reason,
                        checklist(),
                        lost(),
                        identityGiven());
        requirePossible(snapshot, target, plan);
        if (!dryRun) {
            Impact.closed(target, productionAllowed)
                    .ifPresent(
                            f -> {
                                throw new Refused(f.code(), f.text(), f.remedy());
                            });
            requireApproved(target);
        }
        if (!hashOf(snapshot, target, plan, requestedBy).hex().equals(planHash)) {
            throw new Refused(
                    "RESTORE-PLAN-CHANGED",
                    "Since restore "
                            + id
                            + " was asked for, its target or snapshot has changed: it would not do"
                            + " what was asked for.",
                    "Ask for it again, so that the new plan is read; cancel this one where it still"
                            + " waits.");
        }
    }

    private void requireApproved(TargetEnvironment target) {
        if (target.fourEyes() && approvedBy == null && !breakGlass) {
            throw new Refused(
                    "RESTORE-UNAPPROVED",
                    "Target "
                            + target.name()
                            + " asks for a second person by now, and nobody approved restore "
                            + id
                            + ".",
                    "Ask for it again; it then waits for another ADMIN.");
        }
    }

    /** A second person agrees to the whole plan. */
    public void approve(String approver, Instant now) {
        if (approver.equals(requestedBy)) {
            throw new Refused(
                    "RESTORE-4EYES",
                    "You cannot approve your own restore request.",
                    "Ask another ADMIN to open request " + id + ".");
        }
        requireWaiting(now);
        become(RestoreState.QUEUED);
        approvedBy = approver;
        approvedAt = now;
    }

    /**
     * One person alone lets it through, in an emergency. It stays marked for ever.
     *
     * @param target name of the target, which has to be typed
     */
    public void breakGlass(String by, String target, BreakGlass glass, Instant now) {
        requireWaiting(now);
        glass.require(target);
        become(RestoreState.QUEUED);
        breakGlass = true;
        breakGlassBy = by;
        breakGlassAt = now;
        breakGlassReason = glass.reason().strip();
    }

    private void requireWaiting(Instant now) {
        if (status != RestoreState.AWAITING_APPROVAL) {
            throw new Refused(
                    "RESTORE-NOT-WAITING",
                    "Restore " + id + " is " + status + "; it does not wait for an approval.",
                    "Open it to see its result.");
        }
        if (!approvalUntil.isAfter(now)) {
            throw new Refused(
                    "RESTORE-EXPIRED",
                    "Restore " + id + " waited for an approval until " + approvalUntil + ".",
                    "Have it asked for again.");
        }
    }

    /** Nobody approved it in time; false where that is not so. */
    public boolean expire(Instant now) {
        if (status != RestoreState.AWAITING_APPROVAL || approvalUntil.isAfter(now)) {
            return false;
        }
        become(RestoreState.REJECTED);
        failureCode = "RESTORE-EXPIRED";
        failureReason = "expired: nobody approved it until " + approvalUntil;
        finishedAt = now;
        return true;
    }

    /** A second person says no. */
    public void reject(String approver, String why, Instant now) {
        if (status != RestoreState.AWAITING_APPROVAL) {
            throw new Refused(
                    "RESTORE-NOT-WAITING",
                    "Restore " + id + " is " + status + "; it does not wait for an approval.",
                    "Open it to see its result.");
        }
        become(RestoreState.REJECTED);
        rejectedBy = approver;
        failureCode = "RESTORE-REJECTED";
        failureReason = approver + " rejected it: " + why;
        finishedAt = now;
    }

    /**
     * A waiting one ends at once, a running one when its worker notices; the target stays as it
     * was.
     */
    public void cancel(Instant now) {
        if (!status.active()) {
            throw new Refused(
                    "RESTORE-ENDED",
                    "Restore " + id + " is " + status + "; there is nothing to cancel.",
                    "Open it to see its result. A completed swap can be undone while the old database is kept.");
        }
        cancelRequested = true;
        if (status != RestoreState.RUNNING) {
            become(RestoreState.CANCELLED);
            finishedAt = now;
        }
    }

    /**
     * Where the bytes go while the target still serves.
     *
     * @param system identifier of the cluster that has the target
     */
    public void goesInto(String database, String system) {
        asideDatabase = database;
        targetSystem = system;
    }

    /**
     * Whether the target is on another server by now than what this restore left there: of a
     * database that is not found then, nothing is known.
     *
     * @param system identifier of the cluster that the target's URL leads to now
     */
    public boolean leftElsewhere(String system) {
        return targetSystem != null && !targetSystem.equals(system);
    }

    /** The end of the work, whatever it was. */
    public void finish(Outcome outcome, Instant now) {
        become(outcome.state());
        finishedAt = now;
        phase = null;
        if (outcome instanceof Outcome.Completed completed) {
            result = completed.sentence();
            keptDatabase = completed.keptDatabase();
            keptUntil = completed.keptUntil();
        } else if (outcome instanceof Outcome.Failed failed) {
            failureCode = failed.code();
            failureReason = failed.lastWords();
        } else if (outcome instanceof Outcome.Cancelled cancelled) {
            result = cancelled.sentence();
        }
    }

    /**
     * Asks for the swap to be taken back; the worker does it.
     *
     * @param token by which it is asked for; null where the person does
     */
    public void requestUndo(String by, UUID token, Instant now) {
        if (status != RestoreState.COMPLETED || mode != RestoreMode.ASIDE_SWAP || dryRun) {
            throw new Refused(
                    "RESTORE-NO-UNDO",
                    "Restore "
                            + id
                            + " cannot be undone: it is "
                            + status
                            + " in mode "
                            + mode
                            + (dryRun ? " (dry run)" : "")
                            + ".",
                    "Only a completed swap can be undone.");
        }
        if (keptDatabase == null || !keptUntil.isAfter(now)) {
            throw new Refused(
                    "RESTORE-UNDO-EXPIRED",
                    "The old database of restore " + id + " is no longer kept.",
                    "Restore an older snapshot instead.");
        }
        undoRequestedBy = by;
        undoRequestedByToken = token;
        failureReason = null;
    }

    /**
     * From now on databases may have changed their names, and the undo is brought to its end.
     *
     * @return false where it is not asked for any more
     */
    public boolean undoBegins() {
        undoBegun = undoRequestedBy != null;
        return undoBegun;
    }

    /** Withdraws an undo that has not begun; the restore stays as it was. */
    public void cancelUndo() {
        if (undoRequestedBy == null) {
            throw new Refused(
                    "RESTORE-ENDED",
                    "No undo of restore " + id + " is asked for.",
                    "Open it to see its result.");
        }
        if (undoBegun) {
            throw new Refused(
                    "UNDO-BEGUN",
                    "The undo of restore " + id + " may have begun on the target's server.",
                    "Wait until that server answers: the undo is brought to its end then.");
        }
        undoEnded();
        failureReason = null;
    }

    private void undoEnded() {
        undoRequestedBy = null;
        undoRequestedByToken = null;
        undoBegun = false;
        phase = null;
    }

    /**
     * The old database has its name back. What stands aside now is no leftover: it is kept.
     *
     * @param servedSince name by which the database is kept that served from the swap until now
     * @param until when that is dropped
     */
    public void undone(String sentence, String servedSince, Instant until) {
        become(RestoreState.UNDONE);
        result = sentence;
        failureReason = null;
        asideDatabase = null;
        keptDatabase = servedSince;
        keptProblem = null;
        keptUntil = until;
        undoEnded();
    }

    /**
     * The undo could not be done; the restore stays as it was.
     *
     * @return whether it was still asked for; where not, another worker has done it
     */
    public boolean undoFailed(String why) {
        if (undoRequestedBy == null) {
            return false;
        }
        undoEnded();
        failureReason = why;
        return true;
    }

    /**
     * The undo could not be done, or not be seen to be done, and is tried again.
     *
     * @return whether that is new; not where another worker has done it
     */
    public boolean undoWaits(String why) {
        if (undoRequestedBy == null || why.equals(failureReason)) {
            return false;
        }
        failureReason = why;
        return true;
    }

    /**
     * A kept database was dropped after its time.
     *
     * @return false where it is another one that is kept by now
     */
    public boolean keptDropped(String database) {
        if (!database.equals(keptDatabase)) {
            return false;
        }
        keptDatabase = null;
        keptUntil = null;
        keptProblem = null;
        return true;
    }

    /**
     * A kept database could not be dropped although its time is over; it is tried again.
     *
     * @return whether that is new; not where another one is kept by now
     */
    public boolean keptStays(String database, String why) {
        if (!database.equals(keptDatabase) || why.equals(keptProblem)) {
            return false;
        }
        keptProblem = why;
        return true;
    }

    /** What had been made aside is gone. */
    public void asideDropped() {
        asideDatabase = null;
    }

    /** What a worker learned, as a JSON object text: jobs, tools, command output. */
    public void learned(String json) {
        metadata = json;
    }

    /** A record of a restore done by hand, outside Holdfast. */
    public static RestoreRequest byHand(
            UUID snapshotId,
            TargetEnvironment target,
            String by,
            String note,
            Instant startedAt,
            Instant finishedAt,
            boolean success) {
        if (finishedAt.isBefore(startedAt)) {
            throw new Refused(
                    "RESTORE-TIMES",
                    "The restore by hand ended before it began.",
                    "Give the start first and an end not before it.");
        }
        RestoreRequest record = new RestoreRequest();
        record.id = Ids.next();
        record.snapshotId = snapshotId;
        record.targetId = target.id();
        record.mode = RestoreMode.IN_PLACE_CLEAN;
        record.manual = true;
        record.requestedBy = by;
        record.reason = note;
        record.checklist = "";
        record.lost = "";
        record.queuedAt = startedAt;
        record.startedAt = startedAt;
        record.finishedAt = finishedAt;
        record.status = success ? RestoreState.COMPLETED : RestoreState.FAILED;
        record.result = success ? "Done by hand, entered by " + by + "." : null;
        record.failureReason = success ? null : note;
        record.metadata = "{}";
        return record;
    }

    /** Notes the version of the policy that was in force when it was asked for. */
    public void underPolicy(String version) {
        policyVersion = version;
    }

    private void become(RestoreState next) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException(
                    "Restore " + id + " cannot go from " + status + " to " + next + ".");
        }
        status = next;
    }

    public UUID id() {
        return id;
    }

    public UUID snapshotId() {
        return snapshotId;
    }

    /** Null where it was done by hand, or before versions were noted. */
    public String policyVersion() {
        return policyVersion;
    }

    public UUID targetId() {
        return targetId;
    }

    public RestoreMode mode() {
        return mode;
    }

    public boolean dryRun() {
        return dryRun;
    }

    public boolean includeGlobals() {
        return includeGlobals;
    }

    public String newName() {
        return newName;
    }

    public RestoreState status() {
        return status;
    }

    public String requestedBy() {
        return requestedBy;
    }

    /** The token by which it was asked for; null where the person did, or before it was noted. */
    public UUID requestedByToken() {
        return requestedByToken;
    }

    public String reason() {
        return reason;
    }

    /** Ids that were acknowledged. */
    public List<String> checklist() {
        return checklist == null || checklist.isEmpty()
                ? List.of()
                : List.of(checklist.split("\n", -1));
    }

    public boolean mayEndSessions() {
        return checklist().contains(END_SESSIONS);
    }

    /** What the target loses by it, as the requester was told, one fact a line. */
    public List<String> lost() {
        return lost == null || lost.isEmpty() ? List.of() : List.of(lost.split("\n", -1));
    }

    /** Until when it waits for a second person, or waited; null where none was asked for. */
    public Instant approvalUntil() {
        return approvalUntil;
    }

    /** Whether one person alone let it through. */
    public boolean breakGlass() {
        return breakGlass;
    }

    public String breakGlassBy() {
        return breakGlassBy;
    }

    public Instant breakGlassAt() {
        return breakGlassAt;
    }

    public String breakGlassReason() {
        return breakGlassReason;
    }

    public String planHash() {
        return planHash;
    }

    public String approvedBy() {
        return approvedBy;
    }

    public Instant approvedAt() {
        return approvedAt;
    }

    public Instant queuedAt() {
        return queuedAt;
    }

    public Instant startedAt() {
        return startedAt;
    }

    public Instant finishedAt() {
        return finishedAt;
    }

    public int attempt() {
        return attempt;
    }

    public boolean cancelRequested() {
        return cancelRequested;
    }

    /** Who asked for the undo that is to be done; null where none. */
    public String undoRequestedBy() {
        return undoRequestedBy;
    }

    /** The token by which the undo was asked for; null where the person did. */
    public UUID undoRequestedByToken() {
        return undoRequestedByToken;
    }

    /** Whether the undo that is asked for may have begun: it cannot be withdrawn then. */
    public boolean undoBegun() {
        return undoBegun;
    }

    /** What the worker does now, one word; null when it does nothing. */
    public String phase() {
        return phase;
    }

    public long doneBytes() {
        return doneBytes;
    }

    public long totalBytes() {
        return totalBytes;
    }

    public String asideDatabase() {
        return asideDatabase;
    }

    /** What the swap, or after it the undo, took the name from; null where none is kept. */
    public String keptDatabase() {
        return keptDatabase;
    }

    public Instant keptUntil() {
        return keptUntil;
    }

    /** Why what is kept could not be dropped at its time; null where nothing was in the way. */
    public String keptProblem() {
        return keptProblem;
    }

    /** When it is tried again to drop what is left; null where it was not tried. */
    public Instant dropTryAt() {
        return dropTryAt;
    }

    /** The result in one sentence; null before the end. */
    public String result() {
        return result;
    }

    public String failureCode() {
        return failureCode;
    }

    public String failureReason() {
        return failureReason;
    }

    public String metadata() {
        return metadata;
    }

    public boolean manual() {
        return manual;
    }

    /** Whether an undo can be asked for now. */
    public boolean undoable(Instant now) {
        return status == RestoreState.COMPLETED
                && mode == RestoreMode.ASIDE_SWAP
                && !dryRun
                && undoRequestedBy == null
                && keptDatabase != null
                && keptUntil.isAfter(now);
    }
}
