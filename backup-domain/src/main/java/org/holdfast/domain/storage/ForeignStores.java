package org.holdfast.domain.storage;

/** Opens places of files that are not Holdfast's own; the adapter implements it. */
public interface ForeignStores {
    /**
     * Opens the place for reading; the caller closes it.
     *
     * @param access of a bucket, its prefix says below which keys the files lie; its deadline
     *     bounds each call and each wait for bytes
     * @param waiting whether somebody waits for what is read of a directory: then a read that does
     *     not end within seconds fails; otherwise it lasts for as long as the system lets it, and
     *     looking up or opening a file may last for minutes
     */
    ForeignFiles foreign(StoreAccess access, boolean waiting);
}
