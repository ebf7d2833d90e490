package org.holdfast.domain.policy;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;

/**
 * A policy as it was at some time: the document whole, who made it and why. Versions are numbered
 * from 1 and never changed; the one with the highest number is in force on every server of the
 * catalog. Going back to an older one makes a new one.
 */
@Entity
@Table(name = "policy_versions")
public class PolicyVersion {
    private static final int LONGEST_COMMENT = 500;

    /** Where a version came from. */
    public enum Origin {
        /** The file that {@code OPS_BACKUP_POLICY_FILE} names. */
        FILE,
        /** The console. */
        PAGE,
        /** The REST API. */
        API
    }

    @Id private int number;
    private String document;
    private String sha256;

    @Enumerated(EnumType.STRING)
    private Origin origin;

    private String place;

    @Column(name = "made_by")
    private String madeBy;

    @Column(name = "approved_by")
    private String approvedBy;

    @Column(name = "made_at")
    private Instant madeAt;

    private String comment;

    protected PolicyVersion() {}

    /**
     * Who made a version, from where and why.
     *
     * @param place server and path of a file; empty where people made it
     * @param approvedBy who agreed to it; the same where nobody had to
     */
    public record Making(
            Origin origin, String place, String by, String approvedBy, String comment) {
        /**
         * @throws Refused POLICY-REASON: there is no reason, or one of more than 500 characters
         */
        public Making {
            if (comment == null
                    || comment.isBlank()
                    || comment.strip().length() > LONGEST_COMMENT) {
                throw new Refused(
                        "POLICY-REASON",
                        "A change of the policy needs a reason.",
                        "Say in 1 to 500 characters why it is changed; it stands in the history.");
            }
            comment = comment.strip();
        }
    }

    /**
     * @param number one more than that of the version in force
     * @param document canonical JSON
     */
    public PolicyVersion(int number, String document, Making making, Instant now) {
        this.number = number;
        this.document = document;
        this.sha256 = Sha256.of(document).hex();
        this.origin = making.origin();
        this.place = making.place();
        this.madeBy = making.by();
        this.approvedBy = making.approvedBy();
        this.madeAt = now;
        this.comment = making.comment();
    }

    /**
     * What records of backups and restores, and manifests, name: the number and the first digits of
     * the hash, because a manifest outlives the catalog that counted. E.g. {@code 7-3f2a91c0}.
     */
    public String label() {
        return number + "-" + sha256().brief();
    }

    public int number() {
        return number;
    }

    /** Canonical JSON: members by name, no blanks. */
    public String document() {
        return document;
    }

    /** Of {@link #document()}. */
    public Sha256 sha256() {
        return new Sha256(sha256);
    }

    public Origin origin() {
        return origin;
    }

    /** Server and path of the file, empty where people made it. */
    public String place() {
        return place;
    }

    public String madeBy() {
        return madeBy;
    }

    /** Who agreed; the same as {@link #madeBy()} where nobody had to. */
    public String approvedBy() {
        return approvedBy;
    }

    public Instant madeAt() {
        return madeAt;
    }

    public String comment() {
        return comment;
    }
}
