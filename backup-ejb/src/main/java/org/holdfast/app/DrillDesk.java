package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.Resource;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillPlan;
import org.holdfast.domain.drill.DrillPlans;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.snapshot.WorkRecords;

/** Drills as people ask for them and look at them. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class DrillDesk {
    /** The place that is no target. */
    public static final String THROWAWAY = "THROWAWAY";

    private static final int LOG_LINES = 2000;

    @Resource private SessionContext context;
    @Inject private Drills drills;
    @Inject private DrillPlans plans;
    @Inject private DrillQueue queue;
    @Inject private Passphrases passphrases;
    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private WorkRecords records;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;
    @Inject private Event<WorkQueued> queued;

    /**
     * What a person asks for; what is empty comes from the plan, and where there is none, is what
     * the name says.
     *
     * @param snapshotId the backup to drill; or else {@code source} with {@code choose}, or {@code
     *     plan}
     * @param source name
     * @param choose LATEST where nothing is said
     * @param windowDays how far back RANDOM looks
     * @param place {@link #THROWAWAY}, which it is where nothing is said, or a target's name
     * @param plan name or id
     * @param checks a check plan as JSON; what it runs has to be written by an ADMIN
     * @param keepMinutes how long what was restored is left for inspection
     * @param retestOf the drill whose finding is looked at again: its source, place and checks
     */
    public record Order(
            Optional<UUID> snapshotId,
            Optional<String> source,
            Optional<Choice.Kind> choose,
            Optional<Integer> windowDays,
            Optional<String> place,
            Optional<String> plan,
            Optional<String> checks,
            Optional<String> ticket,
            Optional<Integer> keepMinutes,
            Optional<UUID> retestOf,
            Optional<Boolean> newerMajor) {

        /** Another drill of the same source, place and checks, of its newest backup. */
        public static Order retest(RestoreDrill of) {
            return new Order(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(of.ticket()).filter(t -> !t.isEmpty()),
                    Optional.empty(),
                    Optional.of(of.id()),
                    Optional.empty());
        }
    }

    /**
     * Everything a page or the API shows of one drill.
     *
     * @param snapshot what was restored
     * @param progress present while work goes on
     * @param retests drills that looked again at what this one found
     */
    public record Detail(
            RestoreDrill drill,
            Snapshot snapshot,
            List<DrillCheck> checks,
            List<WorkRecords.Phase> phases,
            Optional<Progress> progress,
            List<WorkRecords.Line> log,
            List<DrillIssue> issues,
            List<SignOff> signOffs,
            List<UUID> retests) {}

    /**
     * Queues a drill.
     *
     * @return its id
     * @throws Refused with the first reason against it, ROLE where its checks run what the caller
     *     may not write; nothing has happened then
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID request(Order order) {
        return request(order, null, null);
    }

    /**
     * The same, of a backup that this server does not open by itself.
     *
     * @param identity of one of the keys that the backup was encrypted to, as it is or protected by
     *     a passphrase; null where the server opens it, or where the passphrase opens one that
     *     Holdfast keeps. It stays in this server's memory for this one drill
     * @param passphrase that opens the identity, else null
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID request(Order order, Secret identity, Secret passphrase) {
        Optional<RestoreDrill> earlier = order.retestOf().map(drills::named);
        earlier.ifPresent(RestoreDrill::requireEnded);
        return enter(
                wanted(order, earlier),
                earlier.map(e -> RestoreDrill.Started.retest(caller.name(), e.id()))
                        .orElseGet(() -> RestoreDrill.Started.byHand(caller.name())),
                identity,
                passphrase);
    }

    private UUID enter(
            DrillQueue.Wanted asked,
            RestoreDrill.Started started,
            Secret identity,
            Secret passphrase) {
        DrillQueue.Wanted wanted = asked;
        Secret opened = null;
        if (identity != null || passphrase != null) {
            Snapshot chosen = queue.chosen(wanted);
            wanted = wanted.with(chosen.id());
            opened =
                    passphrases.open(
                            identity,
                            passphrase,
                            ManifestJson.read(chosen.manifest()).recipients());
        }
        return queue.enter(wanted, started, caller.actor(), opened);
    }

    /**
     * Queues a trial of checks that are still being written. It leaves a record like any drill, and
     * counts for nothing: not for the drill that is due, not in the trend, and nobody signs it.
     *
     * @return its id
     * @throws Refused as {@link #request}
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID tryOut(Order order) {
        return tryOut(order, null, null);
    }

    /** The same, of a backup that this server does not open by itself. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID tryOut(Order order, Secret identity, Secret passphrase) {
        if (order.retestOf().isPresent()) {
            throw new Refused(
                    "DRILL-WHAT",
                    "A trial shows nothing of an earlier drill.",
                    "Leave retestOf out, or trial.");
        }
        return enter(
                wanted(order, Optional.empty()),
                RestoreDrill.Started.trial(caller.name()),
                identity,
                passphrase);
    }

    private DrillQueue.Wanted wanted(Order order, Optional<RestoreDrill> earlier) {
        Optional<CheckPlan> own = order.checks().map(CheckPlanJson::read);
        own.ifPresent(this::requireMayWrite);
        Optional<DrillPlan> plan = order.plan().map(this::plan);
        Optional<DrillQueue.Wanted> planned = plan.map(queue::wanted);
        Optional<UUID> sourceId =
                order.source()
                        .map(this::sourceId)
                        .or(() -> planned.map(DrillQueue.Wanted::sourceId))
                        .or(() -> earlier.map(RestoreDrill::sourceId));
        if (order.snapshotId().isEmpty() && sourceId.isEmpty()) {
            throw new Refused(
                    "DRILL-WHAT",
                    "Nothing says what is to be drilled.",
                    "Give snapshotId, or source, or plan, or retestOf.");
        }
        requireOfSource(order, sourceId);
        return new DrillQueue.Wanted(
                plan.orElse(null),
                sourceId.orElse(null),
                order.snapshotId().orElse(null),
                choice(order, planned),
                target(order, planned, earlier),
                order.newerMajor()
                        .or(() -> planned.map(DrillQueue.Wanted::newerMajor))
                        .or(() -> earlier.map(RestoreDrill::newerMajor))
                        .orElse(false),
                own.or(() -> planned.map(DrillQueue.Wanted::checks))
                        .or(() -> earlier.map(e -> CheckPlanJson.read(e.checks())))
                        .orElse(CheckPlan.STANDARD),
                order.keepMinutes()
                        .map(Duration::ofMinutes)
                        .or(() -> planned.map(DrillQueue.Wanted::keep))
                        .orElse(Duration.ZERO),
                planned.map(DrillQueue.Wanted::secondReviewer)
                        .or(() -> earlier.map(RestoreDrill::secondReviewer))
                        .orElse(false),
                planned.map(DrillQueue.Wanted::checklist)
                        .or(() -> earlier.map(e -> String.join("\n", e.checklist())))
                        .orElse(""),
                order.ticket().orElse(""));
    }

    /** What runs on restored data is written by those who write plans. */
    private void requireMayWrite(CheckPlan own) {
        boolean writesPlans =
                context.isCallerInRole(SUPER_GURU_NAME) || context.isCallerInRole(ADMIN_NAME);
        if (own.runs() && !writesPlans) {
            throw new Refused(
                    "ROLE",
                    "Your role does not allow verification SQL or a smoke test of your own.",
                    "Drill by a plan that has them, or have an ADMIN ask for it.");
        }
    }

    /** A backup of another source than the plan's would be drilled by checks that do not fit it. */
    private void requireOfSource(Order order, Optional<UUID> sourceId) {
        if (order.snapshotId().isEmpty() || sourceId.isEmpty()) {
            return;
        }
        UUID id = order.snapshotId().get();
        Snapshot snapshot =
                snapshots.find(id).orElseThrow(() -> Refused.notFound("backup in a store", id));
        if (!snapshot.sourceId().equals(sourceId.get())) {
            throw new Refused(
                    "DRILL-WHAT",
                    "Backup " + id + " is of another source.",
                    "Give a backup of the source, or leave source, plan and retestOf out.");
        }
    }

    private static Choice choice(Order order, Optional<DrillQueue.Wanted> planned) {
        if (order.snapshotId().isPresent()) {
            return Choice.NAMED;
        }
        if (order.choose().isEmpty()) {
            return planned.map(DrillQueue.Wanted::choice).orElse(Choice.LATEST);
        }
        if (order.choose().get() == Choice.Kind.NAMED) {
            throw new Refused(
                    "DRILL-WHAT", "NAMED names no backup by itself.", "Give its snapshotId.");
        }
        return new Choice(order.choose().get(), order.windowDays().orElse(0));
    }

    private TargetEnvironment target(
            Order order, Optional<DrillQueue.Wanted> planned, Optional<RestoreDrill> earlier) {
        if (order.place().isPresent()) {
            String name = order.place().get();
            return name.equals(THROWAWAY) ? null : target(name);
        }
        if (planned.isPresent()) {
            return planned.get().target();
        }
        return earlier.map(RestoreDrill::targetId).flatMap(targets::find).orElse(null);
    }

    private TargetEnvironment target(String name) {
        return targets.byName(name)
                .filter(t -> !t.retired())
                .orElseThrow(
                        () ->
                                new Refused(
                                        "TARGET-UNKNOWN",
                                        "There is no target \"" + name + "\".",
                                        "Give THROWAWAY, or one of: "
                                                + String.join(
                                                        ", ",
                                                        targets.active().stream()
                                                                .map(TargetEnvironment::name)
                                                                .toList())
                                                + "."));
    }

    private DrillPlan plan(String nameOrId) {
        return plans.named(nameOrId)
                .or(() -> id(nameOrId).flatMap(plans::find))
                .orElseThrow(() -> Refused.notFound("drill plan", nameOrId));
    }

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private UUID sourceId(String name) {
        return sources.byName(name)
                .map(Source::id)
                .orElseThrow(() -> Refused.notFound("source", name));
    }

    /**
     * A waiting drill ends at once, a running one when its worker notices, which then removes what
     * it made.
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void cancel(UUID id) {
        RestoreDrill drill = drills.locked(id);
        drill.cancel(caller.name(), clock.instant());
        audit.append(
                caller.actor(), "drill.cancel", "drill/" + id, Map.of("number", drill.number()));
    }

    /** Has what is kept for inspection destroyed now. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void destroy(UUID id) {
        RestoreDrill drill = drills.locked(id);
        drill.requestDestroy(caller.name());
        audit.append(
                caller.actor(), "drill.destroy", "drill/" + id, Map.of("number", drill.number()));
        queued.fire(new WorkQueued());
    }

    public Detail detail(UUID id) {
        RestoreDrill drill = drills.named(id);
        List<WorkRecords.Phase> phases = records.phases(id);
        return new Detail(
                drill,
                snapshots.find(drill.snapshotId()).orElseThrow(),
                drills.checks(id),
                phases,
                drill.status().active()
                        ? Progress.of(phases, 0, clock.instant())
                        : Optional.empty(),
                records.log(id, 0, LOG_LINES),
                drills.issues(id),
                drills.signOffs(id),
                drills.retests(id));
    }

    /**
     * The drill alone.
     *
     * @throws Refused NOT-FOUND
     */
    public RestoreDrill named(UUID id) {
        return drills.named(id);
    }

    /** How far a drill that goes on is. */
    public Optional<Progress> progress(UUID id) {
        return Progress.of(records.phases(id), 0, clock.instant());
    }

    /** Log lines after {@code afterSeq}. */
    public List<WorkRecords.Line> log(UUID id, long afterSeq) {
        drills.named(id);
        return records.log(id, afterSeq, LOG_LINES);
    }

    /** How those ended that count, by source and month; of one source or of all. */
    public List<Drills.OfMonth> months(Optional<UUID> source, Instant from) {
        return drills.months(source, from);
    }

    /** Databases in use, and the retired ones that have drills, by name. */
    public List<Drills.Database> databases() {
        return drills.databases();
    }

    /** Newest first. */
    public Page<Drills.Row> page(Drills.Filter filter, Optional<String> cursor, int max) {
        return drills.page(filter, cursor, max);
    }
}
