package org.holdfast.work;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.engine.ParallelRestore;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Incoming;

/**
 * A dump whose ciphertext was hashed and found equal: kept in a scratch file, still encrypted, or
 * to be streamed from the store a second time.
 */
final class Payload implements AutoCloseable {
    private final WorkDir scratch;
    private final Path object;
    private final ParallelRestore.Head head;
    private final BlobStore store;
    private final ObjectKey key;
    private final Incoming incoming;

    private Payload(
            WorkDir scratch,
            Path object,
            ParallelRestore.Head head,
            BlobStore store,
            ObjectKey key,
            Incoming incoming) {
        this.scratch = scratch;
        this.object = object;
        this.head = head;
        this.store = store;
        this.key = key;
        this.incoming = incoming;
    }

    /**
     * @param scratch holds the object and its head; closed with the payload, as is the store
     */
    static Payload kept(
            WorkDir scratch,
            Path object,
            ParallelRestore.Head head,
            BlobStore store,
            ObjectKey key,
            Incoming incoming) {
        return new Payload(scratch, object, head, store, key, incoming);
    }

    static Payload streamed(BlobStore store, ObjectKey key, Incoming incoming) {
        return new Payload(null, null, null, store, key, incoming);
    }

    /** Whether it can be read by several at a time. */
    boolean kept() {
        return object != null;
    }

    /** The dump's beginning; only of one that is kept. */
    ParallelRestore.Head head() {
        return head;
    }

    /** The dump once more from its first byte. */
    Incoming.Opened open(Executor executor) throws IOException {
        return kept()
                ? incoming.openKept(object, executor)
                : incoming.open(store.read(key), executor);
    }

    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
        store.close();
    }
}
