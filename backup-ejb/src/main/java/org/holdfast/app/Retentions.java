package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.policy.Expiry;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Doom;
import org.holdfast.domain.snapshot.KeptCopy;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.snapshot.Stray;
import org.holdfast.domain.snapshot.Strays;
import org.holdfast.domain.storage.StorageLocations;

/** How long backups stay, as people see it and reach into it. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Retentions {
    private static final int LONGEST_REASON = 500;

    @Inject private Sources sources;
    @Inject private Snapshots snapshots;
    @Inject private StorageLocations stores;
    @Inject private Strays strays;
    @Inject private ExpiryJudge judge;
    @Inject private PolicyInForce policy;
    @Inject private SnapshotDelete deletion;
    @Inject private HoldRemove holdRemoval;
    @Inject private Approvals approvals;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Caller caller;

    /**
     * What the rules say of one copy at this moment.
     *
     * @param words the rule in words
     * @param doom present where it is marked
     */
    public record Line(
            UUID snapshotId,
            String store,
            Instant takenAt,
            Rung rung,
            SnapshotCopy.State state,
            long storedBytes,
            boolean goes,
            Expiry.Why why,
            String words,
            Optional<Doom> doom) {}

    /**
     * One source in one store, newest first.
     *
     * @param rule in words
     * @param goes how many go
     * @param freed bytes that they hold
     */
    public record Forecast(
            String source, String store, String rule, List<Line> lines, long goes, long freed) {}

    /**
     * What would go and what stays, and by which rule, if the rules were looked at now. Changes
     * nothing.
     *
     * @param sourceName of one that nobody has there is none
     */
    public List<Forecast> forecast(String sourceName) {
        return sources.byName(sourceName).map(this::forecast).orElse(List.of());
    }

    /**
     * The same of every database that has copies, by its name; those in different stores on one
     * page.
     *
     * @param cursor the name of the database before
     * @param max databases
     */
    public Page<List<Forecast>> forecasts(Optional<String> cursor, int max) {
        return Page.byName(sourceNames(), Function.identity(), cursor, max).map(this::forecast);
    }

    /** Of databases that have copies, retired ones too. */
    public List<String> sourceNames() {
        return snapshots.sourcesKept();
    }

    /** One store, and what was found in it that belongs to no backup. */
    public record Found(String store, Stray stray) {}

    /** What was found in the stores at their last look that belongs to no backup. */
    public List<Found> strays() {
        return stores.all().stream()
                .flatMap(
                        store ->
                                strays.in(store.id()).stream()
                                        .map(stray -> new Found(store.name(), stray)))
                .toList();
    }

    private List<Forecast> forecast(Source source) {
        Map<String, List<ExpiryJudge.Judged>> byStore = new TreeMap<>();
        for (ExpiryJudge.Judged each : judge.judge(source)) {
            byStore.computeIfAbsent(each.copy().store(), s -> new ArrayList<>()).add(each);
        }
        return byStore.entrySet().stream()
                .map(
                        e -> {
                            KeptCopy first = e.getValue().get(0).copy();
                            List<Line> lines = e.getValue().stream().map(Retentions::line).toList();
                            return new Forecast(
                                    source.name(),
                                    e.getKey(),
                                    policy.now()
                                            .retentionOf(source.name(), e.getKey(), first.bucket())
                                            .words(),
                                    lines,
                                    lines.stream().filter(Line::goes).count(),
                                    lines.stream()
                                            .filter(Line::goes)
                                            .mapToLong(Line::storedBytes)
                                            .sum());
                        })
                .toList();
    }

    private static Line line(ExpiryJudge.Judged judged) {
        KeptCopy copy = judged.copy();
        return new Line(
                copy.snapshotId(),
                copy.store(),
                copy.takenAt(),
                copy.rung(),
                copy.state(),
                copy.state() == SnapshotCopy.State.FAILED ? 0 : copy.storedBytes(),
                judged.verdict().goes(),
                judged.verdict().why(),
                judged.verdict().words(),
                copy.doom());
    }

    /** The phrase by which a person says that it is this backup and no other. */
    public static String phrase(UUID id) {
        return "DELETE " + id;
    }

    /** How long a backup that is deleted by hand can be taken back. */
    public Duration grace(UUID id) {
        Snapshot snapshot = snapshots.find(id).orElseThrow(() -> Refused.notFound("backup", id));
        return policy.now().graceOf(sources.find(snapshot.sourceId()).orElseThrow().name());
    }

    /**
     * Deletes a backup: its copies are marked, and removed from their stores after the grace.
     *
     * @param phrase {@link #phrase} of it
     * @param otp TOTP code
     * @return id of the approval that it waits for, empty where it is done
     * @throws Refused DELETE-REASON, DELETE-PHRASE, and as {@link SnapshotDelete#plan}
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public Optional<UUID> delete(UUID id, String reason, String phrase, String otp) {
        JsonObject parameters =
                new AskedOfBackup(
                                id,
                                reason(
                                        "DELETE-REASON",
                                        reason,
                                        "Say in 1 to 500 characters why it is deleted; it stays in its record."))
                        .parameters();
        deletion.plan(parameters);
        if (!phrase(id).equals(phrase)) {
            throw new Refused(
                    "DELETE-PHRASE",
                    "The confirmation phrase does not match.",
                    "Type exactly: " + phrase(id));
        }
        return act(deletion, parameters, otp);
    }

    /** The code is checked last before the act, so that no other refusal uses it up. */
    private Optional<UUID> act(ApprovedAct act, JsonObject parameters, String otp) {
        secondFactor.require(
                caller.name(), otp, act.operation() + " " + CanonicalJson.text(parameters));
        if (approvals.asked(act.operation(), parameters)) {
            return Optional.of(
                    approvals.request(act.operation(), parameters, parameters.getString("reason")));
        }
        act.carryOut(parameters, caller.name(), caller.name());
        return Optional.empty();
    }

    private static String reason(String code, String reason, String remedy) {
        if (reason == null || reason.isBlank() || reason.strip().length() > LONGEST_REASON) {
            throw new Refused(code, "This needs a reason.", remedy);
        }
        return reason.strip();
    }

    /**
     * Takes a deletion back while its grace lasts.
     *
     * @throws Refused BACKUP-NOT-DELETED
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void takeBack(UUID id) {
        snapshots.locked(id);
        List<SnapshotCopy> deleted =
                snapshots.copies(id).stream()
                        .filter(c -> !c.leaving())
                        .filter(c -> c.doom().filter(Doom::byHand).isPresent())
                        .toList();
        if (deleted.isEmpty()) {
            throw new Refused(
                    "BACKUP-NOT-DELETED",
                    "Backup " + id + " was not deleted by hand, or is being removed already.",
                    "What a rule marks is kept by a legal hold, or by a longer retention.");
        }
        deleted.forEach(SnapshotCopy::spare);
        audit.append(
                caller.actor(),
                "snapshot.keep",
                "backup/" + id,
                Map.of("why", "the deletion was taken back"));
    }

    /** Puts a backup under legal hold; marks on it are taken away. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void hold(UUID id, String reason) {
        Snapshot snapshot = snapshots.locked(id);
        List<SnapshotCopy> there = snapshots.copies(id).stream().filter(c -> !c.leaving()).toList();
        snapshot.hold(caller.name(), reason, judge.now());
        if (there.isEmpty()) {
            throw new Refused(
                    "BACKUP-GONE",
                    "Backup " + id + " is being removed from its last store.",
                    "It cannot be held any more; choose another backup.");
        }
        there.stream().filter(c -> c.doom().isPresent()).forEach(SnapshotCopy::spare);
        audit.append(
                caller.actor(),
                "hold.set",
                "backup/" + id,
                Map.of("reason", snapshot.holdReason()));
    }

    /**
     * Removes a legal hold.
     *
     * @return id of the approval that it waits for, empty where it is done
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public Optional<UUID> removeHold(UUID id, String reason, String otp) {
        JsonObject parameters =
                new AskedOfBackup(
                                id,
                                reason(
                                        "HOLD-REASON",
                                        reason,
                                        "Say in 1 to 500 characters why the hold is removed."))
                        .parameters();
        holdRemoval.plan(parameters);
        return act(holdRemoval, parameters, otp);
    }
}
