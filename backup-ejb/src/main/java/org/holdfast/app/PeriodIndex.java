package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.holdfast.domain.drill.DrillAges;
import org.holdfast.domain.drill.DrillCause;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.EvidencePeriod;

/**
 * What evidence of a period holds, as {@code period.schema.json} describes it: made from the sealed
 * records, one after the other, and from nothing else where a record says it.
 */
final class PeriodIndex {
    private static final String KIND = "holdfast-period/1";

    private final EvidencePeriod period;
    private final Optional<String> source;
    private final Instant until;
    private final Instant madeAt;
    private final List<JsonObject> drills = new ArrayList<>();
    private final List<JsonObject> unended = new ArrayList<>();
    private final List<JsonObject> others = new ArrayList<>();
    private final List<JsonObject> issues = new ArrayList<>();

    /**
     * @param until the end of what can be told of the period
     * @param madeAt now
     */
    PeriodIndex(EvidencePeriod period, Optional<String> source, Instant until, Instant madeAt) {
        this.period = period;
        this.source = source;
        this.until = until;
        this.madeAt = madeAt;
    }

    /** Where the files of a drill lie. */
    static String folder(JsonObject record) {
        return "drills/" + record.getJsonObject("identity").getString("number");
    }

    void add(DrillRecords.Sealed sealed) {
        JsonObject record = CanonicalJson.read(sealed.document());
        JsonObject identity = record.getJsonObject("identity");
        JsonObject of = record.getJsonObject("source");
        JsonObject timing = record.getJsonObject("timing");
        JsonObject outcome = record.getJsonObject("outcome");
        JsonObject people = record.getJsonObject("people");
        String number = identity.getString("number");
        String name = of.getString("name");
        List<JsonObject> open =
                record.getJsonArray("issues").getValuesAs(JsonObject.class).stream()
                        .filter(issue -> issue.getString("status").equals("OPEN"))
                        .toList();
        JsonObjectBuilder row =
                Json.createObjectBuilder()
                        .add("id", identity.getString("id"))
                        .add("number", number)
                        .add("folder", folder(record))
                        .add("source", name)
                        .add("snapshotId", of.getString("snapshotId"))
                        .add("takenAt", of.getString("takenAt"))
                        .add("trigger", identity.getString("trigger"));
        copy(identity, row, "plan", "retestOf", "ticket");
        row.add("policyVersion", identity.getString("policyVersion"));
        copy(
                timing,
                row,
                "requestedAt",
                "startedAt",
                "finishedAt",
                "tookSeconds",
                "rtoSeconds",
                "withinRto",
                "dataAgeSeconds",
                "rpoSeconds",
                "withinRpo");
        row.add("verdict", outcome.getString("verdict")).add("status", outcome.getString("status"));
        copy(outcome, row, "reason");
        row.add("checks", outcome.get("checks"))
                .add("issues", record.getJsonArray("issues").size())
                .add("openIssues", open.size())
                .add("requestedBy", people.getString("requestedBy"))
                .add("signOffs", people.get("signOffs"))
                .add("record", sealed.link().record().hex())
                .add("link", sealed.link().seq());
        JsonObject told = row.build();
        drills.add(told);
        if (counts(told)) {
            open.forEach(issue -> addOpen(number, name, issue));
        }
    }

    /** A trial counts for nothing, save that it shows the database in use. */
    private static boolean counts(JsonObject drill) {
        return !drill.getString("trigger").equals(DrillCause.TRIAL.name());
    }

    private static LocalDate asked(JsonObject drill) {
        return day(Instant.parse(drill.getString("requestedAt")));
    }

