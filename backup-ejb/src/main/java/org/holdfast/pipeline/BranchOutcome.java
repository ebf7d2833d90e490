package org.holdfast.pipeline;

import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.StoreFailure;

/** What became of one store's copy of an object. */
public sealed interface BranchOutcome {
    /** The store's name. */
    String store();

    /**
     * The object is visible in the store, whole.
     *
     * @param blob as the store tells of it
     */
    record Sent(String store, Blob blob) implements BranchOutcome {}

    /** The store has no copy; what it had begun is aborted. */
    record Lost(String store, StoreFailure why) implements BranchOutcome {}
}
