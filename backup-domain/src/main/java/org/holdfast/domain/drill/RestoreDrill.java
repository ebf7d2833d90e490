package org.holdfast.domain.drill;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.IdColumn;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;

/**
 * A restore that is done to see whether it works, and its record for ever: PLANNED, RUNNING, then
 * PASSED, PARTIAL or FAILED by its checks, or ABORTED; afterwards REVIEWED and SIGNED_OFF by people
 * who neither asked for it nor ran it. It takes no target that is marked as production. What it
 * needs to know of its plan, policy, source and target is written into it, because it outlives
 * them.
 */
@Entity
@Table(name = "drills")
public class RestoreDrill {
    /** Who asks for and runs what the schedule starts. */
    public static final String HOLDFAST = "holdfast";

    private static final int LONGEST_TICKET = 200;
    private static final int LONGEST_COMMENT = 4000;
    private static final Duration LONGEST_KEPT = Duration.ofDays(7);

    @Id private UUID id;
    private String number;

    @Convert(converter = IdColumn.class)
    @Column(name = "plan_id")
    private UUID planId;

    @Column(name = "plan_name")
    private String planName;

    @Column(name = "plan_version")
    private int planVersion;

    private String checks;
    private String checklist;

    @Enumerated(EnumType.STRING)
    private DrillState status;

    @Enumerated(EnumType.STRING)
    private DrillVerdict verdict;

    @Enumerated(EnumType.STRING)
    private DrillCause cause;

    private Instant slot;

    @Convert(converter = IdColumn.class)
    @Column(name = "retest_of")
    private UUID retestOf;

    private String ticket;

    @Convert(converter = IdColumn.class)
    @Column(name = "source_id")
    private UUID sourceId;

    @Column(name = "source_name")
    private String sourceName;

    @Convert(converter = IdColumn.class)
    @Column(name = "snapshot_id")
    private UUID snapshotId;

    @Column(name = "taken_at")
    private Instant takenAt;

    @Enumerated(EnumType.STRING)
    private Choice.Kind chosen;

    @Column(name = "window_days")
    private int windowDays;

    @Enumerated(EnumType.STRING)
    private DrillPlace place;

    @Convert(converter = IdColumn.class)
    @Column(name = "target_id")
    private UUID targetId;

    @Column(name = "target_name")
    private String targetName;

    @Column(name = "newer_major")
    private boolean newerMajor;

    @Column(name = "requested_by")
    private String requestedBy;

    private String executor;

    @Column(name = "queued_at")
    private Instant requestedAt;

    @Column(name = "started_at")
    private Instant startedAt;

    @Column(name = "finished_at")
    private Instant finishedAt;

    private int attempt;

    @Column(name = "cancel_requested")
    private boolean cancelRequested;

    @Column(name = "cancelled_by")
    private String cancelledBy;

    private String phase;

    @Column(name = "done_bytes")
    private long doneBytes;

    @Column(name = "total_bytes")
    private long totalBytes;

    @Column(name = "policy_version")
    private String policyVersion;

    @Column(name = "rto_seconds")
    private long rtoSeconds;

    @Column(name = "rpo_seconds")
    private long rpoSeconds;

    @Column(name = "data_age_seconds")
    private Long dataAgeSeconds;

    @Column(name = "took_seconds")
    private Long tookSeconds;

    private String facts;

    @Column(name = "failure_code")
    private String failureCode;

    @Column(name = "failure_reason")
    private String failureReason;

    @Column(name = "keep_minutes")
    private int keepMinutes;

    @Column(name = "kept_until")
    private Instant keptUntil;

    @Column(name = "cluster_server")
    private String clusterServer;

    @Column(name = "cluster_directory")
    private String clusterDirectory;

    @Column(name = "drill_database")
    private String drillDatabase;

    private String connection;

    @Column(name = "destroy_requested_by")
    private String destroyRequestedBy;

    @Column(name = "destroyed_at")
    private Instant destroyedAt;

    @Column(name = "destroy_result")
    private String destroyResult;

    @Column(name = "second_reviewer")
    private boolean secondReviewer;

    @Column(name = "reviewed_by")
    private String reviewedBy;

    @Column(name = "identity_holder")
    private String identityHolder;

    @Column(name = "identity_until")
    private Instant identityUntil;

    protected RestoreDrill() {}

