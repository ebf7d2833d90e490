package org.holdfast.domain.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.domain.restore.RestoreState.AWAITING_APPROVAL;
import static org.holdfast.domain.restore.RestoreState.CANCELLED;
import static org.holdfast.domain.restore.RestoreState.COMPLETED;
import static org.holdfast.domain.restore.RestoreState.FAILED;
import static org.holdfast.domain.restore.RestoreState.QUEUED;
import static org.holdfast.domain.restore.RestoreState.REJECTED;
import static org.holdfast.domain.restore.RestoreState.RUNNING;
import static org.holdfast.domain.restore.RestoreState.UNDONE;
import static org.holdfast.domain.snapshot.Samples.NOON;

import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Samples;
import org.holdfast.domain.snapshot.Snapshot;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RestoreRequestTest {
    private static final Instant KEPT = NOON.plus(Duration.ofHours(72));
    private static final Instant LATER = KEPT.plus(Duration.ofHours(72));

    @Test
    void only_the_decided_moves_are_allowed() {
        Map<RestoreState, Set<RestoreState>> allowed = new EnumMap<>(RestoreState.class);
        allowed.put(AWAITING_APPROVAL, EnumSet.of(QUEUED, REJECTED, CANCELLED));
        allowed.put(QUEUED, EnumSet.of(RUNNING, CANCELLED));
        allowed.put(RUNNING, EnumSet.of(COMPLETED, FAILED, CANCELLED));
        allowed.put(COMPLETED, EnumSet.of(UNDONE));
        for (RestoreState from : RestoreState.values()) {
            for (RestoreState to : RestoreState.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(allowed.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Test
    void what_waits_or_works_holds_its_target() {
        assertThat(RestoreState.values())
                .filteredOn(RestoreState::active)
                .containsExactlyInAnyOrder(AWAITING_APPROVAL, QUEUED, RUNNING);
    }

    @Nested
    class Asking {
        @Test
        void for_a_verified_snapshot_queues_it() {
            assertThat(request(staging(), swap()).status()).isEqualTo(QUEUED);
        }

        @Test
        void for_an_unverified_snapshot_is_refused() {
            Snapshot snapshot = Samples.uploaded();

            assertThatThrownBy(() -> new RestoreRequest(snapshot, staging(), swap(), "olga", NOON))
                    .hasMessage("Snapshot " + snapshot.id() + " is UPLOADED, not verified.")
                    .extracting(e -> ((Refused) e).code(), e -> ((Refused) e).remedy())
                    .containsExactly(
                            "RESTORE-UNVERIFIED",
                            "Restore a VERIFIED snapshot, or have this one verified first.");
        }

        @Test
        void for_a_shrunken_snapshot_is_refused_unless_that_is_acknowledged() {
            Snapshot snapshot = Samples.verified();
            snapshot.shrunk("0 rows where 100 are usual");
            RestoreRequest.Plan knowing =
                    new RestoreRequest.Plan(
                            RestoreMode.ASIDE_SWAP,
                            false,
                            false,
                            null,
                            null,
                            List.of(RestoreRequest.SHRUNKEN));

            assertThatThrownBy(() -> new RestoreRequest(snapshot, staging(), swap(), "olga", NOON))
                    .hasMessage(
                            "Snapshot "
                                    + snapshot.id()
                                    + " is SUSPECT: it has 0 rows where 100 are usual.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-SUSPECT");
            assertThat(new RestoreRequest(snapshot, staging(), knowing, "olga", NOON).status())
                    .isEqualTo(QUEUED);

            snapshot.suspect("hash differs in store s3");
            assertThatThrownBy(() -> new RestoreRequest(snapshot, staging(), knowing, "olga", NOON))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-UNVERIFIED");
        }

        @Test
        void for_a_retired_target_is_refused() {
            TargetEnvironment target = staging();
            target.retire();

            assertThatThrownBy(() -> request(target, swap()))
                    .hasMessage("Target staging is retired.");
        }

        @Test
        void for_a_target_of_four_eyes_waits_for_the_second_pair() {
            assertThat(request(production(), swap()).status()).isEqualTo(AWAITING_APPROVAL);
        }

        @Test
        void for_a_dry_run_needs_no_second_person_and_no_permission_for_its_mode() {
            RestoreRequest.Plan dry =
                    new RestoreRequest.Plan(
                            RestoreMode.IN_PLACE_CLEAN, true, false, null, null, List.of());

            assertThat(request(production(), dry).status()).isEqualTo(QUEUED);
        }

        @Test
        void for_a_restore_in_place_where_the_target_does_not_allow_it_is_refused() {
            RestoreRequest.Plan plan =
                    new RestoreRequest.Plan(
                            RestoreMode.IN_PLACE_SCHEMA, false, false, null, null, List.of());

            assertThatThrownBy(() -> request(staging(), plan))
                    .hasMessage("Target staging does not allow restores in place.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-MODE");
        }
    }

    @Nested
    class ThePlansHash {
        private final Snapshot snapshot = Samples.verified();
        private final TargetEnvironment target = staging();

        private String of(RestoreRequest.Plan plan, String by) {
            return new RestoreRequest(snapshot, target, plan, by, NOON).planHash();
        }

        @Test
        void is_the_same_for_the_same_plan_at_another_time() {
            assertThat(of(swap(), "olga"))
                    .isEqualTo(
                            new RestoreRequest(
                                            snapshot, target, swap(), "olga", NOON.plusSeconds(9))
                                    .planHash());
        }

        @Test
        void changes_with_every_part_of_the_plan() {
            RestoreMode mode = RestoreMode.ASIDE_SWAP;
            List<String> list = List.of("owner-told");
            assertThat(
                            List.of(
                                    of(swap(), "olga"),
                                    of(swap(), "otto"),
                                    of(plan(RestoreMode.NEW_NAME, false, false, "x", "y", list)),
                                    of(plan(RestoreMode.NEW_NAME, false, false, "z", "y", list)),
                                    of(plan(mode, true, false, null, "y", list)),
                                    of(plan(mode, false, true, null, "y", list)),
                                    of(plan(mode, false, false, null, "other", list)),
                                    of(plan(mode, false, false, null, "y", List.of())),
                                    of(
                                            new RestoreRequest.Plan(
                                                    mode,
                                                    false,
                                                    false,
                                                    null,
                                                    "y",
                                                    list,
                                                    List.of("orders: 3 rows")))))
                    .doesNotHaveDuplicates();
        }

        @Test
        void of_the_decision_alone_is_the_same_however_many_rows_are_counted() {
            RestoreRequest.Plan few = counted(112, "owner-told");
            RestoreRequest.Plan more = counted(113, "owner-told");
            assertThat(few.lost()).isNotEqualTo(more.lost());
            assertThat(of(few)).isNotEqualTo(of(more));
            assertThat(decision(few, "olga")).isEqualTo(decision(more, "olga"));
        }

        @Test
        void of_the_decision_alone_changes_with_all_that_is_decided() {
            RestoreMode mode = RestoreMode.ASIDE_SWAP;
            List<String> list = List.of("owner-told");
            assertThat(
                            List.of(
                                    decision(counted(112, "owner-told"), "olga"),
                                    decision(counted(112, "owner-told"), "otto"),
                                    decision(counted(112, "other"), "olga"),
                                    decision(plan(mode, true, false, null, "y", list), "olga"),
                                    decision(plan(mode, false, true, null, "y", list), "olga"),
                                    decision(plan(mode, false, false, "x", "y", list), "olga"),
                                    decision(plan(mode, false, false, null, "z", list), "olga"),
                                    RestoreRequest.decisionHash(
                                            snapshot,
                                            production(),
                                            counted(112, "owner-told"),
                                            "olga"),
                                    RestoreRequest.decisionHash(
                                            Samples.verified(),
                                            target,
                                            counted(112, "owner-told"),
                                            "olga")))
                    .doesNotHaveDuplicates();
        }

        private String decision(RestoreRequest.Plan plan, String by) {
            return RestoreRequest.decisionHash(snapshot, target, plan, by);
        }

        private RestoreRequest.Plan counted(long orders, String acknowledged) {
            Impact impact = ImpactTest.counting(snapshot, target, orders);
            return new RestoreRequest.Plan(
                    RestoreMode.ASIDE_SWAP,
                    false,
                    false,
                    null,
                    "y",
                    List.of(acknowledged),
                    impact.lost(RestoreMode.ASIDE_SWAP, false));
        }

        private String of(RestoreRequest.Plan plan) {
            return of(plan, "olga");
        }

        private static RestoreRequest.Plan plan(
                RestoreMode mode,
                boolean dry,
                boolean globals,
                String name,
                String reason,
                List<String> list) {
            return new RestoreRequest.Plan(mode, dry, globals, name, reason, list);
        }
    }

    @Nested
    class Approval {
        private final RestoreRequest request = request(production(), swap());

        @Test
        void by_the_requester_is_refused_and_changes_nothing() {
            assertThatThrownBy(() -> request.approve("olga", NOON))
                    .hasMessage("You cannot approve your own restore request.")
                    .extracting(e -> ((Refused) e).code(), e -> ((Refused) e).remedy())
                    .containsExactly(
                            "RESTORE-4EYES",
                            "Ask another ADMIN to open request " + request.id() + ".");
            assertThat(request.status()).isEqualTo(AWAITING_APPROVAL);
            assertThat(request.approvedBy()).isNull();
        }

        @Test
        void by_another_queues_it() {
            request.approve("otto", NOON);

            assertThat(request.status()).isEqualTo(QUEUED);
            assertThat(request.approvedBy()).isEqualTo("otto");
            assertThat(request.approvedAt()).isEqualTo(NOON);
        }

        @Test
        void of_what_does_not_wait_is_refused() {
            request.approve("otto", NOON);

            assertThatThrownBy(() -> request.approve("ute", NOON))
                    .hasMessage(
                            "Restore "
                                    + request.id()
                                    + " is QUEUED; it does not wait for an approval.");
            assertThat(request.approvedBy()).isEqualTo("otto");
        }

        @Test
        void denied_ends_it_with_the_reason() {
            request.reject("otto", "not on a Friday", NOON);

            assertThat(request.status()).isEqualTo(REJECTED);
            assertThat(request.failureReason()).isEqualTo("otto rejected it: not on a Friday");
            assertThat(request.finishedAt()).isEqualTo(NOON);
        }
    }

    @Nested
    class WaitingForASecondPerson {
        private static final BreakGlass GLASS =
                new BreakGlass("BREAK GLASS production", "Otto is on a plane until noon");

        @Test
        void needs_a_reason() {
            RestoreRequest.Plan silent =
                    new RestoreRequest.Plan(
                            RestoreMode.ASIDE_SWAP, false, false, null, " ", List.of());

            assertThatThrownBy(() -> request(production(), silent))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-REASON");
            assertThat(request(staging(), silent).status()).isEqualTo(QUEUED);
        }

        @Test
        void ends_after_the_targets_time_and_not_before() {
            RestoreRequest request = request(production(), swap());
            Instant end = NOON.plus(Duration.ofHours(24));

            assertThat(request.approvalUntil()).isEqualTo(end);
            assertThat(request.expire(end.minusNanos(1))).isFalse();
            assertThatThrownBy(() -> request.approve("otto", end))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-EXPIRED");
            assertThat(request.expire(end)).isTrue();
            assertThat(request.expire(end)).isFalse();

            assertThat(request.status()).isEqualTo(REJECTED);
            assertThat(request.failureCode()).isEqualTo("RESTORE-EXPIRED");
            assertThat(request.failureReason())
                    .isEqualTo("expired: nobody approved it until " + end);
        }

        @Test
        void ends_on_one_persons_word_only_with_broken_glass() {
            RestoreRequest request = request(production(), swap());

            assertThatThrownBy(
                            () ->
                                    request.breakGlass(
                                            "olga",
                                            "production",
                                            new BreakGlass("BREAK GLASS staging", GLASS.reason()),
                                            NOON))
                    .hasMessage("The phrase to break the glass does not match.");
            assertThat(request.status()).isEqualTo(AWAITING_APPROVAL);
            request.breakGlass("olga", "production", GLASS, NOON);

            assertThat(request.status()).isEqualTo(QUEUED);
            assertThat(request.breakGlass()).isTrue();
            assertThat(request.breakGlassBy()).isEqualTo("olga");
            assertThat(request.breakGlassReason()).isEqualTo(GLASS.reason());
            assertThat(request.approvedBy()).isNull();
        }

        @Test
        void holds_for_the_plan_that_was_asked_for_and_no_other() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = production();
            RestoreRequest request = new RestoreRequest(snapshot, target, swap(), "olga", NOON);

            request.approve("otto", NOON);
            request.requireStill(snapshot, target, true);
            target.follow("postgresql://r:***@elsewhere:5432/shop", null, target.rules());

            assertThatThrownBy(() -> request.requireStill(snapshot, target, true))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-PLAN-CHANGED");
        }

        @Test
        void does_not_go_in_place_where_the_target_no_longer_allows_it() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = production();
            target.follow(target.redactedUrl(), null, inPlace(true));
            RestoreRequest request =
                    new RestoreRequest(snapshot, target, inPlace(false, List.of()), "olga", NOON);
            RestoreRequest rehearsal =
                    new RestoreRequest(snapshot, target, inPlace(true, List.of()), "olga", NOON);

            request.approve("otto", NOON);
            request.requireStill(snapshot, target, true);
            target.follow(target.redactedUrl(), null, inPlace(false));

            assertThatThrownBy(() -> request.requireStill(snapshot, target, true))
                    .hasMessage("Target production does not allow restores in place.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-MODE");
            rehearsal.requireStill(snapshot, target, true);
        }

        @Test
        void is_needed_too_where_the_target_asks_for_one_only_since_it_was_asked_for() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = staging();
            RestoreRequest request = new RestoreRequest(snapshot, target, swap(), "olga", NOON);
            RestoreRequest rehearsal =
                    new RestoreRequest(snapshot, target, inPlace(true, List.of()), "olga", NOON);
            request.requireStill(snapshot, target, false);

            target.follow(target.redactedUrl(), null, secondPerson());

            assertThatThrownBy(() -> request.requireStill(snapshot, target, false))
                    .hasMessage(
                            "Target staging asks for a second person by now, and nobody approved"
                                    + " restore "
                                    + request.id()
                                    + ".")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-UNAPPROVED");
            rehearsal.requireStill(snapshot, target, false);
        }

        @Test
        void with_broken_glass_is_enough_later_too() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = production();
            RestoreRequest request = new RestoreRequest(snapshot, target, swap(), "olga", NOON);

            request.breakGlass("olga", "production", GLASS, NOON);

            request.requireStill(snapshot, target, true);
        }

        @Test
        void does_not_go_into_production_that_was_closed_meanwhile() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = production();
            RestoreRequest request = new RestoreRequest(snapshot, target, swap(), "olga", NOON);
            RestoreRequest rehearsal =
                    new RestoreRequest(snapshot, target, inPlace(true, List.of()), "olga", NOON);
            request.approve("otto", NOON);

            assertThatThrownBy(() -> request.requireStill(snapshot, target, false))
                    .hasMessage(
                            "Target production is marked production and ALLOW_DB_RESTORE is not"
                                    + " true.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-PRODUCTION");
            rehearsal.requireStill(snapshot, target, false);
        }

        @Test
        void does_not_hold_for_a_target_that_was_marked_as_production_meanwhile() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = staging();
            RestoreRequest request = new RestoreRequest(snapshot, target, swap(), "olga", NOON);

            target.follow(
                    target.redactedUrl(),
                    null,
                    new TargetEnvironment.Rules(
                            true,
                            false,
                            false,
                            TargetEnvironment.KEPT_BY_DEFAULT,
                            List.of(),
                            Duration.ofMinutes(10)));

            assertThatThrownBy(() -> request.requireStill(snapshot, target, true))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-PLAN-CHANGED");
        }

        @Test
        void does_not_bring_back_what_was_found_broken_or_shrunken_meanwhile() {
            Snapshot broken = Samples.verified();
            Snapshot shrunken = Samples.verified();
            RestoreRequest ofBroken = new RestoreRequest(broken, staging(), swap(), "olga", NOON);
            TargetEnvironment target = staging();
            RestoreRequest ofShrunken = new RestoreRequest(shrunken, target, swap(), "olga", NOON);

            broken.suspect("An object is cut.");
            shrunken.shrunk("2 rows, 900 before");

            assertThatThrownBy(() -> ofBroken.requireStill(broken, staging(), false))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-UNVERIFIED");
            assertThatThrownBy(() -> ofShrunken.requireStill(shrunken, target, false))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-SUSPECT");
        }

        @Test
        void does_not_go_into_a_target_that_was_retired_meanwhile() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = staging();
            RestoreRequest request = new RestoreRequest(snapshot, target, swap(), "olga", NOON);

            target.retire();

            assertThatThrownBy(() -> request.requireStill(snapshot, target, false))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("TARGET-RETIRED");
        }

        @Test
        void is_of_the_checklist_as_it_was_sent_line_by_line() {
            Snapshot snapshot = Samples.verified();
            TargetEnvironment target = staging();
            RestoreRequest request =
                    new RestoreRequest(
                            snapshot,
                            target,
                            new RestoreRequest.Plan(
                                    RestoreMode.ASIDE_SWAP,
                                    false,
                                    false,
                                    null,
                                    "y",
                                    List.of("owner-told", "", "")),
                            "olga",
                            NOON);

            request.requireStill(snapshot, target, false);
        }

        private static TargetEnvironment.Rules secondPerson() {
            return new TargetEnvironment.Rules(
                    false,
                    false,
                    true,
                    TargetEnvironment.KEPT_BY_DEFAULT,
                    List.of(),
                    Duration.ofMinutes(10));
        }

        private static TargetEnvironment.Rules inPlace(boolean allowed) {
            return new TargetEnvironment.Rules(
                    true,
                    allowed,
                    true,
                    TargetEnvironment.KEPT_BY_DEFAULT,
                    List.of(),
                    Duration.ofMinutes(10));
        }

        private static RestoreRequest.Plan inPlace(boolean dryRun, List<String> checklist) {
            return new RestoreRequest.Plan(
                    RestoreMode.IN_PLACE_SCHEMA, dryRun, false, null, "y", checklist);
        }
    }

    @Nested
    class Cancelling {
        @Test
        void ends_a_waiting_one_at_once() {
            RestoreRequest request = request(staging(), swap());

            request.cancel(NOON);

            assertThat(request.status()).isEqualTo(CANCELLED);
            assertThat(request.finishedAt()).isEqualTo(NOON);
        }

        @Test
        void only_asks_a_running_one() {
            RestoreRequest request = running();

            request.cancel(NOON);

            assertThat(request.status()).isEqualTo(RUNNING);
            assertThat(request.cancelRequested()).isTrue();
        }

        @Test
        void of_an_ended_one_is_refused_with_what_can_still_be_done() {
            RestoreRequest request = swapped();

            assertThatThrownBy(() -> request.cancel(NOON))
                    .hasMessage(
                            "Restore "
                                    + request.id()
                                    + " is COMPLETED; there is nothing to cancel.")
                    .extracting(e -> ((Refused) e).remedy())
                    .isEqualTo(
                            "Open it to see its result. A completed swap can be undone while the"
                                    + " old database is kept.");
            assertThat(request.cancelRequested()).isFalse();
        }
    }

    @Nested
    class TheEnd {
        @Test
        void in_success_tells_what_was_kept_and_until_when() {
            RestoreRequest request = swapped();

            assertThat(request.status()).isEqualTo(COMPLETED);
            assertThat(request.result()).isEqualTo("Restored.");
            assertThat(request.keptDatabase()).isEqualTo("shop_before_1");
            assertThat(request.keptUntil()).isEqualTo(KEPT);
            assertThat(request.undoable(NOON)).isTrue();
        }

        @Test
        void in_failure_keeps_the_last_words() {
            RestoreRequest request = running();

            request.finish(new Outcome.Failed("RESTORE-ARCHIVE", "pg_restore: error"), NOON);

            assertThat(request.status()).isEqualTo(FAILED);
            assertThat(request.failureCode()).isEqualTo("RESTORE-ARCHIVE");
            assertThat(request.failureReason()).isEqualTo("pg_restore: error");
            assertThat(request.undoable(NOON)).isFalse();
        }

        @Test
        void comes_only_once() {
            RestoreRequest request = swapped();

            assertThatThrownBy(() -> request.finish(new Outcome.Cancelled("As it was."), NOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Restore " + request.id() + " cannot go from COMPLETED to CANCELLED.");
            assertThat(request.result()).isEqualTo("Restored.");
        }
    }

    @Nested
    class Undo {
        @Test
        void is_asked_for_while_the_old_database_is_kept() {
            RestoreRequest request = swapped();

            request.requestUndo("otto", null, KEPT.minusSeconds(1));
            request.undone("The old database serves again.", "shop_holdfast_1", LATER);

            assertThat(request.status()).isEqualTo(UNDONE);
            assertThat(request.result()).isEqualTo("The old database serves again.");
            assertThat(request.undoRequestedBy()).isNull();
        }

        @Test
        void keeps_what_served_since_which_is_no_leftover_and_cannot_be_undone_again() {
            RestoreRequest request = running();
            request.goesInto("shop_holdfast_1", "7");
            request.finish(new Outcome.Completed("Restored.", "shop_before_1", KEPT, true), NOON);
            request.requestUndo("otto", null, NOON);

            request.undone("Undone.", "shop_holdfast_1", LATER);

            assertThat(request.keptDatabase()).isEqualTo("shop_holdfast_1");
            assertThat(request.keptUntil()).isEqualTo(LATER);
            assertThat(request.asideDatabase()).isNull();
            assertThat(request.undoable(NOON)).isFalse();
            assertThatThrownBy(() -> request.requestUndo("otto", null, NOON))
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-NO-UNDO");
        }

        @Test
        void that_comes_before_the_old_database_is_dropped_still_keeps_what_served_since() {
            RestoreRequest request = swapped();
            request.requestUndo("otto", null, NOON);
            request.undone("Undone.", "shop_holdfast_1", LATER);

            assertThat(request.keptDropped("shop_before_1")).isFalse();
            assertThat(request.keptDatabase()).isEqualTo("shop_holdfast_1");

            assertThat(request.keptDropped("shop_holdfast_1")).isTrue();
            assertThat(request.keptDatabase()).isNull();
            assertThat(request.keptUntil()).isNull();
            assertThat(request.keptDropped("shop_holdfast_1")).isFalse();
        }

        @Test
        void leaves_what_is_kept_with_its_reason_where_it_cannot_be_dropped() {
            RestoreRequest request = swapped();

            assertThat(request.keptStays("shop_before_2", "no answer")).isFalse();
            assertThat(request.keptProblem()).isNull();
            assertThat(request.keptStays("shop_before_1", "no answer")).isTrue();
            assertThat(request.keptStays("shop_before_1", "no answer")).isFalse();
            assertThat(request.keptProblem()).isEqualTo("no answer");

            request.keptDropped("shop_before_1");
            assertThat(request.keptProblem()).isNull();
        }

        @Test
        void knows_the_server_that_has_what_is_left() {
            RestoreRequest before = running();
            RestoreRequest request = running();
            request.goesInto("shop_holdfast_1", "7");

            assertThat(request.leftElsewhere("7")).isFalse();
            assertThat(request.leftElsewhere("8")).isTrue();
            assertThat(before.leftElsewhere("8")).as("nobody wrote down which").isFalse();
        }

        @Test
        void can_be_withdrawn_until_it_begins() {
            RestoreRequest request = swapped();
            UUID token = UUID.randomUUID();
            request.requestUndo("otto", token, NOON);
            assertThat(request.undoRequestedByToken()).isEqualTo(token);
            request.undoWaits("no answer");

            request.cancelUndo();

            assertThat(request.undoRequestedBy()).isNull();
            assertThat(request.undoRequestedByToken()).isNull();
            assertThat(request.failureReason()).isNull();
            assertThat(request.status()).isEqualTo(COMPLETED);
            assertThat(request.undoable(NOON)).isTrue();
            assertThat(request.undoBegins()).as("a worker that had taken it").isFalse();
            assertThatThrownBy(request::cancelUndo)
                    .hasMessage("No undo of restore " + request.id() + " is asked for.");
        }

        @Test
        void that_may_have_begun_is_not_withdrawn_any_more() {
            RestoreRequest request = swapped();
            request.requestUndo("otto", null, NOON);

            assertThat(request.undoBegins()).isTrue();
            request.undoWaits("no answer");

            assertThatThrownBy(request::cancelUndo)
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("UNDO-BEGUN");
            assertThat(request.undoRequestedBy()).isEqualTo("otto");
            request.undoFailed("the name is taken");
            request.requestUndo("otto", null, NOON);
            request.cancelUndo();
        }

        @Test
        void is_refused_when_its_time_is_over() {
            RestoreRequest request = swapped();

            assertThatThrownBy(() -> request.requestUndo("otto", null, KEPT))
                    .hasMessage(
                            "The old database of restore " + request.id() + " is no longer kept.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("RESTORE-UNDO-EXPIRED");
            assertThat(request.undoRequestedBy()).isNull();
        }

        @Test
        void of_what_was_no_swap_is_refused() {
            RestoreRequest request = running();

            assertThatThrownBy(() -> request.requestUndo("otto", null, NOON))
                    .hasMessage(
                            "Restore "
                                    + request.id()
                                    + " cannot be undone: it is RUNNING in mode ASIDE_SWAP.");
        }

        @Test
        void that_could_not_be_done_leaves_the_restore_as_it_was() {
            RestoreRequest request = swapped();
            request.requestUndo("otto", null, NOON);

            request.undoFailed("the name is taken");

            assertThat(request.status()).isEqualTo(COMPLETED);
            assertThat(request.undoable(NOON)).isTrue();
            assertThat(request.failureReason()).isEqualTo("the name is taken");
        }

        @Test
        void that_waits_for_the_server_is_still_asked_for_and_tells_once_why() {
            RestoreRequest request = swapped();
            request.requestUndo("otto", null, NOON);

            assertThat(request.undoWaits("no answer")).isTrue();
            assertThat(request.undoWaits("no answer")).isFalse();

            assertThat(request.status()).isEqualTo(COMPLETED);
            assertThat(request.undoRequestedBy()).isEqualTo("otto");
            assertThat(request.failureReason()).isEqualTo("no answer");

            request.undone("Undone.", "shop_holdfast_1", LATER);
            assertThat(request.failureReason()).isNull();
        }

        @Test
        void that_another_worker_has_done_is_not_told_as_failed_nor_as_waiting() {
            RestoreRequest request = swapped();
            request.requestUndo("otto", null, NOON);
            request.undone("Undone.", "shop_holdfast_1", LATER);

            assertThat(request.undoFailed("its lease had ended")).isFalse();
            assertThat(request.undoWaits("no answer")).isFalse();

            assertThat(request.failureReason()).isNull();
        }

        @Test
        void that_is_asked_for_again_forgets_why_it_failed() {
            RestoreRequest request = swapped();
            request.requestUndo("otto", null, NOON);
            request.undoFailed("the name is taken");

            request.requestUndo("otto", null, NOON);

            assertThat(request.failureReason()).isNull();
        }
    }

    @Nested
    class ARecordByHand {
        @Test
        void was_never_queued() {
            RestoreRequest record =
                    RestoreRequest.byHand(
                            null, staging(), "olga", "psql", NOON, NOON.plusSeconds(60), true);

            assertThat(record.status()).isEqualTo(COMPLETED);
            assertThat(record.manual()).isTrue();
            assertThat(record.result()).isEqualTo("Done by hand, entered by olga.");
            assertThat(record.undoable(NOON)).isFalse();
        }

        @Test
        void that_ends_before_it_begins_is_refused() {
            assertThatThrownBy(
                            () ->
                                    RestoreRequest.byHand(
                                            null,
                                            staging(),
                                            "olga",
                                            "psql",
                                            NOON,
                                            NOON.minusSeconds(1),
                                            true))
                    .hasMessage("The restore by hand ended before it began.");
        }
    }

    @Test
    void a_database_is_kept_from_when_it_loses_the_name_for_as_long_as_the_target_says_then() {
        TargetEnvironment target = staging();
        Instant now = NOON.plusMillis(700);
        assertThat(target.keptUntil(now)).isEqualTo(NOON.plus(Duration.ofHours(72)));

        target.follow(
                "x",
                null,
                new TargetEnvironment.Rules(
                        false,
                        false,
                        false,
                        Duration.ofHours(2),
                        List.of(),
                        Duration.ofMinutes(1)));

        assertThat(target.keptUntil(now)).isEqualTo(NOON.plus(Duration.ofHours(2)));
    }

    @Test
    void a_kept_database_needs_an_hour_at_least() {
        TargetEnvironment.Rules rules =
                new TargetEnvironment.Rules(
                        false,
                        false,
                        false,
                        Duration.ofMinutes(59),
                        List.of(),
                        Duration.ofMinutes(1));

        assertThatThrownBy(() -> staging().follow("x", null, rules))
                .hasMessage(
                        "The old database of target staging must be kept for at least one hour.");
    }

    private static RestoreRequest request(TargetEnvironment target, RestoreRequest.Plan plan) {
        return new RestoreRequest(Samples.verified(), target, plan, "olga", NOON);
    }

    static TargetEnvironment staging() {
        return new TargetEnvironment(
                "staging",
                Origin.CONFIGURATION,
                "postgresql://r:***@db:5432/shop",
                null,
                TargetEnvironment.Rules.standard(false));
    }

    static TargetEnvironment production() {
        return new TargetEnvironment(
                "production",
                Origin.CONFIGURATION,
                "postgresql://r:***@prod:5432/shop",
                null,
                TargetEnvironment.Rules.standard(true));
    }

    private static RestoreRequest.Plan swap() {
        return new RestoreRequest.Plan(
                RestoreMode.ASIDE_SWAP, false, false, null, "y", List.of("owner-told"));
    }

    /** As a worker's claim leaves it, which is one SQL statement. */
    private static RestoreRequest running() {
        RestoreRequest request = request(staging(), swap());
        try {
            Field field = RestoreRequest.class.getDeclaredField("status");
            field.setAccessible(true);
            field.set(request, RUNNING);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        return request;
    }

    private static RestoreRequest swapped() {
        RestoreRequest request = running();
        request.finish(new Outcome.Completed("Restored.", "shop_before_1", KEPT, true), NOON);
        return request;
    }
}
