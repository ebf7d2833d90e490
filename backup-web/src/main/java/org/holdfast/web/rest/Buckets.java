package org.holdfast.web.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Token buckets by key. Each begins full; a take costs one, and they fill up at a steady rate.
 * Bounded: beyond {@value #MOST_KEYS} keys the one unused longest is forgotten, which makes it full
 * again.
 */
final class Buckets {
    private static final int MOST_KEYS = 10_000;
    private static final double NANOS = 1e9;

    private final double capacity;
    private final double perSecond;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > MOST_KEYS;
                }
            };

    private static final class Bucket {
        private double level;
        private long seen;
    }

    /**
     * @param nanoTime a clock that only goes forward, nanoseconds
     */
    Buckets(int capacity, double perSecond, LongSupplier nanoTime) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    /** Whether {@code key} may go on now. */
    synchronized boolean take(String key) {
        long now = nanoTime.getAsLong();
        Bucket bucket =
                buckets.computeIfAbsent(
                        key,
                        k -> {
                            Bucket full = new Bucket();
                            full.level = capacity;
                            full.seen = now;
                            return full;
                        });
        bucket.level = Math.min(capacity, bucket.level + (now - bucket.seen) / NANOS * perSecond);
        bucket.seen = now;
        if (bucket.level < 1) {
            return false;
        }
        bucket.level -= 1;
        return true;
    }
}
