package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.holdfast.domain.policy.Every;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;

class SourceScheduleTest {
    private static final Schedule HOURLY = new Every(60);
    private static final Instant SEEN = Instant.parse("2026-11-21T08:20:00Z");

    private final SourceSchedule schedule = new SourceSchedule(Ids.next(), SEEN);

    private static Instant at(String time) {
        return Instant.parse("2026-11-21T" + time + "Z");
    }

    @Test
    void of_a_source_just_seen_nothing_is_made_up_for() {
        assertThat(schedule.reach(HOURLY, at("08:59:59"))).isEmpty();
        assertThat(schedule.reach(HOURLY, at("09:00:00"))).contains(at("09:00:00"));
    }

    @Test
    void a_slot_is_reached_once() {
        assertThat(schedule.behind(HOURLY, at("09:00:01"))).isTrue();
        assertThat(schedule.reach(HOURLY, at("09:00:01"))).contains(at("09:00:00"));
        assertThat(schedule.behind(HOURLY, at("09:00:11"))).isFalse();
        assertThat(schedule.reach(HOURLY, at("09:00:11"))).isEmpty();
    }

    @Test
    void of_several_missed_slots_only_the_newest_is_made_up_for() {
        assertThat(schedule.reach(HOURLY, at("17:30:00"))).contains(at("17:00:00"));
        assertThat(schedule.reach(HOURLY, at("17:30:10"))).isEmpty();
    }

    @Test
    void a_clock_set_back_runs_nothing_again() {
        schedule.reach(HOURLY, at("17:30:00"));
        assertThat(schedule.reach(HOURLY, at("12:30:00"))).isEmpty();
        assertThat(schedule.reach(HOURLY, at("17:59:59"))).isEmpty();
    }

    @Test
    void while_paused_slots_pass_by_and_are_not_made_up_for() {
        schedule.pause("ann", "the disks are being moved", at("12:00:00"), at("08:30:00"));

        assertThat(schedule.paused(at("11:59:59"))).isTrue();
        assertThat(schedule.reach(HOURLY, at("11:30:00"))).isEmpty();
        assertThat(schedule.paused(at("12:00:00"))).isFalse();
        assertThat(schedule.reach(HOURLY, at("12:00:00"))).contains(at("12:00:00"));
    }

    @Test
    void a_pause_ended_early_makes_nothing_up_either() {
        schedule.pause("ann", "moving", at("20:00:00"), at("08:30:00"));
        schedule.resume(at("10:30:00"));

        assertThat(schedule.reach(HOURLY, at("10:31:00"))).isEmpty();
        assertThat(schedule.reach(HOURLY, at("11:00:00"))).contains(at("11:00:00"));
    }

    @Test
    void a_pause_has_a_reason_and_an_end_in_the_future() {
        assertThatThrownBy(() -> schedule.pause("ann", " ", at("12:00:00"), SEEN))
                .isInstanceOf(Refused.class)
                .hasMessage("A pause needs a reason.");
        assertThatThrownBy(() -> schedule.pause("ann", "x", null, SEEN))
                .hasMessage("A pause needs an end, in the future and within a year.");
        assertThatThrownBy(() -> schedule.pause("ann", "x", SEEN, SEEN))
                .hasMessage("A pause needs an end, in the future and within a year.");
        assertThat(schedule.paused(SEEN)).isFalse();
        assertThatThrownBy(() -> schedule.resume(SEEN)).hasMessage("This schedule is not paused.");
    }
}
