package org.holdfast.work;

import java.util.UUID;

/**
 * The right to work on one row for a while.
 *
 * @param attempt rises with every claim; what a worker writes under an older one is refused
 */
public record Lease(Kind kind, UUID id, int attempt) {
    public enum Kind {
        BACKUP("backup_runs", "state"),
        RESTORE("backup_restores", "status"),
        READING("copy_readings", "state"),
        DRILL("drills", "status");

        private final String table;
        private final String stateColumn;

        Kind(String table, String stateColumn) {
            this.table = table;
            this.stateColumn = stateColumn;
        }

        String table() {
            return table;
        }

        String stateColumn() {
            return stateColumn;
        }
    }
}
