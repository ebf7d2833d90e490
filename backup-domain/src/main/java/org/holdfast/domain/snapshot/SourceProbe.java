package org.holdfast.domain.snapshot;

import org.holdfast.domain.shared.PostgresUrl;

/** Looks at a source without changing it. */
public interface SourceProbe {
    /**
     * Connects and tells what is there and whether it can be dumped, in one sentence.
     *
     * @throws org.holdfast.domain.shared.Refused in words that name what failed
     */
    String test(PostgresUrl source);
}
