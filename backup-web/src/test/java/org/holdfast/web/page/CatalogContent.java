package org.holdfast.web.page;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.holdfast.testing.PostgresServer;

/**
 * What the catalog holds, row by row, so that two moments can be compared. What is left out is what
 * a person leaves behind by signing in and by typing a wrong code: the audit's entries about that,
 * the head that these move, the counter of codes, and when a session was used.
 */
record CatalogContent(Map<String, List<String>> tables) {
    /** Timers write there by themselves. */
    private static final String NOTHING = "SELECT 1 WHERE false";

    private static final Map<String, String> ROWS =
            Map.of(
                    "audit_log",
                    "SELECT action || ' ' || subject || ' ' || detail FROM audit_log WHERE action NOT IN"
                            + " ('sign-in', 'sign-in.fail', 'step-up.fail') ORDER BY seq",
                    "totp_devices",
                    "SELECT user_id || sealed_secret || active FROM totp_devices ORDER BY 1",
                    "browser_sessions",
                    "SELECT id || coalesce(ended_at::text, '') FROM browser_sessions ORDER BY 1",
                    "audit_head",
                    NOTHING,
                    "alerts",
                    "SELECT id || acknowledged_by || comment FROM alerts WHERE acknowledged_by IS NOT NULL ORDER BY 1",
                    "alert_deliveries",
                    NOTHING,
                    "alert_watch",
                    NOTHING,
                    "pulses",
                    NOTHING,
                    "store_checks",
                    NOTHING,
                    "api_tokens",
                    "SELECT id || name || role || coalesce(revoked_at::text, '') FROM api_tokens ORDER BY 1");

    /**
     * When a server last looked at its policy file or certificate, or signed the audit's head, is
     * left out too.
     */
    private static final Map<String, String> LOOKS =
            Map.of(
                    "audit_anchoring",
                    NOTHING,
                    "audit_anchors",
                    NOTHING,
                    "expiries",
                    NOTHING,
                    "policy_files",
                    "SELECT server || path || coalesce(sha256, '') || problems FROM policy_files ORDER BY 1");

    static CatalogContent of(PostgresServer catalog) {
        try (Connection connection = catalog.connect("holdfast");
                Statement statement = connection.createStatement()) {
            Map<String, List<String>> tables = new TreeMap<>();
            for (String table :
                    column(
                            statement,
                            "SELECT table_name FROM information_schema.tables WHERE table_schema ="
                                    + " 'public' AND table_type = 'BASE TABLE'")) {
                tables.put(
                        table,
                        column(
                                statement,
                                ROWS.getOrDefault(
                                        table,
                                        LOOKS.getOrDefault(
                                                table,
                                                "SELECT t::text FROM \""
                                                        + table
                                                        + "\" t ORDER BY 1"))));
            }
            return new CatalogContent(tables);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> column(Statement statement, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
