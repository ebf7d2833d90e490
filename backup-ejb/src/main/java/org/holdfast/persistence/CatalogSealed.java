package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.holdfast.domain.keys.SealedSecrets;

/**
 * Every column of text whose name begins with {@code sealed_}, found by asking the catalog for
 * them: a table that comes later is not forgotten as long as it keeps to the name.
 */
@ApplicationScoped
@Transactional
public class CatalogSealed implements SealedSecrets {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    private record Column(String table, String name) {}

    @Override
    public Map<String, Long> byKey() {
        Map<String, Long> counts = new HashMap<>();
        for (Column column : columns()) {
            Sql.rows(
                            entities,
                            "SELECT split_part(%1$s, '.', 2), count(*) FROM %2$s WHERE %1$s IS NOT NULL GROUP BY 1"
                                    .formatted(column.name(), column.table()),
                            row -> row)
                    .forEach(
                            row -> counts.merge(Rows.text(row[0]), Rows.number(row[1]), Long::sum));
        }
        return counts;
    }

    @Override
    public long reseal(UnaryOperator<String> again) {
        entities.flush();
        List<Column> columns = columns();
        // All tables first, in one order: whoever adds a secret meanwhile waits for the new key.
        columns.stream()
                .map(Column::table)
                .distinct()
                .forEach(
                        table ->
                                Sql.change(
                                        entities,
                                        "LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE"));
        long written = 0;
        for (Column column : columns) {
            for (Object sealed :
                    entities.createNativeQuery(
                                    "SELECT DISTINCT %1$s FROM %2$s WHERE %1$s IS NOT NULL"
                                            .formatted(column.name(), column.table()))
                            .getResultList()) {
                written +=
                        Sql.change(
                                entities,
                                "UPDATE %2$s SET %1$s = ?1 WHERE %1$s = ?2"
                                        .formatted(column.name(), column.table()),
                                again.apply(sealed.toString()),
                                sealed.toString());
            }
        }
        entities.clear();
        return written;
    }

    /** The names come from the catalog's own schema and are quoted by it. */
    private List<Column> columns() {
        return Sql.rows(
                entities,
                "SELECT quote_ident(c.table_name), quote_ident(c.column_name)"
                        + " FROM information_schema.columns c JOIN information_schema.tables t"
                        + " ON t.table_schema = c.table_schema AND t.table_name = c.table_name"
                        + " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
                        + " AND c.column_name LIKE 'sealed\\_%' AND c.data_type = 'text' ORDER BY 1, 2",
                row -> new Column(Rows.text(row[0]), Rows.text(row[1])));
    }
}
