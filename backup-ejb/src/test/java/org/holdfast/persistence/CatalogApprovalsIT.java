package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalRecords.Box;
import org.holdfast.domain.people.ApprovalRecords.Row;
import org.holdfast.domain.people.ApprovalState;
import org.holdfast.domain.shared.Page;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the catalog itself keeps and forbids, on its real schema. */
class CatalogApprovalsIT {
    private static final Duration DAY = Duration.ofHours(24);
    private static final Approval.Plan PLAN =
            new Approval.Plan(
                    "Change the rules of target live",
                    "target/live",
                    List.of("Marked as production: yes → no", "Lost: its own colour"),
                    true);
    private static OutsideAServer catalog;

    @BeforeAll
    static void open() {
        catalog = new OutsideAServer();
    }

    @AfterAll
    static void close() {
        catalog.close();
    }

    private static UUID ask(String who, String parameters, Instant when) {
        Approval approval =
                new Approval("target.change", parameters, PLAN, "Moving it", who, when, DAY);
        try (OutsideAServer.Session session = catalog.session()) {
            CatalogApprovals approvals = session.with(new CatalogApprovals());
            session.within(() -> approvals.add(approval));
        }
        return approval.id();
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    @Test
    void what_was_asked_for_is_read_back_whole_and_its_hash_still_holds() {
        UUID id = ask("olga", "{\"n\":1}", now());

        try (OutsideAServer.Session session = catalog.session()) {
            CatalogApprovals approvals = session.with(new CatalogApprovals());
            session.within(
                    () -> {
                        Approval approval = approvals.lock(id).orElseThrow();
                        assertThat(approval.plan()).isEqualTo(PLAN.lines());
                        approval.approve("ivan", () -> PLAN, now());
                    });
            assertThat(session.within(() -> approvals.find(id).orElseThrow().status()))
                    .isEqualTo(ApprovalState.APPROVED);
        }
    }

    @Test
    void the_database_lets_nobody_approve_their_own() {
        UUID id = ask("olga", "{\"n\":2}", now());

        assertThatThrownBy(
                        () ->
                                catalog.sql(
                                        "UPDATE approvals SET status = 'APPROVED', decided_by = 'olga', decided_at = now() WHERE id = '"
                                                + id
                                                + "'"))
                .hasMessageContaining("approvals_second_person");
        assertThatThrownBy(
                        () ->
                                catalog.sql(
                                        "UPDATE approvals SET status = 'APPROVED', decided_by = 'olga', decided_at = now(), break_glass = true, decision = 'too short' WHERE id = '"
                                                + id
                                                + "'"))
                .hasMessageContaining("approvals_break_glass_reason");
    }

    @Test
    void the_database_keeps_what_was_asked_for_and_what_was_decided() {
        UUID id = ask("olga", "{\"n\":3}", now());
        String where = " WHERE id = '" + id + "'";

        assertThatThrownBy(() -> catalog.sql("UPDATE approvals SET parameters = '{}'" + where))
                .hasMessageContaining("what was asked for does not change");
        assertThatThrownBy(() -> catalog.sql("UPDATE approvals SET requested_by = 'x'" + where))
                .hasMessageContaining("what was asked for does not change");
        catalog.sql(
                "UPDATE approvals SET status = 'REJECTED', decided_by = 'ivan', decided_at = now()"
                        + where);
        assertThatThrownBy(
                        () ->
                                catalog.sql(
                                        "UPDATE approvals SET status = 'APPROVED', decided_by = 'ivan'"
                                                + where))
                .hasMessageContaining("it is not changed any more");
        assertThatThrownBy(() -> catalog.sql("DELETE FROM approvals" + where))
                .hasMessageContaining("DELETE refused");
    }

    @Test
    void one_act_waits_once() {
        UUID id = ask("olga", "{\"n\":4}", now());

        try (OutsideAServer.Session session = catalog.session()) {
            CatalogApprovals approvals = session.with(new CatalogApprovals());
            assertThat(
                            session.within(
                                    () ->
                                            approvals
                                                    .waiting("target.change", "{\"n\":4}")
                                                    .map(Approval::id)))
                    .contains(id);
        }
        assertThatThrownBy(() -> ask("ivan", "{\"n\":4}", now()))
                .hasStackTraceContaining("approvals_once");
    }

    @Test
    void each_box_holds_what_belongs_to_it_page_by_page() {
        Instant when = now().minusSeconds(60);
        UUID first = ask("maria", "{\"n\":5}", when);
        UUID second = ask("maria", "{\"n\":6}", when.plusSeconds(1));
        UUID late = ask("maria", "{\"n\":7}", when.minus(DAY));

        try (OutsideAServer.Session session = catalog.session()) {
            CatalogApprovals approvals = session.with(new CatalogApprovals());
            session.within(
                    () -> {
                        Page<Row> page =
                                approvals.page(Box.ASKED_BY_ME, "maria", Optional.empty(), 1);
                        assertThat(page.items()).extracting(Row::id).containsExactly(second);
                        assertThat(approvals.page(Box.ASKED_BY_ME, "maria", page.next(), 5).items())
                                .extracting(Row::id)
                                .containsExactly(first, late);
                        Page<Row> soonest =
                                approvals.ending(Box.ASKED_BY_ME, "maria", Optional.empty(), 2);
                        assertThat(soonest.items())
                                .extracting(Row::id)
                                .containsExactly(late, first);
                        assertThat(
                                        approvals
                                                .ending(Box.ASKED_BY_ME, "maria", soonest.next(), 2)
                                                .items())
                                .extracting(Row::id)
                                .containsExactly(second);
                        assertThat(approvals.count(Box.ASKED_BY_ME, "maria")).isEqualTo(3);
                        for (Box box : Box.values()) {
                            assertThat(approvals.count(box, "ivan"))
                                    .as(box.name())
                                    .isEqualTo(
                                            approvals
                                                    .page(box, "ivan", Optional.empty(), 1000)
                                                    .items()
                                                    .size());
                        }
                        assertThat(
                                        approvals
                                                .page(
                                                        Box.WAITING_FOR_ME,
                                                        "ivan",
                                                        Optional.empty(),
                                                        50)
                                                .items())
                                .extracting(Row::id)
                                .contains(first, second)
                                .doesNotContain(late);
                        assertThat(
                                        approvals
                                                .page(
                                                        Box.WAITING_FOR_ME,
                                                        "maria",
                                                        Optional.empty(),
                                                        50)
                                                .items())
                                .extracting(Row::id)
                                .doesNotContain(first, second, late);
                        assertThat(approvals.overdue(now())).contains(late).doesNotContain(first);
                        assertThat(approvals.glassBrokenSince(when.minus(DAY))).isEmpty();
                    });
        }
    }
}