    /**
     * What is asked for.
     *
     * @param plan that it follows; null: none
     * @param checks the check plan as JSON, as it is at this moment
     * @param choice how {@code snapshot} was come to
     * @param target null: in a throw-away cluster
     * @param newerMajor whether a cluster of a newer major than the source's will do
     * @param keep how long the place is left for inspection after the end; zero: not at all
     * @param secondReviewer whether two people look at it
     * @param checklist what the people who look are to look at, one item a line
     */
    public record Asked(
            DrillPlan plan,
            String checks,
            Snapshot snapshot,
            String sourceName,
            Choice choice,
            TargetEnvironment target,
            boolean newerMajor,
            Duration keep,
            boolean secondReviewer,
            String checklist,
            String ticket) {}

    /**
     * Who or what started it.
     *
     * @param slot of the schedule; null where a person asked
     * @param retestOf the drill whose finding is looked at again; null: none
     */
    public record Started(DrillCause cause, String by, Instant slot, UUID retestOf) {
        public static Started byHand(String by) {
            return new Started(DrillCause.BY_HAND, by, null, null);
        }

        public static Started bySchedule(Instant slot) {
            return new Started(DrillCause.SCHEDULE, HOLDFAST, slot, null);
        }

        public static Started trial(String by) {
            return new Started(DrillCause.TRIAL, by, null, null);
        }

        public static Started retest(String by, UUID of) {
            return new Started(DrillCause.RETEST, by, null, of);
        }
    }

    /** What the policy in force promises. */
    public record Promise(String policyVersion, Duration rto, Duration rpo) {}

    /**
     * @param number for people, {@code D-2026-17}; from {@link Drills#nextNumber}
     * @throws Refused BACKUP-GONE, DRILL-SUSPECT, DRILL-PRODUCTION, TARGET-RETIRED, DRILL-KEEP,
     *     DRILL-TICKET
     */
    public RestoreDrill(String number, Asked asked, Started started, Promise promise, Instant now) {
        Snapshot snapshot = asked.snapshot();
        snapshot.requireThere();
        if (snapshot.rung() == Rung.SUSPECT) {
            throw new Refused(
                    "DRILL-SUSPECT",
                    "Backup " + snapshot.id() + " is suspect: " + snapshot.doubt(),
                    snapshot.inQuestion() && snapshot.proved() != Rung.SUSPECT
                            ? "Accept its size on its page if it is right, or choose another backup."
                            : "Choose another backup, or have this one verified again first.");
        }
        TargetEnvironment target = asked.target();
        if (target != null) {
            requireApart(target);
        }
        requireKeep(asked.keep());
        if (asked.ticket() != null && asked.ticket().strip().length() > LONGEST_TICKET) {
            throw new Refused(
                    "DRILL-TICKET",
                    "The ticket's name is too long.",
                    "Give at most " + LONGEST_TICKET + " characters.");
        }
        this.id = Ids.next();
        this.number = number;
        if (asked.plan() != null) {
            this.planId = asked.plan().id();
            this.planName = asked.plan().name();
            this.planVersion = asked.plan().version();
        }
        this.checks = asked.checks();
        this.checklist = asked.checklist() == null ? "" : asked.checklist();
        this.status = DrillState.PLANNED;
        this.cause = started.cause();
        this.slot = started.slot();
        this.retestOf = started.retestOf();
        this.ticket = asked.ticket() == null ? "" : asked.ticket().strip();
        this.sourceId = snapshot.sourceId();
        this.sourceName = asked.sourceName();
        this.snapshotId = snapshot.id();
        this.takenAt = snapshot.takenAt();
        this.chosen = asked.choice().kind();
        this.windowDays = asked.choice().windowDays();
        this.place = target == null ? DrillPlace.THROWAWAY : DrillPlace.TARGET;
        this.targetId = target == null ? null : target.id();
        this.targetName = target == null ? null : target.name();
        this.newerMajor = asked.newerMajor();
        this.requestedBy = started.by();
        this.executor = started.by();
        this.requestedAt = now;
        this.totalBytes = snapshot.rawBytes();
        this.policyVersion = promise.policyVersion();
        this.rtoSeconds = promise.rto().toSeconds();
        this.rpoSeconds = promise.rpo().toSeconds();
        this.keepMinutes = (int) asked.keep().toMinutes();
        this.secondReviewer = asked.secondReviewer();
        this.facts = "{}";
    }

    /**
     * By what the target is marked as. That its server is not that of production the worker looks
     * at by the system identifier, before anything is written.
     */
    private static void requireApart(TargetEnvironment target) {
        requireNotProduction(target);
        if (target.retired()) {
            throw new Refused(
                    "TARGET-RETIRED",
                    "Target " + target.name() + " is retired.",
                    "Configure it again, or choose another target.");
        }
    }

