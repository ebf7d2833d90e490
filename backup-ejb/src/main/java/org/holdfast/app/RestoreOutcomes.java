package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.RestoreState;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshots;

/**
 * What workers report of restores. Every method is fenced: a worker whose attempt is not the
 * request's current one is told so and changes nothing.
 */
@Stateless
public class RestoreOutcomes {
    @Inject private RestoreRequests requests;
    @Inject private Snapshots snapshots;
    @Inject private AuditLog audit;
    @Inject private Clock clock;

    /** Written before the database is made, so that a successor knows what to clean up. */
    public boolean goesInto(UUID id, int attempt, String database, String system) {
        Optional<RestoreRequest> request = fenced(id, attempt);
        request.ifPresent(r -> r.goesInto(database, system));
        return request.isPresent();
    }

    public boolean learned(UUID id, int attempt, String json) {
        Optional<RestoreRequest> request = fenced(id, attempt);
        request.ifPresent(r -> r.learned(json));
        return request.isPresent();
    }

    public boolean finish(UUID id, int attempt, Outcome outcome, List<Check> checks) {
        Optional<RestoreRequest> found = fenced(id, attempt);
        if (found.isEmpty()) {
            return false;
        }
        RestoreRequest request = found.get();
        Instant now = clock.instant();
        request.finish(outcome, now);
        requests.addChecks(id, checks);
        if (outcome instanceof Outcome.Completed && request.identityGiven()) {
            // Hash, decryption and the archive to its end: what verification could not do here.
            snapshots
                    .lock(request.snapshotId())
                    .filter(s -> s.proved() == Rung.UPLOADED)
                    .ifPresent(s -> s.verified(now));
        }
        if (outcome instanceof Outcome.Completed completed && completed.proved()) {
            snapshots
                    .lock(request.snapshotId())
                    .filter(s -> s.proved().restorable())
                    .ifPresent(s -> s.restored(now));
        }
        audit.append(
                AuditLog.SYSTEM,
                "restore." + outcome.state().name().toLowerCase(java.util.Locale.ROOT),
                "restore/" + id,
                Map.of("result", sentence(request)));
        return true;
    }

    private static String sentence(RestoreRequest request) {
        String words = request.failureReason() != null ? request.failureReason() : request.result();
        return words == null ? "" : words;
    }

    /**
     * The swap was taken back.
     *
     * @param servedSince name by which what served since is kept
     * @param until when that is dropped
     * @return false where another worker has said so before
     */
    public boolean undone(UUID id, String sentence, String servedSince, Instant until) {
        RestoreRequest request = requests.lock(id).orElseThrow();
        if (request.status() != RestoreState.COMPLETED) {
            return false;
        }
        String by = request.undoRequestedBy();
        request.undone(sentence, servedSince, until);
        audit.append(
                AuditLog.SYSTEM,
                "restore.undone",
                "restore/" + id,
                Map.of("requestedBy", String.valueOf(by), "result", sentence));
        return true;
    }

    /**
     * The undo is about to change the names of databases.
     *
     * @return false where it was withdrawn
     */
    public boolean undoBegins(UUID id) {
        return requests.lock(id).orElseThrow().undoBegins();
    }

    /**
     * @return false where it is not asked for any more
     */
    public boolean undoFailed(UUID id, String why) {
        if (!requests.lock(id).orElseThrow().undoFailed(why)) {
            return false;
        }
        audit.append(AuditLog.SYSTEM, "restore.undo-failed", "restore/" + id, Map.of("why", why));
        return true;
    }

    /**
     * The undo is still asked for and will be claimed again.
     *
     * @return whether that is new
     */
    public boolean undoWaits(UUID id, String why) {
        return requests.lock(id).orElseThrow().undoWaits(why);
    }

    /**
     * A kept database's time is over, and it was dropped.
     *
     * @param found whether it was there still
     * @return false where it is another one that is kept by now
     */
    public boolean keptDropped(UUID id, String database, boolean found) {
        if (!requests.lock(id).orElseThrow().keptDropped(database)) {
            return false;
        }
        audit.append(
                AuditLog.SYSTEM,
                "restore.kept-dropped",
                "restore/" + id,
                Map.of("database", database, "found", Boolean.toString(found)));
        return true;
    }

    /**
     * A kept database could not be dropped although its time is over.
     *
     * @return whether that is new
     */
    public boolean keptStays(UUID id, String database, String why) {
        return requests.lock(id).orElseThrow().keptStays(database, why);
    }

    /**
     * What a restore that came to nothing had made aside is gone.
     *
     * @param found whether it was there still, and was dropped now
     */
    public void asideDropped(UUID id, boolean found) {
        RestoreRequest request = requests.lock(id).orElseThrow();
        String database = request.asideDatabase();
        request.asideDropped();
        if (found && database != null) {
            audit.append(
                    AuditLog.SYSTEM,
                    "restore.aside-dropped",
                    "restore/" + id,
                    Map.of("database", database));
        }
    }

    private Optional<RestoreRequest> fenced(UUID id, int attempt) {
        return requests.lock(id)
                .filter(r -> r.attempt() == attempt && r.status() == RestoreState.RUNNING);
    }
}
