package org.holdfast.pipeline;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;

/**
 * One object on its way out: read once, compressed and encrypted as its name says, hashed, written
 * to every store at the same time.
 *
 * <pre>{@code
 * try (Outgoing out = Outgoing.begin(stores, key, recipients, Tuning.standard(), executor)) {
 *     out.transfer(dump.stdout(), progress, cancelled);
 *     dump.requireSuccess();                      // exit code before the encryptor may seal
 *     Stored stored = out.seal();                 // every live store has every byte
 *     List<BranchOutcome> copies = out.publish(); // then make it visible
 * }
 * }</pre>
 *
 * <p>Leaving the block before {@link #publish()} leaves nothing in any store. One thread drives it;
 * the bytes run in threads of the executor, so that thread can always hear a cancellation.
 */
public final class Outgoing implements AutoCloseable {
    private static final int SLAB = 256 << 10;
    private static final int SLABS = 8;

    /**
     * How the bytes are handled.
     *
     * @param level zstd level
     * @param workers native compression threads besides the pipeline's own; 0 is best where the
     *     database runs on the same few cores
     * @param stall see {@link Fanout#begin}
     * @param chunk bytes of a chunk that the stores share
     * @param queue chunks that may wait for one store
     */
    public record Tuning(int level, int workers, Duration stall, int chunk, int queue) {
        /** Level 1, two minutes, 16 chunks of 1 MiB a store. */
        public static Tuning standard() {
            return new Tuning(Compress.LEVEL, 0, Duration.ofMinutes(2), 1 << 20, 16);
        }

        public Tuning withLevel(int level) {
            return new Tuning(level, workers, stall, chunk, queue);
        }

        public Tuning withStall(Duration stall) {
            return new Tuning(level, workers, stall, chunk, queue);
        }
    }

    /**
     * What every live store was given.
     *
     * @param rawBytes bytes the source gave
     * @param compressedBytes after compression, the same as raw where there is none
     * @param storedBytes bytes of the object
     * @param sha256 of the object as it is stored
     */
    public record Stored(long rawBytes, long compressedBytes, long storedBytes, Sha256 sha256) {}

    private final ObjectKey key;
    private final Fanout fanout;
    private final Hash hash = new Hash();
    private final Count compressed = new Count();
    private final Count raw = new Count();
    private final Link head;
    private final Crew crew;
    private final Belt belt = new Belt(SLABS, SLAB);
    private Progress progress = Progress.NONE;
    private BooleanSupplier cancelled = () -> false;
    private boolean transferred;
    private boolean whole;

    private Outgoing(
            List<BlobStore> stores,
            ObjectKey key,
            List<Recipient> recipients,
            Tuning tuning,
            Executor executor)
            throws IOException {
        Form form = Form.ofName(key.name());
        if (form.encrypted() == recipients.isEmpty()) {
            throw new IllegalArgumentException(
                    form.encrypted()
                            ? key.name() + " is to be encrypted, but to no recipient."
                            : key.name() + " would be stored open: its name does not end in .age.");
        }
        this.key = key;
        this.crew = new Crew(executor);
        this.fanout =
                Fanout.begin(stores, key, tuning.stall(), tuning.chunk(), tuning.queue(), crew);
        try {
            this.head = chain(form, recipients, tuning);
        } catch (IOException | RuntimeException | Error e) {
            fanout.close();
            throw e;
        }
    }

    /**
     * Begins the object in every store. The key's name decides its form: {@code .zst} or {@code
     * .gz}, then {@code .age}.
     *
     * @param recipients who can read it; empty if and only if the name does not end in {@code .age}
     * @param executor gives each of its tasks a thread at once: four and one for each store
     * @throws IllegalArgumentException the name and the recipients do not fit, or there is no store
     */
    public static Outgoing begin(
            List<BlobStore> stores,
            ObjectKey key,
            List<Recipient> recipients,
            Tuning tuning,
            Executor executor)
            throws IOException {
        return new Outgoing(stores, key, recipients, tuning, executor);
    }

    /**
     * Stores a small object that is at hand, as it is, and publishes it where it arrives.
     *
     * @return what became of each store's copy, in the order of the stores; all may be lost
     * @throws Cancelled interrupted
     */
    public static List<BranchOutcome> send(
            List<BlobStore> stores, ObjectKey key, byte[] bytes, Duration stall, Executor executor)
            throws Cancelled {
        try (Fanout fanout =
                Fanout.begin(
                        stores,
                        key,
                        stall,
                        Math.max(1, Math.min(bytes.length, 1 << 20)),
                        4,
                        executor)) {
            fanout.write(bytes);
            fanout.seal();
            return fanout.publish();
        } catch (AllBranchesLost e) {
            return List.copyOf(e.lost());
        } catch (Cancelled e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("A fan-out fails with AllBranchesLost only.", e);
        }
    }

