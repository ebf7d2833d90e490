package org.holdfast.domain.storage;

import java.io.IOException;

/**
 * A store did not do what was asked. The message names the store and the object, never a secret.
 */
public class StoreFailure extends IOException {
    /** What went wrong, as far as a caller decides by it. */
    public enum Kind {
        /**
         * No answer, a reset, a time-out, or 5xx until the retry deadline: trying later may help.
         */
        UNREACHABLE,
        /** Credentials or permissions: a person must act. */
        DENIED,
        /** No such object, bucket or directory. */
        MISSING,
        /** The store is full. */
        NO_SPACE,
        /** What came back is not what was sent (size or checksum). */
        CORRUPT
    }

    private final Kind kind;

    public StoreFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    public StoreFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the same call may go through later without anybody changing anything. */
    public boolean passing() {
        return kind == Kind.UNREACHABLE;
    }
}
