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
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.SourceSchedule;
import org.holdfast.domain.snapshot.SourceSchedules;
import org.holdfast.domain.snapshot.Sources;

/**
 * Backups that nobody asks for: when they come, and that they come. A timer knocks; what is due is
 * decided by the policy's slots, the catalog's clock and the source's row, which one server at a
 * time can hold.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Schedules {
    /** Who asks for a scheduled backup, in records and the audit. */
    public static final String SCHEDULE = "schedule";

    private static final Logger LOG = Logger.getLogger(Schedules.class.getName());

    @Inject private Sources sources;
    @Inject private SourceSchedules schedules;
    @Inject private BackupRuns runs;
    @Inject private PolicyInForce policy;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Event<WorkQueued> queued;

    /**
     * A source and its schedule.
     *
     * @param words the schedule in words
     * @param next the slot that comes next; empty where none does
     * @param lastSlot how far it was followed; empty for a source that no server has looked at yet
     * @param pause empty where it is not paused
     */
    public record Line(
            UUID sourceId,
            String source,
            String words,
            Optional<Instant> next,
            Optional<Instant> lastSlot,
            Optional<Pause> pause) {}

    public record Pause(String by, String reason, Instant until) {}

    /** A moment to come. */
    public record Coming(Instant at, String source, boolean paused) {}

    // --- the timer's side --------------------------------------------------------------------

    /**
     * Sources that {@link #due} has something to do for, by one look at all rows: it comes every
     * few seconds, and most of the time nothing is due.
     */
    @PermitAll
    public List<UUID> behind() {
        Instant now = schedules.now();
        Policy rules = policy.now();
        Map<UUID, SourceSchedule> followed = followed();
        return sources.active().stream()
                .filter(
                        source -> {
                            SourceSchedule row = followed.get(source.id());
                            return row == null || row.behind(rules.scheduleOf(source.name()), now);
                        })
                .map(Source::id)
                .toList();
    }

    private Map<UUID, SourceSchedule> followed() {
        return byId(schedules.all());
    }

    private static Map<UUID, SourceSchedule> byId(List<SourceSchedule> rows) {
        return rows.stream().collect(Collectors.toMap(SourceSchedule::sourceId, s -> s));
    }

    /** Queues the backup that is due of one source, if any, and notes its slot as reached. */
    @PermitAll
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public Optional<UUID> due(UUID sourceId) {
        Source source = sources.find(sourceId).filter(s -> !s.retired()).orElse(null);
        if (source == null) {
            return Optional.empty();
        }
        schedules.begin(sourceId);
        SourceSchedule schedule = schedules.tryLock(sourceId).orElse(null);
        if (schedule == null) {
            return Optional.empty();
        }
        Policy now = policy.now();
        Optional<Instant> slot = schedule.reach(now.scheduleOf(source.name()), schedules.now());
        if (slot.isEmpty()) {
            return Optional.empty();
        }
        Optional<BackupRun> underWay = runs.dumping(sourceId);
        if (underWay.isPresent()) {
            LOG.log(
                    Level.WARNING,
                    "The backup of {0} that was due at {1} is left out: {2} is still under way.",
                    new Object[] {source.name(), slot.get(), underWay.get().id()});
            audit.append(
                    SCHEDULE,
                    "backup.left-out",
                    "source/" + source.name(),
                    Map.of(
                            "slot", slot.get().toString(),
                            "underWay", underWay.get().id().toString()));
            return Optional.empty();
        }
        BackupRun run =
                new BackupRun(
                        source,
                        SCHEDULE,
                        DumpFormat.CUSTOM,
                        now.of(source.name()).rowProof(),
                        now.version(),
                        schedules.now());
        run.madeFor(slot.get());
        runs.add(run);
        audit.append(
                SCHEDULE,
                "backup.queue",
                "source/" + source.name(),
                Map.of("backup", run.id().toString(), "slot", slot.get().toString()));
        queued.fire(new WorkQueued());
        return Optional.of(run.id());
    }

    // --- people's side -----------------------------------------------------------------------

    /** Of sources in use, by name. */
    public Page<Line> page(Optional<String> cursor, int max) {
        Page<Source> found = Page.byName(sources.active(), Source::name, cursor, max);
        return found.map(lineOf(followed(found.items())));
    }

    /** Those of sources whose name or address holds a text, a page of them. */
    public Part<Line> lines(String text, int page, int size) {
        Part<Source> found = sources.search(text, page, size);
        return found.map(lineOf(followed(found.items())));
    }

    /** Of one source; empty where there is none in use. */
    public Optional<Line> line(UUID sourceId) {
        return lines(List.of(sourceId)).stream().findFirst();
    }

    /** Those of some sources, by name. */
    public List<Line> lines(Collection<UUID> some) {
        List<Source> found = sources.active(some);
        return found.stream().map(lineOf(followed(found))).toList();
    }

    private Map<UUID, SourceSchedule> followed(List<Source> some) {
        return byId(schedules.of(some.stream().map(Source::id).toList()));
    }

    /** As things are now. */
    private Function<Source, Line> lineOf(Map<UUID, SourceSchedule> followed) {
        Instant now = schedules.now();
        Policy rules = policy.now();
        return source -> {
            Schedule schedule = rules.scheduleOf(source.name());
            Optional<SourceSchedule> row = Optional.ofNullable(followed.get(source.id()));
            Optional<SourceSchedule> paused = row.filter(s -> s.paused(now));
            return new Line(
                    source.id(),
                    source.name(),
                    schedule.words(),
                    schedule.next(paused.map(SourceSchedule::pausedUntil).orElse(now)),
                    row.map(SourceSchedule::lastSlot),
                    paused.map(s -> new Pause(s.pausedBy(), s.pauseReason(), s.pausedUntil())));
        };
    }

    /**
     * What comes next, of all sources together.
     *
     * @param most how many at most
     */
    public List<Coming> coming(int most) {
        Instant now = schedules.now();
        Map<UUID, Instant> paused =
                schedules.all().stream()
                        .filter(s -> s.paused(now))
                        .collect(
                                Collectors.toMap(
                                        SourceSchedule::sourceId, SourceSchedule::pausedUntil));
        Policy rules = policy.now();
        Map<Schedule, List<Planned>> bySchedule =
                sources.active().stream()
                        .collect(
                                Collectors.groupingBy(
                                        source -> rules.scheduleOf(source.name()),
                                        Collectors.mapping(
                                                source ->
                                                        new Planned(
                                                                source.name(),
                                                                paused.getOrDefault(
                                                                        source.id(), Instant.MIN)),
                                                Collectors.toList())));
        return coming(bySchedule, now, most);
    }

    /**
     * A source on its schedule.
     *
     * @param pausedUntil long ago where it is not paused
     */
    record Planned(String source, Instant pausedUntil) {}

    /** Looks at each schedule once, however many sources share it. */
    static List<Coming> coming(Map<Schedule, List<Planned>> bySchedule, Instant now, int most) {
        List<Coming> coming = new ArrayList<>();
        bySchedule.forEach(
                (schedule, planned) -> {
                    List<Planned> first =
                            planned.stream()
                                    .sorted(Comparator.comparing(Planned::source))
                                    .limit(most)
                                    .toList();
                    Optional<Instant> slot = schedule.next(now);
                    for (int found = 0; found < most && slot.isPresent(); found += first.size()) {
                        Instant at = slot.get();
                        first.forEach(
                                one ->
                                        coming.add(
                                                new Coming(
                                                        at,
                                                        one.source(),
                                                        at.isBefore(one.pausedUntil()))));
                        slot = schedule.next(at);
                    }
                });
        return coming.stream()
                .sorted(Comparator.comparing(Coming::at).thenComparing(Coming::source))
                .limit(most)
                .toList();
    }

    /**
     * The same, by the source's name.
     *
     * @throws Refused SOURCE-UNKNOWN, where none was named or it is retired too
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void pause(String source, String reason, Instant until) {
        pause(sources.requiredInUse(source).id(), reason, until);
    }

    /** Makes no scheduled backups of a source until a moment; it says who and why. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void pause(UUID sourceId, String reason, Instant until) {
        Source source = source(sourceId);
        schedules.begin(sourceId);
        SourceSchedule schedule = schedules.lock(sourceId).orElseThrow();
        schedule.pause(caller.name(), reason, until, schedules.now());
        audit.append(
                caller.actor(),
                "schedule.pause",
                "source/" + source.name(),
                Map.of("until", until.toString(), "reason", schedule.pauseReason()));
    }

    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public void resume(UUID sourceId) {
        Source source = source(sourceId);
        schedules.begin(sourceId);
        schedules.lock(sourceId).orElseThrow().resume(schedules.now());
        audit.append(caller.actor(), "schedule.resume", "source/" + source.name(), Map.of());
    }

    private Source source(UUID id) {
        return sources.find(id)
                .filter(s -> !s.retired())
                .orElseThrow(() -> Refused.notFound("source", id));
    }
}
