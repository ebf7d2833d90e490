package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillPlan;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.keys.Identities;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/**
 * The one transaction in which a drill is queued, whoever asks for it: a person ({@link DrillDesk})
 * or the schedule of a plan. Who may is for the caller to see to.
 */
@Stateless
public class DrillQueue {
    @Inject private Drills drills;
    @Inject private DrillChoices choices;
    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private PolicyInForce policy;
    @Inject private Identities identities;
    @Inject private Settings settings;
    @Inject private AuditLog audit;
    @Inject private Clock clock;
    @Inject private Event<WorkQueued> queued;

    /**
     * What is to be drilled, worked out.
     *
     * @param plan null: none
     * @param snapshot null: chosen by {@code choice}
     * @param target null: a throw-away cluster
     */
    public record Wanted(
            DrillPlan plan,
            UUID sourceId,
            UUID snapshot,
            Choice choice,
            TargetEnvironment target,
            boolean newerMajor,
            CheckPlan checks,
            Duration keep,
            boolean secondReviewer,
            String checklist,
            String ticket) {

        /** What a plan asks for. */
        static Wanted of(DrillPlan plan, TargetEnvironment target, CheckPlan checks) {
            return new Wanted(
                    plan,
                    plan.sourceId(),
                    null,
                    plan.choice(),
                    target,
                    plan.newerMajor(),
                    checks,
                    plan.keep(),
                    plan.secondReviewer(),
                    plan.checklist(),
                    "");
        }
    }

    /** What a plan asks for. */
    public Wanted wanted(DrillPlan plan) {
        plan.requireInUse();
        TargetEnvironment target =
                plan.targetId() == null
                        ? null
                        : targets.find(plan.targetId())
                                .orElseThrow(() -> Refused.notFound("target", plan.targetId()));
        return Wanted.of(plan, target, CheckPlanJson.read(plan.checks()));
    }

    /**
     * @param actor for the audit
     */
    public UUID enter(Wanted wanted, RestoreDrill.Started started, String actor) {
        Instant now = clock.instant();
        Snapshot snapshot = chosen(wanted, now);
        Source source =
                sources.find(snapshot.sourceId())
                        .orElseThrow(() -> Refused.notFound("source", snapshot.sourceId()));
        requireReadable(snapshot);
        requireIdentity(snapshot);
        requireCommand(wanted.checks());
        Policy inForce = policy.now();
        RestoreDrill drill =
                new RestoreDrill(
                        drills.nextNumber(now.atZone(ZoneOffset.UTC).getYear()),
                        new RestoreDrill.Asked(
                                wanted.plan(),
                                CheckPlanJson.write(wanted.checks()),
                                snapshot,
                                source.name(),
                                wanted.choice(),
                                wanted.target(),
                                wanted.newerMajor(),
                                wanted.keep(),
                                wanted.secondReviewer(),
                                wanted.checklist(),
                                wanted.ticket()),
                        started,
                        new RestoreDrill.Promise(
                                inForce.version(),
                                Duration.ofMinutes(inForce.rtoMinutes()),
                                Duration.ofMinutes(inForce.rpoMinutes())),
                        now);
        drills.add(drill);
        keep(snapshot, drill, actor);
        audit.append(
                actor,
                "drill.request",
                "drill/" + drill.id(),
                Map.of(
                        "number", drill.number(),
                        "source", source.name(),
                        "snapshot", snapshot.id().toString(),
                        "chosen", wanted.choice().kind().name(),
                        "place",
                                wanted.target() == null
                                        ? drill.place().name()
                                        : "TARGET " + wanted.target().name(),
                        "plan", drill.planName() == null ? "" : drill.planName(),
                        "ticket", drill.ticket()));
        queued.fire(new WorkQueued());
        return drill.id();
    }

    private Snapshot chosen(Wanted wanted, Instant now) {
        if (wanted.snapshot() != null) {
            return snapshots.locked(wanted.snapshot());
        }
        return choices.choose(wanted.sourceId(), wanted.choice(), now)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "DRILL-NO-BACKUP",
                                        "There is no verified backup of this source"
                                                + (wanted.choice().kind() == Choice.Kind.RANDOM
                                                        ? " within "
                                                                + wanted.choice().windowDays()
                                                                + " days."
                                                        : "."),
                                        "Make a backup first, or widen the window."));
    }

    private void requireReadable(Snapshot snapshot) {
        if (snapshots.copies(snapshot.id()).stream().noneMatch(SnapshotCopy::readable)) {
            throw new Refused(
                    "BACKUP-GONE",
                    "No store has a readable copy of backup " + snapshot.id() + ".",
                    "Choose another backup.");
        }
    }

    private void requireIdentity(Snapshot snapshot) {
        List<String> recipients = ManifestJson.read(snapshot.manifest()).recipients();
        if (!identities.atHand(recipients)) {
            throw new Refused(
                    "DRILL-IDENTITY",
                    "This server has no identity that opens this backup, and a drill runs"
                            + " unattended.",
                    "Name the file of a drill identity in BACKUP_IDENTITY_FILE, of one of these: "
                            + String.join(", ", recipients)
                            + ".");
        }
    }

    private void requireCommand(CheckPlan checks) {
        checks.smokeTest()
                .filter(name -> !settings.drillCommands().containsKey(name))
                .ifPresent(
                        name -> {
                            throw new Refused(
                                    "DRILL-CHECKS",
                                    "There is no smoke test \"" + name + "\".",
                                    settings.drillCommands().isEmpty()
                                            ? "Set DRILL_COMMAND_<NAME> and restart Holdfast."
                                            : "There are: "
                                                    + String.join(
                                                            ", ", settings.drillCommands().keySet())
                                                    + ".");
                        });
    }

    /** What is to be restored is needed: a mark to remove it is taken away. */
    private void keep(Snapshot snapshot, RestoreDrill drill, String actor) {
        List<SnapshotCopy> marked =
                snapshots.copies(snapshot.id()).stream()
                        .filter(copy -> !copy.leaving() && copy.doom().isPresent())
                        .toList();
        if (!marked.isEmpty()) {
            marked.forEach(SnapshotCopy::spare);
            audit.append(
                    actor,
                    "snapshot.keep",
                    "backup/" + snapshot.id(),
                    Map.of("why", "drill " + drill.number() + " was asked for"));
        }
    }
}
