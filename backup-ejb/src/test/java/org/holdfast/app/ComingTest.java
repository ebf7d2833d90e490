package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.holdfast.app.Schedules.Coming;
import org.holdfast.app.Schedules.Planned;
import org.holdfast.domain.policy.Every;
import org.holdfast.domain.policy.Schedule;
import org.junit.jupiter.api.Test;

class ComingTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:10:00Z");
    private static final Instant NEVER = Instant.MIN;

    private static Instant at(String time) {
        return Instant.parse("2026-11-21T" + time + ":00Z");
    }

    @Test
    void what_comes_first_of_all_schedules_stands_first() {
        List<Coming> coming =
                Schedules.coming(
                        Map.of(
                                new Every(60),
                                List.of(new Planned("shop", NEVER), new Planned("crm", NEVER)),
                                new Every(30),
                                List.of(new Planned("billing", at("13:45"))),
                                Schedule.NEVER,
                                List.of(new Planned("old", NEVER))),
                        NOW,
                        5);

        assertThat(coming)
                .containsExactly(
                        new Coming(at("13:30"), "billing", true),
                        new Coming(at("14:00"), "billing", false),
                        new Coming(at("14:00"), "crm", false),
                        new Coming(at("14:00"), "shop", false),
                        new Coming(at("14:30"), "billing", false));
    }

    @Test
    void two_thousand_sources_on_one_schedule_are_looked_at_once() {
        AtomicInteger looks = new AtomicInteger();
        Schedule counted =
                new Schedule() {
                    @Override
                    public String words() {
                        return "hourly";
                    }

                    @Override
                    public Optional<Instant> next(Instant after) {
                        looks.incrementAndGet();
                        return Optional.of(after.plus(Duration.ofHours(1)));
                    }
                };
        List<Planned> many =
                IntStream.range(0, 2000)
                        .mapToObj(i -> new Planned(String.format("db-%04d", 1999 - i), NEVER))
                        .toList();

        List<Coming> coming = Schedules.coming(Map.of(counted, many), NOW, 12);

        assertThat(coming).hasSize(12).extracting(Coming::source).startsWith("db-0000", "db-0001");
        assertThat(coming).extracting(Coming::at).containsOnly(at("14:10"));
        assertThat(looks.get()).isLessThan(3);
    }
}
