package org.holdfast.verify;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Evidence of all drills of a period: each one's files in a folder of its own, the chain over all
 * drills, and an index. The index may not say otherwise than the sealed records, and no drill whose
 * first record was sealed in the period may be passed over in silence.
 */
final class Period {
    static final String STATEMENT = "period.dsse.json";
    private static final String INDEX = "period.json";
    private static final String TYPE = "application/vnd.holdfast.period-evidence+json";

    private final Contents contents;
    private final Keys keys;
    private final Map<String, Object> statement;
    private final Map<String, Object> index;
    private final Map<String, Object> span;
    private final Chain chain;
    private final Set<String> told = new HashSet<>();
    private final Map<String, Integer> verdicts = new TreeMap<>();
    private int signedOff;
    private int trials;

    private Period(Contents contents, Keys keys) throws IOException, Unproved, Envelope.OtherKey {
        this.contents = contents;
        this.keys = keys;
        this.statement =
                Statement.of(contents, STATEMENT, TYPE, "holdfast-period-evidence/1", keys);
        this.index = contents.object(INDEX);
        this.span = Json.child(index, "period");
        this.chain = Chain.of(contents, statement);
    }

    static List<String> verified(Contents contents, Keys keys)
            throws IOException, Unproved, Envelope.OtherKey {
        return new Period(contents, keys).verified();
    }

    private List<String> verified() throws IOException, Unproved, Envelope.OtherKey {
        for (String name : new String[] {"from", "until"}) {
            if (!Json.text(span, name).equals(Json.text(statement, name))) {
                throw new Unproved(INDEX + " is of another period than the statement.");
            }
        }
        List<Map<String, Object>> drills = Json.objects(index, "drills");
        for (Map<String, Object> row : drills) {
            drill(row);
        }
        for (Map<String, Object> other : Json.objects(index, "others")) {
            told.add(Json.text(other, "id"));
        }
        for (Map.Entry<String, String> drill : chain.firstSealed().entrySet()) {
            if (within(drill.getValue()) && !told.contains(drill.getKey())) {
                throw new Unproved(
                        "Drill "
                                + drill.getKey()
                                + ", whose record was sealed at "
                                + drill.getValue()
                                + ", is passed over: it was left out of the period.");
            }
        }
        return said(drills.size());
    }

    private void drill(Map<String, Object> row) throws IOException, Unproved, Envelope.OtherKey {
        String id = Json.text(row, "id");
        String number = Json.text(row, "number");
        if (!told.add(id)) {
            throw new Unproved(INDEX + " has drill " + number + " twice.");
        }
        Map<String, Object> record =
                new Folder(contents, Json.text(row, "folder") + "/", keys)
                        .verified(id, chain.of(id));
        Map<String, Object> identity = Json.child(record, "identity");
        Map<String, Object> outcome = Json.child(record, "outcome");
        String verdict = Json.text(outcome, "verdict");
        String status = Json.text(outcome, "status");
        if (!Json.text(identity, "id").equals(id)
                || !Json.text(identity, "number").equals(number)
                || !Json.text(Json.child(record, "source"), "name").equals(Json.text(row, "source"))
                || !verdict.equals(Json.text(row, "verdict"))
                || !status.equals(Json.text(row, "status"))
                || !Json.text(identity, "trigger").equals(Json.text(row, "trigger"))
                || !chain.of(id).lastEntry().getValue().equals(Json.text(row, "record"))) {
            throw new Unproved(INDEX + " says of drill " + number + " what its record does not.");
        }
        if (!within(Json.text(Json.child(record, "timing"), "requestedAt"))) {
            throw new Unproved("Drill " + number + " is not of the period.");
        }
        if (Json.text(identity, "trigger").equals("TRIAL")) {
            trials++;
            return;
        }
        verdicts.merge(verdict, 1, Integer::sum);
        signedOff += status.equals("SIGNED_OFF") ? 1 : 0;
    }

    private boolean within(String at) throws Unproved {
        try {
            Instant moment = Instant.parse(at);
            return !moment.isBefore(Instant.parse(Json.text(span, "from")))
                    && moment.isBefore(Instant.parse(Json.text(span, "until")));
        } catch (DateTimeException e) {
            throw new Unproved("\"" + at + "\" or the period's bounds are no time.");
        }
    }

    private List<String> said(int drills) throws Unproved {
        List<String> said = new ArrayList<>();
        said.add(
                "Drills from "
                        + Json.text(span, "from")
                        + " until "
                        + Json.text(span, "until")
                        + (span.containsKey("source")
                                ? " of " + Json.text(span, "source")
                                : " of all databases")
                        + ": "
                        + (drills - trials)
                        + (trials > 0 ? ", and trials that count for nothing: " + trials : "")
                        + "; all "
                        + contents.names().size()
                        + " files are as they were signed at "
                        + Json.text(statement, "at")
                        + ".");
        said.add(
                "The chain over all drills is whole from the first on to link "
                        + chain.last()
                        + "; each record is the newest that it seals, and no drill that was sealed"
                        + " in the period is passed over.");
        List<String> counted = new ArrayList<>();
        verdicts.forEach((verdict, count) -> counted.add(count + " " + verdict));
        if (!counted.isEmpty()) {
            said.add(
                    "Verdicts: " + String.join(", ", counted) + "; signed off: " + signedOff + ".");
        }
        return said;
    }
}
