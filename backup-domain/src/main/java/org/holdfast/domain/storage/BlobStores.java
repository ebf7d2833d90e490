package org.holdfast.domain.storage;

/** Opens stores; the adapter implements it. */
public interface BlobStores {
    /**
     * Opens the store; the caller closes it. Opening does no I/O beyond what naming the store
     * needs: a dead store fails at its first use.
     */
    BlobStore open(StoreAccess access);
}
