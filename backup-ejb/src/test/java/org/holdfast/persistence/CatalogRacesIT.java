package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.holdfast.domain.alert.Alert;
import org.holdfast.domain.alert.AlertBook;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Concern;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillPlan;
import org.holdfast.domain.drill.DrillPlans;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.people.Invitation;
import org.holdfast.domain.people.Invitations;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.ObjectKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What must stay single when two come at once. */
class CatalogRacesIT {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final OutsideAServer catalog = new OutsideAServer();

    @AfterEach
    void end() {
        catalog.close();
    }

    @RepeatedTest(3)
    void one_code_works_once_however_many_use_it_at_once() throws Exception {
        UUID user = user();

        List<Boolean> won =
                atOnce(
                        8,
                        session -> {
                            Users users = session.with(new CatalogUsers());
                            return session.within(() -> users.useStep(user, 59_841_571));
                        });

        assertThat(won).containsOnlyOnce(true).hasSize(8);
    }

    @RepeatedTest(3)
    void servers_that_judge_at_once_judge_once() throws Exception {
        List<Boolean> began =
                atOnce(
                        6,
                        session -> {
                            AlertBook book = session.with(new CatalogAlerts());
                            return session.within(
                                    () -> book.begin(Duration.ofSeconds(54)).isPresent());
                        });

        assertThat(began).containsOnlyOnce(true).hasSize(6);
    }

    @Test
    void a_notice_goes_to_one_server_once_and_the_end_never_before_the_beginning()
            throws Exception {
        Concern concern =
                new Concern(AlertKind.COPY_MISSING, "store/s3", Severity.WARNING, "It lacks one.");
        Alert alert = new Alert(concern, NOW);
        try (OutsideAServer.Session session = catalog.session()) {
            AlertBook book = session.with(new CatalogAlerts());
            session.within(
                    () -> {
                        book.add(alert);
                        book.send(alert.id(), "slack", Notice.Event.OPENED, 0, "");
                        book.send(alert.id(), "slack", Notice.Event.OPENED, 0, "");
                    });
            session.within(() -> book.send(alert.id(), "slack", Notice.Event.RESOLVED, 0, ""));
            assertThatThrownBy(() -> session.within(() -> book.add(new Alert(concern, NOW))))
                    .hasMessageContaining("alerts_one_open");
        }

        List<Boolean> claimed =
                atOnce(
                        6,
                        session -> {
                            AlertBook book = session.with(new CatalogAlerts());
                            return session.within(() -> book.claim().isPresent());
                        });

        assertThat(claimed).containsOnlyOnce(true).hasSize(6);
        try (OutsideAServer.Session session = catalog.session()) {
            AlertBook book = session.with(new CatalogAlerts());
            Delivery first = session.within(() -> book.deliveries(List.of(alert.id()))).get(0);
            assertThat(first.event()).isEqualTo(Notice.Event.OPENED);
            session.within(
                    () ->
                            book.undelivered(
                                    first.id(), "refused", Optional.of(Duration.ofHours(1))));
            assertThat(session.within(book::claim)).isEmpty();
            session.within(() -> book.delivered(first.id()));
            assertThat(session.within(book::claim).orElseThrow().event())
                    .isEqualTo(Notice.Event.RESOLVED);
            assertThat(session.within(() -> book.toldOver(alert.id()))).containsExactly("slack");
        }
    }

    @Test
    void a_code_of_an_act_that_was_rolled_back_can_still_be_used() {
        UUID user = user();
        try (OutsideAServer.Session session = catalog.session()) {
            Users users = session.with(new CatalogUsers());
            try {
                session.within(
                        (Runnable)
                                () -> {
                                    assertThat(users.useStep(user, 7)).isTrue();
                                    throw new IllegalStateException("refused");
                                });
            } catch (IllegalStateException refused) {
                assertThat(refused).hasMessage("refused");
            }
            assertThat(session.within(() -> users.useStep(user, 7))).isTrue();
            assertThat(session.within(() -> users.useStep(user, 7))).isFalse();
            assertThat(session.within(() -> users.useStep(user, 6))).isFalse();
        }
    }

