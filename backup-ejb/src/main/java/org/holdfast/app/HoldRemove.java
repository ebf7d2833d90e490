package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/** Removes a legal hold: from then on the rules say again how long the backup stays. */
@ApplicationScoped
public class HoldRemove implements ApprovedAct {
    static final String OPERATION = "hold.remove";

    private Snapshots snapshots;
    private Sources sources;
    private AuditLog audit;
    private Caller caller;

    protected HoldRemove() {}

    @Inject
    public HoldRemove(Snapshots snapshots, Sources sources, AuditLog audit, Caller caller) {
        this.snapshots = snapshots;
        this.sources = sources;
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
        Snapshot snapshot = held(parameters);
        Source source = sources.find(snapshot.sourceId()).orElseThrow();
        return new Approval.Plan(
                "Remove the legal hold of backup " + snapshot.id() + " of " + source.name(),
                "backup/" + snapshot.id(),
                List.of(
                        "It holds the state of "
                                + source.name()
                                + " at "
                                + snapshot.takenAt()
                                + ".",
                        "The hold was set by "
                                + snapshot.heldBy()
                                + " at "
                                + snapshot.heldAt()
                                + ".",
                        "Its reason: " + snapshot.holdReason(),
                        "Lost: from then on retention may remove it, and people may delete it."),
                false);
    }

    /** Locked. */
    private Snapshot held(JsonObject parameters) {
        Snapshot snapshot = snapshots.locked(AskedOfBackup.of(parameters).snapshot());
        snapshot.requireHeld();
        return snapshot;
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        Snapshot snapshot = held(parameters);
        Map<String, String> detail =
                Map.of(
                        "hold",
                        snapshot.holdReason(),
                        "reason",
                        AskedOfBackup.of(parameters).reason(),
                        "requestedBy",
                        requestedBy,
                        "approvedBy",
                        approvedBy);
        snapshot.release();
        audit.append(caller.actor(), OPERATION, "backup/" + snapshot.id(), detail);
    }
}
