package org.holdfast.domain.audit;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.holdfast.domain.shared.Sha256;

/**
 * One link of the chain. Its hash covers every field and the hash before it, each field preceded by
 * its length, so that no two different entries have the same text to be hashed.
 */
@Entity
@Table(name = "audit_log")
public class AuditEntry {
    /** What the first entry carries as the hash before it: 64 zeros. */
    public static final String GENESIS = "0".repeat(64);

    @Id private long seq;
    private Instant at;
    private String actor;
    private String action;
    private String subject;
    private String detail;

    @Column(name = "previous_hash")
    private String previousHash;

    private String hash;

    protected AuditEntry() {}

    /**
     * @param at kept to the microsecond, as the catalog does
     * @param actor user name, behind it {@code (token <name>)} where one acted, or {@code holdfast}
     *     for its own acts
     * @param action e.g. {@code restore.request}
     * @param subject what it was done to, e.g. {@code target/staging}
     * @param detail JSON object text, never a secret
     */
    public AuditEntry(
            long seq,
            Instant at,
            String actor,
            String action,
            String subject,
            String detail,
            String previousHash) {
        this.seq = seq;
        this.at = at.truncatedTo(ChronoUnit.MICROS);
        this.actor = actor;
        this.action = action;
        this.subject = subject;
        this.detail = detail;
        this.previousHash = previousHash;
        this.hash = expectedHash();
    }

    /** What the hash must be for the fields as they are. */
    public final String expectedHash() {
        return Sha256.ofFields(
                        List.of(
                                previousHash,
                                Long.toString(seq),
                                at.toString(),
                                actor,
                                action,
                                subject,
                                detail))
                .hex();
    }

    /** Whether it is unchanged and follows {@code before} (null: is the first). */
    public boolean follows(AuditEntry before) {
        return seq == (before == null ? 1 : before.seq + 1)
                && previousHash.equals(before == null ? GENESIS : before.hash)
                && hash.equals(expectedHash());
    }

    public long seq() {
        return seq;
    }

    public Instant at() {
        return at;
    }

    public String actor() {
        return actor;
    }

    public String action() {
        return action;
    }

    public String subject() {
        return subject;
    }

    public String detail() {
        return detail;
    }

    public String previousHash() {
        return previousHash;
    }

    public String hash() {
        return hash;
    }
}
