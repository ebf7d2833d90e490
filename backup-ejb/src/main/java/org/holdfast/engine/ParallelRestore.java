package org.holdfast.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.CountingInput;

/**
 * Restores a custom-format dump over several connections, section after section, with no plain copy
 * of it on disk.
 *
 * <p>A dump that pg_dump wrote into a pipe does not tell where a table's rows begin, and {@code
 * pg_restore --jobs} then has every connection search the file for them, row by row: on two cores
 * that costs as much as the second connection brings. Here each connection is a pg_restore that
 * loads its share of the tables from a stream of its own. A connection that has nothing (more) to
 * load makes indexes of tables that have their rows, while others still load; {@code --jobs} is
 * left to what remains then. For both the dump's beginning is enough.
 */
public final class ParallelRestore {
    /**
     * Gives the plain dump from its beginning, as often as asked and to several threads at once.
     */
    @FunctionalInterface
    public interface Dump {
        InputStream open() throws IOException;
    }

    /** How far the rows are; told by several threads. */
    public interface Loading {
        /**
         * @param position how far through the dump the connections are on average, in bytes
         */
        void at(long position);

        /**
         * All rows are there, while indexes may still be made. Told once.
         *
         * @param connections that loaded them
         */
        void done(int connections);
    }

    /**
     * The beginning of a dump, as far as its table of contents.
     *
     * @param file in the directory that was given for it
     * @param contents as pg_restore prints them, without its comments
     */
    public record Head(Path file, List<String> contents) {}

    /** Of a dump whose table of contents is of a format that is not known here. */
    private static final long LONGEST_HEAD = 256L << 20;

    private static final int LONGEST_LIST = 256 << 20;

    private static final Pattern ROWS_BEGIN =
            Pattern.compile("processing data for table \"(.*)\"$");
    private static final Pattern NOTE =
            Pattern.compile("pg_restore: (connecting|processing|executing|creating|restoring) .*");

    private final Client client;
    private final PostgresUrl url;
    private final Head head;
    private final WorkDir dir;
    private final Cancel cancel;
    private IndexQueue queue = new IndexQueue(0, 1, table -> 0);
    private List<String> after;

    /**
     * @param head see {@link #head}
     */
    public ParallelRestore(Client client, PostgresUrl url, Head head, WorkDir dir, Cancel cancel) {
        this.client = client;
        this.url = url;
        this.head = head;
        this.dir = dir;
        this.cancel = cancel;
    }

