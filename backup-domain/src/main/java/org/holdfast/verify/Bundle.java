package org.holdfast.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Evidence of one drill. */
final class Bundle {
    static final String STATEMENT = "drill.dsse.json";
    private static final String TYPE = "application/vnd.holdfast.drill-evidence+json";

    private Bundle() {}

    /** Gives the sentences of what was proved, of one drill or of a period's. */
    static List<String> verify(Path given, Keys keys)
            throws IOException, Unproved, Envelope.OtherKey {
        try (Contents contents = Contents.of(given)) {
            if (contents.has(Period.STATEMENT)) {
                return Period.verified(contents, keys);
            }
            if (contents.has(STATEMENT)) {
                return verified(contents, keys);
            }
            throw new Unproved(
                    "There is neither "
                            + STATEMENT
                            + " nor "
                            + Period.STATEMENT
                            + ": this is no evidence of drills, or it was cut off.");
        }
    }

    private static List<String> verified(Contents contents, Keys keys)
            throws IOException, Unproved, Envelope.OtherKey {
        Map<String, Object> statement =
                Statement.of(contents, STATEMENT, TYPE, "holdfast-drill-evidence/1", keys);
        Chain chain = Chain.of(contents, statement);
        String drill = Json.text(statement, "drill");
        TreeMap<Long, String> sealed = chain.of(drill);
        if (!sealed.containsKey(chain.last())
                || !sealed.get(chain.last()).equals(Json.text(statement, "record"))) {
            throw new Unproved("The chain over drills does not end with this record.");
        }
        Map<String, Object> record = new Folder(contents, "", keys).verified(drill, sealed);
        List<String> said = new ArrayList<>();
        said.add(
                "Drill "
                        + Json.text(statement, "number")
                        + ": all "
                        + contents.names().size()
                        + " files are as they were signed; its record was sealed at "
                        + Json.text(statement, "at")
                        + ".");
        said.add(
                "It is link "
                        + chain.last()
                        + " of the chain over all drills, which is whole from the first on.");
        said.addAll(outcome(record));
        return said;
    }

    private static List<String> outcome(Map<String, Object> record) throws Unproved {
        Map<String, Object> outcome = Json.child(record, "outcome");
        List<String> said = new ArrayList<>();
        said.add(
                "Verdict "
                        + Json.text(outcome, "verdict")
                        + ", now "
                        + Json.text(outcome, "status")
                        + ".");
        for (Map<String, Object> word : Json.objects(Json.child(record, "people"), "signOffs")) {
            said.add(
                    (Json.text(word, "step").equals("REVIEW") ? "Review" : "Sign-off")
                            + " "
                            + Json.text(word, "decision")
                            + " by "
                            + Json.text(word, "by")
                            + " at "
                            + Json.text(word, "at")
                            + ".");
        }
        return said;
    }
}