    static void requireNotProduction(TargetEnvironment target) {
        if (target.production()) {
            throw new Refused(
                    "DRILL-PRODUCTION",
                    "Target " + target.name() + " is marked production; a drill never goes there.",
                    "Use a throw-away cluster, or a target of a staging server.");
        }
    }

    /** How long what was restored may be left for inspection. */
    static void requireKeep(Duration keep) {
        if (keep.isNegative() || keep.compareTo(LONGEST_KEPT) > 0) {
            throw new Refused(
                    "DRILL-KEEP",
                    "A drill's place cannot be kept for " + keep.toMinutes() + " minutes.",
                    "Give 0 to " + LONGEST_KEPT.toMinutes() + " minutes.");
        }
    }

    /** A waiting one ends at once, a running one when its worker notices. */
    public void cancel(String by, Instant now) {
        if (!status.active()) {
            throw new Refused(
                    "DRILL-ENDED",
                    "Drill " + number + " is " + status + "; there is nothing to cancel.",
                    "Open it to see its result.");
        }
        cancelRequested = true;
        cancelledBy = by;
        if (status == DrillState.PLANNED) {
            aborted("DRILL-CANCELLED", by + " cancelled it before it began.", now);
        }
    }

    /**
     * The identity is in the memory of this server, which is to do the drill.
     *
     * @param until when it is taken for gone, unless that server says again that it is there
     */
    public void identityHeldBy(String server, Instant until) {
        identityHolder = server;
        identityUntil = until;
    }

    /** Whether the identity was given with the request. */
    public boolean identityGiven() {
        return identityHolder != null;
    }

    /** Notes where the cluster will be, before it is: whoever cleans up has to find it. */
    public void goesInto(String server, String directory) {
        clusterServer = server;
        clusterDirectory = directory;
    }

    /** Notes the database's name on the target's server, before it is made. */
    public void goesInto(String database) {
        drillDatabase = database;
    }

    /** What was learned so far, a JSON object. */
    public void learned(String json) {
        facts = json;
    }

    /** How old the data was when the work began. */
    public void began(Instant at) {
        dataAgeSeconds = Math.max(0, Duration.between(takenAt, at).toSeconds());
    }

    /**
     * The end of a drill that came to its checks.
     *
     * @param took from the start to the last check
     * @param why what failed or lacks, one sentence; null where all passed
     */
    public void judged(DrillVerdict verdict, Duration took, String why, Instant now) {
        ended(verdict, verdict == DrillVerdict.FAILED ? "DRILL-CHECK-FAILED" : null, why, now);
        tookSeconds = took.toSeconds();
    }

    /** It did not come to its checks. */
    public void failed(String code, String why, Instant now) {
        ended(DrillVerdict.FAILED, code, why, now);
    }

    /** A person cancelled it, or its server stopped. */
    public void aborted(String code, String why, Instant now) {
        ended(DrillVerdict.ABORTED, code, why, now);
    }

    private void ended(DrillVerdict verdict, String code, String why, Instant now) {
        become(verdict.state());
        this.verdict = verdict;
        failureCode = code;
        failureReason = why;
        finishedAt = now;
        phase = null;
    }

    /**
     * The place is left for inspection.
     *
     * @param connection how to reach it, for people
     */
    public void kept(Instant until, String connection) {
        keptUntil = until;
        this.connection = connection;
    }

    /** Asks for a kept place to be destroyed before its time. */
    public void requestDestroy(String by) {
        if (keptUntil == null || destroyedAt != null) {
            throw new Refused(
                    "DRILL-NOTHING-KEPT",
                    "Drill " + number + " has left nothing that could be destroyed.",
                    "There is nothing to be done.");
        }
        destroyRequestedBy = by;
    }

    /** Cluster or database are gone. */
    public void destroyed(String result, Instant now) {
        destroyedAt = now;
        destroyResult = result;
        connection = null;
    }

    /** They could not be removed now; it is tried again. */
    public void notDestroyed(String why) {
        destroyResult = why;
    }

