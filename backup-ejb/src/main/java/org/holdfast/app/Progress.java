package org.holdfast.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.snapshot.WorkRecords;

/**
 * How far running work is.
 *
 * @param phase one word
 * @param bytes moved in this phase so far
 * @param totalBytes expected in this phase, 0 where that is not known
 * @param storedBytes that reached the stores so far
 * @param percent of this phase, 0 to 99 while it runs, empty where the total is not known
 * @param bytesPerSecond over the phase so far
 * @param eta until this phase ends, empty where it cannot be told
 */
public record Progress(
        String phase,
        long bytes,
        long totalBytes,
        long storedBytes,
        Optional<Integer> percent,
        long bytesPerSecond,
        Optional<Duration> eta) {

    /** From the newest open phase; empty where none is open. */
    static Optional<Progress> of(List<WorkRecords.Phase> phases, long storedBytes, Instant now) {
        for (int i = phases.size() - 1; i >= 0; i--) {
            WorkRecords.Phase phase = phases.get(i);
            if (phase.finishedAt().isEmpty()) {
                return Optional.of(of(phase, storedBytes, now));
            }
        }
        return Optional.empty();
    }

    private static Progress of(WorkRecords.Phase phase, long storedBytes, Instant now) {
        long millis = Math.max(1, Duration.between(phase.startedAt(), now).toMillis());
        long rate = phase.bytes() * 1000 / millis;
        long total = phase.totalBytes();
        Optional<Integer> percent =
                total > 0
                        ? Optional.of((int) Math.min(99, phase.bytes() * 100 / total))
                        : Optional.empty();
        Optional<Duration> eta =
                total > phase.bytes() && rate > 0
                        ? Optional.of(Duration.ofSeconds((total - phase.bytes()) / rate))
                        : Optional.empty();
        return new Progress(phase.name(), phase.bytes(), total, storedBytes, percent, rate, eta);
    }
}
