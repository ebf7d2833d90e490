package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.KeptCopy;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/** Deletes a backup by hand: all its copies are marked, and removed after the grace. */
@ApplicationScoped
public class SnapshotDelete implements ApprovedAct {
    static final String OPERATION = "snapshot.delete";

    private Snapshots snapshots;
    private Sources sources;
    private ExpiryJudge judge;
    private PolicyInForce policy;
    private AuditLog audit;
    private Caller caller;

    protected SnapshotDelete() {}

    @Inject
    public SnapshotDelete(
            Snapshots snapshots,
            Sources sources,
            ExpiryJudge judge,
            PolicyInForce policy,
            AuditLog audit,
            Caller caller) {
        this.snapshots = snapshots;
        this.sources = sources;
        this.judge = judge;
        this.policy = policy;
        this.audit = audit;
        this.caller = caller;
    }

    @Override
    public String operation() {
        return OPERATION;
    }

    @Override
    public Role asker() {
        return Role.ADMIN;
    }

    @Override
    public Approval.Plan plan(JsonObject parameters) {
        Snapshot snapshot = deletable(AskedOfBackup.of(parameters).snapshot());
        Source source = sources.find(snapshot.sourceId()).orElseThrow();
        List<String> lines = new ArrayList<>();
        lines.add("It holds the state of " + source.name() + " at " + snapshot.takenAt() + ".");
        lines.add(
                "It is "
                        + snapshot.rung()
                        + ", "
                        + snapshot.storedBytes()
                        + " bytes, in "
                        + judge.judge(source).stream()
                                .map(ExpiryJudge.Judged::copy)
                                .filter(c -> c.snapshotId().equals(snapshot.id()))
                                .map(KeptCopy::store)
                                .collect(Collectors.joining(", "))
                        + ".");
        lines.add(
                "It goes from its stores after "
                        + policy.now().graceOf(source.name()).toHours()
                        + " h; until then it can be taken back. Its record stays.");
        if (onlyProved(source, snapshot)) {
            lines.add("Lost: the only verified backup of " + source.name() + ".");
        }
        return new Approval.Plan(
                "Delete backup " + snapshot.id() + " of " + source.name(),
                "backup/" + snapshot.id(),
                lines,
                false);
    }

    /** Whether no other verified backup of the source is left that is not marked. */
    private boolean onlyProved(Source source, Snapshot snapshot) {
        return snapshot.rung().restorable()
                && snapshots.kept(source.id()).stream()
                        .filter(c -> !c.snapshotId().equals(snapshot.id()))
                        .filter(c -> c.doom().isEmpty())
                        .noneMatch(c -> c.rung() == Rung.VERIFIED || c.rung() == Rung.RESTORED);
    }

    /**
     * Locked.
     *
     * @throws Refused BACKUP-GONE, BACKUP-HELD, BACKUP-IN-USE, BACKUP-DELETED
     */
    private Snapshot deletable(UUID id) {
        Snapshot snapshot = snapshots.locked(id);
        snapshot.requireThere();
        snapshot.requireNotHeld();
        snapshots
                .use(id)
                .ifPresent(
                        use -> {
                            throw new Refused(
                                    "BACKUP-IN-USE",
                                    "Backup " + id + " is in use by " + use + ".",
                                    "Wait for it to end, or cancel it.");
                        });
        if (snapshots.copies(id).stream()
                .allMatch(c -> c.leaving() || c.doom().filter(d -> d.byHand()).isPresent())) {
            throw new Refused(
                    "BACKUP-DELETED",
                    "Backup " + id + " is deleted already, and goes when its grace is over.",
                    "There is nothing to be done; or take it back.");
        }
        return snapshot;
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        AskedOfBackup asked = AskedOfBackup.of(parameters);
        Snapshot snapshot = deletable(asked.snapshot());
        Source source = sources.find(snapshot.sourceId()).orElseThrow();
        Duration grace = policy.now().graceOf(source.name());
        Instant now = judge.now();
        for (SnapshotCopy copy : snapshots.copies(snapshot.id())) {
            if (!copy.leaving()) {
                copy.doom(requestedBy, asked.reason(), now, grace);
            }
        }
        audit.append(
                caller.actor(),
                OPERATION,
                "backup/" + snapshot.id(),
                Map.of(
                        "source", source.name(),
                        "reason", asked.reason(),
                        "removedAfter", now.plus(grace).toString(),
                        "requestedBy", requestedBy,
                        "approvedBy", approvedBy));
    }
}