    @Test
    void a_right_code_forgets_the_wrong_ones_before_it() {
        UUID user = user();
        try (OutsideAServer.Session session = catalog.session()) {
            Users users = session.with(new CatalogUsers());
            session.within(() -> users.countFailure(user, null));
            session.within(() -> users.countFailure(user, NOW));
            assertThat(users.device(user).orElseThrow().failures()).isEqualTo(2);
            assertThat(users.device(user).orElseThrow().blockedUntil()).isEqualTo(NOW);

            session.within(() -> users.useStep(user, 9));

            TotpDevice device = users.device(user).orElseThrow();
            assertThat(device.failures()).isZero();
            assertThat(device.blockedUntil()).isNull();
            assertThat(device.active()).isTrue();
            assertThat(device.lastStep()).isEqualTo(9);
        }
    }

    @RepeatedTest(3)
    void one_recovery_code_works_once_however_many_use_it_at_once() throws Exception {
        UUID user = user();
        try (OutsideAServer.Session session = catalog.session()) {
            Users users = session.with(new CatalogUsers());
            session.within(() -> users.putRecoveryCodes(user, List.of("one", "other"), NOW));
        }

        List<Boolean> won =
                atOnce(
                        8,
                        session -> {
                            Users users = session.with(new CatalogUsers());
                            return session.within(() -> users.useRecoveryCode(user, "one", NOW));
                        });

        assertThat(won).containsOnlyOnce(true).hasSize(8);
        try (OutsideAServer.Session session = catalog.session()) {
            Users users = session.with(new CatalogUsers());
            assertThat(users.recoveryCodesLeft(user)).isEqualTo(1);
            assertThat(users.knowsRecoveryCode(user, "one")).isTrue();
            assertThat(users.knowsRecoveryCode(user, "none")).isFalse();
        }
    }

    @RepeatedTest(3)
    void one_link_is_used_once_however_many_open_it_at_once() throws Exception {
        Invitation invitation =
                new Invitation(Invitation.Kind.JOIN, "nora", Role.ADMIN, "hash", "olga", NOW);
        try (OutsideAServer.Session session = catalog.session()) {
            Invitations invitations = session.with(new CatalogInvitations());
            session.within(() -> invitations.add(invitation));
        }

        List<Boolean> won =
                atOnce(
                        8,
                        session -> {
                            Invitations invitations = session.with(new CatalogInvitations());
                            return session.within(() -> invitations.use(invitation.id(), NOW));
                        });

        assertThat(won).containsOnlyOnce(true).hasSize(8);
    }

    @RepeatedTest(3)
    void of_many_who_take_the_role_from_each_other_at_once_one_keeps_it() throws Exception {
        List<UUID> gurus = new ArrayList<>();
        try (OutsideAServer.Session session = catalog.session()) {
            Users users = session.with(new CatalogUsers());
            for (String name : new String[] {"a", "b", "c", "d"}) {
                User guru = new User(name, "x", Role.SUPER_GURU, NOW);
                session.within(() -> users.add(guru));
                gurus.add(guru.id());
            }
        }
        AtomicInteger next = new AtomicInteger();

        List<Boolean> done =
                atOnce(
                        4,
                        session -> {
                            Users users = session.with(new CatalogUsers());
                            UUID leaving = gurus.get(next.getAndIncrement());
                            return session.within(
                                    () -> {
                                        User user = users.find(leaving).orElseThrow();
                                        if (users.lockSuperGurus().stream()
                                                .allMatch(leaving::equals)) {
                                            return false;
                                        }
                                        user.changeRole(Role.ADMIN);
                                        return true;
                                    });
                        });

        assertThat(done).containsOnlyOnce(false).hasSize(4);
        assertThat(catalog.query("SELECT count(*) FROM users WHERE role = 'SUPER_GURU'"))
                .isEqualTo("1");
    }

    @RepeatedTest(3)
    void of_two_requests_for_one_target_one_finds_the_other_behind_the_lock() throws Exception {
        Snapshot snapshot = snapshot();
        UUID target = target();

        List<Boolean> queued =
                atOnce(
                        4,
                        session -> {
                            TargetEnvironments targets = session.with(new CatalogTargets());
                            RestoreRequests requests = session.with(new CatalogRestores());
                            return session.within(
                                    () -> {
                                        TargetEnvironment locked =
                                                targets.lock(target).orElseThrow();
                                        if (requests.activeOn(target).isPresent()) {
                                            return false;
                                        }
                                        requests.add(request(snapshot, locked));
                                        return true;
                                    });
                        });

        assertThat(queued).containsOnlyOnce(true).hasSize(4);
        assertThat(catalog.query("SELECT count(*) FROM backup_restores")).isEqualTo("1");
    }

