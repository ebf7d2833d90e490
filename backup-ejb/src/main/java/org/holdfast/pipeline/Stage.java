package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A step that changes bytes, learns something about them, or both. One stage serves one stream.
 *
 * @param <R> what it learns, e.g. a hash or a number of bytes
 */
public interface Stage<R> {
    /**
     * Puts this stage before {@code next}. What is written to the link arrives, changed, at {@code
     * next}.
     *
     * @throws IllegalStateException the stage was used before
     */
    Link onto(OutputStream next) throws IOException;

    /**
     * What was learned.
     *
     * @throws IllegalStateException the link was not sealed yet: a half stream has no result
     */
    R result();
}
