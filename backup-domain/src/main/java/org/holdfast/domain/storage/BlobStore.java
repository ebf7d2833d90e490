package org.holdfast.domain.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.holdfast.domain.shared.Ids;

/**
 * A place that keeps objects: a directory, or a bucket of an S3-compatible store. Safe for use by
 * several threads. Every method fails with {@link StoreFailure}; passing faults are retried inside,
 * with backoff, up to the store's deadline.
 */
public interface BlobStore extends AutoCloseable {

    /** The location's name, for messages. */
    String name();

    /**
     * Begins an object. The key must be new: keys are generated and never reused, so a store need
     * not (and S3's multipart completion cannot) refuse an existing one.
     */
    Upload begin(ObjectKey key) throws StoreFailure;

    /**
     * Reads an object from its first byte. A connection that breaks midway is taken up again at the
     * byte where it broke. The stream ends at the object's size or throws: a short object is never
     * taken for a whole one. Closing it early abandons the rest at once.
     *
     * @throws StoreFailure MISSING where there is no such object
     */
    InputStream read(ObjectKey key) throws StoreFailure;

    /** The object, or empty where there is none. */
    Optional<Blob> stat(ObjectKey key) throws StoreFailure;

    /**
     * Every published object whose key begins with {@code prefix} (the empty one: all), in key
     * order, handed over page by page so that memory stays bounded.
     */
    void list(String prefix, Consumer<Blob> each) throws StoreFailure;

    /** Removes an object; that it is not there is no failure. */
    void delete(ObjectKey key) throws StoreFailure;

    /** Uploads that were begun and neither published nor aborted, those of other processes too. */
    void unfinished(String prefix, Consumer<UnfinishedUpload> each) throws StoreFailure;

    /** Removes what an unfinished upload left; that it is gone already is no failure. */
    void abort(UnfinishedUpload upload) throws StoreFailure;

    /**
     * Writes, reads back and removes a small object, so that a person sees whether the settings
     * work.
     *
     * @throws StoreFailure in words that name the setting to look at
     */
    default void probe() throws StoreFailure {
        ObjectKey key = new ObjectKey("holdfast-probe/" + Ids.next());
        byte[] sent = key.value().getBytes(StandardCharsets.UTF_8);
        try {
            try (Upload upload = begin(key)) {
                try (OutputStream body = upload.body()) {
                    body.write(sent);
                }
                upload.publish();
            }
            byte[] back;
            try (InputStream in = read(key)) {
                back = in.readNBytes(sent.length + 1);
            }
            delete(key);
            if (!Arrays.equals(sent, back)) {
                throw new StoreFailure(
                        StoreFailure.Kind.CORRUPT,
                        "Store \""
                                + name()
                                + "\" gave back other bytes than were written to "
                                + key
                                + ". Do not keep backups in it before that is explained.");
            }
        } catch (StoreFailure e) {
            throw e;
        } catch (IOException e) {
            throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, e.getMessage(), e);
        }
    }

    /**
     * Whether objects can be locked here.
     *
     * @throws StoreFailure also where the store does not let that be looked at
     */
    boolean locks() throws StoreFailure;

    /** The lock that the store shows on an object; empty where there is none. */
    Optional<ObjectLock> lockOf(ObjectKey key) throws StoreFailure;

    /**
     * Locks an object, and reads back what the store then shows. A lock that is there is extended
     * where it ends sooner, never shortened, and keeps its mode.
     *
     * @return as the store shows it
     * @throws StoreFailure CORRUPT where the store took it and does not show it
     */
    ObjectLock lock(ObjectKey key, ObjectLock wanted) throws StoreFailure;

    /**
     * Looks at every guard that the store can have, without changing anything.
     *
     * @throws StoreFailure the store does not answer, or does not take the credentials at all
     */
    List<Finding> inspect() throws StoreFailure;

    /**
     * Sets what is lacking and settable. What is there is never loosened, rules of others stay.
     *
     * @param findings of {@link #inspect()}, just now
     * @return one for each that was tried; that the store says no, or breaks off, is one too
     */
    List<Setting> harden(List<Finding> findings);

    /** Bytes that can still be written, empty where the store does not tell (S3). */
    OptionalLong room() throws StoreFailure;

    @Override
    void close();
}
