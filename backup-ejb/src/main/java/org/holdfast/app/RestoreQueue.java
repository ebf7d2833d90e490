package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.Identities;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;

/** The one transaction in which a restore is queued: the target's row is locked throughout. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
public class RestoreQueue {
    /** The server that holds an identity says so again well within this time. */
    private static final Duration IDENTITY_TERM = Duration.ofMinutes(2);

    @Inject private Snapshots snapshots;
    @Inject private TargetEnvironments targets;
    @Inject private RestoreRequests requests;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Settings settings;
    @Inject private PolicyInForce policy;
    @Inject private Identities identities;
    @Inject private Caller caller;
    @Inject private Clock clock;
    @Inject private Event<WorkQueued> queued;

    /** What can be refused without a passphrase and without a code, before either is tried. */
    public void look(UUID snapshotId, Restores.Order order, Impact impact) {
        Snapshot snapshot =
                snapshots
                        .find(snapshotId)
                        .orElseThrow(() -> Refused.notFound("snapshot", snapshotId));
        TargetEnvironment target =
                targets.byName(order.target())
                        .orElseThrow(() -> Refused.notFound("target", order.target()));
        asked(snapshot, target, order, impact, order.plan(impact, true));
    }

    /** What was asked for, where nothing but the identity and the code is left to be looked at. */
    private RestoreRequest asked(
            Snapshot snapshot,
            TargetEnvironment target,
            Restores.Order order,
            Impact impact,
            RestoreRequest.Plan plan) {
        requests.activeOn(target.id()).ifPresent(RestoreQueue::refuseBeside);
        requireReadable(snapshot);
        RestoreRequest request =
                new RestoreRequest(snapshot, target, plan, caller.name(), clock.instant());
        requireNoBlocks(order, impact, plan.identityGiven());
        requireSettings(order);
        requireNewName(order);
        requirePhrase(order, impact);
        requireChecklist(order, impact);
        return request;
    }

    /**
     * The code is checked last, so that no other refusal uses it up.
     *
     * @param arrived when the order with its code came in
     */
    public UUID enter(UUID snapshotId, Restores.Order order, Impact impact, Instant arrived) {
        Snapshot snapshot =
                snapshots
                        .lock(snapshotId)
                        .orElseThrow(() -> Refused.notFound("snapshot", snapshotId));
        TargetEnvironment target =
                targets.byName(order.target())
                        .flatMap(t -> targets.lock(t.id()))
                        .orElseThrow(() -> Refused.notFound("target", order.target()));
        requireIdentity(snapshot, order);
        RestoreRequest.Plan plan = order.plan(impact, order.identity() != null);
        RestoreRequest request = asked(snapshot, target, order, impact, plan);
        // A passkey is shown in a second try, when rows may have come: it answers for the decision.
        String decision = RestoreRequest.decisionHash(snapshot, target, plan, caller.name());
        secondFactor.require(caller.name(), order.otp(), "restore " + decision, arrived);
        if (order.identity() != null) {
            request.identityHeldBy(
                    identities.hold(request.id(), order.identity()),
                    clock.instant().plus(IDENTITY_TERM));
        }
        request.underPolicy(policy.now().version());
        request.askedBy(caller.token());
        requests.add(request);
        keep(snapshot, request);
        audit.append(
                caller.actor(),
                "restore.request",
                "restore/" + request.id(),
                Map.of(
                        "snapshot", snapshotId.toString(),
                        "target", target.name(),
                        "mode", order.mode().name(),
                        "dryRun", order.dryRun(),
                        "plan", request.planHash(),
                        "decision", decision,
                        "reason", request.reason() == null ? "" : request.reason(),
                        "identityGiven", request.identityGiven(),
                        "status", request.status().name()));
        queued.fire(new WorkQueued());
        return request.id();
    }

    /** What is to be restored is needed: a mark to remove it is taken away. */
    private void keep(Snapshot snapshot, RestoreRequest request) {
        List<SnapshotCopy> marked =
                snapshots.copies(snapshot.id()).stream()
                        .filter(copy -> !copy.leaving() && copy.doom().isPresent())
                        .toList();
        if (!marked.isEmpty()) {
            marked.forEach(SnapshotCopy::spare);
            audit.append(
                    caller.actor(),
                    "snapshot.keep",
                    "backup/" + snapshot.id(),
                    Map.of("why", "restore " + request.id() + " was asked for"));
        }
    }

    private void requireReadable(Snapshot snapshot) {
        if (snapshots.copies(snapshot.id()).stream().noneMatch(SnapshotCopy::readable)) {
            throw new Refused(
                    "BACKUP-GONE",
                    "Backup " + snapshot.id() + " is being removed from its last store.",
                    "Choose another backup.");
        }
    }

    static void refuseBeside(RestoreRequest active) {
        throw new Refused(
                "RESTORE-BUSY",
                "Restore " + active.id() + " holds this target: it is " + active.status() + ".",
                "Wait for it to end, or cancel it; one restore per target goes at a time.");
    }

    private static void requireNoBlocks(
            Restores.Order order, Impact impact, boolean identityGiven) {
        impact.blocksFor(order.mode(), order.dryRun(), identityGiven).stream()
                .findFirst()
                .ifPresent(
                        b -> {
                            throw new Refused(b.code(), b.text(), b.remedy());
                        });
    }

    private void requireIdentity(Snapshot snapshot, Restores.Order order) {
        List<String> recipients = ManifestJson.read(snapshot.manifest()).recipients();
        if (order.identity() != null) {
            identities.requireOpens(order.identity(), recipients);
        } else if (!identities.atHand(recipients)) {
            throw new Refused(
                    "RESTORE-IDENTITY",
                    "This server has no identity that opens this backup.",
                    "Give the identity of one of these: " + String.join(", ", recipients) + ".");
        }
    }

    private void requireSettings(Restores.Order order) {
        if (order.includeGlobals() && !settings.allowGlobalsRestore()) {
            throw new Refused(
                    "GLOBALS-REFUSED",
                    "Roles and tablespaces are restored only where ALLOW_GLOBALS_RESTORE is 1.",
                    "Leave globals out, or set ALLOW_GLOBALS_RESTORE=1 and restart Holdfast.");
        }
    }

    private static void requireNewName(Restores.Order order) {
        boolean given = order.newName() != null && !order.newName().isBlank();
        if (order.mode() == RestoreMode.NEW_NAME && !given) {
            throw new Refused(
                    "RESTORE-NEW-NAME",
                    "Mode NEW_NAME needs the name of the database to make.",
                    "Give newName, at most 63 bytes, of a database that does not exist yet.");
        }
        if (given
                && order.newName().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 63) {
            throw new Refused(
                    "RESTORE-NEW-NAME",
                    "The new database's name is longer than 63 bytes.",
                    "Give a shorter name; PostgreSQL would cut it.");
        }
    }

    private static void requirePhrase(Restores.Order order, Impact impact) {
        if (!impact.confirmPhrase().equals(order.phrase())) {
            throw new Refused(
                    "RESTORE-PHRASE",
                    "The confirmation phrase does not match.",
                    "Type exactly: " + impact.confirmPhrase());
        }
    }

    private static void requireChecklist(Restores.Order order, Impact impact) {
        List<String> open =
                impact.checklistFor(order.mode(), order.dryRun()).stream()
                        .filter(Impact.Item::required)
                        .map(Impact.Item::id)
                        .filter(id -> !order.checklist().contains(id))
                        .toList();
        if (!open.isEmpty()) {
            throw new Refused(
                    "RESTORE-CHECKLIST",
                    "Not acknowledged yet: " + String.join(", ", open) + ".",
                    "Read and acknowledge every required item of the checklist.");
        }
    }
}
