package org.holdfast.domain.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.snapshot.Rung;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Policy NIGHTLY = Policy.standard(14);

    private static Recoverability.Known known(
            String source, Duration age, Duration restore, Duration proved) {
        return new Recoverability.Known(
                UUID.randomUUID(),
                source,
                NOW.minus(Duration.ofDays(60)),
                Optional.ofNullable(age)
                        .map(
                                old ->
                                        new Recoverability.Newest(
                                                UUID.randomUUID(), NOW.minus(old), Rung.VERIFIED)),
                Optional.ofNullable(restore)
                        .map(took -> new Recoverability.Measured(NOW.minusSeconds(60), took)),
                Optional.ofNullable(proved).map(NOW::minus));
    }

    private static Standing standing(
            String source, Duration age, Duration restore, Duration proved) {
        Recoverability.Known known = known(source, age, restore, proved);
        return Standing.of(
                known,
                known.newest().flatMap(newest -> NIGHTLY.dueOf(source, newest.takenAt())),
                Duration.ofMinutes(NIGHTLY.rtoMinutes()),
                NOW);
    }

    @Test
    void a_nightly_backup_of_last_night_is_within_what_its_schedule_allows() {
        Gauge age = standing("shop", Duration.ofHours(10), null, null).age().orElseThrow();

        assertThat(age.limit()).isEqualTo(Duration.ofHours(25));
        assertThat(age.state()).isEqualTo(Gauge.State.WITHIN);
    }

    @Test
    void one_of_the_night_before_is_late() {
        Gauge age = standing("shop", Duration.ofHours(34), null, null).age().orElseThrow();

        assertThat(age.state()).isEqualTo(Gauge.State.OVER);
        assertThat(age.drawn()).isEqualTo(1);
    }

    @Test
    void a_restore_is_held_against_the_rto() {
        Gauge restore =
                standing("shop", Duration.ofHours(1), Duration.ofMinutes(200), null)
                        .restore()
                        .orElseThrow();

        assertThat(restore.limit()).isEqualTo(Duration.ofMinutes(240));
        assertThat(restore.state()).isEqualTo(Gauge.State.CLOSE);
    }

    @Test
    void what_was_never_brought_back_has_no_proof_to_show() {
        assertThat(standing("shop", Duration.ofHours(1), null, null).proof()).isEmpty();
    }

    @Test
    void the_worst_comes_first() {
        Duration hour = Duration.ofHours(1);
        Duration week = Duration.ofDays(7);

        assertThat(
                        Stream.of(
                                        standing("proved", hour, hour, week),
                                        standing("late", Duration.ofDays(3), hour, week),
                                        standing("unproved", hour, null, null),
                                        standing("nothing at all", null, null, null),
                                        standing("also proved", hour, hour, week))
                                .sorted(Standing.WORST_FIRST)
                                .map(s -> s.known().source()))
                .containsExactly("nothing at all", "late", "unproved", "also proved", "proved");
    }

    @Test
    void a_limit_of_nothing_is_no_limit() {
        assertThatThrownBy(() -> new Gauge(Duration.ZERO, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
