package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.snapshot.WorkRecords.Phase;
import org.junit.jupiter.api.Test;

class PhaseStripTest {
    private static final Instant START = Instant.parse("2026-11-21T02:00:00Z");

    private static Phase phase(String name, int from, Integer to) {
        return new Phase(
                1,
                name,
                START.plusSeconds(from),
                Optional.ofNullable(to).map(START::plusSeconds),
                0,
                0);
    }

    @Test
    void pieces_stand_side_by_side_in_proportion() {
        List<PhaseStrip> pieces =
                PhaseStrip.of(
                        List.of(
                                phase("dump", 0, 90),
                                phase("commit", 90, 90),
                                phase("verify", 90, 100)),
                        START.plusSeconds(500));
        assertThat(pieces.get(0).x()).isZero();
        assertThat(pieces.get(1).x()).isEqualTo(pieces.get(0).width());
        assertThat(pieces.get(2).x()).isEqualTo(pieces.get(1).x() + pieces.get(1).width());
        assertThat(pieces.get(2).x() + pieces.get(2).width()).isBetween(995, 1000);
        assertThat(pieces.get(1).width()).as("a phase of no time is still to be seen").isPositive();
        assertThat(pieces.get(0).width()).isGreaterThan(8 * pieces.get(2).width());
    }

    @Test
    void an_open_phase_grows_until_now() {
        PhaseStrip open =
                PhaseStrip.of(List.of(phase("dump", 0, null)), START.plusSeconds(7)).get(0);
        assertThat(open.open()).isTrue();
        assertThat(open.took()).isEqualTo(Duration.ofSeconds(7));
    }
}
