package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshots;

/**
 * What workers report of drills. Every method of the work itself is fenced: a worker whose attempt
 * is not the drill's current one is told so and changes nothing.
 */
@Stateless
public class DrillOutcomes {
    @Inject private Drills drills;
    @Inject private Snapshots snapshots;
    @Inject private AuditLog audit;
    @Inject private Clock clock;

    /** Notes how old the data is now that the work begins. */
    public boolean began(UUID id, int attempt) {
        Optional<RestoreDrill> drill = fenced(id, attempt);
        drill.ifPresent(d -> d.began(clock.instant()));
        return drill.isPresent();
    }

    /** Written before the cluster is made, so that whoever comes later knows what to remove. */
    public boolean goesIntoCluster(UUID id, int attempt, String server, String directory) {
        Optional<RestoreDrill> drill = fenced(id, attempt);
        drill.ifPresent(d -> d.goesInto(server, directory));
        return drill.isPresent();
    }

    /** Written before the database is made. */
    public boolean goesIntoDatabase(UUID id, int attempt, String database) {
        Optional<RestoreDrill> drill = fenced(id, attempt);
        drill.ifPresent(d -> d.goesInto(database));
        return drill.isPresent();
    }

    public boolean learned(UUID id, int attempt, String json) {
        Optional<RestoreDrill> drill = fenced(id, attempt);
        drill.ifPresent(d -> d.learned(json));
        return drill.isPresent();
    }

    /**
     * How a drill that came to its checks ended.
     *
     * @param took from the start to the last check
     * @param why what failed or lacks; null where all passed
     * @param proved whether what the manifest has counted or hashed was found the same
     */
    public record Judged(
            DrillVerdict verdict,
            Duration took,
            String why,
            List<DrillCheck> checks,
            boolean proved) {}

    public boolean judged(UUID id, int attempt, Judged judged) {
        Optional<RestoreDrill> found = fenced(id, attempt);
        if (found.isEmpty()) {
            return false;
        }
        RestoreDrill drill = found.get();
        Instant now = clock.instant();
        drill.judged(judged.verdict(), judged.took(), judged.why(), now);
        drills.addChecks(id, judged.checks());
        if (judged.proved() && !drill.trial()) {
            climb(drill, now);
        }
        tell(drill);
        return true;
    }

    /** Hash, decryption, restore and content: all that verification asks for, and more. */
    private void climb(RestoreDrill drill, Instant now) {
        snapshots
                .lock(drill.snapshotId())
                .ifPresent(
                        snapshot -> {
                            if (snapshot.rung() == Rung.UPLOADED) {
                                snapshot.verified(now);
                            }
                            if (snapshot.rung().restorable()) {
                                snapshot.restored(now);
                            }
                        });
    }

    /**
     * It did not come to its verdict.
     *
     * @param aborted by a person or a stop; otherwise it failed
     * @param checks those made until then
     */
    public boolean cameToNothing(
            UUID id,
            int attempt,
            boolean aborted,
            String code,
            String why,
            List<DrillCheck> checks) {
        Optional<RestoreDrill> found = fenced(id, attempt);
        if (found.isEmpty()) {
            return false;
        }
        RestoreDrill drill = found.get();
        if (aborted) {
            drill.aborted(code, why, clock.instant());
        } else {
            drill.failed(code, why, clock.instant());
        }
        drills.addChecks(id, checks);
        tell(drill);
        return true;
    }

    private void tell(RestoreDrill drill) {
        audit.append(
                AuditLog.SYSTEM,
                "drill." + drill.verdict().name().toLowerCase(Locale.ROOT),
                "drill/" + drill.id(),
                Map.of(
                        "number",
                        drill.number(),
                        "result",
                        drill.failureReason() == null ? "" : drill.failureReason()));
    }

    /** What was restored is left for inspection. */
    public void kept(UUID id, Instant until, String connection) {
        RestoreDrill drill = drills.lock(id).orElseThrow();
        drill.kept(until, connection);
        audit.append(
                AuditLog.SYSTEM,
                "drill.kept",
                "drill/" + id,
                Map.of("number", drill.number(), "until", until.toString()));
    }

    /** Nothing of it is left. */
    public void destroyed(UUID id, String result) {
        RestoreDrill drill = drills.lock(id).orElseThrow();
        if (drill.destroyedAt() != null) {
            return;
        }
        drill.destroyed(result, clock.instant());
        audit.append(
                AuditLog.SYSTEM,
                "drill.destroyed",
                "drill/" + id,
                Map.of("number", drill.number(), "result", result));
    }

    /**
     * Something of it is left; it is tried again.
     *
     * @return whether that is news: the try before failed otherwise, or was none
     */
    public boolean notDestroyed(UUID id, String why) {
        RestoreDrill drill = drills.lock(id).orElseThrow();
        boolean news = !why.equals(drill.destroyResult());
        drill.notDestroyed(why);
        return news;
    }

    private Optional<RestoreDrill> fenced(UUID id, int attempt) {
        return drills.lock(id)
                .filter(d -> d.attempt() == attempt && d.status() == DrillState.RUNNING);
    }
}
