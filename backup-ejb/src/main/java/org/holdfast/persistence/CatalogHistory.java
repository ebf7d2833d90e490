package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.History;

/**
 * The history, read by SQL: first the ids of one page in order, then what belongs to these rows, so
 * that the cost is that of the page and not of the table.
 */
@ApplicationScoped
@Transactional
public class CatalogHistory implements History {
    private static final String STATUS =
            "CASE WHEN r.state = 'COMPLETED' THEN coalesce(sn.rung, 'UPLOADED') ELSE r.state END";

    private static final String TABLES =
            """
            FROM backup_runs r
            JOIN sources so ON so.id = r.source_id
            LEFT JOIN snapshots sn ON sn.id = r.id
            """;

    /** Behind a WITH that names the page's ids and their order. */
    private static final String WHOLE_ROWS =
            "SELECT r.id, so.name AS source, "
                    + STATUS
                    + " AS status,"
                    + """
                     r.format, r.requested_by, r.queued_at, r.started_at,
                    r.finished_at, r.attempt, r.phase, coalesce(sn.raw_bytes, r.raw_bytes),
                    coalesce(sn.stored_bytes, r.stored_bytes), r.estimate_bytes, sn.verified_at,
                    sn.restored_at, r.failure_code,
                    coalesce(CASE WHEN sn.rung = 'SUSPECT' AND NOT sn.damaged THEN sn.shrunken END,
                             sn.doubt, r.failure_text), copies.good, copies.bad,
                    latest.id AS restore, latest.status AS restore_status, latest.target,
                    latest.at AS restore_at, coalesce(latest.break_glass, false), sn.hold_reason,
                    copies.goes_at
                    FROM page
                    JOIN backup_runs r ON r.id = page.id
                    JOIN sources so ON so.id = r.source_id
                    LEFT JOIN snapshots sn ON sn.id = r.id
                    LEFT JOIN LATERAL (
                        SELECT string_agg(st.name, ',' ORDER BY st.name)
                                   FILTER (WHERE c.state IN ('UPLOADED', 'VERIFIED')) AS good,
                               string_agg(st.name, ',' ORDER BY st.name)
                                   FILTER (WHERE c.state IN ('FAILED', 'CORRUPT')) AS bad,
                               CASE WHEN bool_and(c.doomed_at IS NOT NULL)
                                        AND NOT bool_and(c.state = 'REMOVED')
                                    THEN max(c.remove_after) END AS goes_at
                        FROM snapshot_copies c JOIN stores st ON st.id = c.store_id
                        WHERE c.snapshot_id = sn.id
                    ) copies ON true
                    LEFT JOIN LATERAL (
                        SELECT b.id, b.status, b.break_glass, t.name AS target,
                               coalesce(b.finished_at, b.started_at, b.queued_at) AS at
                        FROM backup_restores b LEFT JOIN targets t ON t.id = b.target_id
                        WHERE b.snapshot_id = sn.id ORDER BY b.queued_at DESC, b.id DESC LIMIT 1
                    ) latest ON true
                    ORDER BY page.place""";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public List<Row> rows(Filter filter, Sort sort, boolean ascending, int first, int max) {
        Statement statement = new Statement();
        statement.add("WITH page AS (SELECT id, row_number() OVER () AS place FROM (SELECT r.id ");
        statement.add(TABLES);
        statement.filter(filter);
        String way = ascending ? " ASC NULLS FIRST" : " DESC NULLS LAST";
        statement.add(" ORDER BY " + column(sort) + way + ", r.id" + (ascending ? "" : " DESC"));
        statement.add(" LIMIT ? OFFSET ?) ordered) ", max, first);
        return statement.add(WHOLE_ROWS).rows();
    }

    private static String column(Sort sort) {
        return switch (sort) {
            case QUEUED_AT -> "r.queued_at";
            case SOURCE -> "so.name";
            case STATUS -> STATUS;
            case RAW_BYTES -> "coalesce(sn.raw_bytes, r.raw_bytes)";
            case STORED_BYTES -> "coalesce(sn.stored_bytes, r.stored_bytes)";
            case DURATION -> "coalesce(r.finished_at, clock_timestamp()) - r.started_at";
        };
    }

