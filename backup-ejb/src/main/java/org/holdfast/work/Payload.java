package org.holdfast.work;

import java.io.IOException;
import java.nio.file.Path;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Incoming;

/**
 * A dump whose ciphertext was hashed and found equal: plain in a scratch file, or to be streamed a
 * second time.
 */
final class Payload implements AutoCloseable {
    /** The plain dump; null where it is streamed. */
    final Path file;

    final int jobs;
    private final WorkDir scratch;
    private final BlobStore store;
    private final Incoming incoming;

    Payload(WorkDir scratch, Path file, int jobs, BlobStore store, Incoming incoming) {
        this.scratch = scratch;
        this.file = file;
        this.jobs = jobs;
        this.store = store;
        this.incoming = incoming;
    }

    Incoming.Opened open(ObjectKey key, Toolbox tools) throws IOException {
        return incoming.open(store.read(key), tools.executor());
    }

    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
        store.close();
    }
}
