package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.NotificationOptions;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
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
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.KeptCopy;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.DrillsInMemory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A plan is said, followed once for each slot, and made up for once. */
class DrillPlansTest {
    private static final Instant SATURDAY = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant FIRST_SUNDAY = Instant.parse("2026-12-06T03:00:00Z");

    private final Source shop =
            new Source("shop", Origin.CONFIGURATION, "postgresql://db/shop", null);
    private final TargetEnvironment staging = target("staging", false);
    private final TargetEnvironment live = target("live", true);
    private final Map<UUID, DrillPlan> plans = new LinkedHashMap<>();
    private final List<RestoreDrill> drills = new ArrayList<>();
    private final Map<UUID, Snapshot> snapshots = new LinkedHashMap<>();
    private final Set<UUID> imported = new HashSet<>();
    private final List<String> audited = new ArrayList<>();
    private final List<WorkQueued> told = new ArrayList<>();
    private boolean heldElsewhere;
    private boolean identityAtHand = true;
    private int random;
    private Instant now = SATURDAY;

    private final Drills drillsThere = fake(Drills.class, this::drills);
    private final Sources sources =
            fake(
                    Sources.class,
                    (method, a) ->
                            switch (method) {
                                case "active", "all" -> List.of(shop);
                                case "activeNames" -> List.of("shop");
                                case "find" -> Optional.of(shop).filter(s -> s.id().equals(a[0]));
                                case "byName" ->
                                        Optional.of(shop).filter(s -> s.name().equals(a[0]));
                                default -> throw new AssertionError(method);
                            });
    private final TargetEnvironments targets =
            fake(
                    TargetEnvironments.class,
                    (method, a) ->
                            switch (method) {
                                case "namesOutsideProduction" -> List.of(staging.name());
                                case "find" ->
                                        List.of(live, staging).stream()
                                                .filter(t -> t.id().equals(a[0]))
                                                .findFirst();
                                case "byName" ->
                                        List.of(live, staging).stream()
                                                .filter(t -> t.name().equals(a[0]))
                                                .findFirst();
                                default -> throw new AssertionError(method);
                            });
    private final Snapshots backups =
            fake(
                    Snapshots.class,
                    (method, a) ->
                            switch (method) {
                                case "kept" -> kept();
                                case "lock" -> Optional.ofNullable(snapshots.get(a[0]));
                                case "copies" ->
                                        List.of(
                                                SnapshotCopy.uploaded(
                                                        (UUID) a[0], UUID.randomUUID(), now));
                                default -> throw new AssertionError(method);
                            });
    private final AuditLog audit =
            fake(
                    AuditLog.class,
                    (method, a) -> {
                        audited.add(a[0] + " " + a[1] + " " + a[2] + " " + a[3]);
                        return null;
                    });
    private final Clock clock =
            new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            };
    private final PolicyInForce policy = () -> Policy.standard(14);

    private final DrillQueue queue =
            new DrillQueue(
                    drillsThere,
                    new DrillChoices(backups, () -> (long) random << 32),
                    backups,
                    sources,
                    targets,
                    policy,
                    fake(Identities.class, (method, a) -> identityAtHand),
                    Settings.read(Map.of()),
                    audit,
                    clock,
                    new Told());

    private final DrillPlans desk =
            new DrillPlans(
                    new Plans(),
                    drillsThere,
                    sources,
                    targets,
                    queue,
                    policy,
                    audit,
                    new Caller() {
                        @Override
                        public String name() {
                            return "anna";
                        }

                        @Override
                        public String actor() {
                            return "anna";
                        }
                    },
                    clock);

    @Test
    void a_drill_by_other_checks_than_its_plans_says_so_where_it_names_the_plan() {
        UUID id = desk.create(draft("", "THROWAWAY"));
        backup(SATURDAY);
        DrillQueue.Wanted planned = queue.wanted(plans.get(id));
        CheckPlan standard = CheckPlan.STANDARD;
        CheckPlan less =
                new CheckPlan(
                        Set.of(),
                        standard.keyTables(),
                        standard.securedTables(),
                        standard.migrations(),
                        standard.roles(),
                        standard.verificationSql(),
                        standard.smokeTest(),
                        standard.canary(),
                        standard.amcheck(),
                        standard.limit());

        for (CheckPlan checks : List.of(standard, less)) {
            queue.enter(
                    new DrillQueue.Wanted(
                            planned.plan(),
                            planned.sourceId(),
                            planned.snapshot(),
                            planned.choice(),
                            planned.target(),
                            planned.newerMajor(),
                            checks,
                            planned.keep(),
                            planned.secondReviewer(),
                            planned.checklist(),
                            planned.ticket()),
                    RestoreDrill.Started.byHand("anna"),
                    "anna",
                    null);
        }

        assertThat(drills)
                .extracting(RestoreDrill::planName)
                .containsExactly("shop monthly", "shop monthly (other checks)");
    }

    @Nested
    class Saying {
        @Test
        void a_plan_is_kept_with_all_that_was_said_and_audited() {
            UUID id = desk.create(draft("first_sunday at 03:00", "staging"));

            DrillPlans.Line line = desk.one(id);
            assertThat(line.draft()).isEqualTo(draft("first_sunday at 03:00", "staging"));
            assertThat(line.words()).isEqualTo("first sunday at 03:00 UTC");
            assertThat(line.next()).contains(FIRST_SUNDAY);
            assertThat(line.standing().version()).isEqualTo(1);
            assertThat(audited)
                    .singleElement()
                    .asString()
                    .startsWith("anna drill-plan.create drill-plan/shop monthly ")
                    .contains("source=shop", "place=staging", "first_sunday at 03:00");
        }

        @Test
        void what_is_wrong_is_named_and_nothing_is_kept() {
            refused(
                    "SOURCE-UNKNOWN",
                    "There is no source \"shpo\".",
                    said("shpo", "", "THROWAWAY"));
            refused("SOURCE-UNKNOWN", "No database was named.", said(null, "", "THROWAWAY"));
            refused(
                    "TARGET-UNKNOWN",
                    "There is no target \"stagign\".",
                    said("shop", "", "stagign"));
            refused(
                    "DRILL-PRODUCTION",
                    "Target live is marked production; a drill never goes there.",
                    said("shop", "", "live"));
            refused(
                    "DRILL-SCHEDULE",
                    "The schedule is \"first_someday\", but it has to be never, nightly, monthly,"
                            + " quarterly, a day such as first_sunday (each with \"at HH:MM\" behind"
                            + " it), or five fields of crontab(5).",
                    said("shop", "first_someday", "THROWAWAY"));
            refused(
                    "DRILL-SCHEDULE",
                    "The schedule's time zone is \"Europe/Berlni\", but it has to be a time zone of"
                            + " the IANA database.",
                    said("shop", "monthly at 03:00 Europe/Berlni", "THROWAWAY"));
            refused(
                    "DRILL-SCHEDULE",
                    "The schedule is \"0 3 30 2 *\", but it has to be one that comes at all.",
                    said("shop", "0 3 30 2 *", "THROWAWAY"));
            assertThat(plans).isEmpty();
            assertThat(audited).isEmpty();
        }

        @Test
        void a_retired_database_gets_no_plan_and_is_called_retired() {
            shop.retire();

            refused("SOURCE-UNKNOWN", "Source \"shop\" is retired.", said("shop", "", "THROWAWAY"));
            assertThat(whole()).isEmpty();
        }

        private List<DrillPlans.Line> whole() {
            return desk.lines(Optional.empty(), Integer.MAX_VALUE).items();
        }

        private void refused(String code, String words, DrillPlans.Draft draft) {
            assertThatThrownBy(() -> desk.create(draft))
                    .isInstanceOf(Refused.class)
                    .hasMessage(words)
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo(code);
        }

        @Test
        void zones_are_read_behind_days_and_behind_cron() {
            assertThat(desk.read("quarterly Europe/Berlin", 2).dates())
                    .containsExactly(
                            Instant.parse("2027-01-01T01:00:00Z"),
                            Instant.parse("2027-04-01T00:00:00Z"));
            assertThat(desk.read("0 4 1 * * Europe/Berlin", 1).dates())
                    .containsExactly(Instant.parse("2026-12-01T03:00:00Z"));
            assertThat(desk.read("  ", 3).dates()).isEmpty();
            assertThat(desk.standardSchedule()).isEqualTo("first_sunday at 03:00 UTC");
        }

        @Test
        void production_is_not_offered_as_a_place() {
            assertThat(desk.places()).containsExactly("THROWAWAY", "staging");
        }

        @Test
        void a_name_is_taken_once_and_free_after_retiring() {
            UUID first = desk.create(draft("", "THROWAWAY"));
            assertThatThrownBy(() -> desk.create(draft("", "THROWAWAY")))
                    .hasMessage("There is a drill plan shop monthly already.");
            desk.retire(first);
            desk.create(draft("", "THROWAWAY"));

            assertThat(whole()).hasSize(1);
            assertThat(desk.lines(9, 25).items()).isEqualTo(whole());
            assertThat(desk.names()).containsExactly("shop monthly");
            assertThat(desk.one(first).standing().retired()).isTrue();
        }

        @Test
        void a_change_on_an_old_version_or_of_the_source_is_refused() {
            UUID id = desk.create(draft("", "THROWAWAY"));
            desk.change(id, 1, draft("monthly", "THROWAWAY"));

            assertThatThrownBy(() -> desk.change(id, 1, draft("quarterly", "THROWAWAY")))
                    .hasMessage(
                            "Drill plan shop monthly was changed by anna meanwhile: it is version"
                                    + " 2, not 1.");
            assertThatThrownBy(() -> desk.change(id, 2, said("till", "", "THROWAWAY")))
                    .hasMessage("Drill plan shop monthly is of source shop and stays so.");
            assertThat(desk.one(id).draft().schedule()).isEqualTo("monthly");
        }
    }

    @Nested
    class Following {
        @Test
        void a_slot_is_drilled_once() {
            UUID plan = desk.create(draft("first_sunday at 03:00", "THROWAWAY"));
            Snapshot newest = backup(SATURDAY);
            backup(SATURDAY.minus(Duration.ofDays(3)));
            assertThat(desk.behind()).isEmpty();
            assertThat(desk.due(plan)).isEmpty();

            now = FIRST_SUNDAY.plusSeconds(5);
            assertThat(desk.behind()).containsExactly(plan);
            Optional<UUID> made = desk.due(plan);
            assertThat(desk.due(plan)).isEmpty();
            assertThat(desk.behind()).isEmpty();

            RestoreDrill drill = drills.get(0);
            assertThat(drills).hasSize(1);
            assertThat(made).contains(drill.id());
            assertThat(drill.number()).isEqualTo("D-2026-1");
            assertThat(drill.cause()).isEqualTo(DrillCause.SCHEDULE);
            assertThat(drill.slot()).isEqualTo(FIRST_SUNDAY);
            assertThat(drill.requestedBy()).isEqualTo("holdfast");
            assertThat(drill.snapshotId()).isEqualTo(newest.id());
            assertThat(drill.rto()).isEqualTo(Duration.ofMinutes(240));
            assertThat(told).hasSize(1);
            assertThat(audited)
                    .last()
                    .asString()
                    .startsWith("holdfast drill.queue drill/")
                    .contains("number=D-2026-1", "planVersion=1", "slot=2026-12-06T03:00:00Z");
        }

        @Test
        void a_plan_that_another_server_holds_is_left_to_it() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            backup(SATURDAY);
            now = SATURDAY.plus(Duration.ofDays(1));
            heldElsewhere = true;

            assertThat(desk.due(plan)).isEmpty();
            assertThat(drills).isEmpty();
            heldElsewhere = false;
            assertThat(desk.due(plan)).isPresent();
        }

        @Test
        void after_a_downtime_the_newest_missed_slot_is_made_up_for_once() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            backup(SATURDAY);
            now = SATURDAY.plus(Duration.ofDays(9));

            assertThat(desk.due(plan)).isPresent();
            assertThat(desk.due(plan)).isEmpty();
            assertThat(drills)
                    .extracting(RestoreDrill::slot)
                    .containsExactly(Instant.parse("2026-11-30T03:00:00Z"));
        }

        @Test
        void none_is_made_while_one_of_the_plan_is_under_way() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            backup(SATURDAY);
            now = SATURDAY.plus(Duration.ofDays(1));
            desk.due(plan);
            now = SATURDAY.plus(Duration.ofDays(2));

            assertThat(desk.due(plan)).isEmpty();
            assertThat(drills).hasSize(1);
            assertThat(audited)
                    .last()
                    .asString()
                    .startsWith("holdfast drill.left-out drill-plan/shop monthly ")
                    .contains("D-2026-1 is still under way.");

            drills.get(0).cancel("anna", now);
            now = SATURDAY.plus(Duration.ofDays(3));
            assertThat(desk.due(plan)).isPresent();
        }

        @Test
        void slots_pass_by_while_paused_and_are_not_made_up_for() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            backup(SATURDAY);
            desk.pause(plan);
            assertThat(desk.one(plan).next()).isEmpty();
            now = SATURDAY.plus(Duration.ofDays(3));
            assertThat(desk.due(plan)).isEmpty();
            desk.resume(plan);
            assertThat(desk.due(plan)).isEmpty();
            now = SATURDAY.plus(Duration.ofDays(4));

            assertThat(desk.due(plan)).isPresent();
            assertThat(drills).hasSize(1);
        }

        @Test
        void a_retired_plan_makes_none() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            backup(SATURDAY);
            desk.retire(plan);
            now = SATURDAY.plus(Duration.ofDays(3));

            assertThat(desk.behind()).isEmpty();
            assertThat(desk.due(plan)).isEmpty();
        }

        @Test
        void without_a_backup_to_drill_the_slot_passes_and_the_audit_says_why() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            Snapshot wrong = backup(SATURDAY);
            wrong.suspect("its hash differs");
            now = SATURDAY.plus(Duration.ofDays(1));

            assertThat(desk.due(plan)).isEmpty();
            assertThat(audited)
                    .last()
                    .asString()
                    .contains("There is no verified backup of this source.");
            backup(SATURDAY);
            assertThat(desk.due(plan)).isEmpty();
        }

        @Test
        void an_import_is_not_taken_for_the_latest_backup() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            Snapshot own = backup(SATURDAY.minus(Duration.ofDays(3)));
            imported.add(backup(SATURDAY).id());
            now = SATURDAY.plus(Duration.ofDays(1));
            desk.due(plan);

            assertThat(drills).extracting(RestoreDrill::snapshotId).containsExactly(own.id());
        }

        @Test
        void what_keeps_a_person_from_drilling_keeps_the_schedule_from_it_and_is_told() {
            UUID plan = desk.create(draft("nightly at 03:00", "THROWAWAY"));
            backup(SATURDAY);
            now = SATURDAY.plus(Duration.ofDays(1));
            identityAtHand = false;

            assertThat(desk.due(plan)).isEmpty();
            assertThat(drills).isEmpty();
            assertThat(audited)
                    .last()
                    .asString()
                    .startsWith("holdfast drill.left-out drill-plan/shop monthly ")
                    .contains("This server has no identity that opens this backup.");
        }

        @Test
        void random_looks_back_as_far_as_the_window() {
            UUID plan =
                    desk.create(
                            new DrillPlans.Draft(
                                    "any",
                                    "shop",
                                    "nightly at 03:00",
                                    new Choice(Choice.Kind.RANDOM, 5),
                                    "THROWAWAY",
                                    false,
                                    CheckPlan.STANDARD,
                                    "",
                                    false,
                                    Duration.ZERO));
            Snapshot newest = backup(SATURDAY);
            Snapshot inside = backup(SATURDAY.minus(Duration.ofDays(3)));
            backup(SATURDAY.minus(Duration.ofDays(30)));
            random = Integer.MAX_VALUE;
            now = SATURDAY.plus(Duration.ofDays(1));
            desk.due(plan);
            drills.get(0).cancel("anna", now);
            random = 0;
            now = SATURDAY.plus(Duration.ofDays(2));
            desk.due(plan);

            assertThat(drills)
                    .extracting(RestoreDrill::snapshotId)
                    .containsExactlyInAnyOrder(newest.id(), inside.id());
        }

        @Test
        void a_place_that_became_production_is_refused_and_told() {
            UUID plan = desk.create(draft("nightly at 03:00", "staging"));
            backup(SATURDAY);
            staging.retire();
            now = SATURDAY.plus(Duration.ofDays(1));

            assertThat(desk.due(plan)).isEmpty();
            assertThat(drills).isEmpty();
            assertThat(audited).last().asString().contains("Target staging is retired.");
        }
    }

    // --- what is there -----------------------------------------------------------------------

    private static TargetEnvironment target(String name, boolean production) {
        return new TargetEnvironment(
                name,
                Origin.CONFIGURATION,
                "postgresql://db/" + name,
                null,
                TargetEnvironment.Rules.standard(production));
    }

    private static DrillPlans.Draft draft(String schedule, String place) {
        return said("shop", schedule, place);
    }

    private static DrillPlans.Draft said(String source, String schedule, String place) {
        return new DrillPlans.Draft(
                "shop monthly",
                source,
                schedule,
                Choice.LATEST,
                place,
                false,
                CheckPlan.STANDARD,
                "read the log",
                true,
                Duration.ofMinutes(30));
    }

    private Snapshot backup(Instant takenAt) {
        BackupRun run =
                new BackupRun(shop, "olga", DumpFormat.CUSTOM, RowProof.COUNTS, "x", takenAt);
        Snapshot snapshot =
                new Snapshot(
                        run,
                        new ObjectKey("shop/2026/11/" + run.id()),
                        takenAt,
                        1000,
                        400,
                        15,
                        ManifestJson.write(manifest(run)),
                        takenAt);
        snapshot.verified(takenAt);
        snapshots.put(snapshot.id(), snapshot);
        return snapshot;
    }

    private static Manifest manifest(BackupRun run) {
        return new Manifest(
                1,
                run.id(),
                new Manifest.Origin(
                        "shop",
                        "postgresql://db/shop",
                        "7301",
                        "shop",
                        "15.20",
                        15,
                        "UTF8",
                        "C.UTF-8",
                        "C.UTF-8",
                        "libc",
                        Optional.empty(),
                        Map.of()),
                Map.of(),
                DumpFormat.CUSTOM,
                "olga",
                "x",
                SATURDAY,
                SATURDAY,
                SATURDAY,
                new Manifest.Bytes(1000, 500, 400),
                List.of(),
                List.of("age1qqqq"),
                RowProof.COUNTS,
                List.of(),
                Map.of(),
                new Manifest.LargeObjects(0, Optional.empty()));
    }

    private List<KeptCopy> kept() {
        return snapshots.values().stream()
                .map(
                        s ->
                                new KeptCopy(
                                        UUID.randomUUID(),
                                        s.id(),
                                        UUID.randomUUID(),
                                        "s3",
                                        true,
                                        s.takenAt(),
                                        400,
                                        s.rung(),
                                        SnapshotCopy.State.VERIFIED,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        imported.contains(s.id())))
                .filter(copy -> copy.rung() != Rung.EXPIRED)
                .toList();
    }

    private Object drills(String method, Object[] a) {
        return switch (method) {
            case "add" -> drills.add((RestoreDrill) a[0]);
            case "nextNumber" -> "D-" + a[0] + "-" + (drills.size() + 1);
            case "hasSlot" ->
                    drills.stream().anyMatch(d -> a[0].equals(d.planId()) && a[1].equals(d.slot()));
            case "page" -> {
                Drills.Filter filter = (Drills.Filter) a[0];
                yield new Page<>(
                        drills.stream()
                                .filter(d -> filter.plan().get().equals(d.planId()))
                                .filter(d -> filter.states().contains(d.status()))
                                .map(d -> DrillsInMemory.row(d, 0))
                                .toList(),
                        Optional.empty());
            }
            default -> throw new AssertionError(method);
        };
    }

    private interface Answering {
        Object answer(String method, Object[] arguments);
    }

    /** Of wide ports, the few methods that are needed here. */
    private static <T> T fake(Class<T> port, Answering answering) {
        return port.cast(
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (proxy, method, arguments) -> {
                            if (method.isDefault()) {
                                return InvocationHandler.invokeDefault(proxy, method, arguments);
                            }
                            Object answer = answering.answer(method.getName(), arguments);
                            return method.getReturnType() == void.class ? null : answer;
                        }));
    }

    private final class Plans implements org.holdfast.domain.drill.DrillPlans {
        @Override
        public void add(DrillPlan plan) {
            plans.put(plan.id(), plan);
        }

        @Override
        public Optional<DrillPlan> find(UUID id) {
            return Optional.ofNullable(plans.get(id));
        }

        @Override
        public Optional<DrillPlan> named(String name) {
            return inUse().stream().filter(p -> p.name().equalsIgnoreCase(name)).findFirst();
        }

        @Override
        public Optional<DrillPlan> lock(UUID id) {
            return find(id);
        }

        @Override
        public Optional<DrillPlan> tryLock(UUID id) {
            return heldElsewhere ? Optional.empty() : find(id);
        }

        @Override
        public List<DrillPlan> inUse() {
            return plans.values().stream().filter(p -> !p.retired()).toList();
        }

        @Override
        public Part<DrillPlan> inUse(int page, int size) {
            return Part.of(inUse(), page, size);
        }

        @Override
        public List<String> namesInUse() {
            return inUse().stream().map(DrillPlan::name).toList();
        }
    }

    private final class Told implements Event<WorkQueued> {
        @Override
        public void fire(WorkQueued event) {
            told.add(event);
        }

        @Override
        public <U extends WorkQueued> CompletionStage<U> fireAsync(U event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <U extends WorkQueued> CompletionStage<U> fireAsync(
                U event, NotificationOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Event<WorkQueued> select(Annotation... qualifiers) {
            return this;
        }

        @Override
        public <U extends WorkQueued> Event<U> select(Class<U> subtype, Annotation... qualifiers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <U extends WorkQueued> Event<U> select(
                TypeLiteral<U> subtype, Annotation... qualifiers) {
            throw new UnsupportedOperationException();
        }
    }
}