    @RepeatedTest(3)
    void without_the_lock_the_index_still_lets_only_one_through() throws Exception {
        Snapshot snapshot = snapshot();
        UUID target = target();

        List<Boolean> queued =
                atOnce(
                        4,
                        session -> {
                            TargetEnvironments targets = session.with(new CatalogTargets());
                            RestoreRequests requests = session.with(new CatalogRestores());
                            try {
                                return session.within(
                                        () -> {
                                            requests.add(
                                                    request(
                                                            snapshot,
                                                            targets.find(target).orElseThrow()));
                                            return true;
                                        });
                            } catch (PersistenceException refused) {
                                assertThat(refused)
                                        .hasMessageContaining("backup_restores_one_per_target");
                                return false;
                            }
                        });

        assertThat(queued).containsOnlyOnce(true).hasSize(4);
        assertThat(catalog.query("SELECT count(*) FROM backup_restores")).isEqualTo("1");
    }

    @Test
    void a_locked_row_is_read_as_others_left_it() {
        Snapshot snapshot = snapshot();
        UUID target = target();
        try (OutsideAServer.Session session = catalog.session()) {
            TargetEnvironments targets = session.with(new CatalogTargets());
            RestoreRequests requests = session.with(new CatalogRestores());
            RestoreRequest request = request(snapshot, targets.find(target).orElseThrow());
            session.within(() -> requests.add(request));

            session.within(
                    () -> {
                        assertThat(requests.find(request.id()).orElseThrow().attempt()).isZero();
                        catalog.sql(
                                "UPDATE backup_restores SET attempt = 2, phase = 'restore' WHERE id"
                                        + " = '"
                                        + request.id()
                                        + "'");
                        RestoreRequest locked = requests.lock(request.id()).orElseThrow();
                        assertThat(locked.attempt()).isEqualTo(2);
                        locked.goesInto("shop_holdfast_1", "7");
                    });

            assertThat(
                            catalog.query(
                                    "SELECT attempt || ' ' || phase || ' ' || aside_database FROM"
                                            + " backup_restores"))
                    .isEqualTo("2 restore shop_holdfast_1");
        }
    }

    @Test
    void drills_asked_for_at_once_have_numbers_without_a_gap_and_stay() throws Exception {
        Snapshot snapshot = snapshot();

        atOnce(
                6,
                session -> {
                    Drills drills = session.with(new CatalogDrills());
                    session.within(
                            () -> drills.add(drill(drills.nextNumber(2026), snapshot, "olga")));
                    return true;
                });

        assertThat(
                        catalog.query(
                                "SELECT string_agg(number, ' ' ORDER BY length(number), number) FROM drills"))
                .isEqualTo("D-2026-1 D-2026-2 D-2026-3 D-2026-4 D-2026-5 D-2026-6");
        assertThatThrownBy(() -> catalog.sql("DELETE FROM drills"))
                .hasMessageContaining("drills keeps its rows: DELETE refused");
    }

