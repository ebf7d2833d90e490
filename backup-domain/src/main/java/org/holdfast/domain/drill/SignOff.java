package org.holdfast.domain.drill;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.shared.IdColumn;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Sha256;

/**
 * What a second person says of a drill: made by {@link RestoreDrill#judge}, never changed. That the
 * person neither asked for the drill nor ran it is a rule there and a constraint of the database.
 */
@Entity
@Table(name = "drill_signoffs")
public class SignOff {
    /** Which of the two looks it is. */
    public enum Step {
        REVIEW,
        SIGN_OFF
    }

    /** What the person says. */
    public enum Decision {
        ACCEPTED,
        REJECTED
    }

    @Id private UUID id;

    @Convert(converter = IdColumn.class)
    @Column(name = "drill_id")
    private UUID drillId;

    @Enumerated(EnumType.STRING)
    private Step step;

    @Enumerated(EnumType.STRING)
    private Decision decision;

    @Column(name = "made_by")
    private String by;

    @Column(name = "made_at")
    private Instant at;

    private String comment;

    @Column(name = "record_sha256")
    private String recordSha256;

    @Column(name = "requested_by")
    private String requestedBy;

    private String executor;

    protected SignOff() {}

    SignOff(
            RestoreDrill drill,
            Step step,
            Decision decision,
            String by,
            String comment,
            Sha256 record,
            Instant now) {
        this.id = Ids.next();
        this.drillId = drill.id();
        this.step = step;
        this.decision = decision;
        this.by = by;
        this.at = now;
        this.comment = comment;
        this.recordSha256 = record.hex();
        this.requestedBy = drill.requestedBy();
        this.executor = drill.executor();
    }

    public UUID id() {
        return id;
    }

    public UUID drillId() {
        return drillId;
    }

    public Step step() {
        return step;
    }

    public Decision decision() {
        return decision;
    }

    public String by() {
        return by;
    }

    public Instant at() {
        return at;
    }

    /** May be empty where it was accepted. */
    public String comment() {
        return comment;
    }

    /** Of the record that the person saw. */
    public Sha256 record() {
        return new Sha256(recordSha256);
    }
}
