package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalRecords;
import org.holdfast.domain.people.ApprovalState;
import org.holdfast.domain.shared.Page;

/** Table {@code approvals} and view {@code approval_inbox}. */
@ApplicationScoped
@Transactional
public class CatalogApprovals implements ApprovalRecords {
    private static final String ROWS =
            """
            SELECT id, kind, operation, subject, what, production, reason, requested_by, requested_at,
                expires_at, status, decided_by, decided_at, decision, break_glass, plan_hash
            FROM approval_inbox WHERE""";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void add(Approval approval) {
        entities.persist(approval);
        entities.flush();
    }

    @Override
    public Optional<Approval> find(UUID id) {
        return Optional.ofNullable(entities.find(Approval.class, id));
    }

    @Override
    public Optional<Approval> lock(UUID id) {
        return Rows.lock(entities, Approval.class, id);
    }

    @Override
    public Optional<Approval> waiting(String operation, String parameters) {
        return entities.createQuery(
                        "SELECT a FROM Approval a WHERE a.operation = :operation"
                                + " AND a.parameters = :parameters AND a.status = :requested",
                        Approval.class)
                .setParameter("operation", operation)
                .setParameter("parameters", parameters)
                .setParameter("requested", ApprovalState.REQUESTED)
                .getResultStream()
                .findFirst();
    }

    @Override
    public List<UUID> overdue(Instant now) {
        return entities.createQuery(
                        "SELECT a.id FROM Approval a WHERE a.status = :requested"
                                + " AND a.expiresAt <= :now ORDER BY a.expiresAt",
                        UUID.class)
                .setParameter("requested", ApprovalState.REQUESTED)
                .setParameter("now", now)
                .getResultList();
    }

    /** An order that a page can go on in: its column, and which way. */
    private enum Order {
        NEWEST("requested_at", "<", "DESC"),
        ENDING("expires_at", ">", "ASC");

        private final String column;
        private final String beyond;
        private final String way;

        Order(String column, String beyond, String way) {
            this.column = column;
            this.beyond = beyond;
            this.way = way;
        }

        private Instant of(Row row) {
            return this == NEWEST ? row.requestedAt() : row.expiresAt();
        }
    }

    @Override
    public Page<Row> page(Box box, String person, Optional<String> cursor, int max) {
        return page(Order.NEWEST, box, person, cursor, max);
    }

    @Override
    public Page<Row> ending(Box box, String person, Optional<String> cursor, int max) {
        return page(Order.ENDING, box, person, cursor, max);
    }

    private Page<Row> page(Order order, Box box, String person, Optional<String> cursor, int max) {
        StringBuilder sql = new StringBuilder(ROWS);
        List<Object> values = new ArrayList<>();
        in(sql, values, box, person);
        cursor.map(Rows.Cursor::of)
                .ifPresent(
                        c -> {
                            sql.append(
                                    " AND (%s, id) %s (CAST(? AS timestamptz), CAST(? AS uuid))"
                                            .formatted(order.column, order.beyond));
                            values.add(Rows.timestamp(c.at()));
                            values.add(c.id());
                        });
        sql.append(" ORDER BY %1$s %2$s, id %2$s LIMIT ?".formatted(order.column, order.way));
        values.add(max + 1);
        List<Row> rows =
                Sql.rows(entities, sql.toString(), CatalogApprovals::row, values.toArray());
        return Page.of(rows, max, last -> new Rows.Cursor(order.of(last), last.id()).text());
    }

    @Override
    public long count(Box box, String person) {
        StringBuilder sql = new StringBuilder("SELECT count(*) FROM approval_inbox WHERE");
        List<Object> values = new ArrayList<>();
        in(sql, values, box, person);
        return Rows.number(Sql.value(entities, sql.toString(), values.toArray()));
    }

    private static void in(StringBuilder sql, List<Object> values, Box box, String person) {
        switch (box) {
            case ALL -> sql.append(" true");
            case WAITING_FOR_ME -> {
                sql.append(" status = 'REQUESTED' AND expires_at > now() AND requested_by <> ?");
                values.add(person);
            }
            case ASKED_BY_ME -> {
                sql.append(" status = 'REQUESTED' AND requested_by = ?");
                values.add(person);
            }
            case DECIDED -> sql.append(" status <> 'REQUESTED'");
        }
    }

    @Override
    public List<Row> glassBrokenSince(Instant since) {
        return Sql.rows(
                entities,
                ROWS
                        + " break_glass AND decided_at > CAST(? AS timestamptz) ORDER BY decided_at DESC",
                CatalogApprovals::row,
                Rows.timestamp(since));
    }

    private static Row row(Object[] c) {
        return new Row(
                Rows.uuid(c[0]),
                Kind.valueOf(Rows.text(c[1])),
                Rows.text(c[2]),
                Rows.text(c[3]),
                Rows.text(c[4]),
                (Boolean) c[5],
                Rows.text(c[6]),
                Rows.text(c[7]),
                Rows.instant(c[8]),
                Rows.instant(c[9]),
                ApprovalState.valueOf(Rows.text(c[10])),
                Rows.text(c[11]),
                Rows.instant(c[12]),
                Rows.text(c[13]),
                (Boolean) c[14],
                Rows.text(c[15]));
    }
}
