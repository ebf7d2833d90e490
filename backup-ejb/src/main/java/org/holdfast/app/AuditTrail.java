package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.SigningKeys;

/** The audit log as people read it. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class AuditTrail {
    private static final Turns.Wait WAIT = new Turns.Wait(4, Duration.ofSeconds(5));
    private static final Turns<String> READINGS =
            new Turns<>(
                    2,
                    chain ->
                            new Refused(
                                    "AUDIT-BUSY",
                                    "The whole audit log is being read twice already.",
                                    "Try again in a few seconds."));

    /** Of this server. */
    private static final AtomicReference<Status> LAST = new AtomicReference<>();

    @Inject private AuditLog audit;
    @Inject private Anchors anchors;
    @Inject private SigningKeys keys;
    @Inject private Clock clock;

    /** Newest first; {@code before} a sequence number to page on from. */
    public List<AuditEntry> newest(AuditFilter filter, Optional<Long> before, int max) {
        return audit.newest(filter, before, max);
    }

    public List<String> actors() {
        return audit.actors();
    }

    public List<String> actions() {
        return audit.actions();
    }

    /** What exports, heads and evidence are signed with, in PEM; the present key first. */
    public List<String> publicKeys() {
        return keys.all().stream().map(SigningKeys.Public::pem).toList();
    }

    /**
     * @param chain what reading the whole log found
     * @param head its end as the catalog tells it
     * @param anchors what the stores hold of it, store by store
     * @param readAt when the reading began
     */
    public record Status(
            AuditLog.ChainStatus chain,
            AuditLog.Head head,
            List<Anchors.Anchor> anchors,
            Instant readAt) {

        /** Whether nothing was found that is not as it was entered. */
        public boolean whole() {
            return chain.brokenAt().isEmpty()
                    && anchors.stream().allMatch(anchor -> anchor.mismatch() == null);
        }

        /** Those whose newest head agrees with the log. */
        public List<Anchors.Anchor> agreeing() {
            return anchors.stream()
                    .filter(anchor -> anchor.key() != null && anchor.mismatch() == null)
                    .toList();
        }

        /** When the newest head that agrees was signed. */
        public Optional<Instant> anchoredAt() {
            return agreeing().stream().map(Anchors.Anchor::at).max(Instant::compareTo);
        }

        /** Up to which entry the stores vouch for the log. */
        public long anchoredEntries() {
            return agreeing().stream().mapToLong(Anchors.Anchor::entries).max().orElse(0);
        }
    }

    /**
     * Reads the whole chain, and holds it against the heads that were last seen in the stores.
     *
     * @throws Refused AUDIT-BUSY where it is being read twice already
     */
    public Status status() {
        return READINGS.take("chain", WAIT, this::read);
    }

    /** What the last reading found; empty where this server had none since it started. */
    public Optional<Status> lastStatus() {
        return Optional.ofNullable(LAST.get());
    }

    private Status read() {
        Instant now = clock.instant();
        AuditLog.ChainStatus chain = audit.verify();
        Status status =
                new Status(
                        chain,
                        audit.head(),
                        anchors.all().stream().map(this::compared).toList(),
                        now);
        LAST.set(status);
        return status;
    }

    private Anchors.Anchor compared(Anchors.Anchor anchor) {
        if (anchor.key() == null || anchor.mismatch() != null) {
            return anchor;
        }
        return new Anchors.Anchor(
                anchor.storeId(),
                anchor.store(),
                anchor.key(),
                anchor.entries(),
                anchor.hash(),
                anchor.at(),
                anchor.lookedAt(),
                anchor.failure(),
                AuditAnchoring.difference(audit, anchor.entries(), anchor.hash(), anchor.at())
                        .orElse(null));
    }
}
