package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.ObjectKey;

/**
 * A backup that exists, because its signed manifest stands in at least one store. It climbs the
 * ladder only by checks that were made; a contradiction makes it SUSPECT.
 */
@Entity
@Table(name = "snapshots")
public class Snapshot {
    private static final int LONGEST_REASON = 500;

    @Id private UUID id;

    @Column(name = "source_id")
    private UUID sourceId;

    @Enumerated(EnumType.STRING)
    private Rung rung;

    @Enumerated(EnumType.STRING)
    private DumpFormat format;

    @Column(name = "key_prefix")
    private String keyPrefix;

    @Column(name = "taken_at")
    private Instant takenAt;

    @Column(name = "raw_bytes")
    private long rawBytes;

    @Column(name = "stored_bytes")
    private long storedBytes;

    @Column(name = "server_major")
    private int serverMajor;

    private String manifest;

    @Column(name = "manifest_sha256")
    private String manifestSha256;

    @Column(name = "committed_at")
    private Instant committedAt;

    @Column(name = "verified_at")
    private Instant verifiedAt;

    @Column(name = "restored_at")
    private Instant restoredAt;

    private String doubt;

    /** Contradicted by what was read. */
    private boolean damaged;

    private String shrunken;

    @Column(name = "shrunken_accepted_by")
    private String shrunkenAcceptedBy;

    @Column(name = "shrunken_accepted_why")
    private String shrunkenAcceptedWhy;

    @Column(name = "shrunken_accepted_at")
    private Instant shrunkenAcceptedAt;

    @Column(name = "hold_reason")
    private String holdReason;

    @Column(name = "held_by")
    private String heldBy;

    @Column(name = "held_at")
    private Instant heldAt;

    @Column(name = "expired_at")
    private Instant expiredAt;

    @Column(name = "recovered_at")
    private Instant recoveredAt;

    protected Snapshot() {}

    /**
     * Entered from its signed manifest in a store. UPLOADED, as no more was seen than that its
     * objects are there.
     *
     * @param text the signed text of the manifest
     */
    public static Snapshot recovered(
            BackupRun run, ObjectKey folder, Manifest manifest, String text, Instant now) {
        Snapshot snapshot =
                new Snapshot(
                        run,
                        folder,
                        manifest.takenAt(),
                        manifest.bytes().raw(),
                        manifest.bytes().stored(),
                        manifest.source().serverMajor(),
                        text,
                        manifest.finishedAt());
        snapshot.recoveredAt = now;
        snapshot.doubt =
                "Entered from its signed manifest; its objects are there in their sizes, and were"
                        + " not read back since.";
        return snapshot;
    }

    /**
     * @param takenAt the moment whose state the snapshot holds: when the dump's own database
     *     snapshot was exported
     * @param manifest the signed text, byte for byte as it stands in the stores
     */
    public Snapshot(
            BackupRun run,
            ObjectKey prefix,
            Instant takenAt,
            long rawBytes,
            long storedBytes,
            int serverMajor,
            String manifest,
            Instant now) {
        this.id = run.id();
        this.sourceId = run.sourceId();
        this.format = run.format();
        this.rung = Rung.UPLOADED;
        this.keyPrefix = prefix.value();
        this.takenAt = takenAt;
        this.rawBytes = rawBytes;
        this.storedBytes = storedBytes;
        this.serverMajor = serverMajor;
        this.manifest = manifest;
        this.manifestSha256 = Sha256.of(manifest).hex();
        this.committedAt = now;
    }

    /** Read back whole from a store and found right. */
    public void verified(Instant now) {
        damaged = false;
        verifiedAt = now;
        doubt = null;
        if (!inQuestion() && rung != Rung.RESTORED && rung != Rung.VERIFIED) {
            become(Rung.VERIFIED);
        }
    }

    /**
     * A copy was read back and its hashes are equal, but it was not decrypted. Proves no rung; of a
     * suspect one it shows that what was written is there, which counts as far as it was proved.
     */
    public void intact(String unread) {
        if (!damaged) {
            return;
        }
        damaged = false;
        doubt = verifiedAt == null ? unread : null;
        if (!inQuestion()) {
            become(verifiedAt == null ? Rung.UPLOADED : Rung.VERIFIED);
        }
    }

    /** Brought back into a database whose content was found equal. */
    public void restored(Instant now) {
        if (!inQuestion() && rung != Rung.RESTORED) {
            become(Rung.RESTORED);
        }
        restoredAt = now;
    }

    /**
     * @param reason what contradicts it, one sentence
     */
    public void suspect(String reason) {
        if (rung != Rung.SUSPECT) {
            become(Rung.SUSPECT);
        }
        damaged = true;
        doubt = reason;
    }

    /**
     * Much smaller than those before it: SUSPECT until a person says that this is right.
     *
     * @param what is too small, as {@link org.holdfast.domain.policy.Shrinkage} tells it
     */
    public void shrunk(String what) {
        if (shrunken != null) {
            return;
        }
        if (rung != Rung.SUSPECT) {
            become(Rung.SUSPECT);
        }
        shrunken = what;
    }

