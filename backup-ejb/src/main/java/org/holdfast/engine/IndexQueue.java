package org.holdfast.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.engine.IndexesOfTables.Belonging;
import org.holdfast.engine.IndexesOfTables.Kind;

/**
 * What can be made while rows are still being loaded: told by connections that load which tables
 * have theirs, asked by connections that have nothing (more) to load. Safe for several threads.
 *
 * <p>The constraints of a table are one piece, because each locks the table against all others, and
 * so do the indexes that alter it when they are made: each of two such would wait for the other's
 * lock. Its other indexes come after them, each a piece of its own, as they may be made at the same
 * time.
 */
final class IndexQueue {
    /**
     * Of all that is made early, in how many parts at least, by number and by weight: each is a run
     * of pg_restore.
     */
    private static final int PIECES = 20;

    private static final Comparator<Piece> LONGEST_FIRST =
            Comparator.comparingLong((Piece piece) -> -piece.weight)
                    .thenComparing(piece -> piece.entries.get(0));

    /**
     * @param table whose indexes may follow when this is made; null where there are none
     */
    private record Piece(String table, long weight, List<String> entries) {}

    /** Some entries to be made in one run; {@link #made} is to be told when they are. */
    static final class Run {
        private final List<Piece> pieces = new ArrayList<>();

        List<String> entries() {
            return pieces.stream().flatMap(piece -> piece.entries.stream()).toList();
        }
    }

    private final ToLongFunction<String> weight;
    private final PriorityQueue<Piece> ready = new PriorityQueue<>(LONGEST_FIRST);
    private final Set<String> loaded = new HashSet<>();
    private final Set<String> given = new HashSet<>();
    private Map<String, List<Belonging>> byTable;
    private final Map<String, List<Piece>> following = new HashMap<>();
    private final int connections;
    private int most;
    private long total;
    private int loading;
    private int making;
    private boolean stopped;

    /**
     * @param loading how many connections load rows
     * @param connections how many there are, those that load rows included
     * @param weight of a table: what takes longest begins first
     */
    IndexQueue(int loading, int connections, ToLongFunction<String> weight) {
        this.connections = connections;
        this.loading = loading;
        this.weight = weight;
    }

    /** Tells what belongs to which table; until then {@link #next} waits. */
    synchronized void belongs(List<Belonging> entries) {
        byTable = entries.stream().collect(Collectors.groupingBy(Belonging::table));
        long early = entries.stream().filter(Belonging::early).count();
        most = (int) Math.max(1, early / PIECES);
        total =
                byTable.keySet().stream()
                        .flatMap(table -> pieces(table).stream())
                        .mapToLong(Piece::weight)
                        .sum();
        loaded.forEach(this::add);
        notifyAll();
    }

    /** A table, as {@code schema.name}, has its rows. A second time changes nothing. */
    synchronized void loaded(String table) {
        if (loaded.add(table) && byTable != null) {
            add(table);
            notifyAll();
        }
    }

    private void add(String table) {
        List<Piece> pieces = pieces(table);
        if (pieces.isEmpty() || pieces.get(0).table == null) {
            ready.addAll(pieces);
        } else {
            following.put(table, pieces.subList(1, pieces.size()));
            ready.add(pieces.get(0));
        }
    }

    /** What is made early of a table: all that locks it together first, and each index alone. */
    private List<Piece> pieces(String table) {
        long each = weight.applyAsLong(table);
        List<String> locking = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        for (Belonging one : byTable.getOrDefault(table, List.of())) {
            if (one.early() && one.kind() == Kind.INDEX) {
                pieces.add(new Piece(null, each, List.of(one.entry())));
            } else if (one.early()) {
                locking.add(one.entry());
            }
        }
        if (!locking.isEmpty()) {
            pieces.add(0, new Piece(table, each, locking));
        }
        return pieces;
    }

    /**
     * One connection has loaded all that it had to.
     *
     * @return whether it was the last: all rows are there
     */
    synchronized boolean oneIsThrough() {
        loading--;
        notifyAll();
        return loading == 0;
    }

    /** Something failed: nobody gets anything any more. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /**
     * What takes longest of all that can be made, with small pieces beside it.
     *
     * @return no entries where nothing more will come
     */
    synchronized Run next() throws InterruptedException {
        while (!stopped && (byTable == null || ready.isEmpty() && (loading > 0 || making > 0))) {
            wait();
        }
        Run run = new Run();
        int size = 0;
        int longest = longest();
        long took = 0;
        while (!stopped
                && !ready.isEmpty()
                && (size == 0
                        || size + ready.peek().entries.size() <= longest
                                && took + ready.peek().weight <= total / PIECES)) {
            Piece piece = ready.poll();
            run.pieces.add(piece);
            given.addAll(piece.entries);
            size += piece.entries.size();
            took += piece.weight;
        }
        if (size > 0) {
            making++;
        }
        return run;
    }

    /** Entries of one run; where no weights tell, no more than leave the others their part. */
    private int longest() {
        if (total > 0) {
            return most;
        }
        int there = ready.stream().mapToInt(piece -> piece.entries.size()).sum();
        return Math.min(most, (there + connections - 1) / connections);
    }

    /** What {@link #next} gave is made: indexes can follow. */
    synchronized void made(Run run) {
        making--;
        for (Piece piece : run.pieces) {
            if (piece.table != null) {
                ready.addAll(following.remove(piece.table));
            }
        }
        notifyAll();
    }

    /**
     * Those of {@code all} that {@link #next} has given to nobody, in their order, in runs to be
     * made one after the other over several connections: pg_restore takes indexes for what can be
     * made side by side, so of two that alter one table the replica identity goes into the first.
     * It rests on columns only, and so on nothing of the second.
     */
    synchronized List<List<String>> left(List<String> all) {
        List<String> left = all.stream().filter(entry -> !given.contains(entry)).toList();
        Set<String> first = first(new HashSet<>(left));
        return Stream.of(true, false)
                .map(now -> left.stream().filter(e -> first.contains(e) == now).toList())
                .filter(run -> !run.isEmpty())
                .toList();
    }

    private Set<String> first(Set<String> left) {
        if (byTable == null) {
            return Set.of();
        }
        return byTable.values().stream()
                .map(ofTable -> ofTable.stream().filter(e -> left.contains(e.entry())).toList())
                .filter(ofTable -> ofTable.stream().anyMatch(e -> e.kind() == Kind.ALTERING))
                .flatMap(List::stream)
                .filter(each -> each.kind() == Kind.IDENTITY)
                .map(Belonging::entry)
                .collect(Collectors.toSet());
    }
}
