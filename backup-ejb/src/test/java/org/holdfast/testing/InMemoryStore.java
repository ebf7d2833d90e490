package org.holdfast.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;

/**
 * A store in memory that keeps the contract of {@link BlobStore} and, when told to, fails as stores
 * do: at beginning, after so many bytes, at publishing, or by taking nothing more.
 */
public final class InMemoryStore implements BlobStore {
    private final String name;
    private final Map<ObjectKey, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, UnfinishedUpload> unfinished = new TreeMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger aborted = new AtomicInteger();
    private volatile StoreFailure.Kind failAtBegin;
    private volatile StoreFailure.Kind failAtPublish;
    private volatile StoreFailure.Kind failWhileWriting;
    private volatile long failAfter = Long.MAX_VALUE;
    private volatile long stallAfter = Long.MAX_VALUE;
    private volatile boolean discard;
    private final CountDownLatch thaw = new CountDownLatch(1);

    public InMemoryStore(String name) {
        this.name = name;
    }

    /** Every {@link #begin} fails from now on; null: no more. */
    public InMemoryStore failAtBegin(StoreFailure.Kind kind) {
        failAtBegin = kind;
        return this;
    }

    /** Every publish fails from now on; null: no more. */
    public InMemoryStore failAtPublish(StoreFailure.Kind kind) {
        failAtPublish = kind;
        return this;
    }

    /** Every body fails once it was given more than {@code bytes}. */
    public InMemoryStore failAfter(long bytes, StoreFailure.Kind kind) {
        failAfter = bytes;
        failWhileWriting = kind;
        return this;
    }

    /** Every body hangs once it was given more than {@code bytes}, until interrupted or thawed. */
    public InMemoryStore stallAfter(long bytes) {
        stallAfter = bytes;
        return this;
    }

    /** Ends every stall. */
    public void thaw() {
        thaw.countDown();
    }

    /** Counts bytes and keeps none: for streams larger than memory. Published objects are empty. */
    public InMemoryStore discarding() {
        discard = true;
        return this;
    }

    /** The published bytes under {@code key}; for tests, so it throws where there are none. */
    public byte[] bytes(ObjectKey key) {
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            throw new AssertionError("The store \"" + name + "\" has no " + key + ".");
        }
        return bytes.clone();
    }

    /** Puts bytes there as they are, e.g. damaged ones. */
    public void put(ObjectKey key, byte[] bytes) {
        objects.put(key, bytes.clone());
    }

    /** Keys of what is published, in order. */
    public List<ObjectKey> keys() {
        return List.copyOf(objects.keySet());
    }

    /** How many uploads were aborted. */
    public int aborted() {
        return aborted.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Upload begin(ObjectKey key) throws StoreFailure {
        if (failAtBegin != null) {
            throw failure(failAtBegin, "refused to begin " + key.name());
        }
        String id = Integer.toString(ids.incrementAndGet());
        synchronized (unfinished) {
            unfinished.put(id, new UnfinishedUpload(key, id, Instant.now()));
        }
        return new InMemoryUpload(key, id);
    }

    @Override
    public InputStream read(ObjectKey key) throws StoreFailure {
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            throw failure(StoreFailure.Kind.MISSING, "has no " + key);
        }
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public Optional<Blob> stat(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(bytes -> blob(key, bytes.length));
    }

    @Override
    public void list(String prefix, Consumer<Blob> each) {
        objects.forEach(
                (key, bytes) -> {
                    if (key.value().startsWith(prefix)) {
                        each.accept(blob(key, bytes.length));
                    }
                });
    }

    @Override
    public void delete(ObjectKey key) {
        objects.remove(key);
    }

    @Override
    public void unfinished(String prefix, Consumer<UnfinishedUpload> each) {
        List<UnfinishedUpload> all;
        synchronized (unfinished) {
            all = new ArrayList<>(unfinished.values());
        }
        all.stream().filter(upload -> upload.key().value().startsWith(prefix)).forEach(each);
    }

    @Override
    public void abort(UnfinishedUpload upload) {
        synchronized (unfinished) {
            unfinished.remove(upload.id());
        }
    }

    @Override
    public void probe() {}

    @Override
    public boolean locks() {
        return false;
    }

    @Override
    public Optional<ObjectLock> lockOf(ObjectKey key) {
        return Optional.empty();
    }

    @Override
    public ObjectLock lock(ObjectKey key, ObjectLock wanted) {
        throw new UnsupportedOperationException("This store has no locks.");
    }

    @Override
    public List<Finding> inspect() {
        return List.of();
    }

    @Override
    public List<Setting> harden(List<Finding> findings) {
        return List.of();
    }

    @Override
    public OptionalLong room() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {}

    private Blob blob(ObjectKey key, long size) {
        return new Blob(key, size, Instant.now(), "");
    }

    private StoreFailure failure(StoreFailure.Kind kind, String what) {
        return new StoreFailure(kind, "The store \"" + name + "\" " + what + ".");
    }

    private final class InMemoryUpload implements Upload {
        private final ObjectKey key;
        private final String id;
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private long count;
        private boolean bodyClosed;
        private boolean broken;
        private boolean published;
        private boolean closed;

        InMemoryUpload(ObjectKey key, String id) {
            this.key = key;
            this.id = id;
        }

        @Override
        public OutputStream body() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    count += length;
                    if (count > failAfter) {
                        broken = true;
                        throw failure(failWhileWriting, "broke off after " + failAfter + " bytes");
                    }
                    if (count > stallAfter) {
                        try {
                            thaw.await();
                        } catch (InterruptedException e) {
                            broken = true;
                            throw failure(StoreFailure.Kind.UNREACHABLE, "was interrupted");
                        }
                    }
                    if (!discard) {
                        taken.write(bytes, offset, length);
                    }
                }

                @Override
                public void close() {
                    bodyClosed = true;
                }
            };
        }

        @Override
        public Blob publish() throws StoreFailure {
            if (!bodyClosed || broken || closed) {
                throw new IllegalStateException("The body was not written well.");
            }
            if (failAtPublish != null) {
                throw failure(failAtPublish, "did not publish " + key.name());
            }
            objects.put(key, taken.toByteArray());
            published = true;
            synchronized (unfinished) {
                unfinished.remove(id);
            }
            return blob(key, count);
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (!published) {
                aborted.incrementAndGet();
                synchronized (unfinished) {
                    unfinished.remove(id);
                }
            }
        }
    }
}
