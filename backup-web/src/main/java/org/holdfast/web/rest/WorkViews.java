package org.holdfast.web.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.app.Progress;
import org.holdfast.domain.snapshot.WorkRecords;

/** What backups and restores have in common as REST shows them. */
final class WorkViews {
    private WorkViews() {}

    /**
     * @param code names a page of runbooks/
     */
    public record Failure(String code, String text) {}

    /**
     * @param totalBytes 0 where it is not known
     * @param percent of this phase
     */
    public record Moving(
            String phase,
            long bytes,
            long totalBytes,
            long storedBytes,
            Optional<Integer> percent,
            long rateBytesPerSecond,
            Optional<Duration> etaSeconds) {}

    /** A measured phase; {@code seconds} once it ended. */
    public record Phase(
            String name,
            int attempt,
            Instant startedAt,
            Optional<Instant> finishedAt,
            Optional<Duration> seconds,
            long bytes) {}

    /** A line of a log. */
    public record Line(long seq, Instant at, String level, String text) {}

    static Moving moving(Progress progress) {
        return new Moving(
                progress.phase(),
                progress.bytes(),
                progress.totalBytes(),
                progress.storedBytes(),
                progress.percent(),
                progress.bytesPerSecond(),
                progress.eta());
    }

    static Phase phase(WorkRecords.Phase phase) {
        return new Phase(
                phase.name(),
                phase.attempt(),
                phase.startedAt(),
                phase.finishedAt(),
                phase.took(),
                phase.bytes());
    }

    /** {@code next} is what to ask for after these lines, whether or not there are any yet. */
    static Listing<Line> log(List<WorkRecords.Line> lines, long after) {
        long last = lines.isEmpty() ? after : lines.get(lines.size() - 1).seq();
        return new Listing<>(
                lines.stream()
                        .map(line -> new Line(line.seq(), line.at(), line.level(), line.text()))
                        .toList(),
                Optional.of(Long.toString(last)));
    }

    static Optional<Duration> between(Instant start, Instant end) {
        return start == null || end == null
                ? Optional.empty()
                : Optional.of(Duration.between(start, end));
    }
}
