package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillCause;
import org.holdfast.domain.drill.DrillPlan;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.keys.Identities;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/**
 * The one way in which a drill is queued, whoever asks for it: a person ({@link DrillDesk}) or the
 * schedule of a plan ({@link DrillPlans}). Who may, and the transaction, are for the caller to see
 * to. What is refused has changed nothing, not even the next number: the schedule goes on after it.
 */
@ApplicationScoped
public class DrillQueue {
    /** The server that holds an identity says so again well within this time. */
    private static final Duration IDENTITY_TERM = Duration.ofMinutes(2);

    private Drills drills;
    private DrillChoices choices;
    private Snapshots snapshots;
    private Sources sources;
    private TargetEnvironments targets;
    private PolicyInForce policy;
    private Identities identities;
    private Settings settings;
    private AuditLog audit;
    private Clock clock;
    private Event<WorkQueued> queued;

    protected DrillQueue() {}

    @Inject
    public DrillQueue(
            Drills drills,
            DrillChoices choices,
            Snapshots snapshots,
            Sources sources,
            TargetEnvironments targets,
            PolicyInForce policy,
            Identities identities,
            Settings settings,
            AuditLog audit,
            Clock clock,
            Event<WorkQueued> queued) {
        this.drills = drills;
        this.choices = choices;
        this.snapshots = snapshots;
        this.sources = sources;
        this.targets = targets;
        this.policy = policy;
        this.identities = identities;
        this.settings = settings;
        this.audit = audit;
        this.clock = clock;
        this.queued = queued;
    }

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

        /** The same of one backup, however it was come to. */
        Wanted with(UUID chosen) {
            return new Wanted(
                    plan,
                    sourceId,
                    chosen,
                    choice,
                    target,
                    newerMajor,
                    checks,
                    keep,
                    secondReviewer,
                    checklist,
                    ticket);
        }

        /** Whether a plan is named, and other things are looked at than it says. */
        boolean deviates() {
            return plan != null && !CheckPlanJson.read(plan.checks()).equals(checks);
        }

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

    /** The backup that {@code wanted} comes to now; its row is locked. */
    Snapshot chosen(Wanted wanted) {
        return chosen(wanted, clock.instant());
    }

    /**
     * @param actor for the audit
     * @param identity that opens the backup, given by a person for this drill alone; null where the
     *     server has one by itself
     */
    UUID enter(Wanted wanted, RestoreDrill.Started started, String actor, Secret identity) {
        Instant now = clock.instant();
        Snapshot snapshot = chosen(wanted, now);
        Source source =
                sources.find(snapshot.sourceId())
                        .orElseThrow(() -> Refused.notFound("source", snapshot.sourceId()));
        requireReadable(snapshot);
        requireIdentity(snapshot, identity);
        requireCommand(wanted.checks());
        Policy inForce = policy.now();
        RestoreDrill.Asked asked =
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
                        wanted.ticket());
        RestoreDrill.Promise promise =
                new RestoreDrill.Promise(
                        inForce.version(),
                        Duration.ofMinutes(inForce.rtoMinutes()),
                        Duration.ofMinutes(inForce.rpoMinutes()));
        // What refuses has to do so before a number is taken: none is left out.
        new RestoreDrill("", asked, started, promise, now);
        RestoreDrill drill =
                new RestoreDrill(
                        drills.nextNumber(now.atZone(ZoneOffset.UTC).getYear()),
                        asked,
                        started,
                        promise,
                        now);
        if (wanted.deviates()) {
            drill.byOtherChecks();
        }
        if (identity != null) {
            drill.identityHeldBy(identities.hold(drill.id(), identity), now.plus(IDENTITY_TERM));
        }
        drills.add(drill);
        keep(snapshot, drill, actor);
        audit.append(
                actor,
                started.cause() == DrillCause.SCHEDULE ? "drill.queue" : "drill.request",
                "drill/" + drill.id(),
                detail(wanted, drill));
        queued.fire(new WorkQueued());
        return drill.id();
    }

    private static Map<String, Object> detail(Wanted wanted, RestoreDrill drill) {
        Map<String, Object> detail = new HashMap<>();
        detail.put("number", drill.number());
        detail.put("source", drill.sourceName());
        detail.put("snapshot", drill.snapshotId().toString());
        detail.put("chosen", wanted.choice().kind().name());
        detail.put(
                "place",
                wanted.target() == null
                        ? drill.place().name()
                        : "TARGET " + wanted.target().name());
        detail.put("cause", drill.cause().name());
        detail.put("plan", drill.planName() == null ? "" : drill.planName());
        detail.put("planVersion", drill.planVersion());
        detail.put("ticket", drill.ticket());
        detail.put("identityGiven", drill.identityGiven());
        if (drill.slot() != null) {
            detail.put("slot", drill.slot().toString());
        }
        return detail;
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
                                        "Make a backup first, or widen the window; one that this server"
                                                + " cannot open, or an import, has to be named by its snapshotId."));
    }

    private void requireReadable(Snapshot snapshot) {
        if (snapshots.copies(snapshot.id()).stream().noneMatch(SnapshotCopy::readable)) {
            throw new Refused(
                    "BACKUP-GONE",
                    "No store has a readable copy of backup " + snapshot.id() + ".",
                    "Choose another backup.");
        }
    }

    private void requireIdentity(Snapshot snapshot, Secret given) {
        List<String> recipients = ManifestJson.read(snapshot.manifest()).recipients();
        if (given != null) {
            identities.requireOpens(given, recipients);
        } else if (!identities.atHand(recipients)) {
            throw new Refused(
                    "DRILL-IDENTITY",
                    "This server has no identity that opens this backup.",
                    "Give one for this drill, or for drills that run by themselves name the file of"
                            + " a drill identity in BACKUP_IDENTITY_FILE, of one of these: "
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
