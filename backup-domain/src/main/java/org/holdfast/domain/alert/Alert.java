package org.holdfast.domain.alert;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * A concern that was seen: opened by the judgement that first saw it, kept up to date by those
 * after, resolved by the first that sees it no more. A person may acknowledge it meanwhile, which
 * stops the escalation and nothing else. The catalog lets one be open for each kind and subject.
 */
@Entity
@Table(name = "alerts")
public class Alert {
    private static final int LONGEST_COMMENT = 500;

    @Id private UUID id;

    @Enumerated(EnumType.STRING)
    private AlertKind kind;

    private String subject;

    @Enumerated(EnumType.STRING)
    private Severity severity;

    private String text;

    @Column(name = "opened_at")
    private Instant openedAt;

    @Column(name = "last_seen_at")
    private Instant lastSeenAt;

    @Column(name = "resolved_at")
    private Instant resolvedAt;

    @Column(name = "acknowledged_by")
    private String acknowledgedBy;

    @Column(name = "acknowledged_at")
    private Instant acknowledgedAt;

    private String comment;

    protected Alert() {}

    public Alert(Concern concern, Instant now) {
        this.id = Ids.next();
        this.kind = concern.kind();
        this.subject = concern.subject();
        this.severity = concern.severity();
        this.text = concern.text();
        this.openedAt = now;
        this.lastSeenAt = now;
    }

    /**
     * It is still so.
     *
     * @return whether it is worse than it was: then an acknowledgement counts no more
     */
    public boolean seen(Concern concern, Instant now) {
        boolean worse = concern.severity().compareTo(severity) > 0;
        if (worse) {
            acknowledgedBy = null;
            acknowledgedAt = null;
            comment = null;
        }
        severity = concern.severity();
        text = concern.text();
        lastSeenAt = now;
        return worse;
    }

    /** It is not so any more. */
    public void resolve(Instant now) {
        resolvedAt = now;
    }

    /**
     * Somebody looks after it.
     *
     * @param why what is done about it; may be empty
     * @throws Refused ALERT-OVER where it is resolved, ALERT-COMMENT where the comment is too long
     */
    public void acknowledge(String by, String why, Instant now) {
        if (resolvedAt != null) {
            throw new Refused(
                    "ALERT-OVER",
                    "This alert is resolved already.",
                    "There is nothing to be done; it stands in the history.");
        }
        String words = why == null ? "" : why.strip();
        if (words.length() > LONGEST_COMMENT) {
            throw new Refused(
                    "ALERT-COMMENT",
                    "A comment has 500 characters at most, this one " + words.length() + ".",
                    "Say it shorter, or name the ticket that tells the rest.");
        }
        acknowledgedBy = by;
        acknowledgedAt = now;
        comment = words;
    }

    public UUID id() {
        return id;
    }

    public AlertKind kind() {
        return kind;
    }

    public String subject() {
        return subject;
    }

    public Severity severity() {
        return severity;
    }

    public String text() {
        return text;
    }

    public Instant openedAt() {
        return openedAt;
    }

    public Instant lastSeenAt() {
        return lastSeenAt;
    }

    /** Null while it is open. */
    public Instant resolvedAt() {
        return resolvedAt;
    }

    public boolean open() {
        return resolvedAt == null;
    }

    /** Null where nobody did. */
    public String acknowledgedBy() {
        return acknowledgedBy;
    }

    public Instant acknowledgedAt() {
        return acknowledgedAt;
    }

    /** What they said; null where nobody acknowledged it. */
    public String comment() {
        return comment;
    }

    public Concern.Key key() {
        return new Concern.Key(kind, subject);
    }
}
