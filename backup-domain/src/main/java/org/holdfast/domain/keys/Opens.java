package org.holdfast.domain.keys;

import java.time.Instant;

/**
 * What a key's identity opens of the kept backups.
 *
 * @param kept how many
 * @param onlyIt how many of these no other key opens that is not retired
 * @param oldest moment whose state the oldest holds; null where there is none
 * @param newest of the newest
 */
public record Opens(long kept, long onlyIt, Instant oldest, Instant newest) {
    public static final Opens NOTHING = new Opens(0, 0, null, null);
}
