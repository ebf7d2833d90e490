package org.holdfast.domain.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a backup is much smaller than those before it. An emptied database dumps without any
 * error; only its history tells (fault 24).
 */
public final class Shrinkage {
    /** How many backups before the newest it is compared with at least, and at most. */
    static final int LEAST_BEFORE = 3;

    public static final int MOST_BEFORE = 10;

    /** Below this part of what is usual a backup is suspicious. */
    private static final double SHRUNKEN = 0.5;

    private Shrinkage() {}

    /**
     * @param bytes of the dump before compression
     * @param tables empty where they were not looked at
     * @param rows of all tables; empty where they were not counted
     */
    public record Size(Instant takenAt, long bytes, Optional<Long> tables, Optional<Long> rows) {}

    /**
     * @param before backups of the same source that nothing is held against
     * @return what is too small, e.g. {@code 0 tables where 14 are usual}; empty where nothing is,
     *     or the history is too short to tell
     */
    public static Optional<String> of(Size newest, List<Size> before) {
        List<String> found = new ArrayList<>();
        compare(found, "tables", newest, before, Size::tables);
        compare(found, "rows", newest, before, Size::rows);
        compare(found, "bytes", newest, before, size -> Optional.of(size.bytes()));
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", found));
    }

    private static void compare(
            List<String> found,
            String what,
            Size newest,
            List<Size> before,
            Function<Size, Optional<Long>> of) {
        long[] known =
                before.stream()
                        .map(of)
                        .flatMap(Optional::stream)
                        .mapToLong(n -> n)
                        .sorted()
                        .toArray();
        Optional<Long> now = of.apply(newest);
        if (now.isEmpty() || known.length < LEAST_BEFORE) {
            return;
        }
        long usual = known[known.length / 2];
        if (now.get() < usual * SHRUNKEN) {
            found.add(
                    String.format(
                            Locale.ROOT, "%,d %s where %,d are usual", now.get(), what, usual));
        }
    }
}
