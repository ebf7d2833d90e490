package org.holdfast.domain.alert;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What an alert is about; each has a section of that name in {@code runbooks/alerts.md}. WAL gets
 * its kinds here when there is something to be judged.
 */
public enum AlertKind {
    /** A source has no backup as young as promised. */
    BACKUP_LATE("No fresh backup"),
    /** The newest backup of a source is much smaller than those before. */
    BACKUP_SHRUNKEN("Backup suspiciously small"),
    /** What was read back is not what was written, or does not decrypt. */
    VERIFICATION_FAILED("Verification failed"),
    /** A store has copies that are not what was written; other stores may have them whole. */
    COPY_DAMAGED("Copy damaged"),
    /** A store lacks copies that it should have. */
    COPY_MISSING("Copies missing"),
    STORE_UNREACHABLE("Store unreachable"),
    KEY_ROTATION_DUE("Key to be replaced"),
    /** The holder of an escrow identity has not shown it in time. */
    KEY_PROOF_DUE("Escrow key to be proved"),
    /** One person alone did what two should have done together. */
    GLASS_BROKEN("Glass broken"),
    /** No server follows the schedules. */
    SCHEDULER_SILENT("Scheduler not running"),
    /** No server does the queued backups, or the queued restores. */
    WORKER_SILENT("Worker not running"),
    /** The schedules cannot keep what the policy promises. */
    POLICY_UNFIT("Policy cannot be kept"),
    /** A source was not shown to be restorable as often as promised. */
    DRILL_DUE("Drill due"),
    /** The newest drill of a source failed. */
    DRILL_FAILED("Drill failed"),
    /** The audit log is not what a signed head in a store says. */
    AUDIT_DIFFERS("Audit log differs"),
    /** A certificate that connections to this console or to others depend on is about to end. */
    CERTIFICATE_EXPIRES("Certificate expires"),
    /** A login or token that work depends on is about to end. */
    CREDENTIAL_EXPIRES("Credential expires");

    private final String title;

    AlertKind(String title) {
        this.title = title;
    }

    /** For people, without a full stop. */
    public String title() {
        return title;
    }

    /** Its name in settings, in REST and in the runbook's address: {@code backup-late}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(AlertKind::word).toList();
    }

    /** Whether it reaches every channel, whatever the channel's rules say. */
    public boolean toEveryone() {
        return this == GLASS_BROKEN;
    }
}
