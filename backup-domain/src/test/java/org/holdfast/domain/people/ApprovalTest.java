package org.holdfast.domain.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.domain.people.ApprovalState.APPROVED;
import static org.holdfast.domain.people.ApprovalState.EXPIRED;
import static org.holdfast.domain.people.ApprovalState.REFUSED_AT_ACT;
import static org.holdfast.domain.people.ApprovalState.REJECTED;
import static org.holdfast.domain.people.ApprovalState.REQUESTED;
import static org.holdfast.domain.people.ApprovalState.WITHDRAWN;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ApprovalTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration DAY = Duration.ofHours(24);
    private static final Approval.Plan PLAN =
            new Approval.Plan(
                    "Change the rules of target live",
                    "target/live",
                    List.of("A second person approves: yes → no"),
                    true);

    private static Approval asked() {
        return new Approval(
                "target.change", "{\"target\":\"1\"}", PLAN, "Moving it", "olga", NOON, DAY);
    }

    private static void refused(String code, ThrowingCallable act) {
        assertThatThrownBy(act)
                .isInstanceOf(Refused.class)
                .extracting(e -> ((Refused) e).code())
                .isEqualTo(code);
    }

    @Test
    void only_what_waits_can_be_decided_and_only_once() {
        for (ApprovalState from : ApprovalState.values()) {
            for (ApprovalState to : ApprovalState.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(from == REQUESTED && to != REQUESTED);
            }
        }
    }

    @Nested
    class Asking {
        @Test
        void needs_a_reason() {
            refused(
                    "APPROVAL-REASON",
                    () -> new Approval("target.change", "{}", PLAN, " \n", "olga", NOON, DAY));
        }

        @Test
        void for_an_operation_that_nobody_knows_is_a_defect() {
            assertThatThrownBy(
                            () -> new Approval("target.chance", "{}", PLAN, "x", "olga", NOON, DAY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("No operation is named target.chance.");
        }

        @Test
        void fixes_every_part_of_the_plan_in_the_hash() {
            String hash = asked().planHash();

            assertThat(
                            List.of(
                                    hashWith("target.change", "{}", PLAN, "Moving it", "olga"),
                                    hashWith(
                                            "totp.reset",
                                            "{\"target\":\"1\"}",
                                            PLAN,
                                            "Moving it",
                                            "olga"),
                                    hashWith(
                                            "target.change",
                                            "{\"target\":\"1\"}",
                                            PLAN,
                                            "Other",
                                            "olga"),
                                    hashWith(
                                            "target.change",
                                            "{\"target\":\"1\"}",
                                            PLAN,
                                            "Moving it",
                                            "ivan"),
                                    hashWith(
                                            "target.change",
                                            "{\"target\":\"1\"}",
                                            new Approval.Plan(
                                                    PLAN.what(), PLAN.subject(), List.of(), true),
                                            "Moving it",
                                            "olga"),
                                    hashWith(
                                            "target.change",
                                            "{\"target\":\"1\"}",
                                            new Approval.Plan(
                                                    PLAN.what(),
                                                    PLAN.subject(),
                                                    PLAN.lines(),
                                                    false),
                                            "Moving it",
                                            "olga")))
                    .doesNotHaveDuplicates()
                    .doesNotContain(hash);
            assertThat(asked().planHash()).isEqualTo(hash);
        }

        private String hashWith(
                String operation, String parameters, Approval.Plan plan, String why, String who) {
            return new Approval(operation, parameters, plan, why, who, NOON, DAY).planHash();
        }

        @Test
        void keeps_each_fact_on_one_line_so_that_no_line_can_be_forged() {
            Approval.Plan plan =
                    new Approval.Plan("a\nb", "target/x", List.of("one\r\nLost: nothing"), false);

            assertThat(plan.what()).isEqualTo("a b");
            assertThat(plan.lines()).containsExactly("one Lost: nothing");
        }
    }

    @Nested
    class Approving {
        @Test
        void by_a_second_person_lets_it_through() {
            Approval approval = asked();

            approval.approve("ivan", () -> PLAN, NOON.plusSeconds(60));

            assertThat(approval.status()).isEqualTo(APPROVED);
            assertThat(approval.decidedBy()).isEqualTo("ivan");
            assertThat(approval.decidedAt()).isEqualTo(NOON.plusSeconds(60));
            assertThat(approval.breakGlass()).isFalse();
        }

        @Test
        void by_the_one_who_asked_is_refused_and_changes_nothing() {
            Approval approval = asked();

            refused("APPROVAL-OWN", () -> approval.approve("olga", () -> PLAN, NOON));
            assertThat(approval.status()).isEqualTo(REQUESTED);
            assertThat(approval.decidedBy()).isNull();
        }

        @Test
        void of_another_plan_than_was_asked_for_is_refused() {
            Approval approval = asked();
            Approval.Plan other =
                    new Approval.Plan(
                            PLAN.what(),
                            PLAN.subject(),
                            List.of("Marked as production: yes → no"),
                            true);

            refused("APPROVAL-PLAN-CHANGED", () -> approval.approve("ivan", () -> other, NOON));
            assertThat(approval.status()).isEqualTo(REQUESTED);
        }

        @Test
        void after_its_time_is_refused() {
            refused("APPROVAL-EXPIRED", () -> asked().approve("ivan", () -> PLAN, NOON.plus(DAY)));
        }

        @Test
        void of_what_was_decided_is_refused() {
            Approval approval = asked();
            approval.withdraw("olga", NOON);

            refused("APPROVAL-DECIDED", () -> approval.approve("ivan", () -> PLAN, NOON));
        }
    }

    @Nested
    class Ending {
        @Test
        void by_a_no_of_another_keeps_the_words() {
            Approval approval = asked();

            approval.reject("ivan", "not today", NOON);

            assertThat(approval.status()).isEqualTo(REJECTED);
            assertThat(approval.decision()).isEqualTo("not today");
        }

        @Test
        void by_a_no_of_the_one_who_asked_is_a_withdrawal_instead() {
            refused("APPROVAL-OWN", () -> asked().reject("olga", "x", NOON));
        }

        @Test
        void by_withdrawal_is_for_the_one_who_asked() {
            Approval approval = asked();

            refused("APPROVAL-NOT-YOURS", () -> approval.withdraw("ivan", NOON));
            approval.withdraw("olga", NOON);

            assertThat(approval.status()).isEqualTo(WITHDRAWN);
        }

        @Test
        void by_time_happens_not_before_it() {
            Approval approval = asked();

            assertThat(approval.expire("holdfast", NOON.plus(DAY).minusNanos(1))).isFalse();
            assertThat(approval.expire("holdfast", NOON.plus(DAY))).isTrue();
            assertThat(approval.expire("holdfast", NOON.plus(DAY))).isFalse();

            assertThat(approval.status()).isEqualTo(EXPIRED);
        }

        @Test
        void by_the_acts_refusal_keeps_its_words_unless_it_was_decided_meanwhile() {
            Approval approval = asked();

            assertThat(approval.refusedAtAct("ivan", "It is held.", NOON)).isTrue();
            assertThat(approval.refusedAtAct("ivan", "again", NOON)).isFalse();

            assertThat(approval.status()).isEqualTo(REFUSED_AT_ACT);
            assertThat(approval.decision()).isEqualTo("It is held.");
        }
    }

    @Nested
    class Breaking_the_glass {
        private static final String WHY = "Ivan is on a plane until tomorrow";

        @Test
        void lets_the_one_who_asked_through_and_stays_marked() {
            Approval approval = asked();

            approval.breakGlass(
                    "olga", () -> PLAN, new BreakGlass("BREAK GLASS target.change", WHY), NOON);

            assertThat(approval.status()).isEqualTo(APPROVED);
            assertThat(approval.breakGlass()).isTrue();
            assertThat(approval.decision()).isEqualTo(WHY);
        }

        @Test
        void needs_the_phrase_and_a_reason_of_twenty_characters() {
            Approval approval = asked();

            refused(
                    "BREAK-GLASS-PHRASE",
                    () ->
                            approval.breakGlass(
                                    "olga", () -> PLAN, new BreakGlass("BREAK GLASS", WHY), NOON));
            refused(
                    "BREAK-GLASS-REASON",
                    () ->
                            approval.breakGlass(
                                    "olga",
                                    () -> PLAN,
                                    new BreakGlass(
                                            "BREAK GLASS target.change", "19 characters only "),
                                    NOON));
            assertThat(approval.status()).isEqualTo(REQUESTED);
            assertThat(approval.breakGlass()).isFalse();
        }
    }
}
