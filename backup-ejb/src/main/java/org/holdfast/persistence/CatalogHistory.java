package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.History;

/**
 * The history, read by SQL: first the ids of one page in order, then what belongs to these rows, so
 * that the cost is that of the page and not of the table. Ids come from {@code backup_history},
 * which the catalog keeps beside the runs, with an index for each order.
 */
@ApplicationScoped
@Transactional
public class CatalogHistory implements History {
    private static final String STATUS =
            "CASE WHEN r.state = 'COMPLETED' THEN coalesce(sn.rung, 'UPLOADED') ELSE r.state END";

    /** So much of an id must be given for runs to be found by it. */
    private static final Pattern OF_AN_ID = Pattern.compile("[0-9a-f-]{4,36}");

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
        Statement statement = new Statement().add(PAGE);
        statement.ids(filter, order(sort, ascending), first, max, Optional.empty());
        return statement.add(") ordered) ").add(WHOLE_ROWS).rows();
    }

    private static final String PAGE =
            "WITH page AS (SELECT id, row_number() OVER () AS place FROM (";

    private static final List<String> NEWEST = order(Sort.QUEUED_AT, false);

    /** Columns with their way; each such list has an index that is read in its order. */
    private static List<String> order(Sort sort, boolean ascending) {
        String by =
                switch (sort) {
                    case QUEUED_AT -> "";
                    case SOURCE -> "h.source_name";
                    case STATUS -> "h.status";
                    case RAW_BYTES -> "h.raw_bytes";
                    case STORED_BYTES -> "h.stored_bytes";
                    case DURATION -> "h.took";
                };
        String way = ascending ? " ASC" : " DESC";
        String nulls = ascending ? " NULLS FIRST" : " NULLS LAST";
        List<String> columns = new ArrayList<>();
        if (!by.isEmpty()) {
            columns.add(by + way + (sort == Sort.DURATION ? nulls : ""));
        }
        columns.add("h.queued_at" + way);
        columns.add("h.id" + way);
        return columns;
    }

    @Override
    public long count(Filter filter, long atMost) {
        Statement statement = new Statement().add("SELECT count(*) FROM (");
        statement.add("SELECT h.id FROM backup_history h").filter(filter, filter.statuses());
        return Rows.number(statement.add(" LIMIT " + atMost + ") counted").value());
    }

    @Override
    public Map<String, Long> countByStatus() {
        return Sql.rows(
                        entities,
                        "SELECT status, count(*) FROM backup_history GROUP BY status",
                        row -> row)
                .stream()
                .collect(Collectors.toMap(row -> Rows.text(row[0]), row -> Rows.number(row[1])));
    }

    @Override
    public Page<Row> page(Filter filter, Optional<String> cursor, int max) {
        Statement statement = new Statement().add(PAGE);
        statement.ids(filter, NEWEST, 0, max + 1, cursor.map(Rows.Cursor::of));
        List<Row> rows = statement.add(") ordered) ").add(WHOLE_ROWS).rows();
        return Page.of(rows, max, last -> new Rows.Cursor(last.queuedAt(), last.id()).text());
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

        /**
         * One page of ids. Of several statuses each gives its first ones, by its own index; numbers
         * stand in the text, because a plan that was made for any number is not the one for these.
         */
        void ids(
                Filter filter,
                List<String> order,
                int first,
                int max,
                Optional<Rows.Cursor> after) {
            String by = " ORDER BY " + String.join(", ", order);
            if (filter.statuses().size() < 2) {
                branch(filter, filter.statuses(), after);
                add(by + " LIMIT " + max + " OFFSET " + first);
                return;
            }
            String union = "SELECT h.id FROM (";
            for (String status : filter.statuses()) {
                add(union).add("(").branch(filter, Set.of(status), after);
                add(by + " LIMIT " + (first + max) + ")");
                union = " UNION ALL ";
            }
            add(") h" + by + " LIMIT " + max + " OFFSET " + first);
        }

        private void branch(Filter filter, Set<String> statuses, Optional<Rows.Cursor> after) {
            add("SELECT h.* FROM backup_history h").filter(filter, statuses);
            after.ifPresent(
                    c ->
                            add(
                                    " AND (h.queued_at, h.id) < (CAST(? AS timestamptz), CAST(? AS uuid))",
                                    Rows.timestamp(c.at()),
                                    c.id()));
        }

        Statement filter(Filter filter, Set<String> statuses) {
            add(" WHERE true");
            filter.source().ifPresent(source -> add(" AND h.source_name = ?", source));
            if (!statuses.isEmpty()) {
                add(" AND h.status").in(List.copyOf(statuses));
            }
            filter.text().map(String::strip).filter(text -> !text.isEmpty()).ifPresent(this::found);
            return this;
        }

        /**
         * Sources and requesters are few, so what the text names of them is looked up first; then
         * an index of the runs leads to each.
         */
        private void found(String text) {
            String like = "%" + text.replaceAll("([%_\\\\])", "\\\\$1") + "%";
            List<String> sources = names(SOURCES_LIKE, like);
            List<String> requesters = names(REQUESTERS_LIKE, like);
            String id = text.toLowerCase(Locale.ROOT);
            boolean ofAnId = OF_AN_ID.matcher(id).matches();
            add(" AND (");
            if (sources.isEmpty() && requesters.isEmpty() && !ofAnId) {
                add("false");
            }
            String or = "";
            if (!sources.isEmpty()) {
                add("h.source_name").in(sources);
                or = " OR ";
            }
            if (!requesters.isEmpty()) {
                add(or + "h.requested_by").in(requesters);
                or = " OR ";
            }
            if (ofAnId) {
                String end = new StringBuilder(id).reverse().toString();
                add(
                        or
                                + "reverse(CAST(h.id AS text)) COLLATE \"C\" >= ? AND"
                                + " reverse(CAST(h.id AS text)) COLLATE \"C\" < ?"
                                + " OR h.id BETWEEN CAST(? AS uuid) AND CAST(? AS uuid)",
                        end,
                        end + "~",
                        filled(id, '0'),
                        filled(id, 'f'));
            }
            add(")");
        }

        private void in(List<String> anyOf) {
            add(" IN (?" + ", ?".repeat(anyOf.size() - 1) + ")", anyOf.toArray());
        }

        @SuppressWarnings("unchecked")
        private List<String> names(String like, String pattern) {
            return entities.createNativeQuery(like).setParameter(1, pattern).getResultList();
        }

        Object value() {
            return Sql.value(entities, sql.toString(), values.toArray());
        }

        List<Row> rows() {
            return Sql.rows(entities, sql.toString(), CatalogHistory::row, values.toArray());
        }
    }

    private static final String SOURCES_LIKE = "SELECT name FROM sources WHERE name ILIKE ?1";

    /** From one name to the next by the index: as many steps as there are names. */
    private static final String REQUESTERS_LIKE =
            """
            WITH RECURSIVE r (name) AS (
                SELECT min(requested_by) FROM backup_history
                UNION ALL
                SELECT (SELECT min(h.requested_by) FROM backup_history h WHERE h.requested_by > r.name)
                FROM r WHERE r.name IS NOT NULL)
            SELECT name FROM r WHERE name ILIKE ?1""";

    /** The first or last id that begins so. */
    private static String filled(String begin, char with) {
        String hex = begin.replace("-", "");
        String all = (hex + String.valueOf(with).repeat(32)).substring(0, 32);
        return all.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
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
