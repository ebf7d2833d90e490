package org.holdfast.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Manifest;

/**
 * What was counted or hashed of a database's content at one moment, to be held against the same of
 * its restored copy.
 *
 * <p>A table's hash is the sum of its rows' MD5 values, taken as two numbers of 64 bits each modulo
 * 2^64, as 32 hexadecimal digits: it does not depend on the order of the rows. Rows turn into text
 * under fixed settings (ISO dates in UTC, hexadecimal bytea, shortest exact floats).
 *
 * @param mode what was read; with OFF all else is empty
 * @param tables in schema and name order
 * @param sequences qualified name to state
 * @param largeObjects how many, and their hash
 */
public record ContentProof(
        RowProof mode,
        List<Manifest.Table> tables,
        Map<String, Sequence> sequences,
        Manifest.LargeObjects largeObjects) {
    /** What a check says was expected, or found, where there is no table. */
    public static final String NO_TABLE = "no such table";

    /**
     * @param lastValue as the sequence tells it
     * @param called whether {@code lastValue} was given out
     */
    public record Sequence(long lastValue, boolean called) {}

    /** Told after each table, by the thread that reads. */
    @FunctionalInterface
    public interface Progress {
        Progress NONE = (done, all, table) -> {};

        /**
         * @param done tables read
         * @param all tables to read
         * @param table the one just read
         */
        void at(int done, int all, String table);
    }

    /** Reads the present content of a database, in a connection and a frozen view of its own. */
    public static ContentProof of(PostgresUrl url, RowProof mode, Progress progress, Cancel cancel)
            throws IOException {
        try (SourceSession session = SourceSession.open(url, cancel)) {
            return session.proof(mode, progress);
        }
    }

    static ContentProof read(
            Content content, List<Content.Table> tables, RowProof mode, Progress progress)
            throws IOException {
        if (mode == RowProof.OFF) {
            return new ContentProof(
                    mode, List.of(), Map.of(), new Manifest.LargeObjects(0, Optional.empty()));
        }
        Map<String, Sequence> sequences = content.sequences();
        List<Manifest.Table> proved = new ArrayList<>();
        for (Content.Table table : tables) {
            Manifest.Table one = content.prove(table, mode);
            proved.add(one);
            progress.at(proved.size(), tables.size(), one.qualifiedName());
        }
        return new ContentProof(mode, proved, sequences, content.largeObjects(mode));
    }

    /** Qualified name to last value, as a manifest keeps it. */
    public Map<String, Long> lastValues() {
        Map<String, Long> values = new TreeMap<>();
        sequences.forEach((name, sequence) -> values.put(name, sequence.lastValue()));
        return values;
    }

    /**
     * Holds this content, which was restored, against what the snapshot recorded: one check for
     * each table, one for the large objects, and one for every table that is there but should not
     * be. Sequences are not held against each other: they move outside of snapshots, so the dump
     * and the record may rightly differ.
     */
    public List<Check> against(Manifest manifest) {
        Map<String, Manifest.Table> mine = new LinkedHashMap<>();
        tables.forEach(t -> mine.put(t.qualifiedName(), t));
        List<Check> checks = new ArrayList<>();
        for (Manifest.Table expected : manifest.tables()) {
            Manifest.Table actual = mine.remove(expected.qualifiedName());
            String name = expected.qualifiedName();
            if (actual == null) {
                checks.add(new Check("rows of " + name, words(expected, true), NO_TABLE, false));
                continue;
            }
            boolean hashed = expected.hash().isPresent() && actual.hash().isPresent();
            boolean same =
                    expected.rows() == actual.rows()
                            && (!hashed || expected.hash().equals(actual.hash()));
            checks.add(
                    new Check(
                            "rows of " + name,
                            words(expected, hashed),
                            words(actual, hashed),
                            same));
        }
        mine.forEach(
                (name, table) ->
                        checks.add(
                                new Check(
                                        "rows of " + name, NO_TABLE, words(table, false), false)));
        Manifest.LargeObjects expected = manifest.largeObjects();
        boolean hashed = expected.hash().isPresent() && largeObjects.hash().isPresent();
        checks.add(
                new Check(
                        "large objects",
                        words(expected, hashed),
                        words(largeObjects, hashed),
                        expected.count() == largeObjects.count()
                                && (!hashed || expected.hash().equals(largeObjects.hash()))));
        return checks;
    }

    /** In what this differs from {@code other}, one sentence each; empty where in nothing. */
    public List<String> differences(ContentProof other) {
        List<String> found = new ArrayList<>();
        Map<String, Manifest.Table> theirs = new TreeMap<>();
        other.tables.forEach(t -> theirs.put(t.qualifiedName(), t));
        for (Manifest.Table table : tables) {
            Manifest.Table their = theirs.remove(table.qualifiedName());
            if (their == null) {
                found.add("Table " + table.qualifiedName() + " is only in the first.");
            } else if (table.rows() != their.rows()) {
                found.add(
                        "Table "
                                + table.qualifiedName()
                                + " has "
                                + table.rows()
                                + " rows in the first, "
                                + their.rows()
                                + " in the second.");
            } else if (!table.hash().equals(their.hash())) {
                found.add("Table " + table.qualifiedName() + " has other rows in the second.");
            }
        }
        theirs.keySet().forEach(name -> found.add("Table " + name + " is only in the second."));
        Map<String, Sequence> theirSequences = new TreeMap<>(other.sequences);
        sequences.forEach(
                (name, sequence) -> {
                    Sequence their = theirSequences.remove(name);
                    if (their == null) {
                        found.add("Sequence " + name + " is only in the first.");
                    } else if (!their.equals(sequence)) {
                        found.add(
                                "Sequence "
                                        + name
                                        + " stands at "
                                        + sequence.lastValue()
                                        + " in the first, at "
                                        + their.lastValue()
                                        + " in the second.");
                    }
                });
        theirSequences
                .keySet()
                .forEach(name -> found.add("Sequence " + name + " is only in the second."));
        if (!largeObjects.equals(other.largeObjects)) {
            found.add(
                    "Large objects differ: "
                            + words(largeObjects, true)
                            + " in the first, "
                            + words(other.largeObjects, true)
                            + " in the second.");
        }
        return found;
    }

    private static String words(Manifest.Table table, boolean hashed) {
        return table.rows() + (hashed && table.hash().isPresent() ? ", " + table.hash().get() : "");
    }

    private static String words(Manifest.LargeObjects objects, boolean hashed) {
        return objects.count()
                + (hashed && objects.hash().isPresent() ? ", " + objects.hash().get() : "");
    }
}