    /**
     * Takes everything the source gives until its end. Nothing is sealed: that the source ended
     * does not say that it succeeded.
     *
     * <p>If this throws while the source still blocks in a read, that read is left to its thread:
     * kill the child (or close the source) and the thread ends.
     *
     * @param cancelled asked about every half second
     * @throws Cancelled cancelled, or interrupted
     * @throws AllBranchesLost no store is left
     * @throws IOException what the source's read threw
     */
    public void transfer(InputStream source, Progress progress, BooleanSupplier cancelled)
            throws IOException {
        if (transferred) {
            throw new IllegalStateException("An object has one source.");
        }
        transferred = true;
        this.progress = progress;
        this.cancelled = cancelled;
        crew.execute(() -> read(source));
        drive(this::feed);
        whole = true;
    }

    /** The same for bytes at hand. */
    public void transfer(byte[] bytes) throws IOException {
        transfer(new ByteArrayInputStream(bytes), Progress.NONE, () -> false);
    }

    /**
     * Writes the endings of compression and encryption and waits until every live store has taken
     * every byte. To be called only when the source is known to have succeeded.
     *
     * @throws AllBranchesLost no store is left
     * @throws IllegalStateException nothing was transferred, the transfer failed, or it is sealed
     */
    public Stored seal() throws IOException {
        if (!whole) {
            throw new IllegalStateException(
                    "Only what was transferred whole may be sealed: " + key.name() + ".");
        }
        drive(head::seal);
        Hashed stored = hash.result();
        return new Stored(raw.result(), compressed.result(), stored.bytes(), stored.sha256());
    }

    /**
     * Makes the object visible in every store that has it whole.
     *
     * @return what became of each store's copy, in the order of the stores; all may be lost
     * @throws IllegalStateException it was not sealed
     * @throws Cancelled cancelled, or interrupted; what is visible by then is not known
     */
    public List<BranchOutcome> publish() throws Cancelled {
        if (!head.sealed()) {
            throw new IllegalStateException("Only a sealed object may be published.");
        }
        AtomicReference<List<BranchOutcome>> outcomes = new AtomicReference<>();
        try {
            drive(() -> outcomes.set(fanout.publish()));
        } catch (Cancelled e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("Publishing is told by its outcomes.", e);
        }
        return outcomes.get();
    }

    /** The stores that were lost so far. */
    public List<BranchOutcome.Lost> lost() {
        return fanout.lost();
    }

    /** Aborts what was not published. Does nothing after {@link #publish()}. */
    @Override
    public void close() {
        belt.stop();
        fanout.abandon();
        crew.settle();
        try {
            head.close();
        } catch (IOException e) {
            throw new IllegalStateException("Letting go of a stream writes nothing.", e);
        }
    }

    private Link chain(Form form, List<Recipient> recipients, Tuning tuning) throws IOException {
        OutputStream tail = hash.onto(fanout);
        if (form.encrypted()) {
            tail = new Encrypt(recipients).onto(tail);
        }
        tail = compressed.onto(tail);
        if (form.packing() != Form.Packing.NONE) {
            // Compression in one thread, encryption and hashing in another.
            tail = new Relay(4, SLAB, crew).onto(tail);
        }
        return raw.onto(
                switch (form.packing()) {
                    case NONE -> tail;
                    case GZIP -> new Gzip().onto(tail);
                    case ZSTD -> new Compress(tuning.level(), tuning.workers()).onto(tail);
                });
    }

    private void read(InputStream source) {
        try {
            while (true) {
                Belt.Slab slab = belt.empty();
                slab.length = source.readNBytes(slab.bytes, 0, slab.bytes.length);
                if (slab.length > 0) {
                    belt.put(slab);
                }
                if (slab.length < slab.bytes.length) {
                    belt.end();
                    return;
                }
            }
        } catch (Throwable e) {
            belt.fail(e);
        }
    }

    private void feed() throws IOException {
        for (Belt.Slab slab = belt.take(); slab != null; slab = belt.take()) {
            head.write(slab.bytes, 0, slab.length);
            belt.recycle(slab);
        }
    }

    private void drive(Crew.Task task) throws IOException {
        crew.drive(task, this::beat);
    }

    private void beat() throws Cancelled {
        if (cancelled.getAsBoolean()) {
            throw new Cancelled("The transfer of " + key.name() + " was cancelled.");
        }
        progress.at(raw.soFar(), hash.soFar());
    }
}
