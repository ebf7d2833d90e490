package org.holdfast.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What can be made while rows are still being loaded: told by connections that load which tables
 * have theirs, asked by connections that have loaded all of their own. Safe for several threads.
 */
final class IndexQueue {
    /** Of all that is made early, in how many parts at least: each is a run of pg_restore. */
    private static final int PARTS = 20;

    private final PriorityQueue<String> ready;
    private final List<String> early = new ArrayList<>();
    private final Set<String> told = new HashSet<>();
    private final Set<String> given = new HashSet<>();
    private Map<String, List<String>> byTable;
    private int most;
    private int loading;
    private boolean stopped;

    /**
     * @param loading how many connections load rows
     * @param weight of a table: what takes longest begins first
     */
    IndexQueue(int loading, ToLongFunction<String> weight) {
        this.loading = loading;
        this.ready =
                new PriorityQueue<>(
                        Comparator.<String>comparingLong(t -> -weight.applyAsLong(t))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** Tells what belongs to which table; until then {@link #next} waits. */
    synchronized void belongs(Map<String, List<String>> entries) {
        byTable = entries;
        most = Math.max(1, entries.values().stream().mapToInt(List::size).sum() / PARTS);
        early.forEach(this::add);
        early.clear();
        notifyAll();
    }

    /** A table, as {@code schema.name}, has its rows. A second time changes nothing. */
    synchronized void loaded(String table) {
        if (byTable == null) {
            early.add(table);
        } else {
            add(table);
            notifyAll();
        }
    }

    private void add(String table) {
        if (byTable.containsKey(table) && told.add(table)) {
            ready.add(table);
        }
    }

    /** One connection has loaded all that it had to. */
    synchronized void oneIsThrough() {
        loading--;
        notifyAll();
    }

    /** Something failed: nobody gets anything any more. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /**
     * Entries to be made in one go: all of the table that takes longest, with those of small ones.
     * Two connections never get entries of one table, whose locks would wait for each other.
     *
     * @return empty where nothing more will come
     */
    synchronized List<String> next() throws InterruptedException {
        while (!stopped && (byTable == null || ready.isEmpty() && loading > 0)) {
            wait();
        }
        List<String> entries = new ArrayList<>();
        while (!stopped
                && !ready.isEmpty()
                && (entries.isEmpty()
                        || entries.size() + byTable.get(ready.peek()).size() <= most)) {
            entries.addAll(byTable.get(ready.poll()));
        }
        given.addAll(entries);
        return entries;
    }

    /** Those of {@code all} that {@link #next} has given to nobody, in their order. */
    synchronized List<String> left(List<String> all) {
        return all.stream().filter(entry -> !given.contains(entry)).toList();
    }
}