    @Test
    void a_drill_keeps_its_checks_issues_and_words_and_nobody_signs_the_own_one() {
        Snapshot snapshot = snapshot();
        RestoreDrill drill = drill("D-2026-1", snapshot, "olga");
        DrillCheck check =
                new DrillCheck(
                        CheckKind.KEY_TABLES,
                        "rows of public.orders",
                        "SELECT",
                        true,
                        "1 or more",
                        "0",
                        DrillCheck.Verdict.FAILED,
                        Duration.ofMillis(12));
        try (OutsideAServer.Session session = catalog.session()) {
            Drills drills = session.with(new CatalogDrills());
            session.within(() -> drills.add(drill));
            assertThat(
                            session.within(
                                    () -> session.with(new CatalogSnapshots()).use(snapshot.id())))
                    .contains("drill D-2026-1");
            catalog.sql("UPDATE drills SET status = 'RUNNING', started_at = now()");
            session.within(
                    () -> {
                        RestoreDrill mine = drills.locked(drill.id());
                        mine.began(NOW.plusSeconds(60));
                        mine.judged(DrillVerdict.FAILED, Duration.ofSeconds(5), "orders", NOW);
                        drills.addChecks(mine.id(), List.of(check));
                        drills.add(
                                new DrillIssue(
                                        mine,
                                        new DrillIssue.Wording(
                                                "No orders",
                                                check.name(),
                                                "olga",
                                                LocalDate.parse("2026-12-01"),
                                                ""),
                                        "ada",
                                        NOW));
                        drills.add(
                                mine.judge(
                                        SignOff.Step.SIGN_OFF,
                                        SignOff.Decision.ACCEPTED,
                                        "ada",
                                        "",
                                        Sha256.of("record"),
                                        NOW));
                    });

            assertThat(session.within(() -> drills.checks(drill.id()))).containsExactly(check);
            Drills.Row row =
                    session.within(
                            () ->
                                    drills.page(
                                                    Drills.Filter.ALL
                                                            .ofSource(snapshot.sourceId())
                                                            .ofSnapshot(snapshot.id())
                                                            .in(Set.of(DrillState.SIGNED_OFF))
                                                            .ended(Set.of(DrillVerdict.FAILED))
                                                            .since(NOW)
                                                            .before(NOW.plusSeconds(1)),
                                                    Optional.empty(),
                                                    10)
                                            .items()
                                            .get(0));
            assertThat(row.notPassed()).isEqualTo(1);
            assertThat(row.openIssues()).isEqualTo(1);
            assertThat(row.dataAgeSeconds()).isEqualTo(60);
        }
        assertThatThrownBy(
                        () ->
                                catalog.sql(
                                        "INSERT INTO drill_signoffs SELECT gen_random_uuid(), id,"
                                                + " 'REVIEW', 'ACCEPTED', 'olga', now(), '',"
                                                + " repeat('0', 64), requested_by, executor FROM drills"))
                .hasMessageContaining("drill_signoffs_not_by_the_own");
        assertThatThrownBy(
                        () ->
                                catalog.sql(
                                        "INSERT INTO drill_signoffs SELECT gen_random_uuid(), id,"
                                                + " 'REVIEW', 'ACCEPTED', 'olga', now(), '',"
                                                + " repeat('0', 64), 'x', 'x' FROM drills"))
                .hasMessageContaining("foreign key");
    }

    /** The catalog finds the drills to be sealed, a drill says so of itself: both the same. */
    @Test
    void a_record_is_to_be_sealed_for_the_catalog_when_it_is_for_its_drill() {
        RestoreDrill drill = drill("D-2026-1", snapshot(), "olga");
        try (OutsideAServer.Session session = catalog.session()) {
            Drills drills = session.with(new CatalogDrills());
            session.within(() -> drills.add(drill));
            assertThat(toBeSealed(session, drill.id(), Optional.empty())).isFalse();

            catalog.sql("UPDATE drills SET status = 'RUNNING', started_at = now()");
            session.within(
                    () ->
                            drills.locked(drill.id())
                                    .judged(DrillVerdict.PASSED, Duration.ofSeconds(5), null, NOW));
            assertThat(toBeSealed(session, drill.id(), Optional.empty())).isTrue();

            catalog.sql("UPDATE drills SET sealed_at = '" + NOW + "'");
            assertThat(toBeSealed(session, drill.id(), Optional.of(NOW))).isFalse();
            catalog.sql("UPDATE drills SET destroyed_at = '" + NOW.minusSeconds(1) + "'");
            assertThat(toBeSealed(session, drill.id(), Optional.of(NOW))).isFalse();
            catalog.sql("UPDATE drills SET destroyed_at = '" + NOW + "'");
            assertThat(toBeSealed(session, drill.id(), Optional.of(NOW))).isFalse();
            catalog.sql("UPDATE drills SET destroyed_at = '" + NOW.plusSeconds(1) + "'");
            assertThat(toBeSealed(session, drill.id(), Optional.of(NOW))).isTrue();
        }
    }

