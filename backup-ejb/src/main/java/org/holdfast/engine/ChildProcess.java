package org.holdfast.engine;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.holdfast.pipeline.Cancelled;

/**
 * One run of a program. It is killed, with all it started, when this is closed or the run is
 * cancelled. What it printed counts only after {@link #requireSuccess()} returned:
 *
 * <pre>{@code
 * try (ChildProcess dump = PgDump.of(client, url).start(dir, cancel)) {
 *     dump.stream().transferTo(head);
 *     dump.requireSuccess();
 *     head.seal();
 * }
 * }</pre>
 */
public final class ChildProcess implements AutoCloseable {
    private static final int TAIL_BYTES = 16 << 10;
    private static final int TAIL_LINES = 20;
    private static final int LONGEST_LINE = 4 << 10;

    /** A child that closed its output has nothing more to do than to leave. */
    private static final Duration LEAVING = Duration.ofMinutes(2);

    private final Launch launch;
    private final Process process;
    private final Path errors;
    private final Cancel cancel;
    private final Cancel.Hook hook;
    private final AutoCloseable[] held;
    private final InputStream stream;

    private volatile long waitingSince;
    private volatile boolean silent;
    private volatile Heard heard;
    private boolean drained;
    private boolean closed;

    private ChildProcess(
            Launch launch, Process process, Path errors, Cancel cancel, AutoCloseable... held) {
        this.launch = launch;
        this.process = process;
        this.errors = errors;
        this.cancel = cancel;
        this.held = held;
        this.stream = new Watched(process.getInputStream());
        this.hook = cancel.on(this::kill);
    }

    /**
     * @param held closed with the child, e.g. its passfile
     */
    static ChildProcess start(Launch launch, WorkDir dir, Cancel cancel, AutoCloseable... held)
            throws IOException {
        try {
            cancel.check();
            Path errors = dir.newFile("stderr");
            ChildProcess child =
                    new ChildProcess(
                            launch, builder(launch, dir, errors).start(), errors, cancel, held);
            if (launch.silence() != null) {
                child.watch();
            }
            return child;
        } catch (IOException | RuntimeException e) {
            release(held);
            throw e;
        }
    }

    private static ProcessBuilder builder(Launch launch, WorkDir dir, Path errors) {
        List<String> command = new ArrayList<>();
        command.add(launch.program().toString());
        command.addAll(launch.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.path().toFile());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        if (!launch.reads()) {
            builder.redirectInput(Path.of("/dev/null").toFile());
        }
        switch (launch.output()) {
            case STREAM -> builder.redirectError(errors.toFile());
            case STREAM_WITH_ERRORS -> builder.redirectErrorStream(true);
            case DISCARD ->
                    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(errors.toFile());
        }
        return builder;
    }

