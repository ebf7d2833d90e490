package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditLog;

/** The audit log as people read it. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class AuditTrail {
    @Inject private AuditLog audit;

    /** Newest first; {@code before} a sequence number to page on from. */
    public List<AuditEntry> newest(Optional<Long> before, int max) {
        return audit.newest(before, max);
    }

    /** Reads the whole chain. */
    public AuditLog.ChainStatus verify() {
        return audit.verify();
    }
}
