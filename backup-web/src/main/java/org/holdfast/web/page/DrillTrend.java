package org.holdfast.web.page;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.drill.DrillCause;
import org.holdfast.domain.drill.Drills;

/**
 * Measured times of the newest drills against the time allowed, as bars in a field of {@link
 * #WIDTH} by {@link #HEIGHT}, the oldest first.
 */
public record DrillTrend(List<Bar> bars, Duration longest) {
    public static final int WIDTH = 720;
    public static final int HEIGHT = 96;

    /** How many drills are shown. */
    static final int MOST = 24;

    private static final int GAP = 6;
    private static final int WIDEST = 48;
    private static final int LEAST = 2;

    /**
     * One drill.
     *
     * @param x left edge
     * @param width of the bar
     * @param y upper edge; it stands on the field's lower one
     * @param height of the bar
     * @param limitY where the time allowed lies
     * @param tone good, warn or bad
     * @param percent of the time allowed
     */
    public record Bar(
            Drills.Row row,
            int x,
            int width,
            int y,
            int height,
            int limitY,
            String tone,
            long percent) {
        public Duration took() {
            return Duration.ofSeconds(row.tookSeconds());
        }

        public Duration allowed() {
            return Duration.ofSeconds(row.rtoSeconds());
        }
    }

    /**
     * @param newestFirst what is not measured is left aside
     */
    static DrillTrend of(List<Drills.Row> newestFirst) {
        List<Drills.Row> rows = new ArrayList<>();
        newestFirst.stream().filter(DrillTrend::shows).limit(MOST).forEach(row -> rows.add(0, row));
        long top =
                rows.stream()
                        .mapToLong(row -> Math.max(row.tookSeconds(), row.rtoSeconds()))
                        .max()
                        .orElse(1);
        int step = rows.isEmpty() ? WIDTH : Math.min(WIDEST + GAP, WIDTH / rows.size());
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Drills.Row row = rows.get(i);
            int height = Math.max(LEAST, scaled(row.tookSeconds(), top));
            bars.add(
                    new Bar(
                            row,
                            i * step,
                            step - GAP,
                            HEIGHT - height,
                            height,
                            HEIGHT - scaled(row.rtoSeconds(), top),
                            tone(row),
                            row.rtoSeconds() == 0
                                    ? 0
                                    : Math.round(100.0 * row.tookSeconds() / row.rtoSeconds())));
        }
        return new DrillTrend(List.copyOf(bars), Duration.ofSeconds(top));
    }

    /** What came to its checks; a trial counts for nothing. */
    static boolean shows(Drills.Row row) {
        return row.tookSeconds() != null && row.cause() != DrillCause.TRIAL;
    }

    /** A little room is left above. */
    private static int scaled(long seconds, long top) {
        return (int) (seconds * (HEIGHT - 8) / Math.max(1, top));
    }

    private static String tone(Drills.Row row) {
        return switch (row.verdict()) {
            case PASSED -> "good";
            case PARTIAL -> "warn";
            case FAILED, ABORTED -> "bad";
        };
    }
}
