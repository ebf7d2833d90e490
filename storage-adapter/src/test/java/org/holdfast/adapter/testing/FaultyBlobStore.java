package org.holdfast.adapter.testing;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;

/**
 * A real store that fails when it is told to. Faults concern the objects of {@link #only} (at first
 * all), are armed by one call each and last until {@link #heal()}; everything else is the real
 * store's doing.
 *
 * <pre>{@code
 * FaultyBlobStore store = FaultyBlobStore.around(real).only(key -> key.name().endsWith(".age"));
 * store.failWritesAfter(1_000_000, Kind.UNREACHABLE);
 * }</pre>
 */
public final class FaultyBlobStore implements BlobStore {
    private final BlobStore store;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    private volatile Predicate<ObjectKey> concerned = key -> true;
    private volatile Faults faults = new Faults();

    /** What is armed; replaced as a whole by healing. */
    private static final class Faults {
        volatile Kind begin;
        volatile Kind publish;
        volatile boolean losePublish;
        volatile Kind calls;
        volatile long writeLimit = Long.MAX_VALUE;
        volatile Kind write;
        volatile long readLimit = Long.MAX_VALUE;
        volatile Kind read;
        volatile long readEnd = Long.MAX_VALUE;
        volatile long flip = -1;
        volatile long hangAt = Long.MAX_VALUE;
        volatile long actAt = Long.MAX_VALUE;
        volatile Runnable act;
        volatile Duration slow = Duration.ZERO;
        final CountDownLatch healed = new CountDownLatch(1);
    }

    private FaultyBlobStore(BlobStore store) {
        this.store = store;
    }

    public static FaultyBlobStore around(BlobStore store) {
        return new FaultyBlobStore(store);
    }

    /** Faults are for these objects only. */
    public FaultyBlobStore only(Predicate<ObjectKey> keys) {
        concerned = keys;
        return this;
    }

    public void failBegin(Kind kind) {
        faults.begin = kind;
    }

    /** The write that would pass byte {@code bytes} of an object fails. */
    public void failWritesAfter(long bytes, Kind kind) {
        faults.write = kind;
        faults.writeLimit = bytes;
    }

    /** The write that would pass byte {@code bytes} does not return until healed or interrupted. */
    public void hangWritesAfter(long bytes) {
        faults.hangAt = bytes;
    }

    /** Each write takes this much longer. */
    public void slowWrites(Duration each) {
        faults.slow = each;
    }

    /** Runs {@code act} once, before the write that would pass byte {@code bytes}: a kill, say. */
    public void whenWritten(long bytes, Runnable act) {
        faults.act = act;
        faults.actAt = bytes;
    }

    /** Publishing fails and nothing is visible. */
    public void failPublish(Kind kind) {
        faults.publish = kind;
    }

    /** Publishing works and is told as a failure (UNREACHABLE): the worst answer there is. */
    public void loseReplyToPublish() {
        faults.losePublish = true;
    }

    /** The read that would pass byte {@code bytes} of an object fails. */
    public void failReadsAfter(long bytes, Kind kind) {
        faults.read = kind;
        faults.readLimit = bytes;
    }

    /** Reads end at byte {@code bytes} without an exception: a store that lies. */
    public void truncateReadsAt(long bytes) {
        faults.readEnd = bytes;
    }

    /** The lowest bit of byte {@code at} is read flipped: bit rot. */
    public void flipBitAt(long at) {
        faults.flip = at;
    }

    /** stat, read, list, delete, unfinished, abort, probe and room fail. */
    public void failCalls(Kind kind) {
        faults.calls = kind;
    }

    /** The store is gone: everything fails as UNREACHABLE. */
    public void die() {
        failCalls(Kind.UNREACHABLE);
        failBegin(Kind.UNREACHABLE);
        failWritesAfter(0, Kind.UNREACHABLE);
        failPublish(Kind.UNREACHABLE);
        failReadsAfter(0, Kind.UNREACHABLE);
    }

    /** Ends every fault and lets hanging writes go on. */
    public void heal() {
        Faults old = faults;
        faults = new Faults();
        old.healed.countDown();
    }

    /** Uploads begun so far. */
    public int begun() {
        return begun.get();
    }

    /** Uploads published so far, as the real store has it. */
    public int published() {
        return published.get();
    }

    /** Uploads closed so far, published or not. */
    public int closed() {
        return closed.get();
    }

    private StoreFailure failure(Kind kind, String doing) {
        return new StoreFailure(
                kind, "Store \"" + name() + "\" could not " + doing + ": injected fault.");
    }

    private void requireCalls(String doing) throws StoreFailure {
        Kind kind = faults.calls;
        if (kind != null) {
            throw failure(kind, doing);
        }
    }

