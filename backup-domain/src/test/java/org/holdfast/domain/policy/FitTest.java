package org.holdfast.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FitTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private static Policy policy(int rpoMinutes, Schedule schedule, Duration freshness) {
        return new Policy(
                "x",
                rpoMinutes,
                240,
                14,
                360,
                "first_sunday",
                60,
                Map.of(),
                OnCall.NOBODY,
                schedule,
                Retention.NOTHING_SAID,
                Optional.ofNullable(freshness));
    }

    @Test
    void an_hours_RPO_with_a_nightly_backup_is_doubted_in_words() {
        assertThat(Fit.doubts(policy(60, Policy.NIGHTLY, null), List.of("shop", "books"), NOW))
                .containsExactly(
                        "The RPO is 1 h, but up to 24 h pass between two backups of books, shop"
                                + " (nightly at 02:00 UTC).");
    }

    @Test
    void backups_that_are_late_before_the_next_is_due_are_doubted() {
        assertThat(
                        Fit.doubts(
                                policy(1440, Policy.NIGHTLY, Duration.ofHours(8)),
                                List.of("shop"),
                                NOW))
                .containsExactly(
                        "Backups of shop come nightly at 02:00 UTC, yet a backup counts as late"
                                + " after 8 h.");
    }

    @Test
    void a_policy_that_fits_is_not_doubted_nor_one_without_databases() {
        assertThat(Fit.doubts(policy(60, new Every(60), null), List.of("shop"), NOW)).isEmpty();
        assertThat(Fit.doubts(policy(60, Policy.NIGHTLY, null), List.of(), NOW)).isEmpty();
        assertThat(Fit.doubts(policy(60, Schedule.NEVER, null), List.of("shop"), NOW)).isEmpty();
    }

    @Test
    void a_window_makes_the_gap_that_its_closed_hours_are() {
        Schedule office = new Within(new Every(30), LocalTime.of(8, 0), LocalTime.of(18, 0), UTC);

        assertThat(Fit.longestGap(office, NOW)).contains(Duration.ofMinutes(870));
    }

    @Test
    void a_day_that_summer_time_makes_longer_counts() {
        Schedule berlin = new OnDays("nightly", LocalTime.of(2, 0), ZoneId.of("Europe/Berlin"));

        assertThat(Fit.longestGap(berlin, Instant.parse("2026-10-22T12:00:00Z")))
                .contains(Duration.ofHours(25));
    }

    @Test
    void many_databases_are_counted_and_not_all_named() {
        assertThat(
                        Fit.doubts(
                                policy(60, Policy.NIGHTLY, null),
                                List.of("a", "b", "c", "d", "e", "f", "g"),
                                NOW))
                .singleElement()
                .asString()
                .contains("a, b, c, d, e and 2 more");
    }
}