    /**
     * A person says that the shrinkage is right: it counts as far as it was proved.
     *
     * @throws Refused SHRINKAGE-NONE, SHRINKAGE-REASON
     */
    public void acceptShrinkage(String by, String why, Instant now) {
        if (!inQuestion()) {
            throw new Refused(
                    "SHRINKAGE-NONE",
                    "Nobody is asked whether the size of backup " + id + " is right.",
                    "There is nothing to be done.");
        }
        if (why == null || why.isBlank() || why.strip().length() > LONGEST_REASON) {
            throw new Refused(
                    "SHRINKAGE-REASON",
                    "Accepting a shrinkage needs a reason.",
                    "Say in 1 to 500 characters why the database became smaller.");
        }
        shrunkenAcceptedBy = by;
        shrunkenAcceptedWhy = why.strip();
        shrunkenAcceptedAt = now;
        if (!damaged && rung == Rung.SUSPECT) {
            become(proved());
        }
    }

    /** Whether it is SUSPECT for being too small, and nobody has said that this is right. */
    public boolean inQuestion() {
        return rung == Rung.SUSPECT && shrunken != null && shrunkenAcceptedAt == null;
    }

    /** How far it was proved, its size left aside; SUSPECT where what was read contradicts it. */
    public Rung proved() {
        if (rung != Rung.SUSPECT || damaged) {
            return rung;
        }
        if (restoredAt != null) {
            return Rung.RESTORED;
        }
        return verifiedAt == null ? Rung.UPLOADED : Rung.VERIFIED;
    }

    /**
     * Notes why a check could not be made, without contradicting it, e.g. no identity configured.
     */
    public void notVerified(String reason) {
        doubt = reason;
    }

    /**
     * Puts it under legal hold: no rule and no person deletes it until the hold is removed.
     *
     * @throws Refused HOLD-REASON, HOLD-THERE, BACKUP-GONE
     */
    public void hold(String by, String reason, Instant now) {
        if (reason == null || reason.isBlank() || reason.strip().length() > LONGEST_REASON) {
            throw new Refused(
                    "HOLD-REASON",
                    "A legal hold needs a reason.",
                    "Say in 1 to 500 characters why this backup must be kept, e.g. the case.");
        }
        requireThere();
        if (held()) {
            throw new Refused(
                    "HOLD-THERE",
                    "Backup " + id + " is under legal hold already: " + holdReason,
                    "There is nothing to be done; the audit log has who set it.");
        }
        heldBy = by;
        holdReason = reason.strip();
        heldAt = now;
    }

    /** Ends the hold. */
    public void release() {
        requireHeld();
        heldBy = null;
        holdReason = null;
        heldAt = null;
    }

    /**
     * @throws Refused HOLD-NONE
     */
    public void requireHeld() {
        if (!held()) {
            throw new Refused(
                    "HOLD-NONE",
                    "Backup " + id + " is under no legal hold.",
                    "There is nothing to be done.");
        }
    }

    /**
     * @throws Refused BACKUP-HELD
     */
    public void requireNotHeld() {
        if (held()) {
            throw new Refused(
                    "BACKUP-HELD",
                    "Backup " + id + " is under legal hold: " + holdReason,
                    "Have the hold removed first.");
        }
    }

    /**
     * @throws Refused BACKUP-GONE
     */
    public void requireThere() {
        if (rung == Rung.EXPIRED) {
            throw new Refused(
                    "BACKUP-GONE",
                    "Backup " + id + " is in no store any more; only its record is left.",
                    "Choose another backup.");
        }
    }

    /** The last copy is gone; what is left is the record. */
    public void expired(Instant now) {
        become(Rung.EXPIRED);
        expiredAt = now;
    }

    public boolean held() {
        return heldAt != null;
    }

    private void become(Rung next) {
        if (!rung.mayBecome(next)) {
            throw new IllegalStateException(
                    "Snapshot " + id + " cannot go from " + rung + " to " + next + ".");
        }
        rung = next;
    }

    public UUID id() {
        return id;
    }

    public UUID sourceId() {
        return sourceId;
    }

    public Rung rung() {
        return rung;
    }

    public DumpFormat format() {
        return format;
    }

    /** When it was entered from a store's manifest; null where its own run entered it. */
    public Instant recoveredAt() {
        return recoveredAt;
    }

    /** Where its objects lie in every store: {@code <source>/<yyyy>/<MM>/<id>}. */
    public ObjectKey key() {
        return new ObjectKey(keyPrefix);
    }

    public Instant takenAt() {
        return takenAt;
    }

    public long rawBytes() {
        return rawBytes;
    }

    public long storedBytes() {
        return storedBytes;
    }

    public int serverMajor() {
        return serverMajor;
    }

    public String manifest() {
        return manifest;
    }

    public Sha256 manifestSha256() {
        return new Sha256(manifestSha256);
    }

    public Instant committedAt() {
        return committedAt;
    }

    public Instant verifiedAt() {
        return verifiedAt;
    }

    public Instant restoredAt() {
        return restoredAt;
    }

    /** Why it is under legal hold; null where it is not. */
    public String holdReason() {
        return holdReason;
    }

    public String heldBy() {
        return heldBy;
    }

    public Instant heldAt() {
        return heldAt;
    }

    /** When the last copy was removed; null while one is there. */
    public Instant expiredAt() {
        return expiredAt;
    }

    /** Why it is SUSPECT, or why a check could not be made; null where nothing is to be said. */
    public String doubt() {
        return inQuestion() && !damaged ? shrunken : doubt;
    }

    /** What is much smaller than usual; null where nothing was. */
    public String shrunken() {
        return shrunken;
    }

    /** Who said that the shrinkage is right; null where nobody did. */
    public String shrunkenAcceptedBy() {
        return shrunkenAcceptedBy;
    }

    public String shrunkenAcceptedWhy() {
        return shrunkenAcceptedWhy;
    }

    public Instant shrunkenAcceptedAt() {
        return shrunkenAcceptedAt;
    }
}
