package org.holdfast.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * How large tables are, by what pg_restore prints of their names: it quotes none of them, so two
 * tables may be printed alike. Both then count as the larger one.
 */
public final class TableSizes {
    private final Map<String, Long> listed = new HashMap<>();
    private final Map<String, Long> told = new HashMap<>();

    /**
     * @param bytes of its rows
     */
    public TableSizes with(String schema, String name, long bytes) {
        listed.merge((schema + " " + name).replaceAll("[\r\n]", " "), bytes, Math::max);
        told.merge(schema + "." + name, bytes, Math::max);
        return this;
    }

    /** By {@code schema name}, as it stands in a list of contents: one line. */
    Map<String, Long> listed() {
        return listed;
    }

    /**
     * @param table as {@code schema.name}, which pg_restore calls it while it loads its rows
     * @return 0 where the size is not known
     */
    long told(String table) {
        return told.getOrDefault(table, 0L);
    }
}
