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
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.IdColumn;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * How a source is drilled again and again. Each change raises the version; a drill carries name and
 * version of its plan and a copy of what it demanded, so an old record stays readable.
 */
@Entity
@Table(name = "drill_plans")
public class DrillPlan {
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_CHECKLIST = 20_000;

    @Id private UUID id;
    private String name;

    @Convert(converter = IdColumn.class)
    @Column(name = "source_id")
    private UUID sourceId;

    private String schedule;

    @Enumerated(EnumType.STRING)
    private Choice.Kind chosen;

    @Column(name = "window_days")
    private int windowDays;

    @Convert(converter = IdColumn.class)
    @Column(name = "target_id")
    private UUID targetId;

    @Column(name = "newer_major")
    private boolean newerMajor;

    private String checks;
    private String checklist;

    @Column(name = "second_reviewer")
    private boolean secondReviewer;

    @Column(name = "keep_minutes")
    private int keepMinutes;

    private boolean paused;
    private boolean retired;
    private int version;

    @Column(name = "last_slot")
    private Instant lastSlot;

    @Column(name = "changed_by")
    private String changedBy;

    @Column(name = "changed_at")
    private Instant changedAt;

    protected DrillPlan() {}

    /**
     * What a person says of a plan.
     *
     * @param schedule in the words of the policy file, e.g. {@code first_sunday 03:00}; empty: by
     *     hand only. That it can be read is for the caller to see to.
     * @param choice LATEST or RANDOM
     * @param target null: a throw-away cluster
     * @param checks a {@link CheckPlan} as JSON
     * @param checklist what the reviewers are to look at, one item a line
     * @param keep how long each drill's place is left for inspection
     */
    public record Wording(
            String name,
            String schedule,
            Choice choice,
            TargetEnvironment target,
            boolean newerMajor,
            String checks,
            String checklist,
            boolean secondReviewer,
            Duration keep) {
        /**
         * @throws Refused DRILL-PLAN, DRILL-KEEP, DRILL-PRODUCTION
         */
        public Wording {
            if (name == null || name.isBlank() || name.strip().length() > LONGEST_NAME) {
                throw new Refused(
                        "DRILL-PLAN",
                        "A drill plan needs a name.",
                        "Give 1 to " + LONGEST_NAME + " characters.");
            }
            name = name.strip();
            schedule = schedule == null ? "" : schedule.strip();
            checklist = checklist == null ? "" : checklist.strip();
            if (checklist.length() > LONGEST_CHECKLIST) {
                throw new Refused(
                        "DRILL-PLAN",
                        "The checklist is too long.",
                        "Give at most " + LONGEST_CHECKLIST + " characters.");
            }
            if (choice.kind() == Choice.Kind.NAMED) {
                throw new Refused(
                        "DRILL-PLAN",
                        "A plan cannot name one backup: it is followed again and again.",
                        "Choose LATEST, or RANDOM with a window.");
            }
            if (target != null) {
                RestoreDrill.requireNotProduction(target);
            }
            RestoreDrill.requireKeep(keep);
        }
    }

    public DrillPlan(UUID sourceId, Wording wording, String by, Instant now) {
        this.id = Ids.next();
        this.sourceId = sourceId;
        this.lastSlot = now;
        change(wording, by, now);
    }

    /** Says it anew; the drills that were made by the old words keep them. */
    public void change(Wording wording, String by, Instant now) {
        requireInUse();
        if (!wording.schedule().equals(schedule)) {
            // Nothing is made up for that a schedule asks for which was not there then.
            lastSlot = now;
        }
        name = wording.name();
        schedule = wording.schedule();
        chosen = wording.choice().kind();
        windowDays = wording.choice().windowDays();
        targetId = wording.target() == null ? null : wording.target().id();
        newerMajor = wording.newerMajor();
        checks = wording.checks();
        checklist = wording.checklist();
        secondReviewer = wording.secondReviewer();
        keepMinutes = (int) wording.keep().toMinutes();
        touch(by, now);
    }

    /** Slots pass by from now on. */
    public void pause(String by, Instant now) {
        requireInUse();
        paused = true;
        touch(by, now);
    }

    /** Slots that passed by are not made up for. */
    public void resume(String by, Instant now) {
        requireInUse();
        paused = false;
        lastSlot = now;
        touch(by, now);
    }

    /** No drill is made by it any more; its drills' records name it on. */
    public void retire(String by, Instant now) {
        requireInUse();
        retired = true;
        touch(by, now);
    }

    private void touch(String by, Instant now) {
        version++;
        changedBy = by;
        changedAt = now;
    }

    /**
     * @throws Refused DRILL-PLAN-RETIRED
     */
    public void requireInUse() {
        if (retired) {
            throw new Refused(
                    "DRILL-PLAN-RETIRED",
                    "Drill plan " + name + " was retired by " + changedBy + ".",
                    "Make another one.");
        }
    }

    /**
     * The slot to drill now, which is then reached; of several that were missed the newest. Empty
     * where none came since the last, or while it is paused.
     */
    public Optional<Instant> reach(Schedule when, Instant now) {
        Optional<Instant> due = retired ? Optional.empty() : when.latest(lastSlot, now);
        if (due.isEmpty()) {
            return Optional.empty();
        }
        lastSlot = due.get();
        return paused ? Optional.empty() : due;
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    public UUID sourceId() {
        return sourceId;
    }

    /** In the words of the policy file; empty: by hand only. */
    public String schedule() {
        return schedule;
    }

    public Choice choice() {
        return new Choice(chosen, windowDays);
    }

    /** Null: a throw-away cluster. */
    public UUID targetId() {
        return targetId;
    }

    public boolean newerMajor() {
        return newerMajor;
    }

    /** A {@link CheckPlan} as JSON. */
    public String checks() {
        return checks;
    }

    /** One item a line. */
    public String checklist() {
        return checklist;
    }

    public boolean secondReviewer() {
        return secondReviewer;
    }

    public Duration keep() {
        return Duration.ofMinutes(keepMinutes);
    }

    public boolean paused() {
        return paused;
    }

    public boolean retired() {
        return retired;
    }

    /** Begins with 1. */
    public int version() {
        return version;
    }

    /** Up to which slot it was followed. */
    public Instant lastSlot() {
        return lastSlot;
    }

    public String changedBy() {
        return changedBy;
    }

    public Instant changedAt() {
        return changedAt;
    }
}
