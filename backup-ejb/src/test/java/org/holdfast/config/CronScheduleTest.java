package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.policy.Schedule;
import org.junit.jupiter.api.Test;

class CronScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static List<Instant> slots(Schedule schedule, String after, String until) {
        List<Instant> slots = new ArrayList<>();
        for (Optional<Instant> slot = schedule.next(Instant.parse(after));
                slot.isPresent() && !slot.get().isAfter(Instant.parse(until));
                slot = schedule.next(slot.get())) {
            slots.add(slot.get());
        }
        return slots;
    }

    @Test
    void working_days_are_those() {
        assertThat(
                        slots(
                                CronSchedule.of("30 1 * * 1-5", ZoneOffset.UTC),
                                "2026-11-20T01:30:00Z",
                                "2026-11-24T23:00:00Z"))
                .containsExactly(
                        Instant.parse("2026-11-23T01:30:00Z"),
                        Instant.parse("2026-11-24T01:30:00Z"));
    }

    @Test
    void a_night_on_which_the_clock_changes_has_one_slot_and_not_two_and_not_none() {
        List<LocalDate> days =
                slots(
                                CronSchedule.of("30 2 * * *", BERLIN),
                                "2026-01-01T12:00:00Z",
                                "2027-12-31T12:00:00Z")
                        .stream()
                        .map(slot -> slot.atZone(BERLIN).toLocalDate())
                        .toList();

        assertThat(days)
                .containsExactlyElementsOf(
                        LocalDate.of(2026, 1, 2).datesUntil(LocalDate.of(2028, 1, 1)).toList());
    }

    @Test
    void slots_only_ever_go_forward_through_the_hour_that_comes_twice() {
        assertThat(
                        slots(
                                CronSchedule.of("*/30 * * * *", BERLIN),
                                "2026-10-24T23:30:00Z",
                                "2026-10-25T02:30:00Z"))
                .isSorted()
                .doesNotHaveDuplicates()
                .contains(
                        Instant.parse("2026-10-25T00:00:00Z"),
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-25T02:00:00Z"));
    }

    @Test
    void what_never_comes_is_told_as_such() {
        assertThat(CronSchedule.of("0 0 31 2 *", ZoneOffset.UTC).next(Instant.now())).isEmpty();
    }

    @Test
    void other_texts_are_refused() {
        assertThatThrownBy(() -> CronSchedule.of("0 0 2 * * ?", ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CronSchedule.of("", ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
