package org.holdfast.domain.storage;

import java.io.OutputStream;

/**
 * One object on its way into a store. Nothing is visible under its key until {@link #publish()}
 * returned; closing an upload that was not published aborts it and leaves no trace.
 *
 * <pre>{@code
 * try (Upload upload = store.begin(key)) {
 *     try (OutputStream body = upload.body()) { ... }
 *     upload.publish();
 * }
 * }</pre>
 */
public interface Upload extends AutoCloseable {

    /**
     * Where the bytes go. Closing it flushes and publishes nothing. Writes fail with {@link
     * StoreFailure} once the store gave up. One writer thread; memory is bounded by a few parts
     * whatever the size.
     */
    OutputStream body();

    /**
     * Makes the object visible, whole, in one step. Only after {@link #body()} was closed without
     * an exception. If the store's answer is lost, the object is looked up and its size compared
     * before success or failure is told.
     *
     * @return the object as the store then tells of it
     * @throws StoreFailure the object is not visible
     * @throws IllegalStateException the body was not closed, or an earlier write failed
     */
    Blob publish() throws StoreFailure;

    /** Aborts what was not published; after {@link #publish()} it does nothing. Never throws. */
    @Override
    void close();
}
