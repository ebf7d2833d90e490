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
     * A run makes no less at a time, in bytes of rows under all its indexes, where more is there:
     * it takes five times what beginning a run of pg_restore takes.
     */
    private static final long LEAST = 64L << 20;

    /** A run of more is not worth its time: sizes only tell about how long an index takes. */
    private static final long MOST = 4 * LEAST;

    /** What making one index costs beside its rows, in such bytes. */
    private static final long ENTRY = 1L << 20;

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
        private long weight;

        private void add(Piece piece) {
            pieces.add(piece);
            weight += piece.weight;
        }

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
    private long least;
    private long left;
    private int loading;
    private int making;
    private boolean stopped;

    /**
     * @param loading how many connections load rows
     * @param connections how many there are, those that load rows included
     * @param weight of a table, in bytes of its rows, 0 where it is not known: what takes longest
     *     begins first
     */
    IndexQueue(int loading, int connections, ToLongFunction<String> weight) {
        this.connections = connections;
        this.loading = loading;
        this.weight = weight;
    }

    /** Tells what belongs to which table; until then {@link #next} waits. */
    synchronized void belongs(List<Belonging> entries) {
        byTable = entries.stream().collect(Collectors.groupingBy(Belonging::table));
        left =
                byTable.keySet().stream()
                        .flatMap(table -> pieces(table).stream())
                        .mapToLong(Piece::weight)
                        .sum();
        boolean known = byTable.keySet().stream().anyMatch(t -> weight.applyAsLong(t) > 0);
        least = known ? LEAST : 0;
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
        long each = weight.applyAsLong(table) + ENTRY;
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
            pieces.add(0, new Piece(table, each * locking.size(), locking));
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
     * What takes longest of all that can be made, with smaller pieces beside it. The runs become
     * the smaller the less there is left, so that all connections end at about the same time.
     *
     * @return no entries where nothing more will come
     */
    synchronized Run next() throws InterruptedException {
        while (!stopped && (byTable == null || ready.isEmpty() && (loading > 0 || making > 0))) {
            wait();
        }
        Run run = new Run();
        long most = most();
        while (!stopped
                && !ready.isEmpty()
                && (run.pieces.isEmpty() || run.weight + ready.peek().weight <= most)) {
            Piece piece = ready.poll();
            run.add(piece);
            if (piece.table != null) {
                addFollowing(run, piece.table, most);
            }
        }
        run.pieces.forEach(piece -> given.addAll(piece.entries));
        left -= run.weight;
        if (!run.pieces.isEmpty()) {
            making++;
        }
        return run;
    }

    /**
     * Half of an even part of all that is left, and no part of what is there that others wait for.
     */
    private long most() {
        long there = ready.stream().mapToLong(Piece::weight).sum();
        int free = Math.max(1, connections - loading);
        long most = Math.min(MOST, Math.min(left / (2L * connections), there / free));
        return Math.max(least, most);
    }

    /** Indexes that fit into the run that makes their table's constraints. */
    private void addFollowing(Run run, String table, long most) {
        List<Piece> others = new ArrayList<>();
        for (Piece index : following.get(table)) {
            if (run.weight + index.weight <= most) {
                run.add(index);
            } else {
                others.add(index);
            }
        }
        following.put(table, others);
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
