package org.holdfast.domain.drill;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.holdfast.domain.shared.Days;
import org.holdfast.domain.shared.IdColumn;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * Something that a drill brought to light, who mends it and until when. It is closed with what was
 * done; a drill that shows it can be named.
 */
@Entity
@Table(name = "drill_issues")
public class DrillIssue {
    private static final int LONGEST_TITLE = 200;
    private static final int LONGEST_TEXT = 4000;

    @Id private UUID id;

    @Convert(converter = IdColumn.class)
    @Column(name = "drill_id")
    private UUID drillId;

    private String title;

    @Column(name = "check_name")
    private String checkName;

    private String owner;

    @Column(name = "due_on")
    private String dueOn;

    @Column(name = "corrective_action")
    private String correctiveAction;

    @Column(name = "raised_by")
    private String raisedBy;

    @Column(name = "raised_at")
    private Instant raisedAt;

    @Column(name = "closed_by")
    private String closedBy;

    @Column(name = "closed_at")
    private Instant closedAt;

    private String resolution;

    @Convert(converter = IdColumn.class)
    @Column(name = "retest_drill_id")
    private UUID retestDrillId;

    protected DrillIssue() {}

    /**
     * @param checkName of the check that it is about; empty: of the drill as a whole
     * @param owner who mends it
     * @param due the day until which it is to be mended
     * @param correctiveAction what is to be done; may be empty as long as that is not known
     */
    public record Wording(
            String title, String checkName, String owner, LocalDate due, String correctiveAction) {
        /**
         * @throws Refused DRILL-ISSUE
         */
        public Wording {
            title = required("a title", title, LONGEST_TITLE);
            owner = required("an owner", owner, LONGEST_TITLE);
            checkName = checkName == null ? "" : checkName.strip();
            correctiveAction = correctiveAction == null ? "" : correctiveAction.strip();
            if (due == null) {
                throw new Refused(
                        "DRILL-ISSUE",
                        "An issue needs a due date.",
                        "Give the day until which it is to be mended.");
            }
            if (!Days.known(due)) {
                throw new Refused(
                        "DRILL-ISSUE",
                        "A due date is " + Days.EXPECTED + ".",
                        "Give the day until which it is to be mended.");
            }
            if (correctiveAction.length() > LONGEST_TEXT) {
                throw new Refused(
                        "DRILL-ISSUE",
                        "The corrective action is too long.",
                        "Give at most " + LONGEST_TEXT + " characters.");
            }
        }
    }

    public DrillIssue(RestoreDrill drill, Wording wording, String by, Instant now) {
        drill.requireEnded();
        this.id = Ids.next();
        this.drillId = drill.id();
        this.raisedBy = by;
        this.raisedAt = now;
        write(wording);
    }

    /** Words, owner or day change while it is open. */
    public void reword(Wording wording) {
        requireOpen();
        write(wording);
    }

    private void write(Wording wording) {
        title = wording.title();
        checkName = wording.checkName();
        owner = wording.owner();
        dueOn = wording.due().toString();
        correctiveAction = wording.correctiveAction();
    }

    /** A drill was asked for to see whether it is mended. */
    public void retestedBy(UUID drill) {
        requireOpen();
        retestDrillId = drill;
    }

    /**
     * @param what was done, in words
     */
    public void close(String by, String what, Instant now) {
        requireOpen();
        resolution = required("a resolution", what, LONGEST_TEXT);
        closedBy = by;
        closedAt = now;
    }

    /**
     * @throws Refused DRILL-ISSUE-CLOSED
     */
    public void requireOpen() {
        if (!open()) {
            throw new Refused(
                    "DRILL-ISSUE-CLOSED",
                    "This issue was closed by " + closedBy + " at " + closedAt + ".",
                    "Raise another one.");
        }
    }

    private static String required(String what, String text, int longest) {
        if (text == null || text.isBlank() || text.strip().length() > longest) {
            throw new Refused(
                    "DRILL-ISSUE",
                    "An issue needs " + what + ".",
                    "Give 1 to " + longest + " characters.");
        }
        return text.strip();
    }

    public UUID id() {
        return id;
    }

    public UUID drillId() {
        return drillId;
    }

    public String title() {
        return title;
    }

    /** Empty where it is about the drill as a whole. */
    public String checkName() {
        return checkName;
    }

    public String owner() {
        return owner;
    }

    public LocalDate due() {
        return LocalDate.parse(dueOn);
    }

    public String correctiveAction() {
        return correctiveAction;
    }

    public String raisedBy() {
        return raisedBy;
    }

    public Instant raisedAt() {
        return raisedAt;
    }

    public boolean open() {
        return closedAt == null;
    }

    /** Null while it is open. */
    public String closedBy() {
        return closedBy;
    }

    public Instant closedAt() {
        return closedAt;
    }

    public String resolution() {
        return resolution;
    }

    /** Null where none was asked for. */
    public UUID retestDrillId() {
        return retestDrillId;
    }
}
