package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.ApprovalRecords;
import org.holdfast.domain.restore.RestoreRequests;

/** Ends what waited too long for a second person; timers call it, and the row decides. */
@Stateless
public class ApprovalExpiry {
    @Inject private ApprovalRecords records;
    @Inject private RestoreRequests restores;
    @Inject private AuditLog audit;
    @Inject private Clock clock;

    public List<UUID> overdue() {
        return records.overdue(clock.instant());
    }

    public void expire(UUID id) {
        records.lock(id)
                .filter(approval -> approval.expire(AuditLog.SYSTEM, clock.instant()))
                .ifPresent(
                        approval ->
                                audit.append(
                                        AuditLog.SYSTEM,
                                        "approval.expire",
                                        "approval/" + id,
                                        Map.of(
                                                "operation", approval.operation(),
                                                "requestedBy", approval.requestedBy())));
    }

    public List<UUID> overdueRestores() {
        return restores.unapproved(clock.instant());
    }

    public void expireRestore(UUID id) {
        restores.lock(id)
                .filter(request -> request.expire(clock.instant()))
                .ifPresent(
                        request ->
                                audit.append(
                                        AuditLog.SYSTEM,
                                        "restore.expire",
                                        "restore/" + id,
                                        Map.of(
                                                "plan", request.planHash(),
                                                "requestedBy", request.requestedBy())));
    }
}