    /**
     * A second person's word. Rejected, a reviewed drill goes back to what it ended as.
     *
     * @param record hash of the record that the person saw
     * @throws Refused DRILL-NOT-ENDED, DRILL-TRIAL, DRILL-SIGNED, DRILL-OWN, DRILL-COMMENT,
     *     DRILL-REVIEWED, DRILL-REVIEW-FIRST, DRILL-SAME-REVIEWER
     */
    public SignOff judge(
            SignOff.Step step,
            SignOff.Decision decision,
            String by,
            String comment,
            Sha256 record,
            Instant now) {
        requireEnded();
        if (trial()) {
            throw new Refused(
                    "DRILL-TRIAL",
                    "Drill " + number + " is a trial; nobody signs it.",
                    "Save the plan, run a drill by it, and sign that one.");
        }
        if (status == DrillState.SIGNED_OFF) {
            throw new Refused(
                    "DRILL-SIGNED",
                    "Drill " + number + " is signed off.",
                    "There is nothing to be done; its record says by whom.");
        }
        if (ownOf(by)) {
            throw new Refused(
                    "DRILL-OWN",
                    "You cannot review or sign off your own drill.",
                    "Ask another person to open drill " + number + ".");
        }
        String words = comment == null ? "" : comment.strip();
        if (words.length() > LONGEST_COMMENT
                || words.isEmpty() && decision == SignOff.Decision.REJECTED) {
            throw new Refused(
                    "DRILL-COMMENT",
                    "A rejection needs a comment, and a comment has at most "
                            + LONGEST_COMMENT
                            + " characters.",
                    "Say what is missing or wrong.");
        }
        switch (step) {
            case REVIEW -> {
                if (status == DrillState.REVIEWED) {
                    throw new Refused(
                            "DRILL-REVIEWED",
                            "Drill " + number + " was reviewed by " + reviewedBy + ".",
                            "It waits to be signed off.");
                }
            }
            case SIGN_OFF -> requireReviewed(by);
        }
        SignOff said = new SignOff(this, step, decision, by, words, record, now);
        if (decision == SignOff.Decision.REJECTED) {
            if (status == DrillState.REVIEWED) {
                become(verdict.state());
                reviewedBy = null;
            }
        } else if (step == SignOff.Step.REVIEW) {
            become(DrillState.REVIEWED);
            reviewedBy = by;
        } else {
            become(DrillState.SIGNED_OFF);
        }
        return said;
    }

    private void requireReviewed(String by) {
        if (!secondReviewer) {
            return;
        }
        if (status != DrillState.REVIEWED) {
            throw new Refused(
                    "DRILL-REVIEW-FIRST",
                    "Two people look at drill " + number + "; nobody has reviewed it yet.",
                    "Review it; another person then signs it off.");
        }
        if (waitsForOtherThan(by)) {
            throw new Refused(
                    "DRILL-SAME-REVIEWER",
                    "You reviewed drill " + number + "; somebody else has to sign it off.",
                    "Ask a third person to open it.");
        }
    }

    /** Whether this person asked for it or ran it, and so may not judge it. */
    public boolean ownOf(String person) {
        return person.equals(requestedBy) || person.equals(executor);
    }

    /** What is to be said of it next: where two people look at it, the first reviews it. */
    public SignOff.Step nextStep() {
        return secondReviewer && status != DrillState.REVIEWED
                ? SignOff.Step.REVIEW
                : SignOff.Step.SIGN_OFF;
    }

    /** Whether this person reviewed it, so that somebody else has to sign it off. */
    public boolean waitsForOtherThan(String person) {
        return secondReviewer && status == DrillState.REVIEWED && person.equals(reviewedBy);
    }

    /**
     * @throws Refused DRILL-NOT-ENDED
     */
    public void requireEnded() {
        if (status.active()) {
            throw new Refused(
                    "DRILL-NOT-ENDED",
                    "Drill " + number + " is " + status + "; it has no result yet.",
                    "Wait for its end, or cancel it.");
        }
    }

    /**
     * Whether its record is still to be sealed: it ended, or its place was destroyed, since.
     *
     * @param sealedAt when it was sealed last; empty: never
     */
    public boolean unsealed(Optional<Instant> sealedAt) {
        return verdict != null
                && sealedAt.map(at -> destroyedAt != null && destroyedAt.isAfter(at)).orElse(true);
    }

