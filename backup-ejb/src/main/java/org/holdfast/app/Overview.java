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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.restore.Recoverability;
import org.holdfast.domain.restore.Standing;

/** Whether what there is could be brought back, and how that is known. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Overview {
    /** How far back the strips of days go. */
    public static final int DAYS = 90;

    @Inject private Recoverability recoverability;
    @Inject private PolicyInForce policy;
    @Inject private Clock clock;

    /** Every source in use, the worst first. */
    public List<Standing> standings() {
        Instant now = clock.instant();
        Policy promised = policy.now();
        Duration rto = Duration.ofMinutes(promised.rtoMinutes());
        return recoverability.sources().stream()
                .map(known -> Standing.of(known, due(promised, known), rto, now))
                .sorted(Standing.WORST_FIRST)
                .toList();
    }

    /** What became of the backups of some sources in the last {@link #DAYS} days, by their ids. */
    public Map<UUID, Recoverability.Lately> lately(Collection<UUID> sources) {
        return recoverability.lately(sources, clock.instant(), DAYS);
    }

    private static Optional<Instant> due(Policy promised, Recoverability.Known known) {
        return known.newest().flatMap(newest -> promised.dueOf(known.source(), newest.takenAt()));
    }
}
