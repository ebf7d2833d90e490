package org.holdfast.domain.storage;

/** Opens places of files that are not Holdfast's own; the adapter implements it. */
public interface ForeignStores {
    /**
     * Opens the place for reading; the caller closes it.
     *
     * @param access of a bucket, its prefix says below which keys the files lie
     */
    ForeignFiles foreign(StoreAccess access);
}