    private void requireCalls(ObjectKey key, String doing) throws StoreFailure {
        if (concerned.test(key)) {
            requireCalls(doing + " " + key);
        }
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public Upload begin(ObjectKey key) throws StoreFailure {
        if (concerned.test(key) && faults.begin != null) {
            throw failure(faults.begin, "begin " + key);
        }
        begun.incrementAndGet();
        Upload upload = store.begin(key);
        return concerned.test(key) ? new FaultyUpload(key, upload) : counting(upload);
    }

    private Upload counting(Upload upload) {
        return new Upload() {
            @Override
            public OutputStream body() {
                return upload.body();
            }

            @Override
            public Blob publish() throws StoreFailure {
                Blob blob = upload.publish();
                published.incrementAndGet();
                return blob;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
                upload.close();
            }
        };
    }

    private final class FaultyUpload implements Upload {
        private final ObjectKey key;
        private final Upload upload;
        private final OutputStream body;
        private boolean failed;

        FaultyUpload(ObjectKey key, Upload upload) {
            this.key = key;
            this.upload = upload;
            this.body = new Body(upload.body());
        }

        @Override
        public OutputStream body() {
            return body;
        }

        @Override
        public Blob publish() throws StoreFailure {
            if (failed) {
                throw new IllegalStateException("A write of " + key + " failed.");
            }
            if (faults.publish != null) {
                throw failure(faults.publish, "publish " + key);
            }
            Blob blob = upload.publish();
            published.incrementAndGet();
            if (faults.losePublish) {
                throw failure(Kind.UNREACHABLE, "publish " + key);
            }
            return blob;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            upload.close();
        }

        private final class Body extends FilterOutputStream {
            private long at;

            Body(OutputStream out) {
                super(out);
            }

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                Faults armed = faults;
                pause(armed, at + length);
                if (at + length > armed.actAt && armed.act != null) {
                    Runnable act = armed.act;
                    armed.act = null;
                    act.run();
                }
                if (armed.write != null && at + length > armed.writeLimit) {
                    out.write(bytes, offset, (int) Math.max(0, armed.writeLimit - at));
                    failed = true;
                    throw failure(armed.write, "write " + key);
                }
                out.write(bytes, offset, length);
                at += length;
            }

            private void pause(Faults armed, long to) throws IOException {
                try {
                    if (!armed.slow.isZero()) {
                        Thread.sleep(armed.slow.toMillis());
                    }
                    if (to > armed.hangAt) {
                        armed.healed.await();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    failed = true;
                    throw failure(Kind.UNREACHABLE, "write " + key);
                }
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        }
    }

    @Override
    public InputStream read(ObjectKey key) throws StoreFailure {
        requireCalls(key, "read");
        InputStream in = store.read(key);
        return concerned.test(key) ? new FaultyRead(key, in) : in;
    }

    private final class FaultyRead extends FilterInputStream {
        private final ObjectKey key;
        private long at;

        FaultyRead(ObjectKey key, InputStream in) {
            super(in);
            this.key = key;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Faults armed = faults;
            if (armed.read != null && at >= armed.readLimit) {
                throw failure(armed.read, "read " + key);
            }
            if (at >= armed.readEnd) {
                return -1;
            }
            long most = Math.min(armed.readLimit - at, armed.readEnd - at);
            int n = in.read(bytes, offset, (int) Math.max(1, Math.min(length, most)));
            if (n > 0 && armed.flip >= at && armed.flip < at + n) {
                bytes[offset + (int) (armed.flip - at)] ^= 1;
            }
            at += Math.max(0, n);
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            return read(new byte[(int) Math.min(n, 8192)]);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    @Override
    public Optional<Blob> stat(ObjectKey key) throws StoreFailure {
        requireCalls(key, "look up");
        return store.stat(key);
    }

    @Override
    public void list(String prefix, Consumer<Blob> each) throws StoreFailure {
        requireCalls("list");
        store.list(prefix, each);
    }

    @Override
    public void delete(ObjectKey key) throws StoreFailure {
        requireCalls(key, "delete");
        store.delete(key);
    }

    @Override
    public void unfinished(String prefix, Consumer<UnfinishedUpload> each) throws StoreFailure {
        requireCalls("list unfinished uploads");
        store.unfinished(prefix, each);
    }

    @Override
    public void abort(UnfinishedUpload upload) throws StoreFailure {
        requireCalls(upload.key(), "abort");
        store.abort(upload);
    }

    @Override
    public void probe() throws StoreFailure {
        requireCalls("be probed");
        store.probe();
    }

    @Override
    public boolean locks() throws StoreFailure {
        return store.locks();
    }

    @Override
    public Optional<ObjectLock> lockOf(ObjectKey key) throws StoreFailure {
        return store.lockOf(key);
    }

    @Override
    public ObjectLock lock(ObjectKey key, ObjectLock wanted) throws StoreFailure {
        return store.lock(key, wanted);
    }

    @Override
    public List<Finding> inspect() throws StoreFailure {
        return store.inspect();
    }

    @Override
    public List<Setting> harden(List<Finding> findings) {
        return store.harden(findings);
    }

    @Override
    public OptionalLong room() throws StoreFailure {
        requireCalls("tell its free space");
        return store.room();
    }

    @Override
    public void close() {
        store.close();
    }
}