    private static LocalDate day(Instant at) {
        return at.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private void addOpen(String number, String name, JsonObject issue) {
        JsonObjectBuilder row = Json.createObjectBuilder().add("drill", number).add("source", name);
        copy(issue, row, "title", "check", "owner", "due", "correctiveAction", "raisedAt");
        copy(issue, row, "retestDrill");
        issues.add(row.build());
    }

    void addUnended(Drills.Row row) {
        unended.add(
                Json.createObjectBuilder()
                        .add("id", row.id().toString())
                        .add("number", row.number())
                        .add("source", row.source())
                        .add("status", row.status().name())
                        .add("requestedAt", row.requestedAt().toString())
                        .build());
    }

    /**
     * Sealed in the period, and not of it.
     *
     * @param elsewhere of another database than the one asked for: which one is not said
     */
    void addOther(Drills.Name drill, boolean elsewhere) {
        JsonObjectBuilder row =
                Json.createObjectBuilder()
                        .add("id", drill.id().toString())
                        .add("number", drill.number());
        if (!elsewhere) {
            row.add("source", drill.source()).add("requestedAt", drill.requestedAt().toString());
        }
        others.add(row.add("why", elsewhere ? "OTHER_SOURCE" : "OTHER_PERIOD").build());
    }

    /**
     * @param uses of each database: where it was not in use, nothing lacks
     */
    JsonObject json(Map<String, DrillAges.Use> uses) {
        JsonArray gaps = gaps(uses);
        JsonObjectBuilder span =
                Json.createObjectBuilder()
                        .add("name", period.name())
                        .add("from", period.begin().toString())
                        .add("until", until.toString())
                        .add("unfinished", until.isBefore(period.end()));
        source.ifPresent(name -> span.add("source", name));
        return Json.createObjectBuilder()
                .add("kind", KIND)
                .add("madeAt", madeAt.toString())
                .add("period", span)
                .add(
                        "summary",
                        summary(drills.stream().filter(PeriodIndex::counts).toList(), gaps.size()))
                .add("drills", array(drills))
                .add("notEnded", array(unended))
                .add("gaps", gaps)
                .add("openIssues", array(issues))
                .add("policies", policies())
                .add("others", array(others))
                .build();
    }

    private JsonObjectBuilder summary(List<JsonObject> counted, int gaps) {
        JsonObjectBuilder sum = Json.createObjectBuilder().add("drills", counted.size());
        for (DrillVerdict verdict : DrillVerdict.values()) {
            sum.add(verdict.name(), count(counted, row -> verdict(row) == verdict));
        }
        return sum.add("trials", drills.size() - counted.size())
                .add("notEnded", unended.size())
                .add(
                        "signedOff",
                        count(counted, row -> row.getString("status").equals("SIGNED_OFF")))
                .add("openIssues", issues.size())
                .add("rtoExceeded", count(counted, row -> !row.getBoolean("withinRto", true)))
                .add("rpoExceeded", count(counted, row -> !row.getBoolean("withinRpo", true)))
                .add("gaps", gaps);
    }

    private static DrillVerdict verdict(JsonObject drill) {
        return DrillVerdict.valueOf(drill.getString("verdict"));
    }

    private static int count(List<JsonObject> rows, Predicate<JsonObject> which) {
        return (int) rows.stream().filter(which).count();
    }

    private JsonArrayBuilder policies() {
        Map<String, Integer> drilled = new TreeMap<>();
        drills.stream()
                .filter(PeriodIndex::counts)
                .forEach(row -> drilled.merge(row.getString("policyVersion"), 1, Integer::sum));
        JsonArrayBuilder versions = Json.createArrayBuilder();
        drilled.forEach(
                (version, count) ->
                        versions.add(
                                Json.createObjectBuilder()
                                        .add("version", version)
                                        .add("drills", count)));
        return versions;
    }

    private static JsonArrayBuilder array(List<JsonObject> rows) {
        return Json.createArrayBuilder(rows);
    }

    /** Months, cut to the period and to the use, in which no drill of a database passed. */
    private JsonArray gaps(Map<String, DrillAges.Use> uses) {
        JsonArrayBuilder gaps = Json.createArrayBuilder();
        Map<String, List<JsonObject>> drilled =
                drills.stream().collect(Collectors.groupingBy(row -> row.getString("source")));
        Set<String> names = new TreeSet<>(drilled.keySet());
        names.addAll(uses.keySet());
        names.removeIf(name -> source.filter(only -> !only.equals(name)).isPresent());
        names.forEach(
                name ->
                        addGaps(
                                gaps,
                                name,
                                drilled.getOrDefault(name, List.of()),
                                Optional.ofNullable(uses.get(name))));
        return gaps.build();
    }

    /** A drill in the period shows that the database was in use, whatever is known besides. */
    private void addGaps(
            JsonArrayBuilder gaps,
            String name,
            List<JsonObject> drilled,
            Optional<DrillAges.Use> use) {
        TreeSet<LocalDate> seen = new TreeSet<>();
        drilled.forEach(row -> seen.add(asked(row)));
        Set<YearMonth> passed =
                drilled.stream()
                        .filter(row -> counts(row) && verdict(row) == DrillVerdict.PASSED)
                        .map(row -> YearMonth.from(asked(row)))
                        .collect(Collectors.toSet());
        use.map(DrillAges.Use::since).ifPresent(since -> seen.add(day(since)));
        use.flatMap(DrillAges.Use::last).ifPresent(last -> seen.add(day(last)));
        boolean retired = use.isEmpty() || use.get().last().isPresent();
        LocalDate told = day(until.minusMillis(1));
        LocalDate begin = seen.first().isAfter(period.from()) ? seen.first() : period.from();
        LocalDate end = retired && seen.last().isBefore(told) ? seen.last() : told;
        if (begin.isAfter(end)) {
            return;
        }
        for (YearMonth month = YearMonth.from(begin);
                !month.atDay(1).isAfter(end);
                month = month.plusMonths(1)) {
            if (!passed.contains(month)) {
                LocalDate first = month.atDay(1);
                LocalDate last = month.atEndOfMonth();
                gaps.add(
                        Json.createObjectBuilder()
                                .add("source", name)
                                .add("from", (first.isBefore(begin) ? begin : first).toString())
                                .add("to", (last.isAfter(end) ? end : last).toString()));
            }
        }
    }

    private static void copy(JsonObject from, JsonObjectBuilder to, String... names) {
        for (String name : names) {
            JsonValue value = from.get(name);
            if (value != null) {
                to.add(name, value);
            }
        }
    }
}
