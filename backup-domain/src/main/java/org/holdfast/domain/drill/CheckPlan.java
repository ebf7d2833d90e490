package org.holdfast.domain.drill;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Refused;

/**
 * What a drill is to look at. All that can be looked at without being told more is looked at in any
 * case; {@code demanded} says without what a drill has not passed.
 *
 * @param demanded kinds that must pass
 * @param keyTables that must hold rows, {@code schema.table}
 * @param securedTables whose row security must be on, with a policy at least, {@code schema.table}
 * @param migrations where the version of the schema stands
 * @param roles that must be there
 * @param verificationSql statements, each a check; empty: none. A comment before a statement says
 *     what is expected: {@code -- expect: 42}, {@code -- expect: rows}, {@code -- expect: no rows}
 * @param smokeTest name of a command of the configuration (DRILL_COMMAND_&lt;NAME&gt;)
 * @param canary where the newest row's time stands
 * @param amcheck whether {@code pg_amcheck} reads every index and table
 * @param limit of each statement of the user, whole seconds
 */
public record CheckPlan(
        Set<CheckKind> demanded,
        List<String> keyTables,
        List<String> securedTables,
        Optional<Migrations> migrations,
        List<String> roles,
        String verificationSql,
        Optional<String> smokeTest,
        Optional<Canary> canary,
        boolean amcheck,
        Duration limit) {
    public static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int LONGEST_SQL = 200_000;
    private static final int MOST_NAMES = 500;
    private static final Duration LONGEST_LIMIT = Duration.ofHours(24);
    private static final Pattern TABLE =
            Pattern.compile("[^.\\s\\p{Cntrl}][^.\\p{Cntrl}]*\\.[^.\\p{Cntrl}]*[^.\\s\\p{Cntrl}]");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern COMMAND = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    /** What is looked at where nobody made a plan. */
    public static final CheckPlan STANDARD =
            new CheckPlan(
                    CheckKind.standard(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    LIMIT);

    /**
     * @param table {@code schema.table}, e.g. {@code public.flyway_schema_history}
     * @param column that holds versions
     * @param expected that must be among them; empty: any row will do
     */
    public record Migrations(String table, String column, Optional<String> expected) {}

    /**
     * @param table {@code schema.table}
     * @param column of a time
     */
    public record Canary(String table, String column) {}

    /**
     * @throws Refused DRILL-CHECKS: something of it cannot be looked at, in words
     */
    public CheckPlan {
        EnumSet<CheckKind> kinds = EnumSet.of(CheckKind.RESTORED);
        kinds.addAll(demanded);
        demanded = Set.copyOf(kinds);
        keyTables = names("key tables", keyTables);
        securedTables = names("tables with row security", securedTables);
        roles = names("roles", roles);
        verificationSql = verificationSql == null ? "" : verificationSql;
        keyTables.forEach(CheckPlan::requireTable);
        securedTables.forEach(CheckPlan::requireTable);
        migrations.ifPresent(
                m -> {
                    requireTable(m.table());
                    requireColumn(m.table(), m.column());
                });
        canary.ifPresent(
                c -> {
                    requireTable(c.table());
                    requireColumn(c.table(), c.column());
                });
        smokeTest.ifPresent(CheckPlan::requireCommand);
        if (verificationSql.indexOf('\0') >= 0) {
            throw refused(
                    "The verification SQL has a character that no statement can have (NUL).",
                    "Leave it out.");
        }
        if (verificationSql.length() > LONGEST_SQL) {
            throw refused(
                    "The verification SQL has " + verificationSql.length() + " characters.",
                    "Give at most " + LONGEST_SQL + ".");
        }
        if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST_LIMIT) > 0) {
            throw refused(
                    "A statement may not run for " + limit.toSeconds() + " seconds.",
                    "Give 1 to " + LONGEST_LIMIT.toSeconds() + " seconds.");
        }
        requireTold(kinds, CheckKind.KEY_TABLES, !keyTables.isEmpty(), "no table is named");
        requireTold(kinds, CheckKind.ROW_SECURITY, !securedTables.isEmpty(), "no table is named");
        requireTold(kinds, CheckKind.MIGRATIONS, migrations.isPresent(), "no table is named");
        requireTold(
                kinds,
                CheckKind.VERIFICATION_SQL,
                !verificationSql.isBlank(),
                "there is no statement");
        requireTold(kinds, CheckKind.SMOKE_TEST, smokeTest.isPresent(), "no command is named");
        requireTold(kinds, CheckKind.CANARY, canary.isPresent(), "no table is named");
        requireTold(kinds, CheckKind.AMCHECK, amcheck, "it is switched off");
    }

    public boolean demands(CheckKind kind) {
        return demanded.contains(kind);
    }

    /** Whether it runs statements or a command of whoever wrote it. */
    public boolean runs() {
        return !verificationSql.isBlank() || smokeTest.isPresent();
    }

    private static List<String> names(String what, List<String> names) {
        if (names.size() > MOST_NAMES) {
            throw refused(
                    names.size() + " " + what + " are named.", "Name at most " + MOST_NAMES + ".");
        }
        for (String name : names) {
            if (name.isBlank() || CONTROL.matcher(name).find()) {
                throw refused(
                        "One of the " + what + " has no name, or a control character in it.",
                        "Give names as the database has them.");
            }
        }
        return List.copyOf(names);
    }

    private static void requireTable(String name) {
        if (!TABLE.matcher(name).matches()) {
            throw refused(
                    "\"" + name + "\" names no table.", "Give schema and table: public.orders.");
        }
    }

    private static void requireColumn(String table, String column) {
        if (column == null || column.isBlank() || CONTROL.matcher(column).find()) {
            throw refused("No column of " + table + " is named.", "Give the column's name.");
        }
    }

    private static void requireCommand(String name) {
        if (!COMMAND.matcher(name).matches()) {
            throw refused(
                    "\"" + name + "\" names no smoke test.",
                    "Give the name of one that the configuration has, in lower case.");
        }
    }

    private static void requireTold(
            Set<CheckKind> demanded, CheckKind kind, boolean told, String lacking) {
        if (demanded.contains(kind) && !told) {
            throw refused(
                    "The plan demands the check " + kind + ", but " + lacking + ".",
                    "Say what is to be looked at, or do not demand it.");
        }
    }

    private static Refused refused(String what, String remedy) {
        return new Refused("DRILL-CHECKS", what, remedy);
    }
}
