package org.holdfast.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Shares a dump's rows out over connections: in runs of the dump's own order where that is as even,
 * as a connection reads no further than its last table; else the largest tables first, each to whom
 * has least. What is not rows of a table (large objects, what sequences stand at) stays together,
 * because some of it has to follow on other of it; within a share the dump's own order is kept.
 */
final class Shares {
    /** How many times faster rows are read past than loaded: 1.5 million took 0.3 s and 2.0 s. */
    private static final long PASSED = 6;

    /** What may be lost in evenness for reading less. */
    private static final double AS_EVEN = 1.05;

    private static final String ROWS = " TABLE DATA ";

    private Shares() {}

    /**
     * @param entries of the section with the data, as pg_restore lists them
     * @param jobs connections at most
     * @param bytes size of a table by "schema name"; one that is missing counts as small
     * @return at least one entry each, in the dump's order; none for no entries
     */
    static List<List<String>> of(List<String> entries, int jobs, Map<String, Long> bytes) {
        List<Integer> tables =
                IntStream.range(0, entries.size())
                        .filter(i -> entries.get(i).contains(ROWS))
                        .boxed()
                        .toList();
        long[] weights = tables.stream().mapToLong(i -> weight(entries.get(i), bytes)).toArray();
        int count = Math.max(1, Math.min(jobs, tables.size()));
        int[] runs = runs(weights, count);
        int[] evenly = evenly(weights, count);
        boolean inRuns = slowest(weights, runs, count) <= slowest(weights, evenly, count) * AS_EVEN;
        int[] owner = inRuns ? runs : evenly;

        long[] load = new long[count];
        List<TreeSet<Integer>> shares = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shares.add(new TreeSet<>());
        }
        for (int i = 0; i < weights.length; i++) {
            shares.get(owner[i]).add(tables.get(i));
            load[owner[i]] += weights[i];
        }
        int last = inRuns && owner.length > 0 ? owner[owner.length - 1] : least(load);
        for (int i = 0; i < entries.size(); i++) {
            if (!entries.get(i).contains(ROWS)) {
                shares.get(last).add(i);
            }
        }
        return shares.stream()
                .filter(share -> !share.isEmpty())
                .map(share -> share.stream().map(entries::get).toList())
                .toList();
    }

    /** The largest first, each to whom has least: the number of the share for each weight. */
    private static int[] evenly(long[] weights, int count) {
        int[] owner = new int[weights.length];
        long[] load = new long[count];
        IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparing(i -> -weights[i]))
                .forEach(
                        i -> {
                            owner[i] = least(load);
                            load[owner[i]] += weights[i];
                        });
        return owner;
    }

    /** Runs of which the slowest is as fast as can be: the number of the share for each weight. */
    private static int[] runs(long[] weights, int count) {
        long most = LongStream.of(weights).sum();
        long least = 0;
        while (least + 1 < most) {
            long middle = least + (most - least) / 2;
            if (runs(weights, count, middle) == null) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return runs(weights, count, most);
    }

    /** Runs of which none takes longer than the limit; null where there are too few shares. */
    private static int[] runs(long[] weights, int count, long limit) {
        int[] owner = new int[weights.length];
        int share = 0;
        long before = 0;
        long took = 0;
        for (int i = 0; i < weights.length; i++) {
            if (i > 0 && took + weights[i] > limit) {
                share++;
                took = before / PASSED;
            }
            if (share == count || took + weights[i] > limit) {
                return null;
            }
            owner[i] = share;
            took += weights[i];
            before += weights[i];
        }
        return owner;
    }

    /** What the slowest share takes: its own rows, and reading past all before its last ones. */
    private static long slowest(long[] weights, int[] owner, int count) {
        long slowest = 0;
        for (int share = 0; share < count; share++) {
            long took = 0;
            long passed = 0;
            for (int i = 0; i < weights.length; i++) {
                if (owner[i] == share) {
                    took += weights[i] + passed / PASSED;
                    passed = 0;
                } else {
                    passed += weights[i];
                }
            }
            slowest = Math.max(slowest, took);
        }
        return slowest;
    }

    private static int least(long[] load) {
        int least = 0;
        for (int i = 1; i < load.length; i++) {
            if (load[i] < load[least]) {
                least = i;
            }
        }
        return least;
    }

    /** Of {@code …; … TABLE DATA schema name owner}, where each of the three may hold blanks. */
    private static long weight(String entry, Map<String, Long> bytes) {
        String rest = entry.substring(entry.indexOf(ROWS) + ROWS.length());
        for (int end = rest.lastIndexOf(' '); end > 0; end = rest.lastIndexOf(' ', end - 1)) {
            Long found = bytes.get(rest.substring(0, end));
            if (found != null) {
                return found + 1;
            }
        }
        return 1;
    }
}
