package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.holdfast.config.Settings;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.User;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.snapshot.Snapshot;

/**
 * Whether a restore that waited may still be done. Asked when somebody lets it through and again
 * when a worker takes it: meanwhile people leave, and targets get other rules.
 */
@ApplicationScoped
public class Clearance {
    @Inject private Requesters requesters;
    @Inject private Settings settings;

    /**
     * @throws org.holdfast.domain.shared.Refused REQUESTER, or as {@link
     *     RestoreRequest#requireStill}
     */
    public void require(RestoreRequest request, Snapshot snapshot, TargetEnvironment target) {
        requesters.requireMayStill(request.requestedBy(), request.requestedByToken(), Role.ADMIN);
        if (request.approvedBy() != null) {
            requesters.requireMayStill(request.approvedBy(), User.Part.APPROVED, Role.ADMIN);
        }
        if (request.breakGlass()) {
            requesters.requireMayStill(
                    request.breakGlassBy(), User.Part.BROKE_GLASS, Role.SUPER_GURU);
        }
        request.requireStill(snapshot, target, settings.allowDbRestore());
    }

    /**
     * Whether the undo that is asked for may still be done.
     *
     * @throws org.holdfast.domain.shared.Refused REQUESTER
     */
    public void requireUndo(RestoreRequest request) {
        requesters.requireMayStill(
                request.undoRequestedBy(), request.undoRequestedByToken(), Role.ADMIN);
    }
}
