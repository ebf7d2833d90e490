package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.Identities;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.snapshot.WorkRecords;

/** Restores as people ask for them, decide on them and look at them. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Restores {
    private static final int LOG_LINES = 2000;
    private static final int MEASURED = 50;

    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private RestoreRequests requests;
    @Inject private RestoreQueue queue;
    @Inject private TargetProbe probe;
    @Inject private SourcesNow now;
    @Inject private WorkRecords records;
    @Inject private AuditLog audit;
    @Inject private SecondFactor secondFactor;
    @Inject private Clearance clearance;
    @Inject private Settings settings;
    @Inject private Identities identities;
    @Inject private Passphrases passphrases;
    @Inject private ProtectedTwins twins;
    @Inject private Caller caller;
    @Inject private Clock clock;
    @Inject private Event<WorkQueued> queued;
    @Inject private Glass glass;

    /** What a target is looked at for. */
    private enum Purpose {
        LOOKING(new Turns.Wait(4, Duration.ofSeconds(5))),

        /** Not to be kept from a restore by those who only look. */
        ASKING(new Turns.Wait(Integer.MAX_VALUE, Duration.ofSeconds(30)));

        private final Turns.Wait wait;

        Purpose(Turns.Wait wait) {
            this.wait = wait;
        }
    }

    /** By the target's name: its server counts rows, and serves others meanwhile. */
    private static final Turns<String> LOOKS =
            new Turns<>(
                    2,
                    target ->
                            new Refused(
                                    "IMPACT-BUSY",
                                    "The rows of target "
                                            + target
                                            + " are being counted twice already.",
                                    "Try again in a few seconds."));

    /**
     * What a person asks for and confirms.
     *
     * @param newName in mode NEW_NAME the database to make, else null
     * @param reason why, free text; may be null where no second person has to agree
     * @param phrase as typed
     * @param otp TOTP code as typed
     * @param checklist ids that were ticked
     * @param identity of one of the keys that the snapshot was encrypted to, as it is or protected
     *     by a passphrase; null where the server opens it by itself, or where the passphrase opens
     *     one that Holdfast keeps
     * @param passphrase that opens the identity, else null
     */
    public record Order(
            String target,
            RestoreMode mode,
            boolean dryRun,
            boolean includeGlobals,
            String newName,
            String reason,
            String phrase,
            String otp,
            List<String> checklist,
            Secret identity,
            Secret passphrase) {

        /** With the identity that the passphrase opened. */
        private Order opened(Secret plain) {
            return new Order(
                    target,
                    mode,
                    dryRun,
                    includeGlobals,
                    newName,
                    reason,
                    phrase,
                    otp,
                    checklist,
                    plain,
                    null);
        }

        RestoreRequest.Plan plan(Impact impact, boolean identityGiven) {
            return new RestoreRequest.Plan(
                    mode,
                    dryRun,
                    includeGlobals,
                    newName,
                    reason,
                    List.copyOf(checklist),
                    impact.lost(mode, dryRun),
                    identityGiven);
        }
    }

    /**
     * Everything a page or the API shows of one restore.
     *
     * @param source name of the snapshot's source, null for a record by hand without a snapshot
     * @param progress present while work goes on
     */
    public record Detail(
            RestoreRequest request,
            String source,
            Snapshot snapshot,
            TargetEnvironment target,
            List<Check> checks,
            List<WorkRecords.Phase> phases,
            Optional<Progress> progress,
            List<WorkRecords.Line> log) {}

    /**
     * What a restore of the snapshot into the target would mean. Looks at the target, so it takes
     * as long as counting its rows does, within limits, and holds no transaction.
     *
     * @throws Refused IMPACT-BUSY where it is being looked at twice already
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public Impact impact(UUID snapshotId, String targetName) {
        return impact(snapshotId, targetName, Purpose.LOOKING);
    }

    private Impact impact(UUID snapshotId, String targetName, Purpose purpose) {
        Snapshot snapshot =
                snapshots
                        .find(snapshotId)
                        .orElseThrow(() -> Refused.notFound("snapshot", snapshotId));
        TargetEnvironment target = target(targetName);
        Manifest manifest = ManifestJson.read(snapshot.manifest());
        // Others answer while this one is waited for.
        ProtectedTwins.Asked others =
                switch (purpose) {
                    case LOOKING -> twins.askedLately(target);
                    case ASKING -> twins.asked(target);
                };
        TargetFacts facts =
                LOOKS.take(
                        target.name(),
                        purpose.wait,
                        () -> probe.look(targets.url(target), manifest));
        boolean reached = facts.problem().isEmpty();
        return Impact.of(
                snapshot,
                manifest,
                target,
                facts,
                reached
                        && now.isSource(
                                snapshot, manifest, targets.url(target), facts.systemIdentifier()),
                reached ? others.against(facts.systemIdentifier()) : Optional.empty(),
                Impact.Estimate.of(
                        snapshot.rawBytes(),
                        requests.measured(MEASURED),
                        () -> requests.drilled(MEASURED)),
                new Impact.Settings(
                        settings.allowDbRestore(),
                        settings.allowSourceRestore(),
                        settings.confirmTemplate()),
                clock.instant());
    }

    /** Whether a restore of the snapshot needs an identity that this server has not. */
    public boolean needsIdentity(UUID snapshotId) {
        return !identities.atHand(recipients(snapshotId));
    }

    private List<String> recipients(UUID snapshotId) {
        Snapshot snapshot =
                snapshots
                        .find(snapshotId)
                        .orElseThrow(() -> Refused.notFound("snapshot", snapshotId));
        return ManifestJson.read(snapshot.manifest()).recipients();
    }

    private TargetEnvironment target(String name) {
        return targets.byName(name)
                .filter(t -> !t.retired())
                .orElseThrow(
                        () ->
                                new Refused(
                                        "TARGET-UNKNOWN",
                                        "There is no target \"" + name + "\".",
                                        "Known targets: "
                                                + String.join(", ", targetNames())
                                                + ". Add one under Databases or with RESTORE_TARGET_<ENV>_URL."));
    }

    /** Whether a restore may go into the very database that its snapshot was taken from. */
    public boolean intoSourceAllowed() {
        return settings.allowSourceRestore();
    }

    /** Names of the targets that can be restored into. */
    public List<String> targetNames() {
        return targets.active().stream().map(TargetEnvironment::name).toList();
    }

    /**
     * Queues a restore: the impact is computed anew, then phrase, checklist and code are held
     * against it in the one transaction that locks the target.
     *
     * @return the request's id
     * @throws Refused with the first reason against it; nothing has happened then
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public UUID request(UUID snapshotId, Order order) {
        Instant arrived = clock.instant();
        Impact impact = impact(snapshotId, order.target(), Purpose.ASKING);
        if (order.passphrase() != null) {
            queue.look(snapshotId, order, impact);
        }
        // Before the transaction: it takes its time.
        Secret identity =
                passphrases.open(order.identity(), order.passphrase(), recipients(snapshotId));
        return queue.enter(snapshotId, order.opened(identity), impact, arrived);
    }

    /** A second person agrees to the whole plan; the code is spent for exactly this plan. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void approve(UUID id, String otp) {
        RestoreRequest request = lock(id);
        request.approve(caller.name(), clock.instant());
        requireClear(request);
        secondFactor.require(
                caller.name(), otp, "restore.approve " + id + " " + request.planHash());
        audit.append(
                caller.actor(),
                "restore.approve",
                "restore/" + id,
                Map.of("plan", request.planHash(), "requestedBy", request.requestedBy()));
        queued.fire(new WorkQueued());
    }

    /**
     * One person alone lets it through, in an emergency; marked for ever, told to everybody.
     *
     * @throws Refused BREAK-GLASS-OFF, -PHRASE or -REASON, and as {@link #approve}
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void breakGlass(UUID id, BreakGlass typed, String otp) {
        glass.require();
        RestoreRequest request = lock(id);
        TargetEnvironment target =
                targets.find(request.targetId())
                        .orElseThrow(() -> Refused.notFound("target", request.targetId()));
        Instant now = clock.instant();
        request.breakGlass(caller.name(), target.name(), typed, now);
        requireClear(request);
        secondFactor.require(
                caller.name(), otp, "restore.break-glass " + id + " " + request.planHash());
        audit.append(
                caller.actor(),
                "restore.break-glass",
                "restore/" + id,
                Map.of(
                        "plan", request.planHash(),
                        "reason", request.breakGlassReason(),
                        "requestedBy", request.requestedBy(),
                        "target", target.name()));
        glass.tell(
                id,
                "Restore into " + target.name(),
                "restore/" + id,
                request.breakGlassReason(),
                now);
        queued.fire(new WorkQueued());
    }

    private void requireClear(RestoreRequest request) {
        clearance.require(
                request,
                snapshots.find(request.snapshotId()).orElseThrow(),
                targets.find(request.targetId()).orElseThrow());
    }

    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void reject(UUID id, String why) {
        RestoreRequest request = lock(id);
        request.reject(
                caller.name(),
                why == null || why.isBlank() ? "no reason given" : why,
                clock.instant());
        audit.append(
                caller.actor(),
                "restore.reject",
                "restore/" + id,
                Map.of("why", String.valueOf(why)));
    }

    /**
     * A waiting restore ends at once, a running one within seconds; the target stays as it was,
     * unless a restore in place was committed before. Of a completed one the undo that is asked for
     * is withdrawn.
     *
     * @throws Refused RESTORE-ENDED, UNDO-BEGUN
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void cancel(UUID id) {
        RestoreRequest request = lock(id);
        String undoBy = request.undoRequestedBy();
        if (undoBy != null) {
            request.cancelUndo();
            audit.append(
                    caller.actor(),
                    "restore.undo-cancelled",
                    "restore/" + id,
                    Map.of("requestedBy", undoBy));
            return;
        }
        request.cancel(clock.instant());
        audit.append(caller.actor(), "restore.cancel", "restore/" + id, Map.of());
    }

    /** Queues the way back to the database that was there before the swap. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void undo(UUID id, String otp) {
        RestoreRequest request =
                requests.find(id).orElseThrow(() -> Refused.notFound("restore", id));
        if (request.targetId() != null) {
            targets.lock(request.targetId());
            requests.activeOn(request.targetId()).ifPresent(RestoreQueue::refuseBeside);
        }
        request = lock(id);
        request.requestUndo(caller.name(), caller.token(), requests.now());
        secondFactor.require(caller.name(), otp, "restore.undo " + id);
        audit.append(caller.actor(), "restore.undo", "restore/" + id, Map.of());
        queued.fire(new WorkQueued());
    }

    /** Enters a restore that was done by hand, so that the records are whole. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public UUID enterByHand(
            UUID snapshotId,
            String targetName,
            String note,
            Instant startedAt,
            Instant finishedAt,
            boolean success) {
        if (snapshotId != null && snapshots.find(snapshotId).isEmpty()) {
            throw Refused.notFound("snapshot", snapshotId);
        }
        RestoreRequest record =
                RestoreRequest.byHand(
                        snapshotId,
                        target(targetName),
                        caller.name(),
                        note,
                        startedAt,
                        finishedAt,
                        success);
        requests.add(record);
        audit.append(
                caller.actor(),
                "restore.by-hand",
                "restore/" + record.id(),
                Map.of("target", targetName));
        return record.id();
    }

    public Detail detail(UUID id) {
        RestoreRequest request =
                requests.find(id).orElseThrow(() -> Refused.notFound("restore", id));
        Snapshot snapshot =
                Optional.ofNullable(request.snapshotId()).flatMap(snapshots::find).orElse(null);
        String source =
                snapshot == null
                        ? null
                        : sources.find(snapshot.sourceId()).map(Source::name).orElse(null);
        TargetEnvironment target =
                Optional.ofNullable(request.targetId()).flatMap(targets::find).orElse(null);
        List<WorkRecords.Phase> phases = records.phases(id);
        return new Detail(
                request,
                source,
                snapshot,
                target,
                requests.checks(id),
                phases,
                request.status().active() || request.undoRequestedBy() != null
                        ? Progress.of(phases, 0, clock.instant())
                        : Optional.empty(),
                records.log(id, 0, LOG_LINES));
    }

    /** Log lines after {@code afterSeq}. */
    public List<WorkRecords.Line> log(UUID id, long afterSeq) {
        requests.find(id).orElseThrow(() -> Refused.notFound("restore", id));
        return records.log(id, afterSeq, LOG_LINES);
    }

    /** Newest first; {@code snapshotId} empty: of all snapshots. */
    public Page<RestoreRequests.Row> page(
            Optional<UUID> snapshotId, Optional<String> cursor, int max) {
        return requests.page(snapshotId, cursor, max);
    }

    private RestoreRequest lock(UUID id) {
        return requests.lock(id).orElseThrow(() -> Refused.notFound("restore", id));
    }
}
