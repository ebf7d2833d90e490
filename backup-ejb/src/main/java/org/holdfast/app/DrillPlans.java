package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.ScheduleWords;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillPlan;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Names;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/**
 * Plans of drills: what people say of them, and the drills that come of them by themselves. A timer
 * knocks; what is due is decided by the plan's slots and its row, which one server at a time can
 * hold.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class DrillPlans {
    /** The place of a drill that goes into no target. */
    public static final String THROWAWAY = "THROWAWAY";

    private static final Logger LOG = Logger.getLogger(DrillPlans.class.getName());
    private static final Set<DrillState> ACTIVE = Set.of(DrillState.PLANNED, DrillState.RUNNING);

    @Inject private org.holdfast.domain.drill.DrillPlans plans;
    @Inject private Drills drills;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private DrillQueue queue;
    @Inject private PolicyInForce policy;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    public DrillPlans() {}

    DrillPlans(
            org.holdfast.domain.drill.DrillPlans plans,
            Drills drills,
            Sources sources,
            TargetEnvironments targets,
            DrillQueue queue,
            PolicyInForce policy,
            AuditLog audit,
            Caller caller,
            Clock clock) {
        this.plans = plans;
        this.drills = drills;
        this.sources = sources;
        this.targets = targets;
        this.queue = queue;
        this.policy = policy;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * A plan as a person says it.
     *
     * @param source name; of a plan that is there already it cannot change
     * @param schedule in the words of the policy, a time zone behind it: {@code first_sunday at
     *     03:00 Europe/Berlin}; empty: by hand only
     * @param place {@link #THROWAWAY}, or a target's name
     * @param newerMajor whether a cluster of a newer major than the source's will do
     * @param checklist what the reviewers are to look at, one item a line
     * @param keep how long each drill's place is left for inspection
     */
    public record Draft(
            String name,
            String source,
            String schedule,
            Choice choice,
            String place,
            boolean newerMajor,
            CheckPlan checks,
            String checklist,
            boolean secondReviewer,
            Duration keep) {}

    /**
     * A plan in use.
     *
     * @param words its schedule in words
     * @param next the slot that comes next; empty where none does or it is paused
     */
    public record Line(
            UUID id, Draft draft, String words, Optional<Instant> next, Standing standing) {}

    /**
     * @param version to be given back with a change
     * @param followed up to which moment slots were looked at
     */
    public record Standing(
            boolean paused,
            boolean retired,
            int version,
            Instant followed,
            String changedBy,
            Instant changedAt) {}

    // --- the timer's side --------------------------------------------------------------------

    /** Plans that {@link #due} has something to do for. */
    @PermitAll
    public List<UUID> behind() {
        Instant now = clock.instant();
        return plans.inUse().stream()
                .filter(plan -> schedule(plan).latest(plan.lastSlot(), now).isPresent())
                .map(DrillPlan::id)
                .toList();
    }

    /**
     * What stands in the catalog was readable when it was written; should a later release read it
     * otherwise, this one plan stands still and says so.
     */
    private static Schedule schedule(DrillPlan plan) {
        try {
            return ScheduleWords.of(plan.schedule());
        } catch (Refused e) {
            LOG.log(
                    Level.WARNING,
                    "Drill plan {0} comes by hand only: {1}",
                    new Object[] {plan.name(), e.getMessage()});
            return Schedule.NEVER;
        }
    }

    /**
     * Queues the drill that is due of one plan, if any, and notes its slot as reached. Of slots
     * that were missed the newest is made up for, once.
     */
    @PermitAll
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public Optional<UUID> due(UUID planId) {
        DrillPlan plan = plans.tryLock(planId).orElse(null);
        if (plan == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant slot = plan.reach(schedule(plan), now).orElse(null);
        if (slot == null || drills.hasSlot(planId, slot)) {
            return Optional.empty();
        }
        Source source = sources.find(plan.sourceId()).filter(s -> !s.retired()).orElse(null);
        if (source == null) {
            return leftOut(plan, slot, "The source is retired.");
        }
        Optional<Drills.Row> underWay = underWay(planId);
        if (underWay.isPresent()) {
            return leftOut(plan, slot, underWay.get().number() + " is still under way.");
        }
        try {
            return Optional.of(
                    queue.enter(
                            queue.wanted(plan),
                            RestoreDrill.Started.bySchedule(slot),
                            RestoreDrill.HOLDFAST,
                            null));
        } catch (Refused e) {
            return leftOut(plan, slot, e.getMessage());
        }
    }

    private Optional<Drills.Row> underWay(UUID planId) {
        return drills
                .page(Drills.Filter.ALL.ofPlan(planId).in(ACTIVE), Optional.empty(), 1)
                .items()
                .stream()
                .findFirst();
    }

    private Optional<UUID> leftOut(DrillPlan plan, Instant slot, String why) {
        LOG.log(
                Level.WARNING,
                "The drill of plan {0} that was due at {1} is left out: {2}",
                new Object[] {plan.name(), slot, why});
        audit.append(
                RestoreDrill.HOLDFAST,
                "drill.left-out",
                "drill-plan/" + plan.name(),
                Map.of("slot", slot.toString(), "why", why));
        return Optional.empty();
    }

    // --- people's side -----------------------------------------------------------------------

    /** Plans in use, by name. */
    public Page<Line> lines(Optional<String> cursor, int max) {
        return Page.byName(plans.inUse(), DrillPlan::name, cursor, max).map(this::line);
    }

    /** The same, a page of them; one too high is the last. */
    public Part<Line> lines(int page, int size) {
        return plans.inUse(page, size).map(this::line);
    }

    /** Names of plans in use, sorted. */
    public List<String> names() {
        return plans.namesInUse();
    }

    /**
     * One plan, a retired one too: drills name it on.
     *
     * @throws Refused NOT-FOUND
     */
    public Line one(UUID id) {
        return line(plans.find(id).orElseThrow(() -> Refused.notFound("drill plan", id)));
    }

    private Line line(DrillPlan plan) {
        Schedule schedule = schedule(plan);
        return new Line(
                plan.id(),
                new Draft(
                        plan.name(),
                        sources.find(plan.sourceId()).map(Source::name).orElse("?"),
                        plan.schedule(),
                        plan.choice(),
                        place(plan),
                        plan.newerMajor(),
                        CheckPlanJson.read(plan.checks()),
                        plan.checklist(),
                        plan.secondReviewer(),
                        plan.keep()),
                schedule == Schedule.NEVER ? "by hand only" : schedule.words(),
                plan.paused() || plan.retired() ? Optional.empty() : schedule.next(clock.instant()),
                new Standing(
                        plan.paused(),
                        plan.retired(),
                        plan.version(),
                        plan.lastSlot(),
                        plan.changedBy(),
                        plan.changedAt()));
    }

    private String place(DrillPlan plan) {
        return plan.targetId() == null
                ? THROWAWAY
                : targets.find(plan.targetId()).map(TargetEnvironment::name).orElse("?");
    }

    /** The schedule that a new plan is offered: the policy's drill day. */
    public String standardSchedule() {
        return ScheduleWords.standard(policy.now());
    }

    /**
     * A schedule read without being kept.
     *
     * @param words for people
     * @param dates that come next
     */
    public record Reading(String words, List<Instant> dates) {}

    /**
     * @param most how many dates at most
     * @throws Refused DRILL-SCHEDULE
     */
    public Reading read(String schedule, int most) {
        Schedule read = ScheduleWords.of(schedule);
        List<Instant> dates = new ArrayList<>();
        for (Optional<Instant> slot = read.next(clock.instant());
                slot.isPresent() && dates.size() < most;
                slot = read.next(slot.get())) {
            dates.add(slot.get());
        }
        return new Reading(
                read == Schedule.NEVER ? "by hand only" : read.words(), List.copyOf(dates));
    }

    /** Names of sources that can be drilled. */
    public List<String> sourceNames() {
        return sources.activeNames();
    }

    /** Where drills may go: the throw-away cluster, and targets that are not production. */
    public List<String> places() {
        List<String> places = new ArrayList<>(List.of(THROWAWAY));
        places.addAll(targets.namesOutsideProduction());
        return List.copyOf(places);
    }

    /**
     * @return its id
     * @throws Refused SOURCE-UNKNOWN, TARGET-UNKNOWN, DRILL-PRODUCTION, DRILL-PLAN,
     *     DRILL-PLAN-TAKEN, DRILL-SCHEDULE, DRILL-KEEP
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public UUID create(Draft draft) {
        Source source = sources.requiredInUse(text(draft.source()));
        DrillPlan.Wording wording = wording(draft);
        requireFree(wording.name(), null);
        DrillPlan plan = new DrillPlan(source.id(), wording, caller.name(), clock.instant());
        plans.add(plan);
        audit.append(
                caller.actor(), "drill-plan.create", subject(plan), detail(plan, source.name()));
        return plan.id();
    }

    /**
     * Says a plan anew; drills that were made by the old words keep them.
     *
     * @param version that was looked at
     * @throws Refused as {@link #create}, DRILL-PLAN-CHANGED, DRILL-PLAN-RETIRED, NOT-FOUND
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void change(UUID id, int version, Draft draft) {
        DrillPlan plan = plans.locked(id);
        plan.requireInUse();
        if (plan.version() != version) {
            throw new Refused(
                    "DRILL-PLAN-CHANGED",
                    "Drill plan "
                            + plan.name()
                            + " was changed by "
                            + plan.changedBy()
                            + " meanwhile: it is version "
                            + plan.version()
                            + ", not "
                            + version
                            + ".",
                    "Read it again and make your change on that.");
        }
        String source = sources.find(plan.sourceId()).map(Source::name).orElse("?");
        if (!text(draft.source()).equals(source)) {
            throw new Refused(
                    "DRILL-PLAN",
                    "Drill plan " + plan.name() + " is of source " + source + " and stays so.",
                    "Make another plan for \"" + text(draft.source()) + "\".");
        }
        DrillPlan.Wording wording = wording(draft);
        requireFree(wording.name(), id);
        String before = plan.name();
        plan.change(wording, caller.name(), clock.instant());
        Map<String, Object> detail = detail(plan, source);
        if (!before.equals(plan.name())) {
            detail.put("before", before);
        }
        audit.append(caller.actor(), "drill-plan.change", subject(plan), detail);
    }

    /** Its slots pass by until it is resumed. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void pause(UUID id) {
        DrillPlan plan = plans.locked(id);
        plan.pause(caller.name(), clock.instant());
        audit.append(caller.actor(), "drill-plan.pause", subject(plan), version(plan));
    }

    /** What passed by is not made up for. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void resume(UUID id) {
        DrillPlan plan = plans.locked(id);
        plan.resume(caller.name(), clock.instant());
        audit.append(caller.actor(), "drill-plan.resume", subject(plan), version(plan));
    }

    /** Takes it out of use for ever; records of its drills name it on. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void retire(UUID id) {
        DrillPlan plan = plans.locked(id);
        plan.retire(caller.name(), clock.instant());
        audit.append(caller.actor(), "drill-plan.retire", subject(plan), version(plan));
    }

    private DrillPlan.Wording wording(Draft draft) {
        ScheduleWords.of(draft.schedule());
        return new DrillPlan.Wording(
                draft.name(),
                draft.schedule(),
                draft.choice(),
                target(text(draft.place())),
                draft.newerMajor(),
                CheckPlanJson.write(draft.checks()),
                draft.checklist(),
                draft.secondReviewer(),
                draft.keep());
    }

    private TargetEnvironment target(String place) {
        if (place.isEmpty() || place.equals(THROWAWAY)) {
            return null;
        }
        return targets.byName(place)
                .filter(target -> !target.retired())
                .orElseThrow(
                        () ->
                                new Refused(
                                        "TARGET-UNKNOWN",
                                        "There is no target \"" + place + "\".",
                                        "Places of drills: "
                                                + Names.some(places(), Sources.NAMED)
                                                + "."));
    }

    private void requireFree(String name, UUID of) {
        Optional<DrillPlan> other = plans.named(name).filter(plan -> !plan.id().equals(of));
        if (other.isPresent()) {
            throw new Refused(
                    "DRILL-PLAN-TAKEN",
                    "There is a drill plan " + other.get().name() + " already.",
                    "Choose another name, or change that plan.");
        }
    }

    private static String text(String said) {
        return said == null ? "" : said.strip();
    }

    private static String subject(DrillPlan plan) {
        return "drill-plan/" + plan.name();
    }

    private static Map<String, Object> version(DrillPlan plan) {
        return new HashMap<>(Map.of("version", plan.version()));
    }

    private Map<String, Object> detail(DrillPlan plan, String source) {
        Map<String, Object> detail = version(plan);
        detail.put("source", source);
        detail.put("schedule", plan.schedule());
        detail.put("choose", plan.choice().kind().name());
        detail.put("windowDays", plan.choice().windowDays());
        detail.put("place", place(plan));
        detail.put("newerMajor", plan.newerMajor());
        detail.put("checks", plan.checks());
        detail.put("secondReviewer", plan.secondReviewer());
        detail.put("keepMinutes", plan.keep().toMinutes());
        return detail;
    }
}
