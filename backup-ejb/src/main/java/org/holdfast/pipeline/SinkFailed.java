package org.holdfast.pipeline;

import java.io.IOException;

/**
 * The side that takes the bytes broke off, e.g. a child that ended early: ask it why (its exit code
 * and its last words). The object itself was sound so far.
 */
public class SinkFailed extends IOException {
    SinkFailed(IOException cause) {
        super("The receiving side broke off: " + cause.getMessage(), cause);
    }
}
