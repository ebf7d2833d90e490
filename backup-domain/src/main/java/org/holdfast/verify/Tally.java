package org.holdfast.verify;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the records of a period say together, counted anew. A month without a passed drill is known
 * from them between the first and the last drill of a database; how long it was in use besides is
 * the index's word.
 */
final class Tally {
    private static final List<String> VERDICTS = List.of("PASSED", "PARTIAL", "FAILED", "ABORTED");

    private final Map<String, Integer> counted = new TreeMap<>();
    private final Map<String, Set<YearMonth>> passed = new HashMap<>();
    private final Map<String, YearMonth> first = new TreeMap<>();
    private final Map<String, YearMonth> last = new HashMap<>();

    void add(Map<String, Object> record) throws Unproved {
        Map<String, Object> timing = Json.child(record, "timing");
        String source = Json.text(Json.child(record, "source"), "name");
        YearMonth month = month(Json.text(timing, "requestedAt"));
        first.merge(source, month, (a, b) -> a.isBefore(b) ? a : b);
        last.merge(source, month, (a, b) -> a.isAfter(b) ? a : b);
        if (Json.text(Json.child(record, "identity"), "trigger").equals("TRIAL")) {
            count("trials", true);
            return;
        }
        Map<String, Object> outcome = Json.child(record, "outcome");
        String verdict = Json.text(outcome, "verdict");
        if (!VERDICTS.contains(verdict)) {
            throw new Unproved("\"" + verdict + "\" is no verdict.");
        }
        count("drills", true);
        count(verdict, true);
        count("signedOff", Json.text(outcome, "status").equals("SIGNED_OFF"));
        count("rtoExceeded", Boolean.FALSE.equals(timing.get("withinRto")));
        count("rpoExceeded", Boolean.FALSE.equals(timing.get("withinRpo")));
        for (Map<String, Object> issue : Json.objects(record, "issues")) {
            count("openIssues", Json.text(issue, "status").equals("OPEN"));
        }
        if (verdict.equals("PASSED")) {
            passed.computeIfAbsent(source, s -> new HashSet<>()).add(month);
        }
    }

    private void count(String what, boolean one) {
        counted.merge(what, one ? 1 : 0, Integer::sum);
    }

    private static YearMonth month(String at) throws Unproved {
        try {
            return YearMonth.from(Instant.parse(at).atZone(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw new Unproved("\"" + at + "\" is no time.");
        }
    }

    int drills() {
        return counted.getOrDefault("drills", 0);
    }

    int trials() {
        return counted.getOrDefault("trials", 0);
    }

    int signedOff() {
        return counted.getOrDefault("signedOff", 0);
    }

    /** Those that there are, by their names. */
    String verdicts() {
        return VERDICTS.stream()
                .sorted()
                .filter(counted::containsKey)
                .map(verdict -> counted.get(verdict) + " " + verdict)
                .collect(Collectors.joining(", "));
    }

    /** The index says the same. */
    void require(Map<String, Object> index) throws Unproved {
        Map<String, Object> summary = Json.child(index, "summary");
        List<Map<String, Object>> gaps = Json.objects(index, "gaps");
        for (String verdict : VERDICTS) {
            same(summary, verdict, counted.getOrDefault(verdict, 0));
        }
        for (String what :
                new String[] {
                    "drills", "trials", "signedOff", "openIssues", "rtoExceeded", "rpoExceeded"
                }) {
            same(summary, what, counted.getOrDefault(what, 0));
        }
        same(summary, "openIssues", Json.objects(index, "openIssues").size());
        same(summary, "notEnded", Json.objects(index, "notEnded").size());
        same(summary, "gaps", gaps.size());
        gaps(gaps, Json.child(index, "period"));
    }

    private static void same(Map<String, Object> summary, String what, int count) throws Unproved {
        long said = Json.number(summary, what);
        if (said != count) {
            throw new Unproved(
                    "The summary counts "
                            + said
                            + " for \""
                            + what
                            + "\"; by the drills and lists it is "
                            + count
                            + ".");
        }
    }

    private void gaps(List<Map<String, Object>> gaps, Map<String, Object> span) throws Unproved {
        Map<String, Set<YearMonth>> told = new HashMap<>();
        for (Map<String, Object> gap : gaps) {
            String source = Json.text(gap, "source");
            YearMonth month = month(gap, span);
            if (passed.getOrDefault(source, Set.of()).contains(month)
                    || !told.computeIfAbsent(source, s -> new HashSet<>()).add(month)
                    || span.containsKey("source") && !Json.text(span, "source").equals(source)) {
                throw new Unproved(
                        month + " is no month of " + source + " without a passed drill.");
            }
        }
        for (Map.Entry<String, YearMonth> from : first.entrySet()) {
            String source = from.getKey();
            for (YearMonth month = from.getValue();
                    !month.isAfter(last.get(source));
                    month = month.plusMonths(1)) {
                if (!passed.getOrDefault(source, Set.of()).contains(month)
                        && !told.getOrDefault(source, Set.of()).contains(month)) {
                    throw new Unproved(
                            "No drill of "
                                    + source
                                    + " passed in "
                                    + month
                                    + ", and the index does not name that month.");
                }
            }
        }
    }

    /** The one month of a gap, whose days lie in the period. */
    private static YearMonth month(Map<String, Object> gap, Map<String, Object> span)
            throws Unproved {
        String text = Json.text(gap, "from") + " to " + Json.text(gap, "to");
        try {
            LocalDate from = LocalDate.parse(Json.text(gap, "from"));
            LocalDate to = LocalDate.parse(Json.text(gap, "to"));
            Instant begin = from.atStartOfDay(ZoneOffset.UTC).toInstant();
            Instant end = to.atStartOfDay(ZoneOffset.UTC).toInstant();
            if (!from.isAfter(to)
                    && YearMonth.from(from).equals(YearMonth.from(to))
                    && !begin.isBefore(Instant.parse(Json.text(span, "from")))
                    && end.isBefore(Instant.parse(Json.text(span, "until")))) {
                return YearMonth.from(from);
            }
        } catch (DateTimeException e) {
            throw new Unproved("\"" + text + "\" are no days.");
        }
        throw new Unproved("\"" + text + "\" are no days of one month of the period.");
    }
}