    /**
     * Reads as much of the dump into a file in {@code dir} as holds the table of contents, and no
     * row behind it; pg_restore itself says whether it does.
     *
     * @throws ChildFailed pg_restore cannot read the table of contents
     */
    public static Head head(Client client, Dump dump, WorkDir dir, Cancel cancel)
            throws IOException {
        Path file = dir.newFile("head");
        try (InputStream plain =
                        new BufferedInputStream(new Cancellable(dump.open(), cancel), 64 << 10);
                OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(file), 64 << 10)) {
            if (!ArchiveHead.pass(new Tee(plain, out))) {
                copy(plain, out, LONGEST_HEAD);
            }
        }
        return new Head(file, list(PgRestore.list(client), file, dir, cancel));
    }

    private static final class Cancellable extends CountingInput {
        private final Cancel cancel;

        Cancellable(InputStream in, Cancel cancel) {
            super(in);
            this.cancel = cancel;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            cancel.check();
            return super.read(b, offset, length);
        }
    }

    /** Writes what is read. */
    private static final class Tee extends CountingInput {
        private final OutputStream out;

        Tee(InputStream in, OutputStream out) {
            super(in);
            this.out = out;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            int count = super.read(b, offset, length);
            if (count > 0) {
                out.write(b, offset, count);
            }
            return count;
        }
    }

    private static void copy(InputStream from, OutputStream to, long most) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long left = most;
        for (int n = 0; n >= 0 && left > 0; left -= n) {
            n = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            to.write(buffer, 0, Math.max(n, 0));
        }
    }

    private static List<String> list(PgRestore list, Path file, WorkDir dir, Cancel cancel)
            throws IOException {
        return list(list, file, dir, cancel, LONGEST_LIST);
    }

    /**
     * @param longest bytes that are held
     * @throws ChildFailed it failed, or printed more
     */
    static List<String> list(PgRestore list, Path file, WorkDir dir, Cancel cancel, int longest)
            throws IOException {
        try (ChildProcess child = list.from(file, 1).start(dir, cancel)) {
            byte[] text = child.stream().readNBytes(longest);
            if (text.length == longest && child.stream().read() >= 0) {
                throw new ChildFailed(
                        "pg_restore",
                        -1,
                        "printed a table of contents of more than " + longest + " bytes",
                        child.lastWords());
            }
            child.requireSuccess();
            return new String(text, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith(";") && !line.isBlank())
                    .toList();
        }
    }

    /** Makes what rows go into. */
    public void schema() throws IOException {
        run(PgRestore.into(client, url).section(PgRestore.Section.PRE_DATA).from(head.file(), 1));
    }

    /** Makes indexes, constraints and all else that comes after the rows and is not made yet. */
    public void indexes(int jobs) throws IOException {
        for (List<String> run : queue.left(after(cancel))) {
            make(run, jobs, cancel);
        }
    }

    private void make(List<String> entries, int jobs, Cancel cancel) throws IOException {
        Path list = Files.write(dir.newFile("list"), entries);
        try (ChildProcess child =
                PgRestore.into(client, url)
                        .section(PgRestore.Section.POST_DATA)
                        .only(list)
                        .from(head.file(), jobs)
                        .start(dir, cancel)) {
            child.requireSuccess();
        } finally {
            Files.deleteIfExists(list);
        }
    }

    /** What comes after the rows; asked once. */
    private List<String> after(Cancel cancel) throws IOException {
        if (after == null) {
            after = entries(PgRestore.Section.POST_DATA, cancel);
        }
        return after;
    }

    private List<String> entries(PgRestore.Section section, Cancel cancel) throws IOException {
        return list(PgRestore.list(client).section(section), head.file(), dir, cancel);
    }

    private void run(PgRestore restore) throws IOException {
        try (ChildProcess child = restore.start(dir, cancel)) {
            child.requireSuccess();
        }
    }

    /**
     * Loads rows and large objects; over several connections also makes some of what {@link
     * #indexes} makes else.
     *
     * @param jobs connections at most
     * @param sizes to share the tables out evenly; a table that is missing counts as small
     * @param total bytes of the plain dump
     * @throws ChildFailed the first one's failure; the others were ended
     */
    public void rows(
            int jobs, TableSizes sizes, long total, Dump dump, Loading loading, Executor executor)
            throws IOException {
        List<List<String>> shares =
                Shares.of(entries(PgRestore.Section.DATA, cancel), jobs, sizes.listed());
        queue = new IndexQueue(shares.size(), jobs, sizes::told);
        if (jobs == 1 || shares.isEmpty()) {
            queue.stop();
        }
        if (shares.isEmpty()) {
            loading.done(0);
        }
        AtomicLongArray positions = new AtomicLongArray(shares.size());
        AtomicReference<Throwable> first = new AtomicReference<>();
        Cancel all = new Cancel();
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        try (Cancel.Hook hook = cancel.on(() -> all.now("The restore is cancelled."));
                Cancel.Hook stop = all.on(queue::stop)) {
            try {
                for (int i = 0; i < shares.size(); i++) {
                    int number = i;
                    LongConsumer moved =
                            at -> {
                                positions.set(number, at);
                                loading.at(mean(positions));
                            };
                    Part part =
                            () -> {
                                load(shares.get(number), dump, moved, all);
                                moved.accept(total);
                                if (queue.oneIsThrough()) {
                                    loading.done(shares.size());
                                }
                                makeWhatIsReady(all);
                            };
                    parts.add(start(part, first, all, executor));
                }
                for (int i = shares.size(); i < jobs && !shares.isEmpty(); i++) {
                    parts.add(start(() -> makeWhatIsReady(all), first, all, executor));
                }
                if (jobs > 1) {
                    tellWhatBelongs(all);
                }
            } catch (Throwable e) {
                first.compareAndSet(null, e);
                all.now("Not all of the restore could be begun.");
            }
            await(parts, all);
        }
        cancel.check();
        if (first.get() != null) {
            throw thrown(first.get());
        }
    }

    private interface Part {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> start(
            Part part, AtomicReference<Throwable> first, Cancel all, Executor executor) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        part.run();
                    } catch (Throwable e) {
                        first.compareAndSet(null, e);
                        all.now("Another connection's share has failed.");
                    }
                },
                executor);
    }

    private void load(List<String> share, Dump dump, LongConsumer moved, Cancel all)
            throws IOException {
        Path list = Files.write(dir.newFile("list"), share);
        PgRestore restore =
                PgRestore.into(client, url).section(PgRestore.Section.DATA).only(list).telling();
        Loaded loaded = new Loaded();
        try (ChildProcess child = restore.start(dir, all);
                InputStream plain = new Counting(dump.open(), moved)) {
            child.hear(loaded::heard);
            child.feedWanted(plain);
            child.requireSuccess();
            if (child.awaitHeard()) {
                loaded.passed();
            }
        } finally {
            Files.deleteIfExists(list);
        }
    }

    /** Hears from pg_restore which tables it has gone past. */
    private final class Loaded {
        private volatile String table;

        /** Whether the line tells only how far pg_restore is. */
        boolean heard(String line) {
            if (!NOTE.matcher(line).matches()) {
                return false;
            }
            passed();
            Matcher begins = ROWS_BEGIN.matcher(line);
            table = begins.find() ? begins.group(1) : null;
            return true;
        }

        /** All rows of the table that was named last are there. */
        void passed() {
            if (table != null) {
                queue.loaded(table);
            }
        }
    }

    private void makeWhatIsReady(Cancel all) throws IOException {
        try {
            for (IndexQueue.Run next = queue.next();
                    !next.entries().isEmpty();
                    next = queue.next()) {
                make(next.entries(), 1, all);
                queue.made(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("The thread was interrupted.");
        }
    }

    private void tellWhatBelongs(Cancel all) throws IOException {
        PgRestore sql = PgRestore.sql(client).section(PgRestore.Section.POST_DATA);
        try (ChildProcess child = sql.from(head.file(), 1).start(dir, all)) {
            List<IndexesOfTables.Belonging> found =
                    IndexesOfTables.of(
                            new InputStreamReader(child.stream(), StandardCharsets.UTF_8),
                            after(all),
                            head.contents());
            child.requireSuccess();
            queue.belongs(found);
        }
    }

    private static void await(List<CompletableFuture<Void>> parts, Cancel all) throws Cancelled {
        boolean interrupted = false;
        for (CompletableFuture<Void> part : parts) {
            while (true) {
                try {
                    part.get();
                    break;
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                } catch (InterruptedException e) {
                    interrupted = true;
                    all.now("The thread was interrupted.");
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new Cancelled("The thread was interrupted.");
        }
    }

    private static IOException thrown(Throwable failure) {
        if (failure instanceof IOException e) {
            return e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return new IOException(failure);
    }

    private static long mean(AtomicLongArray positions) {
        return IntStream.range(0, positions.length()).mapToLong(positions::get).sum()
                / positions.length();
    }

    /** Tells how many bytes were read. */
    private static final class Counting extends FilterInputStream {
        private final LongConsumer moved;
        private long at;

        Counting(InputStream in, LongConsumer moved) {
            super(in);
            this.moved = moved;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = in.read(buffer, offset, length);
            if (n > 0) {
                at += n;
                moved.accept(at);
            }
            return n;
        }
    }
}
