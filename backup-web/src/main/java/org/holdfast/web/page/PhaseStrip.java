package org.holdfast.web.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.snapshot.WorkRecords;

/**
 * One phase as a piece of a bar that is a thousand wide.
 *
 * @param phase as it was measured
 * @param x where it begins
 * @param width at least a sliver
 * @param took until now where it goes on
 * @param open whether it goes on
 * @param tone 0 to 5, for its shade
 */
public record PhaseStrip(
        WorkRecords.Phase phase, int x, int width, Duration took, boolean open, int tone) {
    private static final int WHOLE = 1000;
    private static final int SLIVER = 6;
    private static final int TONES = 8;

    /** Pieces side by side in proportion to their time, in the order they began. */
    public static List<PhaseStrip> of(List<WorkRecords.Phase> phases) {
        return of(phases, Instant.now());
    }

    static List<PhaseStrip> of(List<WorkRecords.Phase> phases, Instant now) {
        List<Duration> times =
                phases.stream()
                        .map(p -> Duration.between(p.startedAt(), p.finishedAt().orElse(now)))
                        .map(d -> d.isNegative() ? Duration.ZERO : d)
                        .toList();
        long total = Math.max(1, times.stream().mapToLong(Duration::toMillis).sum());
        int room = WHOLE - SLIVER * phases.size();
        List<PhaseStrip> pieces = new ArrayList<>();
        int x = 0;
        for (int i = 0; i < phases.size(); i++) {
            int width = SLIVER + (int) (times.get(i).toMillis() * room / total);
            pieces.add(
                    new PhaseStrip(
                            phases.get(i),
                            x,
                            width,
                            times.get(i),
                            phases.get(i).finishedAt().isEmpty(),
                            i % TONES));
            x += width;
        }
        return pieces;
    }
}
