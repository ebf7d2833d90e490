package org.holdfast.persistence;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.List;
import java.util.function.Function;

/** Plain SQL over the EntityManager's connection, values bound, never written into the text. */
final class Sql {
    private Sql() {}

    /** Every row of a query with two columns or more. */
    @SuppressWarnings("unchecked")
    static <T> List<T> rows(
            EntityManager entities, String sql, Function<Object[], T> each, Object... values) {
        return ((List<Object[]>) bound(entities, sql, values).getResultList())
                .stream().map(each).toList();
    }

    /** The one value of a query with one row and one column. */
    static Object value(EntityManager entities, String sql, Object... values) {
        return bound(entities, sql, values).getSingleResult();
    }

    /** How many rows a statement changed. */
    static int change(EntityManager entities, String sql, Object... values) {
        return bound(entities, sql, values).executeUpdate();
    }

    private static Query bound(EntityManager entities, String sql, Object... values) {
        Query query = entities.createNativeQuery(sql);
        for (int i = 0; i < values.length; i++) {
            query.setParameter(i + 1, values[i]);
        }
        return query;
    }
}
