package org.holdfast.domain.storage;

import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Files that somebody else put below one directory, or below one prefix of a bucket. They are only
 * read: nothing here writes or removes. Safe for use by one thread at a time.
 */
public interface ForeignFiles extends AutoCloseable {
    /**
     * @param name path below the place, joined by slashes, whatever characters it is of
     * @param size bytes; 0 where {@code kind} is not FILE
     * @param modified its own time, as the file system or the store tells it, UTC
     */
    record Entry(String name, long size, Instant modified, Kind kind) {}

    /** What a name stands for. */
    enum Kind {
        FILE,
        /** Points elsewhere; it is never followed. */
        LINK,
        /** One that is not looked into: it cannot be opened, or lies too deep. */
        DIRECTORY,
        /** A pipe, a socket or a device. */
        OTHER
    }

    /**
     * Every entry below the place, directories that were looked into left out: at most {@code
     * most}, from at most as many directories below it, and no more than are found in some seconds.
     *
     * @return whether that were all
     * @throws StoreFailure MISSING where the place is not there
     */
    boolean list(int most, Consumer<Entry> each) throws StoreFailure;

    /**
     * Whether {@link #list} goes by the bytes of names in UTF-8, so that what it leaves out where
     * it is cut follows the last that it shows. Said of a kind of place: one of them may do
     * otherwise, which the names it gives then show.
     */
    boolean listsByName();

    /**
     * One entry as {@link #list} would show it, asked for by itself: also one that a listing was
     * cut before.
     *
     * @return empty where there is none of this name
     */
    Optional<Entry> find(String name) throws StoreFailure;

    /**
     * Reads a file from its first byte to the size that it has now; one that ends sooner throws.
     * Only what {@link #list} would show can be read: no link on the way is followed.
     *
     * @throws StoreFailure MISSING where there is no such file
     */
    InputStream read(String name) throws StoreFailure;

    @Override
    void close();
}
