package org.holdfast.domain.restore;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * Whether one database could be brought back in time, against what the policy promises. Nothing
 * counts as good that was not seen: what was never restored has no gauge, and stands as unproved.
 *
 * @param known what the catalog has of it
 * @param age of the newest usable backup against when the next one is due; empty where there is no
 *     backup, or none is promised
 * @param restore the last measured restore against the RTO; empty where none was measured
 * @param proof how long ago a backup was last brought back, against {@link #PROVED_EVERY}
 */
public record Standing(
        Recoverability.Known known,
        Optional<Gauge> age,
        Optional<Gauge> restore,
        Optional<Gauge> proof) {
    /** A month: what every drill day of the policy asks for. */
    public static final Duration PROVED_EVERY = Duration.ofDays(31);

    private static final double NOTHING = 1000;

    /** What should be looked at first comes first. */
    public static final Comparator<Standing> WORST_FIRST =
            Comparator.comparingDouble(Standing::worst)
                    .reversed()
                    .thenComparing(standing -> standing.known().source());

    /**
     * @param due when the newest usable backup is too old; empty where there is none, or nothing is
     *     promised
     * @param rto how long a restore may take
     */
    public static Standing of(
            Recoverability.Known known, Optional<Instant> due, Duration rto, Instant now) {
        return new Standing(
                known,
                due.flatMap(at -> known.newest().map(newest -> gauge(newest.takenAt(), at, now))),
                known.measured().map(measured -> new Gauge(measured.took(), rto)),
                known.provedAt().map(at -> gauge(at, at.plus(PROVED_EVERY), now)));
    }

    private static Gauge gauge(Instant from, Instant due, Instant now) {
        Duration used = Duration.between(from, now);
        return new Gauge(used.isNegative() ? Duration.ZERO : used, Duration.between(from, due));
    }

    /** Whether there is no usable backup, or none of the age that is promised. */
    public boolean late() {
        return known.newest().isEmpty()
                || age.filter(newest -> newest.state() == Gauge.State.OVER).isPresent();
    }

    /** The highest of its gauges; without any backup it is worse than all. */
    double worst() {
        if (known.newest().isEmpty()) {
            return NOTHING;
        }
        double age = age().map(Gauge::share).orElse(0.0);
        double proof = proof().map(Gauge::share).orElse(1.0);
        return Math.max(age, Math.max(proof, restore().map(Gauge::share).orElse(0.0)));
    }
}
