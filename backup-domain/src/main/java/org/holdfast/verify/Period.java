package org.holdfast.verify;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Evidence of all drills of a period: each one's files in a folder of its own, the chain over all
 * drills, and an index. The index may not say otherwise than the sealed records, its summary counts
 * what they say, and no drill whose first record was sealed in the period may be passed over in
 * silence. Of a drill that it names as left out nothing but the index speaks.
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
    private final Tally tally = new Tally();
    private int others;

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
        if (!Json.text(index, "madeAt").equals(Json.text(statement, "at"))) {
            throw new Unproved(INDEX + " was made at another time than it was signed.");
        }
        for (Map<String, Object> row : Json.objects(index, "drills")) {
            drill(row);
        }
        for (Map<String, Object> row : Json.objects(index, "others")) {
            other(row);
        }
        for (Map<String, Object> row : Json.objects(index, "notEnded")) {
            notEnded(row);
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
        tally.require(index);
        return said();
    }

    private void drill(Map<String, Object> row) throws IOException, Unproved, Envelope.OtherKey {
        String id = Json.text(row, "id");
        String number = once(row);
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
        ofThePeriod(number, row, Json.text(Json.child(record, "timing"), "requestedAt"));
        tally.add(record);
    }

    /** The number of a drill of which the index has not told before. */
    private String once(Map<String, Object> row) throws Unproved {
        String number = Json.text(row, "number");
        if (!told.add(Json.text(row, "id"))) {
            throw new Unproved(INDEX + " has drill " + number + " twice.");
        }
        return number;
    }

    private void ofThePeriod(String number, Map<String, Object> row, String requestedAt)
            throws Unproved {
        if (!within(requestedAt) || !ofTheSource(row)) {
            throw new Unproved("Drill " + number + " is not of the period.");
        }
    }

    private boolean ofTheSource(Map<String, Object> row) throws Unproved {
        return !span.containsKey("source")
                || Json.text(span, "source").equals(Json.text(row, "source"));
    }

    /** Its record is not in here: what can be held against it is what it says itself. */
    private void other(Map<String, Object> row) throws Unproved {
        String number = once(row);
        String sealed = chain.firstSealed().get(Json.text(row, "id"));
        boolean fits =
                switch (Json.text(row, "why")) {
                    case "OTHER_SOURCE" -> span.containsKey("source");
                    case "OTHER_PERIOD" ->
                            ofTheSource(row) && !within(Json.text(row, "requestedAt"));
                    default -> false;
                };
        if (!fits) {
            throw new Unproved(
                    "Drill "
                            + number
                            + " is left out as "
                            + Json.text(row, "why")
                            + ", which it cannot be: it was left out of the period.");
        }
        if (sealed == null || !within(sealed)) {
            throw new Unproved(
                    "Drill " + number + " is left out, and was not first sealed in the period.");
        }
        others++;
    }

    /** One that was sealed in the period had ended: it stays untold, and is found. */
    private void notEnded(Map<String, Object> row) throws Unproved {
        String number = Json.text(row, "number");
        if (told.contains(Json.text(row, "id"))) {
            throw new Unproved(INDEX + " has drill " + number + " twice.");
        }
        ofThePeriod(number, row, Json.text(row, "requestedAt"));
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

    private List<String> said() throws Unproved {
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
                        + tally.drills()
                        + (tally.trials() > 0
                                ? ", and trials that count for nothing: " + tally.trials()
                                : "")
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
        if (others > 0) {
            said.add(
                    (others == 1 ? "1 drill is" : others + " drills are")
                            + " left out as of another period or database, by the index alone.");
        }
        if (tally.drills() > 0) {
            said.add("Verdicts: " + tally.verdicts() + "; signed off: " + tally.signedOff() + ".");
        }
        return said;
    }
}
