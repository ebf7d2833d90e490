package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.Upload;

/**
 * One stream into several stores at the same time. Each store is written by a thread of its own out
 * of a short queue of shared chunks, so memory is bounded by the slowest store's queue, whatever
 * the number of stores and the size of the stream.
 *
 * <p>The slowest store sets the pace. A store that fails is dropped and the others go on; so is one
 * that takes not a byte for the stall deadline while there is something for it to take. When the
 * last one is lost, the writer gets {@link AllBranchesLost}.
 *
 * <p>Life: write, {@link #seal()} (every live store has every byte), {@link #publish()} (the object
 * becomes visible). Closing before that aborts every upload.
 */
public final class Fanout extends Link {
    /** Bytes between two looks at a store's pulse. */
    private static final int SLICE = 64 << 10;

    /** How long closing waits for a store that had stalled already. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private enum Phase {
        WRITING,
        DRAINED,
        PUBLISHED,
        LOST
    }

    private final Object lock = new Object();
    private final ObjectKey key;
    private final Duration stall;
    private final int chunkSize;
    private final int queueLimit;
    private final List<Branch> branches = new ArrayList<>();
    private final Deque<Chunk> pool = new ArrayDeque<>();
    private Chunk filling;
    private int allocated;
    private boolean ended;
    private boolean publishing;
    private boolean abandoned;

    private Fanout(ObjectKey key, Duration stall, int chunkSize, int queueLimit) {
        super(OutputStream.nullOutputStream());
        this.key = key;
        this.stall = stall;
        this.chunkSize = chunkSize;
        this.queueLimit = queueLimit;
    }

    /**
     * Begins the object in every store, each in its own thread: a slow store does not hold up the
     * others.
     *
     * @param stores at least one
     * @param stall how long a store may take no byte while its queue is full (or while it is asked
     *     to end or publish) before it counts as unreachable; longer than the store needs for one
     *     multipart part
     * @param chunkSize bytes
     * @param queueLimit chunks that may wait for one store
     * @param executor gives every store a thread at once
     */
    public static Fanout begin(
            List<BlobStore> stores,
            ObjectKey key,
            Duration stall,
            int chunkSize,
            int queueLimit,
            Executor executor) {
        if (stores.isEmpty()) {
            throw new IllegalArgumentException("An object needs at least one store to go to.");
        }
        Fanout fanout = new Fanout(key, stall, chunkSize, queueLimit);
        for (BlobStore store : stores) {
            fanout.branches.add(fanout.new Branch(store));
        }
        for (Branch branch : fanout.branches) {
            executor.execute(branch::run);
        }
        return fanout;
    }

