package org.holdfast.adapter;

import java.io.IOException;
import org.holdfast.domain.storage.ObjectKey;

/**
 * Where one upload stands, and what may follow: it is written, its body is closed, it is published;
 * whatever else happens, it fails, and closing aborts it.
 */
public final class UploadLife {
    private enum State {
        WRITING,
        WRITTEN,
        FAILED,
        PUBLISHED,
        ABORTED
    }

    private final ObjectKey key;
    private volatile State state = State.WRITING;

    public UploadLife(ObjectKey key) {
        this.key = key;
    }

    /**
     * @throws IOException the body was closed, or a write failed before
     */
    public void requireWriting() throws IOException {
        if (!writing()) {
            throw new IOException("The upload of " + key + " is " + state + ".");
        }
    }

    public boolean writing() {
        return state == State.WRITING;
    }

    /** The body was closed; nothing where a write had failed before. */
    public void written() {
        if (writing()) {
            state = State.WRITTEN;
        }
    }

    /** A write failed. */
    public void failed() {
        if (writing()) {
            state = State.FAILED;
        }
    }

    /**
     * Publishing begins; it has failed until {@link #published()} says otherwise.
     *
     * @throws IllegalStateException the body was not closed, or a write failed before
     */
    public void publishing() {
        if (state != State.WRITTEN) {
            throw new IllegalStateException(
                    "The upload of " + key + " is " + state + ", so it cannot be published.");
        }
        state = State.FAILED;
    }

    public void published() {
        state = State.PUBLISHED;
    }

    /**
     * @return whether there is something to abort now: not after {@link #published()}, nor twice
     */
    public boolean abort() {
        if (state == State.PUBLISHED || state == State.ABORTED) {
            return false;
        }
        state = State.ABORTED;
        return true;
    }

    public boolean aborted() {
        return state == State.ABORTED;
    }
}
