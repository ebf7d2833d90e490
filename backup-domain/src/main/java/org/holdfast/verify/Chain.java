package org.holdfast.verify;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The chain over all records of all drills, from the first on, as {@code chain.json} gives it. */
final class Chain {
    private static final String GENESIS = "0".repeat(64);

    private final Map<String, TreeMap<Long, String>> records = new LinkedHashMap<>();
    private final Map<String, String> firstSealed = new LinkedHashMap<>();
    private long last;

    private Chain() {}

    /** The chain, once it was found to be whole and to end as the statement says. */
    static Chain of(Contents contents, Map<String, Object> statement) throws IOException, Unproved {
        Chain chain = new Chain();
        String before = GENESIS;
        for (Map<String, Object> link : Json.objects(contents.object("chain.json"), "entries")) {
            long seq = Json.number(link, "seq");
            String drill = Json.text(link, "drill");
            String at = Json.text(link, "at");
            String sha256 = Json.text(link, "sha256");
            String hash = AuditFile.fields(before, Long.toString(seq), drill, at, sha256);
            if (seq != chain.last + 1
                    || !Json.text(link, "previous").equals(before)
                    || !Json.text(link, "hash").equals(hash)) {
                throw new Unproved(
                        "The chain over drills is broken at link " + (chain.last + 1) + ".");
            }
            chain.records.computeIfAbsent(drill, d -> new TreeMap<>()).put(seq, sha256);
            chain.firstSealed.putIfAbsent(drill, at);
            before = hash;
            chain.last = seq;
        }
        if (chain.last != Json.number(statement, "chainEntries")
                || !before.equals(Json.text(statement, "chainHash"))) {
            throw new Unproved("The chain over drills does not end as the statement says.");
        }
        return chain;
    }

    long last() {
        return last;
    }

    /** SHA-256 of each sealed record of a drill by the number of its link. */
    TreeMap<Long, String> of(String drill) {
        return records.getOrDefault(drill, new TreeMap<>());
    }

    /** When the first record of each drill was sealed. */
    Map<String, String> firstSealed() {
        return firstSealed;
    }
}
