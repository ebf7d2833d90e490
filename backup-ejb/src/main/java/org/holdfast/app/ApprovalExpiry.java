package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.ApprovalRecords;

/** Ends what waited too long for a second person; timers call it, and the row decides. */
@Stateless
public class ApprovalExpiry {
    @Inject private ApprovalRecords records;
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
}