    private void become(DrillState next) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException(
                    "Drill " + number + " cannot go from " + status + " to " + next + ".");
        }
        status = next;
    }

    public UUID id() {
        return id;
    }

    /** For people, e.g. {@code D-2026-17}. */
    public String number() {
        return number;
    }

    /** Null where it follows no plan. */
    public UUID planId() {
        return planId;
    }

    /** It looks at other things than its plan says, which stands wherever the plan is named. */
    public void byOtherChecks() {
        planName = planName + " (other checks)";
    }

    public String planName() {
        return planName;
    }

    /** 0 where it follows no plan. */
    public int planVersion() {
        return planVersion;
    }

    /** The check plan as JSON, as it was when the drill was asked for. */
    public String checks() {
        return checks;
    }

    /** What those who look at the record are to look at. */
    public List<String> checklist() {
        return checklist.lines().filter(line -> !line.isBlank()).toList();
    }

    public DrillState status() {
        return status;
    }

    /** Null before the end. */
    public DrillVerdict verdict() {
        return verdict;
    }

    public DrillCause cause() {
        return cause;
    }

    /** Whether it only tried checks that were being written: then it counts for nothing. */
    public boolean trial() {
        return cause == DrillCause.TRIAL;
    }

    /** The moment of the schedule; null where a person asked. */
    public Instant slot() {
        return slot;
    }

    /** Null where it is no retest. */
    public UUID retestOf() {
        return retestOf;
    }

    /** Empty where none was named. */
    public String ticket() {
        return ticket;
    }

    public UUID sourceId() {
        return sourceId;
    }

    public String sourceName() {
        return sourceName;
    }

    public UUID snapshotId() {
        return snapshotId;
    }

    /** The moment whose data the snapshot holds. */
    public Instant takenAt() {
        return takenAt;
    }

    public Choice choice() {
        return new Choice(chosen, windowDays);
    }

    public DrillPlace place() {
        return place;
    }

    /** Null in a throw-away cluster. */
    public UUID targetId() {
        return targetId;
    }

    public String targetName() {
        return targetName;
    }

    public boolean newerMajor() {
        return newerMajor;
    }

    public String requestedBy() {
        return requestedBy;
    }

    /** Who ran it: the requester, or {@link #HOLDFAST} by schedule. */
    public String executor() {
        return executor;
    }

    public Instant requestedAt() {
        return requestedAt;
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

    public String cancelledBy() {
        return cancelledBy;
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

    /** In force when it was asked for. */
    public String policyVersion() {
        return policyVersion;
    }

    /** How long a recovery may take, by the policy of then. */
    public Duration rto() {
        return Duration.ofSeconds(rtoSeconds);
    }

    /** How old restored data may be, by the policy of then. */
    public Duration rpo() {
        return Duration.ofSeconds(rpoSeconds);
    }

    /** Empty before it began. */
    public Optional<Duration> dataAge() {
        return Optional.ofNullable(dataAgeSeconds).map(Duration::ofSeconds);
    }

    /** From the start to the last check; empty where it did not come to that. */
    public Optional<Duration> took() {
        return Optional.ofNullable(tookSeconds).map(Duration::ofSeconds);
    }

    /** Whether it took no longer than a recovery may; false too where that was not measured. */
    public boolean withinRto() {
        return took().filter(t -> t.compareTo(rto()) <= 0).isPresent();
    }

    /** Whether its data was no older than it may be; false too before it began. */
    public boolean withinRpo() {
        return dataAge().filter(age -> age.compareTo(rpo()) <= 0).isPresent();
    }

    /** A JSON object: of place, tools and apartness. */
    public String facts() {
        return facts;
    }

    /** Names a page of runbooks/; null where nothing failed. */
    public String failureCode() {
        return failureCode;
    }

    public String failureReason() {
        return failureReason;
    }

    /** How long its place was asked to be left for inspection. */
    public Duration keep() {
        return Duration.ofMinutes(keepMinutes);
    }

    /** Null where nothing is left for inspection. */
    public Instant keptUntil() {
        return keptUntil;
    }

    /** Name of the server on whose machine the cluster is; null where there is none. */
    public String clusterServer() {
        return clusterServer;
    }

    public String clusterDirectory() {
        return clusterDirectory;
    }

    /** Name of the database; null before it was to be made. */
    public String drillDatabase() {
        return drillDatabase;
    }

    /** How to reach what is kept; null where nothing is. */
    public String connection() {
        return connection;
    }

    /** Whether something is left for inspection now. */
    public boolean isKept() {
        return keptUntil != null && destroyedAt == null;
    }

    public String destroyRequestedBy() {
        return destroyRequestedBy;
    }

    /** Null while something of it may be left. */
    public Instant destroyedAt() {
        return destroyedAt;
    }

    public String destroyResult() {
        return destroyResult;
    }

    /** Whether a review comes before the sign-off, by another person. */
    public boolean secondReviewer() {
        return secondReviewer;
    }

    /** Null where nobody did. */
    public String reviewedBy() {
        return reviewedBy;
    }
}