    @Override
    protected void take(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filling == null) {
                filling = chunk();
            }
            int now = Math.min(left, chunkSize - filling.length);
            System.arraycopy(bytes, from, filling.bytes, filling.length, now);
            filling.length += now;
            from += now;
            left -= now;
            if (filling.length == chunkSize) {
                enqueue();
            }
        }
    }

    /** Returns when every live store has taken every byte. */
    @Override
    protected void ending() throws IOException {
        if (filling != null) {
            enqueue();
        }
        synchronized (lock) {
            ended = true;
            for (Branch branch : branches) {
                if (branch.queue.isEmpty()) {
                    branch.pulse = System.nanoTime();
                }
            }
            lock.notifyAll();
            awaitAll(Phase.WRITING, "did not end the upload of " + key.name());
            requireLive();
        }
    }

    /**
     * Makes the object visible in every store that still lives.
     *
     * @return what became of each store's copy, in the order the stores were given; all may be lost
     * @throws IllegalStateException the stream was not sealed
     * @throws Cancelled interrupted while waiting; what is visible by then is not known
     */
    public List<BranchOutcome> publish() throws Cancelled {
        if (!sealed()) {
            throw new IllegalStateException("Only a sealed object may be published.");
        }
        synchronized (lock) {
            publishing = true;
            for (Branch branch : branches) {
                branch.pulse = System.nanoTime();
            }
            lock.notifyAll();
            awaitAll(Phase.DRAINED, "did not answer when " + key.name() + " was to be published");
            return outcomes();
        }
    }

    /** The stores that are lost so far, in the order they were given. */
    public List<BranchOutcome.Lost> lost() {
        synchronized (lock) {
            return branches.stream()
                    .filter(branch -> branch.phase == Phase.LOST)
                    .map(branch -> new BranchOutcome.Lost(branch.store.name(), branch.failure))
                    .toList();
        }
    }

    /** Bytes of buffers in existence, for those who watch memory. */
    public long buffered() {
        synchronized (lock) {
            return (long) allocated * chunkSize;
        }
    }

    /** Wakes the writer and every branch; what is not published will be aborted. */
    void abandon() {
        synchronized (lock) {
            abandoned = true;
            for (Branch branch : branches) {
                if (branch.phase == Phase.WRITING || branch.phase == Phase.DRAINED) {
                    branch.interrupt();
                }
            }
            lock.notifyAll();
        }
    }

    /**
     * Aborts what is not published, and waits (at most the stall deadline) until the stores have
     * done so. One that hangs aborts by itself when it wakes.
     */
    @Override
    protected void release() {
        abandon();
        long start = System.nanoTime();
        boolean interrupted = false;
        synchronized (lock) {
            for (Branch branch : branches) {
                Duration patience = branch.stalled && stall.compareTo(GRACE) > 0 ? GRACE : stall;
                long left = patience.toNanos();
                while (branch.running && left > 0 && !interrupted) {
                    try {
                        TimeUnit.NANOSECONDS.timedWait(lock, left);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                    left = start + patience.toNanos() - System.nanoTime();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<BranchOutcome> outcomes() {
        List<BranchOutcome> outcomes = new ArrayList<>();
        for (Branch branch : branches) {
            outcomes.add(
                    branch.phase == Phase.PUBLISHED
                            ? new BranchOutcome.Sent(branch.store.name(), branch.blob)
                            : new BranchOutcome.Lost(branch.store.name(), branch.failure));
        }
        return outcomes;
    }

    private Chunk chunk() {
        synchronized (lock) {
            Chunk chunk = pool.poll();
            if (chunk == null) {
                chunk = new Chunk(chunkSize);
                allocated++;
            }
            chunk.length = 0;
            return chunk;
        }
    }

    /** Hands the filled chunk to every live store as soon as each has room. */
    private void enqueue() throws IOException {
        synchronized (lock) {
            for (Branch branch : branches) {
                while (branch.phase == Phase.WRITING && branch.queue.size() >= queueLimit) {
                    await(branch, "took nothing of " + key.name());
                }
            }
            requireLive();
            for (Branch branch : branches) {
                if (branch.phase == Phase.WRITING) {
                    if (branch.queue.isEmpty()) {
                        branch.pulse = System.nanoTime();
                    }
                    branch.queue.add(filling);
                    filling.holders++;
                }
            }
            filling = null;
            lock.notifyAll();
        }
    }

    private void requireLive() throws AllBranchesLost, Cancelled {
        if (abandoned) {
            throw givenUp();
        }
        List<BranchOutcome.Lost> lost = lost();
        if (lost.size() == branches.size()) {
            throw new AllBranchesLost(key.name(), lost);
        }
    }

    private void awaitAll(Phase phase, String inaction) throws Cancelled {
        for (Branch branch : branches) {
            while (branch.phase == phase) {
                await(branch, inaction);
            }
        }
    }

    /** Waits for a sign of {@code branch}, or drops it once its deadline passed. Lock held. */
    private void await(Branch branch, String inaction) throws Cancelled {
        if (abandoned) {
            throw givenUp();
        }
        long left = branch.pulse + stall.toNanos() - System.nanoTime();
        if (left <= 0) {
            branch.lose(
                    new StoreFailure(
                            StoreFailure.Kind.UNREACHABLE,
                            "The store \""
                                    + branch.store.name()
                                    + "\" "
                                    + inaction
                                    + " for "
                                    + seconds(stall)
                                    + "."));
            branch.stalled = true;
            branch.interrupt();
            return;
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(lock, left + 1_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("The thread was interrupted.");
        }
    }

    private Cancelled givenUp() {
        return new Cancelled("The upload of " + key.name() + " was given up.");
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }

    /** A piece of the stream that the stores share until the last has written it. */
    private static final class Chunk {
        final byte[] bytes;
        int length;
        int holders;

        Chunk(int size) {
            bytes = new byte[size];
        }
    }

    /** One store's side. All fields are guarded by the lock except the pulse. */
    private final class Branch {
        final BlobStore store;
        final Deque<Chunk> queue = new ArrayDeque<>();
        volatile long pulse = System.nanoTime();
        Phase phase = Phase.WRITING;
        StoreFailure failure;
        Blob blob;
        boolean running = true;
        boolean stalled;
        private Thread thread;

        Branch(BlobStore store) {
            this.store = store;
        }

        /** The whole life of the upload: an upload knows one thread only. */
        void run() {
            synchronized (lock) {
                thread = Thread.currentThread();
            }
            try {
                if (wanted()) {
                    carry();
                }
            } catch (StoreFailure e) {
                lose(e);
            } catch (Throwable e) {
                lose(
                        new StoreFailure(
                                StoreFailure.Kind.UNREACHABLE,
                                "The store \"" + store.name() + "\" failed: " + e,
                                e));
            } finally {
                synchronized (lock) {
                    thread = null;
                    running = false;
                    lock.notifyAll();
                }
                Thread.interrupted();
            }
        }

        private void carry() throws IOException, InterruptedException {
            Upload upload = store.begin(key);
            try {
                try (OutputStream body = upload.body()) {
                    for (Chunk chunk = next(); chunk != null; chunk = next()) {
                        try {
                            write(body, chunk);
                        } finally {
                            done(chunk);
                        }
                    }
                }
                if (drained()) {
                    published(upload.publish());
                }
            } finally {
                // An interrupt was meant for the write it ended, not for the aborting of it.
                synchronized (lock) {
                    thread = null;
                }
                Thread.interrupted();
                upload.close();
            }
        }

        private void write(OutputStream body, Chunk chunk) throws IOException {
            for (int at = 0; at < chunk.length; at += SLICE) {
                body.write(chunk.bytes, at, Math.min(SLICE, chunk.length - at));
                pulse = System.nanoTime();
            }
        }

        private boolean wanted() {
            synchronized (lock) {
                return !abandoned && phase != Phase.LOST;
            }
        }

        /** The next chunk; null at the end of the stream, or when there is no use in going on. */
        private Chunk next() throws InterruptedException, StoreFailure {
            synchronized (lock) {
                while (queue.isEmpty() && !ended && wanted()) {
                    lock.wait();
                }
                if (!wanted()) {
                    throw new StoreFailure(
                            StoreFailure.Kind.UNREACHABLE,
                            "The upload to \"" + store.name() + "\" was given up.");
                }
                pulse = System.nanoTime();
                Chunk chunk = queue.poll();
                lock.notifyAll();
                return chunk;
            }
        }

        private void done(Chunk chunk) {
            synchronized (lock) {
                if (--chunk.holders == 0) {
                    pool.push(chunk);
                }
            }
        }

        /** Tells that all is written and waits for the word; false: abort. */
        private boolean drained() throws InterruptedException {
            synchronized (lock) {
                if (phase != Phase.WRITING) {
                    return false;
                }
                phase = Phase.DRAINED;
                lock.notifyAll();
                while (!publishing && wanted()) {
                    lock.wait();
                }
                return wanted();
            }
        }

        private void published(Blob blob) {
            synchronized (lock) {
                if (phase == Phase.DRAINED) {
                    phase = Phase.PUBLISHED;
                    this.blob = blob;
                }
                lock.notifyAll();
            }
        }

        void lose(StoreFailure why) {
            synchronized (lock) {
                if (phase != Phase.LOST && phase != Phase.PUBLISHED) {
                    phase = Phase.LOST;
                    failure = why;
                }
                for (Chunk chunk : queue) {
                    done(chunk);
                }
                queue.clear();
                lock.notifyAll();
            }
        }

        /** Lock held: so the interrupt can only meet the thread while it works for this branch. */
        void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