    @Override
    public long count(Filter filter, long atMost) {
        Statement statement = new Statement();
        statement.add("SELECT count(*) FROM (SELECT r.id ").add(TABLES);
        statement.filter(filter);
        statement.add(" LIMIT ?) counted", atMost);
        return Rows.number(statement.value());
    }

    @Override
    public Page<Row> page(Filter filter, Optional<String> cursor, int max) {
        Statement statement = new Statement();
        statement.add("WITH page AS (SELECT id, row_number() OVER () AS place FROM (SELECT r.id ");
        statement.add(TABLES);
        statement.filter(filter);
        cursor.map(Rows.Cursor::of)
                .ifPresent(
                        c ->
                                statement.add(
                                        " AND (r.queued_at, r.id) < (CAST(? AS timestamptz), CAST(? AS uuid))",
                                        Rows.timestamp(c.at()),
                                        c.id()));
        statement.add(" ORDER BY r.queued_at DESC, r.id DESC LIMIT ?) ordered) ", max + 1);
        List<Row> rows = statement.add(WHOLE_ROWS).rows();
        if (rows.size() <= max) {
            return new Page<>(rows, Optional.empty());
        }
        List<Row> page = rows.subList(0, max);
        Row last = page.get(max - 1);
        return new Page<>(
                List.copyOf(page), Optional.of(new Rows.Cursor(last.queuedAt(), last.id()).text()));
    }

    @Override
    public Optional<Row> row(UUID id) {
        return new Statement()
                        .add("WITH page AS (SELECT CAST(? AS uuid) AS id, 1 AS place) ", id)
                        .add(WHOLE_ROWS)
                        .rows()
                        .stream()
                        .findFirst();
    }

    /** SQL text and its values, growing together. */
    private final class Statement {
        private final StringBuilder sql = new StringBuilder();
        private final List<Object> values = new ArrayList<>();

        Statement add(String text, Object... bound) {
            sql.append(text);
            values.addAll(List.of(bound));
            return this;
        }

        void filter(Filter filter) {
            add(" WHERE true");
            filter.source().ifPresent(source -> add(" AND so.name = ?", source));
            if (!filter.statuses().isEmpty()) {
                List<String> statuses = List.copyOf(filter.statuses());
                add(
                        " AND " + STATUS + " IN (?" + ", ?".repeat(statuses.size() - 1) + ")",
                        statuses.toArray());
            }
            filter.text()
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .ifPresent(
                            text -> {
                                String like = "%" + text.replaceAll("([%_\\\\])", "\\\\$1") + "%";
                                add(
                                        " AND (so.name ILIKE ? OR r.requested_by ILIKE ?"
                                                + " OR CAST(r.id AS text) ILIKE ?)",
                                        like,
                                        like,
                                        like);
                            });
        }

        Object value() {
            return Sql.value(entities, sql.toString(), values.toArray());
        }

        List<Row> rows() {
            return Sql.rows(entities, sql.toString(), CatalogHistory::row, values.toArray());
        }
    }

    private static Row row(Object[] c) {
        return new Row(
                Rows.uuid(c[0]),
                Rows.text(c[1]),
                Rows.text(c[2]),
                DumpFormat.valueOf(Rows.text(c[3])),
                Rows.text(c[4]),
                Rows.instant(c[5]),
                Rows.instant(c[6]),
                Rows.instant(c[7]),
                (int) Rows.number(c[8]),
                Rows.text(c[9]),
                Rows.number(c[10]),
                Rows.number(c[11]),
                Rows.number(c[12]),
                Rows.instant(c[13]),
                Rows.instant(c[14]),
                Rows.text(c[15]),
                Rows.text(c[16]),
                Rows.names(c[17]),
                Rows.names(c[18]),
                Rows.uuid(c[19]),
                Rows.text(c[20]),
                Rows.text(c[21]),
                Rows.instant(c[22]),
                (Boolean) c[23],
                Rows.text(c[24]),
                Rows.instant(c[25]));
    }
}
