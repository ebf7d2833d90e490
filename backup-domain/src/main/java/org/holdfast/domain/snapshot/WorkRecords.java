package org.holdfast.domain.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What workers wrote down of runs and restores: log lines and measured phases. */
public interface WorkRecords {
    /**
     * @param seq rises within one work
     * @param level INFO, WARN or ERROR
     */
    record Line(long seq, Instant at, String level, String text) {}

    /**
     * @param name e.g. {@code dump}, {@code verify}
     * @param finishedAt empty while it goes on
     * @param bytes moved so far, 0 where it moves none
     * @param totalBytes expected to be moved, 0 where that is not known
     */
    record Phase(
            int attempt,
            String name,
            Instant startedAt,
            Optional<Instant> finishedAt,
            long bytes,
            long totalBytes) {
        public Optional<Duration> took() {
            return finishedAt.map(end -> Duration.between(startedAt, end));
        }
    }

    /** Lines after {@code afterSeq} (0: from the start), at most {@code max}, in order. */
    List<Line> log(UUID workId, long afterSeq, int max);

    /** In the order they began. */
    List<Phase> phases(UUID workId);
}
