package org.holdfast.domain.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.domain.drill.DrillState.ABORTED;
import static org.holdfast.domain.drill.DrillState.FAILED;
import static org.holdfast.domain.drill.DrillState.PARTIAL;
import static org.holdfast.domain.drill.DrillState.PASSED;
import static org.holdfast.domain.drill.DrillState.PLANNED;
import static org.holdfast.domain.drill.DrillState.REVIEWED;
import static org.holdfast.domain.drill.DrillState.RUNNING;
import static org.holdfast.domain.drill.DrillState.SIGNED_OFF;
import static org.holdfast.domain.snapshot.Samples.NOON;

import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Samples;
import org.holdfast.domain.snapshot.Snapshot;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RestoreDrillTest {
    private static final Sha256 RECORD = Sha256.of("record");
    private static final Instant LATER = NOON.plus(Duration.ofHours(3));

    @Test
    void only_the_decided_moves_are_allowed() {
        Set<DrillState> ends = EnumSet.of(PASSED, PARTIAL, FAILED, ABORTED);
        Map<DrillState, Set<DrillState>> allowed = new EnumMap<>(DrillState.class);
        allowed.put(PLANNED, EnumSet.of(RUNNING, FAILED, ABORTED));
        allowed.put(RUNNING, ends);
        ends.forEach(end -> allowed.put(end, EnumSet.of(REVIEWED, SIGNED_OFF)));
        allowed.put(REVIEWED, EnumSet.of(SIGNED_OFF, PASSED, PARTIAL, FAILED, ABORTED));
        for (DrillState from : DrillState.values()) {
            for (DrillState to : DrillState.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(allowed.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Nested
    class Verdicts {
        private final Set<CheckKind> demanded = EnumSet.of(CheckKind.RESTORED, CheckKind.CONTENT);

        @Test
        void all_that_was_demanded_passed() {
            assertThat(verdict(passed(CheckKind.RESTORED), passed(CheckKind.CONTENT)))
                    .isEqualTo(DrillVerdict.PASSED);
        }

        @Test
        void one_failed_check_fails_it_demanded_or_not() {
            assertThat(
                            verdict(
                                    passed(CheckKind.RESTORED),
                                    passed(CheckKind.CONTENT),
                                    check(CheckKind.INDEXES, false, DrillCheck.Verdict.FAILED)))
                    .isEqualTo(DrillVerdict.FAILED);
        }

        @Test
        void a_demanded_check_that_was_not_run_leaves_it_partial() {
            assertThat(
                            verdict(
                                    passed(CheckKind.RESTORED),
                                    check(CheckKind.CONTENT, true, DrillCheck.Verdict.NOT_RUN)))
                    .isEqualTo(DrillVerdict.PARTIAL);
        }

        @Test
        void a_demanded_check_that_warns_leaves_it_partial() {
            assertThat(
                            verdict(
                                    passed(CheckKind.RESTORED),
                                    check(CheckKind.CONTENT, true, DrillCheck.Verdict.WARNED)))
                    .isEqualTo(DrillVerdict.PARTIAL);
        }

        @Test
        void a_demanded_check_that_nobody_made_leaves_it_partial() {
            assertThat(verdict(passed(CheckKind.RESTORED))).isEqualTo(DrillVerdict.PARTIAL);
            assertThat(DrillVerdict.of(List.of(), Set.of())).isEqualTo(DrillVerdict.PARTIAL);
        }

        @Test
        void what_was_not_demanded_may_warn() {
            assertThat(
                            verdict(
                                    passed(CheckKind.RESTORED),
                                    passed(CheckKind.CONTENT),
                                    check(CheckKind.RPO, false, DrillCheck.Verdict.WARNED),
                                    check(CheckKind.AMCHECK, false, DrillCheck.Verdict.NOT_RUN)))
                    .isEqualTo(DrillVerdict.PASSED);
        }

        private DrillVerdict verdict(DrillCheck... checks) {
            return DrillVerdict.of(List.of(checks), demanded);
        }

        private DrillCheck passed(CheckKind kind) {
            return check(kind, true, DrillCheck.Verdict.PASSED);
        }

        private DrillCheck check(CheckKind kind, boolean demanded, DrillCheck.Verdict verdict) {
            return new DrillCheck(
                    kind, "it", "text", demanded, "yes", "no", verdict, Duration.ZERO);
        }
    }

    @Nested
    class Asking {
        @Test
        void keeps_what_it_was_asked_for() {
            RestoreDrill drill = planned();

            assertThat(drill.status()).isEqualTo(PLANNED);
            assertThat(drill.place()).isEqualTo(DrillPlace.THROWAWAY);
            assertThat(drill.executor()).isEqualTo("olga");
            assertThat(drill.verdict()).isNull();
            assertThat(drill.dataAge()).isEmpty();
        }

        @Test
        void for_a_production_target_is_refused() {
            assertThatThrownBy(() -> drill(Samples.verified(), target(true), false))
                    .isInstanceOf(Refused.class)
                    .hasMessage("Target live is marked production; a drill never goes there.");
        }

        @Test
        void for_a_suspect_backup_is_refused() {
            Snapshot snapshot = Samples.verified();
            snapshot.suspect("a hash differs");

            assertThatThrownBy(() -> drill(snapshot, null, false))
                    .isInstanceOf(Refused.class)
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("DRILL-SUSPECT");
        }

        @Test
        void to_be_kept_for_more_than_a_week_is_refused() {
            assertThatThrownBy(
                            () ->
                                    new RestoreDrill(
                                            "D-2026-1",
                                            asked(
                                                    Samples.verified(),
                                                    null,
                                                    false,
                                                    Duration.ofDays(8)),
                                            RestoreDrill.Started.byHand("olga"),
                                            promise(),
                                            NOON))
                    .hasMessage("A drill's place cannot be kept for 11520 minutes.");
        }
    }

    @Nested
    class Ending {
        @Test
        void a_waiting_one_is_cancelled_at_once() {
            RestoreDrill drill = planned();

            drill.cancel("ada", LATER);

            assertThat(drill.status()).isEqualTo(ABORTED);
            assertThat(drill.verdict()).isEqualTo(DrillVerdict.ABORTED);
            assertThat(drill.failureReason()).isEqualTo("ada cancelled it before it began.");
        }

        @Test
        void a_running_one_is_cancelled_when_its_worker_notices() {
            RestoreDrill drill = running(false);

            drill.cancel("ada", LATER);

            assertThat(drill.status()).isEqualTo(RUNNING);
            assertThat(drill.cancelRequested()).isTrue();
        }

        @Test
        void an_ended_one_cannot_be_cancelled() {
            RestoreDrill drill = ended(false);

            assertThatThrownBy(() -> drill.cancel("ada", LATER))
                    .hasMessage("Drill D-2026-1 is PASSED; there is nothing to cancel.");
            assertThat(drill.cancelRequested()).isFalse();
        }

        @Test
        void the_age_of_the_data_counts_from_the_snapshot() {
            RestoreDrill drill = running(false);

            drill.began(LATER);

            assertThat(drill.dataAge()).contains(Duration.ofHours(3));
        }

        @Test
        void its_record_is_to_be_sealed_at_its_end_and_once_its_place_is_gone() {
            assertThat(running(false).unsealed(Optional.empty())).isFalse();

            RestoreDrill drill = ended(false);
            assertThat(drill.unsealed(Optional.empty())).isTrue();
            assertThat(drill.unsealed(Optional.of(LATER))).isFalse();

            drill.destroyed("gone", LATER.plusSeconds(1));
            assertThat(drill.unsealed(Optional.of(LATER))).isTrue();
            assertThat(drill.unsealed(Optional.of(LATER.plusSeconds(1)))).isFalse();
        }

        @Test
        void nothing_kept_is_nothing_to_destroy() {
            RestoreDrill drill = ended(false);

            assertThatThrownBy(() -> drill.requestDestroy("ada"))
                    .hasMessage("Drill D-2026-1 has left nothing that could be destroyed.");
        }
    }

    @Nested
    class SigningOff {
        @Test
        void by_the_requester_is_refused_and_changes_nothing() {
            RestoreDrill drill = ended(false);

            assertThatThrownBy(() -> accept(drill, SignOff.Step.SIGN_OFF, "olga"))
                    .hasMessage("You cannot review or sign off your own drill.");
            assertThat(drill.status()).isEqualTo(PASSED);
        }

        @Test
        void by_another_person_ends_it_and_keeps_the_verdict() {
            RestoreDrill drill = ended(false);

            SignOff said = accept(drill, SignOff.Step.SIGN_OFF, "ada");

            assertThat(drill.status()).isEqualTo(SIGNED_OFF);
            assertThat(drill.verdict()).isEqualTo(DrillVerdict.PASSED);
            assertThat(said.record()).isEqualTo(RECORD);
            assertThatThrownBy(() -> accept(drill, SignOff.Step.SIGN_OFF, "eve"))
                    .hasMessage("Drill D-2026-1 is signed off.");
        }

        @Test
        void before_its_end_is_refused() {
            assertThatThrownBy(() -> accept(running(false), SignOff.Step.REVIEW, "ada"))
                    .hasMessage("Drill D-2026-1 is RUNNING; it has no result yet.");
        }

        @Test
        void where_two_are_asked_for_a_review_comes_first_by_somebody_else() {
            RestoreDrill drill = ended(true);

            assertThatThrownBy(() -> accept(drill, SignOff.Step.SIGN_OFF, "ada"))
                    .hasMessageContaining("nobody has reviewed it yet");
            accept(drill, SignOff.Step.REVIEW, "ada");
            assertThat(drill.status()).isEqualTo(REVIEWED);
            assertThatThrownBy(() -> accept(drill, SignOff.Step.SIGN_OFF, "ada"))
                    .hasMessageContaining("somebody else has to sign it off");
            accept(drill, SignOff.Step.SIGN_OFF, "eve");
            assertThat(drill.status()).isEqualTo(SIGNED_OFF);
        }

        @Test
        void it_knows_who_is_to_say_what_next() {
            RestoreDrill drill = ended(true);
            assertThat(drill.nextStep()).isEqualTo(SignOff.Step.REVIEW);
            assertThat(drill.ownOf("olga")).isTrue();
            assertThat(drill.waitsForOtherThan("anna")).isFalse();

            drill.judge(
                    SignOff.Step.REVIEW,
                    SignOff.Decision.ACCEPTED,
                    "anna",
                    "",
                    Sha256.of("record"),
                    LATER);

            assertThat(drill.nextStep()).isEqualTo(SignOff.Step.SIGN_OFF);
            assertThat(drill.waitsForOtherThan("anna")).isTrue();
            assertThat(drill.waitsForOtherThan("berta")).isFalse();
            assertThat(ended(false).nextStep()).isEqualTo(SignOff.Step.SIGN_OFF);
        }

        @Test
        void a_trial_is_signed_by_nobody() {
            RestoreDrill drill =
                    new RestoreDrill(
                            "D-2026-1",
                            asked(Samples.verified(), null, false, Duration.ZERO),
                            RestoreDrill.Started.trial("olga"),
                            promise(),
                            NOON);
            claimed(drill);
            drill.judged(DrillVerdict.PASSED, Duration.ofMinutes(3), null, LATER);

            assertThatThrownBy(
                            () ->
                                    drill.judge(
                                            SignOff.Step.SIGN_OFF,
                                            SignOff.Decision.ACCEPTED,
                                            "anna",
                                            "",
                                            Sha256.of("record"),
                                            LATER))
                    .hasMessage("Drill D-2026-1 is a trial; nobody signs it.");
            assertThat(drill.status()).isEqualTo(DrillState.PASSED);
        }

        @Test
        void a_rejection_says_why_and_sends_it_back_to_its_verdict() {
            RestoreDrill drill = ended(true);
            accept(drill, SignOff.Step.REVIEW, "ada");

            assertThatThrownBy(() -> reject(drill, " "))
                    .hasMessageContaining("A rejection needs a comment");
            SignOff said = reject(drill, "The log is cut off.");

            assertThat(said.decision()).isEqualTo(SignOff.Decision.REJECTED);
            assertThat(drill.status()).isEqualTo(PASSED);
            assertThat(drill.reviewedBy()).isNull();
        }

        private SignOff accept(RestoreDrill drill, SignOff.Step step, String by) {
            return drill.judge(step, SignOff.Decision.ACCEPTED, by, "", RECORD, LATER);
        }

        private SignOff reject(RestoreDrill drill, String why) {
            return drill.judge(
                    SignOff.Step.SIGN_OFF, SignOff.Decision.REJECTED, "eve", why, RECORD, LATER);
        }
    }

    @Nested
    class Issues {
        private final DrillIssue.Wording words =
                new DrillIssue.Wording(
                        "Orders are empty",
                        "KEY_TABLES",
                        "olga",
                        LocalDate.parse("2026-12-01"),
                        "");

        @Test
        void an_issue_needs_an_owner_and_a_day() {
            assertThatThrownBy(() -> new DrillIssue.Wording("t", "", " ", LocalDate.EPOCH, ""))
                    .hasMessage("An issue needs an owner.");
            assertThatThrownBy(() -> new DrillIssue.Wording("t", "", "olga", null, ""))
                    .hasMessage("An issue needs a due date.");
        }

        @Test
        void an_issue_is_closed_once_with_what_was_done() {
            DrillIssue issue = new DrillIssue(ended(false), words, "ada", LATER);

            assertThatThrownBy(() -> issue.close("ada", "", LATER))
                    .hasMessage("An issue needs a resolution.");
            issue.close("ada", "The dump's filter is mended.", LATER);

            assertThat(issue.open()).isFalse();
            assertThatThrownBy(() -> issue.reword(words))
                    .hasMessageStartingWith("This issue was closed by ada");
        }
    }

    @Nested
    class Checking {
        @Test
        void what_is_demanded_has_to_be_told() {
            assertThatThrownBy(() -> demanding(CheckKind.KEY_TABLES))
                    .hasMessage("The plan demands the check KEY_TABLES, but no table is named.");
            assertThatThrownBy(() -> demanding(CheckKind.SMOKE_TEST))
                    .hasMessage("The plan demands the check SMOKE_TEST, but no command is named.");
        }

        @Test
        void that_it_was_restored_is_always_demanded() {
            assertThat(demanding(CheckKind.CONTENT).demanded())
                    .containsExactlyInAnyOrder(CheckKind.RESTORED, CheckKind.CONTENT);
        }

        @Test
        void a_window_belongs_to_a_random_choice() {
            assertThat(new Choice(Choice.Kind.RANDOM, 30).windowDays()).isEqualTo(30);
            assertThatThrownBy(() -> new Choice(Choice.Kind.RANDOM, 0)).isInstanceOf(Refused.class);
            assertThatThrownBy(() -> new Choice(Choice.Kind.LATEST, 30))
                    .isInstanceOf(Refused.class);
        }

        private CheckPlan demanding(CheckKind kind) {
            CheckPlan s = CheckPlan.STANDARD;
            return new CheckPlan(
                    EnumSet.of(kind),
                    s.keyTables(),
                    s.securedTables(),
                    s.migrations(),
                    s.roles(),
                    s.verificationSql(),
                    s.smokeTest(),
                    s.canary(),
                    s.amcheck(),
                    s.limit());
        }
    }

    private static RestoreDrill planned() {
        return drill(Samples.verified(), null, false);
    }

    private static RestoreDrill running(boolean secondReviewer) {
        RestoreDrill drill = drill(Samples.verified(), null, secondReviewer);
        claimed(drill);
        return drill;
    }

    private static RestoreDrill ended(boolean secondReviewer) {
        RestoreDrill drill = running(secondReviewer);
        drill.judged(DrillVerdict.PASSED, Duration.ofMinutes(3), null, LATER);
        return drill;
    }

    private static RestoreDrill drill(
            Snapshot snapshot, TargetEnvironment target, boolean secondReviewer) {
        return new RestoreDrill(
                "D-2026-1",
                asked(snapshot, target, secondReviewer, Duration.ZERO),
                RestoreDrill.Started.byHand("olga"),
                promise(),
                NOON);
    }

    private static RestoreDrill.Asked asked(
            Snapshot snapshot, TargetEnvironment target, boolean secondReviewer, Duration keep) {
        return new RestoreDrill.Asked(
                null,
                "{}",
                snapshot,
                "shop",
                Choice.NAMED,
                target,
                false,
                keep,
                secondReviewer,
                "",
                "");
    }

    private static RestoreDrill.Promise promise() {
        return new RestoreDrill.Promise("1-abc", Duration.ofHours(4), Duration.ofHours(1));
    }

    private static TargetEnvironment target(boolean production) {
        return new TargetEnvironment(
                production ? "live" : "staging",
                Origin.CONFIGURATION,
                "postgresql://u:***@db/shop",
                null,
                TargetEnvironment.Rules.standard(production));
    }

    /** What the lease writes with SQL. */
    private static void claimed(RestoreDrill drill) {
        try {
            Field status = RestoreDrill.class.getDeclaredField("status");
            status.setAccessible(true);
            status.set(drill, RUNNING);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