    private static void release(AutoCloseable... held) throws IOException {
        for (AutoCloseable each : held) {
            try {
                each.close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    /**
     * What the child prints. Reading it fails with {@link Cancelled} after a cancel, and with
     * {@link ChildFailed} where nothing came for longer than allowed. Its end says nothing: the
     * child may have died. Ask {@link #requireSuccess()}.
     */
    public InputStream stream() {
        return stream;
    }

    /**
     * Gives the child all of {@code content} and then the end of its input. Where {@code content}
     * breaks, the child is killed before its input ends, so that it never takes a part for the
     * whole. Where the child stops reading but ended well, the rest of {@code content} is read all
     * the same, so that whatever checks it (hash, seal) sees its end.
     *
     * @return bytes of {@code content}
     * @throws ChildFailed the child ended badly meanwhile
     * @throws IOException what reading {@code content} threw
     */
    public long feed(InputStream content) throws IOException {
        return feed(content, true, false);
    }

    /** As {@link #feed(InputStream)}, but the child's input stays open: more will be fed. */
    public long feedPart(InputStream content) throws IOException {
        return feed(content, true, true);
    }

    /**
     * As {@link #feed(InputStream)}, for a child that knows by itself when it has all it wants:
     * what it does not read is not read from {@code content} either.
     */
    public long feedWanted(InputStream content) throws IOException {
        return feed(content, false, false);
    }

    private long feed(InputStream content, boolean toItsEnd, boolean more) throws IOException {
        OutputStream input = process.getOutputStream();
        byte[] buffer = new byte[128 << 10];
        long fed = 0;
        boolean reading = true;
        while (true) {
            int n;
            try {
                n = content.read(buffer);
            } catch (IOException | RuntimeException | Error broken) {
                kill();
                throw broken;
            }
            if (n < 0) {
                break;
            }
            fed += n;
            if (reading) {
                try {
                    input.write(buffer, 0, n);
                } catch (IOException stopped) {
                    requireSuccess();
                    if (!toItsEnd) {
                        return fed;
                    }
                    reading = false;
                }
            }
        }
        try {
            if (more) {
                input.flush();
            } else {
                input.close();
            }
        } catch (IOException stopped) {
            requireSuccess();
        }
        cancel.check();
        return fed;
    }

    /**
     * Waits for the child's end.
     *
     * @throws ChildFailed it ended with another exit code than 0, or by a signal
     * @throws Cancelled the run was cancelled or the thread interrupted; the child is dead
     */
    public void requireSuccess() throws IOException {
        int code = await();
        Cancelled cancelled = cancel.orNull();
        if (cancelled != null) {
            throw cancelled;
        }
        if (silent) {
            throw stalled();
        }
        if (code != 0) {
            throw ChildFailed.exited(launch.name(), code, lastWords());
        }
    }

    /** Waits for the child's end and tells its exit code, 128 + n where signal n ended it. */
    int exitCode() throws IOException {
        return await();
    }

    /** A time limit; taken back by closing. */
    interface Deadline extends AutoCloseable {
        /** Whether the child was ended by it. */
        boolean passed();

        @Override
        void close();
    }

    /** Has the child killed where it still runs after {@code limit}. */
    Deadline endAfter(Duration limit) {
        AtomicInteger state = new AtomicInteger();
        later(limit.toNanos())
                .execute(
                        () -> {
                            if (process.isAlive() && state.compareAndSet(0, 1)) {
                                kill();
                            }
                        });
        return new Deadline() {
            @Override
            public boolean passed() {
                return state.get() == 1;
            }

            @Override
            public void close() {
                state.compareAndSet(0, 2);
            }
        };
    }

    /** The last 20 lines of the child's error output, redacted; may be empty. */
    public String lastWords() {
        if (launch.output() == Launch.Output.STREAM_WITH_ERRORS) {
            return heard == null ? "" : launch.redaction().apply(heard.words());
        }
        try (RandomAccessFile file = new RandomAccessFile(errors.toFile(), "r")) {
            long from = Math.max(0, file.length() - TAIL_BYTES);
            byte[] tail = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(tail);
            List<String> lines =
                    new String(tail, StandardCharsets.UTF_8)
                            .lines()
                            .map(String::stripTrailing)
                            .toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return launch.redaction().apply(String.join("\n", last));
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Has what the child prints read line by line until it ends, its errors with its output; for a
     * child started with {@link Launch.Output#STREAM_WITH_ERRORS}. It is read by a thread of its
     * own: a child that nobody listens to stands still as soon as the pipe is full.
     *
     * @param note told each line, cut at 4 KiB, by that thread; whether the line is only about how
     *     far the child is: such lines are no {@link #lastWords()}
     */
    void hear(Predicate<String> note) {
        Heard listening = new Heard(note);
        Thread thread = new Thread(listening, "holdfast-hears-" + launch.name());
        thread.setDaemon(true);
        thread.start();
        heard = listening;
    }

    /**
     * Waits until all that a child said, which has ended, was told to whom {@link #hear} named: at
     * most two minutes, and not where the thread is interrupted.
     *
     * @return whether all was told
     */
    boolean awaitHeard() {
        return heard.await();
    }

    private final class Heard implements Runnable {
        private final Predicate<String> note;
        private final Deque<String> last = new ArrayDeque<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean whole;

        Heard(Predicate<String> note) {
            this.note = note;
        }

        @Override
        public void run() {
            try (Reader reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8))) {
                StringBuilder line = new StringBuilder();
                for (int c = reader.read(); c >= 0; c = reader.read()) {
                    if (c == '\n') {
                        take(line);
                    } else if (line.length() < LONGEST_LINE) {
                        line.append((char) c);
                    }
                }
                take(line);
                whole = true;
            } catch (IOException broken) {
                // the child was ended: what it said until then stands
            } finally {
                ended.countDown();
            }
        }

        private void take(StringBuilder line) {
            String said = line.toString().stripTrailing();
            line.setLength(0);
            if (said.isEmpty() || note.test(said)) {
                return;
            }
            synchronized (last) {
                last.add(said);
                if (last.size() > TAIL_LINES) {
                    last.remove();
                }
            }
        }

        /** A child that has ended has said all, but it may not have been read yet. */
        boolean await() {
            try {
                return ended.await(LEAVING.toSeconds(), TimeUnit.SECONDS) && whole;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        String words() {
            boolean all = await();
            List<String> words;
            synchronized (last) {
                words = new ArrayList<>(last);
            }
            if (!all) {
                words.add("(its output could not be read)");
            }
            return String.join("\n", words);
        }
    }

    /** The operating system's id of the process. */
    public long pid() {
        return process.pid();
    }

    public boolean running() {
        return process.isAlive();
    }

    /** Ends the child and all it started, at once. */
    public void kill() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills the child where it still runs and removes its files. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        hook.close();
        if (process.isAlive()) {
            kill();
        }
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        Files.deleteIfExists(errors);
        try {
            release(held);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int await() throws IOException {
        try {
            if (drained && !process.waitFor(LEAVING.toSeconds(), TimeUnit.SECONDS)) {
                kill();
                throw new ChildFailed(
                        launch.name(),
                        -1,
                        "closed its output but did not end within "
                                + LEAVING.toMinutes()
                                + " minutes and was killed",
                        lastWords());
            }
            return process.waitFor();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new Cancelled("The thread was interrupted.");
        }
    }

    /** On the timer's own thread: those of the common pool may all be waiting for something. */
    private static Executor later(long nanos) {
        return CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run);
    }

    private ChildFailed stalled() {
        return new ChildFailed(
                launch.name(),
                -1,
                "gave nothing for " + words(launch.silence()) + " and was killed",
                lastWords());
    }

    private static String words(Duration duration) {
        return duration.toMinutes() >= 1
                ? duration.toMinutes() + " min"
                : duration.toMillis() / 1000.0 + " s";
    }

    /** Looks now and then whether a reader waits too long; re-arms itself while the child lives. */
    private void watch() {
        long limit = launch.silence().toNanos();
        long pause = Math.min(limit / 4 + 1, TimeUnit.SECONDS.toNanos(5));
        later(pause)
                .execute(
                        () -> {
                            if (!process.isAlive()) {
                                return;
                            }
                            long since = waitingSince;
                            if (since != 0 && System.nanoTime() - since > limit) {
                                silent = true;
                                kill();
                            } else {
                                watch();
                            }
                        });
    }

    /** Notes since when a reader waits, and tells a kill apart from an end. */
    private final class Watched extends FilterInputStream {
        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n;
            waitingSince = System.nanoTime() | 1;
            try {
                n = in.read(bytes, offset, length);
            } catch (IOException e) {
                refuseKilled();
                throw e;
            } finally {
                waitingSince = 0;
            }
            if (n < 0) {
                refuseKilled();
                drained = true;
            }
            return n;
        }

        private void refuseKilled() throws IOException {
            cancel.check();
            if (silent) {
                throw stalled();
            }
        }
    }
}