    private static boolean toBeSealed(
            OutsideAServer.Session session, UUID id, Optional<Instant> sealedAt) {
        Drills drills = session.with(new CatalogDrills());
        CatalogDrillRecords records = session.with(new CatalogDrillRecords());
        boolean found = session.within(() -> records.unsealed(List.of(id)).contains(id));
        assertThat(session.within(() -> records.unsealed(9).contains(id))).isEqualTo(found);
        assertThat(session.within(() -> drills.locked(id).unsealed(sealedAt))).isEqualTo(found);
        return found;
    }

    @Test
    void a_plan_is_found_by_its_name_and_held_by_one() {
        Snapshot snapshot = snapshot();
        DrillPlan plan =
                new DrillPlan(
                        snapshot.sourceId(),
                        new DrillPlan.Wording(
                                "Monthly",
                                "first_sunday at 03:00",
                                new Choice(Choice.Kind.RANDOM, 30),
                                null,
                                false,
                                "{}",
                                "",
                                true,
                                Duration.ZERO),
                        "olga",
                        NOW);
        try (OutsideAServer.Session session = catalog.session();
                OutsideAServer.Session other = catalog.session()) {
            DrillPlans plans = session.with(new CatalogDrillPlans());
            DrillPlans theirs = other.with(new CatalogDrillPlans());
            session.within(() -> plans.add(plan));
            session.within(
                    () -> {
                        assertThat(plans.tryLock(plan.id())).isPresent();
                        assertThat(other.within(() -> theirs.tryLock(plan.id()))).isEmpty();
                    });
            DrillPlan found = session.within(() -> plans.named(" monthly ")).orElseThrow();
            assertThat(found.choice()).isEqualTo(new Choice(Choice.Kind.RANDOM, 30));
            assertThat(session.within(() -> plans.inUse())).hasSize(1);
        }
    }

    private static RestoreDrill drill(String number, Snapshot snapshot, String by) {
        return new RestoreDrill(
                number,
                new RestoreDrill.Asked(
                        null,
                        "{}",
                        snapshot,
                        "shop",
                        Choice.NAMED,
                        null,
                        false,
                        Duration.ZERO,
                        false,
                        "",
                        null),
                RestoreDrill.Started.byHand(by),
                new RestoreDrill.Promise("1-x", Duration.ofHours(4), Duration.ofHours(1)),
                NOW);
    }

    private interface Work {
        boolean in(OutsideAServer.Session session);
    }

    private List<Boolean> atOnce(int many, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(many);
        CyclicBarrier start = new CyclicBarrier(many);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                calls.add(
                        () -> {
                            try (OutsideAServer.Session session = catalog.session()) {
                                start.await();
                                return work.in(session);
                            }
                        });
            }
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    private UUID user() {
        try (OutsideAServer.Session session = catalog.session()) {
            Users users = session.with(new CatalogUsers());
            User user = new User("olga", "x", Role.ADMIN, NOW);
            session.within(
                    () -> {
                        users.add(user);
                        users.put(new TotpDevice(user.id(), "sealed", NOW));
                    });
            return user.id();
        }
    }

    private UUID target() {
        try (OutsideAServer.Session session = catalog.session()) {
            TargetEnvironment target =
                    new TargetEnvironment(
                            "staging",
                            Origin.CONFIGURATION,
                            "x",
                            null,
                            TargetEnvironment.Rules.standard(false));
            session.within(() -> session.with(new CatalogTargets()).add(target));
            return target.id();
        }
    }

    private Snapshot snapshot() {
        try (OutsideAServer.Session session = catalog.session()) {
            Source source = new Source("shop", Origin.CONFIGURATION, "x", null);
            BackupRun run =
                    new BackupRun(source, "olga", DumpFormat.CUSTOM, RowProof.OFF, "x", NOW);
            Snapshot snapshot =
                    new Snapshot(run, new ObjectKey("shop/" + run.id()), NOW, 10, 5, 15, "{}", NOW);
            snapshot.verified(NOW);
            session.within(() -> session.with(new CatalogSources()).add(source));
            session.within(() -> session.with(new CatalogRuns()).add(run));
            session.within(() -> session.with(new CatalogSnapshots()).add(snapshot));
            return snapshot;
        }
    }

    private static RestoreRequest request(Snapshot snapshot, TargetEnvironment target) {
        return new RestoreRequest(
                snapshot,
                target,
                new RestoreRequest.Plan(
                        RestoreMode.ASIDE_SWAP, false, false, null, null, List.of()),
                "olga",
                NOW);
    }
}
