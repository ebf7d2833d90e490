package org.holdfast.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Instant at(String text) {
        return Instant.parse(text);
    }

    private static List<Instant> slots(Schedule schedule, Instant after, Instant until) {
        List<Instant> slots = new ArrayList<>();
        for (Optional<Instant> slot = schedule.next(after);
                slot.isPresent() && !slot.get().isAfter(until);
                slot = schedule.next(slot.get())) {
            slots.add(slot.get());
        }
        return slots;
    }

    @Nested
    class Every_so_many_minutes {
        @Test
        void is_counted_from_midnight_whenever_the_server_started() {
            assertThat(
                            slots(
                                    new Every(360),
                                    at("2026-11-21T05:17:03Z"),
                                    at("2026-11-22T00:00:00Z")))
                    .containsExactly(
                            at("2026-11-21T06:00:00Z"),
                            at("2026-11-21T12:00:00Z"),
                            at("2026-11-21T18:00:00Z"),
                            at("2026-11-22T00:00:00Z"));
        }

        @Test
        void a_slot_is_not_its_own_next() {
            assertThat(new Every(15).next(at("2026-11-21T06:00:00Z")))
                    .contains(at("2026-11-21T06:15:00Z"));
        }

        @Test
        void is_told_in_words() {
            assertThat(new Every(15).words()).isEqualTo("every 15 min");
            assertThat(new Every(360).words()).isEqualTo("every 6 h");
            assertThat(new Every(1440).words()).isEqualTo("every day");
        }
    }

    @Nested
    class On_days {
        @ParameterizedTest
        @ValueSource(strings = {"00:00", "02:00", "02:30", "03:00", "23:59"})
        void nightly_has_one_slot_on_each_day_of_the_years_that_change_the_clock(String time) {
            Schedule nightly = new OnDays("nightly", LocalTime.parse(time), BERLIN);

            List<LocalDate> days =
                    slots(
                                    nightly,
                                    LocalDate.of(2026, 1, 1)
                                            .atStartOfDay(BERLIN)
                                            .toInstant()
                                            .minusSeconds(1),
                                    LocalDate.of(2028, 1, 1)
                                            .atStartOfDay(BERLIN)
                                            .toInstant()
                                            .minusSeconds(1))
                            .stream()
                            .map(slot -> slot.atZone(BERLIN).toLocalDate())
                            .toList();

            assertThat(days)
                    .containsExactlyElementsOf(
                            LocalDate.of(2026, 1, 1).datesUntil(LocalDate.of(2028, 1, 1)).toList());
        }

        @Test
        void a_time_that_summer_time_leaves_out_comes_as_much_later() {
            assertThat(
                            new OnDays("nightly", LocalTime.of(2, 30), BERLIN)
                                    .next(at("2026-03-28T12:00:00Z")))
                    .contains(at("2026-03-29T01:30:00Z"));
        }

        @Test
        void first_sunday_and_last_friday_are_found() {
            assertThat(
                            new OnDays("first_sunday", LocalTime.of(2, 0), ZoneOffset.UTC)
                                    .next(at("2026-11-21T00:00:00Z")))
                    .contains(at("2026-12-06T02:00:00Z"));
            assertThat(
                            new OnDays("last_friday", LocalTime.of(2, 0), ZoneOffset.UTC)
                                    .next(at("2026-11-21T00:00:00Z")))
                    .contains(at("2026-11-27T02:00:00Z"));
        }

        @Test
        void monthly_is_the_first_and_quarterly_every_third_of_them() {
            Instant from = at("2026-01-01T02:00:00Z");
            Instant to = at("2027-01-01T02:00:00Z");
            assertThat(slots(new OnDays("monthly", LocalTime.of(2, 0), ZoneOffset.UTC), from, to))
                    .hasSize(12);
            assertThat(slots(new OnDays("quarterly", LocalTime.of(2, 0), ZoneOffset.UTC), from, to))
                    .containsExactly(
                            at("2026-04-01T02:00:00Z"),
                            at("2026-07-01T02:00:00Z"),
                            at("2026-10-01T02:00:00Z"),
                            at("2027-01-01T02:00:00Z"));
        }
    }

    @Nested
    class Within_a_window {
        @Test
        void that_holds_midnight_only_slots_inside_remain() {
            Schedule nights =
                    new Within(
                            new Every(120),
                            LocalTime.of(22, 0),
                            LocalTime.of(4, 0),
                            ZoneOffset.UTC);
            assertThat(slots(nights, at("2026-11-21T05:00:00Z"), at("2026-11-22T05:00:00Z")))
                    .containsExactly(
                            at("2026-11-21T22:00:00Z"),
                            at("2026-11-22T00:00:00Z"),
                            at("2026-11-22T02:00:00Z"));
        }

        @Test
        void that_no_slot_falls_into_there_is_no_next() {
            assertThat(
                            new Within(
                                            new OnDays(
                                                    "nightly", LocalTime.of(2, 0), ZoneOffset.UTC),
                                            LocalTime.of(9, 0),
                                            LocalTime.of(17, 0),
                                            ZoneOffset.UTC)
                                    .next(at("2026-11-21T05:00:00Z")))
                    .isEmpty();
        }
    }

    @Nested
    class The_latest_slot {
        @Test
        void of_many_missed_ones_is_the_newest() {
            assertThat(new Every(15).latest(at("2026-11-01T00:00:00Z"), at("2026-11-21T10:50:00Z")))
                    .contains(at("2026-11-21T10:45:00Z"));
            assertThat(
                            new OnDays("quarterly", LocalTime.of(2, 0), ZoneOffset.UTC)
                                    .latest(at("2026-01-02T00:00:00Z"), at("2026-09-30T00:00:00Z")))
                    .contains(at("2026-07-01T02:00:00Z"));
        }

        @Test
        void is_none_where_it_was_reached_already_or_the_clock_went_back() {
            assertThat(new Every(15).latest(at("2026-11-21T10:45:00Z"), at("2026-11-21T10:59:59Z")))
                    .isEmpty();
            assertThat(new Every(15).latest(at("2027-11-21T10:45:00Z"), at("2026-11-21T10:59:59Z")))
                    .isEmpty();
            assertThat(Schedule.NEVER.latest(Instant.EPOCH, at("2026-11-21T10:59:59Z"))).isEmpty();
        }

        /** However often and whenever it is looked, no slot is taken twice, and the newest is. */
        @Test
        void looked_at_at_random_moments_is_never_the_same_twice_and_never_left_behind() {
            List<Schedule> schedules =
                    List.of(
                            new Every(7),
                            new Every(1440),
                            new OnDays("nightly", LocalTime.of(2, 30), BERLIN),
                            new OnDays("first_sunday", LocalTime.of(0, 30), BERLIN),
                            new Within(
                                    new Every(30),
                                    LocalTime.of(23, 0),
                                    LocalTime.of(1, 0),
                                    BERLIN));
            Random random = new Random(41);
            for (Schedule schedule : schedules) {
                Instant last = at("2026-03-01T00:00:00Z");
                Instant now = last;
                for (int look = 0; look < 300; look++) {
                    now = now.plus(Duration.ofSeconds(random.nextInt(3 * 86_400)));
                    Optional<Instant> slot = schedule.latest(last, now);
                    if (slot.isPresent()) {
                        assertThat(slot.get()).isAfter(last).isBeforeOrEqualTo(now);
                        last = slot.get();
                    }
                    Instant seen = now;
                    assertThat(schedule.next(last))
                            .as(schedule.words())
                            .hasValueSatisfying(next -> assertThat(next).isAfter(seen));
                }
            }
        }
    }
}
