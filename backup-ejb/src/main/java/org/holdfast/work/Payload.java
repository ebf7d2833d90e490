package org.holdfast.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Incoming;

/**
 * A dump whose ciphertext was hashed and found equal: kept in a scratch file, still encrypted, or
 * to be streamed from the store a second time.
 */
final class Payload implements AutoCloseable {
    private final WorkDir scratch;
    private final Path object;
    private final BlobStore store;
    private final Incoming incoming;

    private Payload(WorkDir scratch, Path object, BlobStore store, Incoming incoming) {
        this.scratch = scratch;
        this.object = object;
        this.store = store;
        this.incoming = incoming;
    }

    static Payload kept(WorkDir scratch, Path object, BlobStore store, Incoming incoming) {
        return new Payload(scratch, object, store, incoming);
    }

    static Payload streamed(BlobStore store, Incoming incoming) {
        return new Payload(null, null, store, incoming);
    }

    /** Whether it can be read by several at a time. */
    boolean kept() {
        return object != null;
    }

    Incoming.Opened open(ObjectKey key, Toolbox tools) throws IOException {
        return incoming.open(
                kept() ? Files.newInputStream(object) : store.read(key), tools.executor());
    }

    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
        store.close();
    }
}
