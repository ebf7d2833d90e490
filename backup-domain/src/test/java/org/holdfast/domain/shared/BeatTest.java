package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BeatTest {
    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final List<LogRecord> told = new ArrayList<>();
    private final Handler ear =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    told.add(line);
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private Instant now = Instant.parse("2026-11-21T02:00:00Z");
    private final Clock clock =
            new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            };
    private int done;

    @BeforeEach
    void listen() {
        Logger log = Logger.getLogger(Beat.class.getName());
        log.setUseParentHandlers(false);
        log.addHandler(ear);
    }

    @AfterEach
    void stopListening() {
        Logger log = Logger.getLogger(Beat.class.getName());
        log.removeHandler(ear);
        log.setUseParentHandlers(true);
    }

    private Beat beat(Runnable work) {
        return new Beat("the schedules", handedOver::add, clock, work);
    }

    private void failing() {
        throw new IllegalStateException("the catalog is away");
    }

    @Test
    void the_work_is_handed_over_and_not_done_in_the_timers_call() {
        Beat beat = beat(() -> done++);

        beat.fire();

        assertThat(done).isZero();
        handedOver.remove().run();
        assertThat(done).isOne();
    }

    @Test
    void a_firing_during_the_work_is_left_out_and_the_next_one_counts() {
        Beat beat = beat(() -> done++);

        beat.fire();
        beat.fire();
        assertThat(handedOver).hasSize(1);

        handedOver.remove().run();
        beat.fire();
        assertThat(handedOver).hasSize(1);
    }

    @Test
    void work_that_throws_is_tried_again_after_a_pause() {
        Beat beat = beat(this::failing);

        for (int i = 0; i < 3; i++) {
            beat.fire();
            assertThatCode(() -> handedOver.remove().run()).doesNotThrowAnyException();
            now = now.plusSeconds(4);
            beat.fire();
            assertThat(handedOver).isEmpty();
            now = now.plusSeconds(1);
        }
    }

    @Test
    void the_same_failure_is_told_with_its_stack_once_and_then_in_a_line_a_minute() {
        Beat beat = beat(this::failing);

        for (int i = 0; i < 10; i++) {
            beat.fire();
            handedOver.remove().run();
            now = now.plusSeconds(10);
        }

        assertThat(told).hasSize(2);
        assertThat(told.get(0).getThrown()).hasMessage("the catalog is away");
        assertThat(told.get(1).getThrown()).isNull();
        assertThat(told.get(1).getMessage())
                .contains("the schedules")
                .contains("the catalog is away");
    }

    @Test
    void a_failure_after_a_success_is_told_with_its_stack_again() {
        boolean[] away = {true};
        Beat beat =
                beat(
                        () -> {
                            if (away[0]) {
                                failing();
                            }
                        });
        for (boolean is : new boolean[] {true, false, true}) {
            away[0] = is;
            beat.fire();
            handedOver.remove().run();
            now = now.plusSeconds(5);
        }

        assertThat(told).hasSize(2).allMatch(line -> line.getThrown() != null);
    }

    @Test
    void an_executor_without_a_thread_costs_one_firing() {
        boolean[] full = {true};
        Beat beat =
                new Beat(
                        "the schedules",
                        task -> {
                            if (full[0]) {
                                throw new RejectedExecutionException("full");
                            }
                            handedOver.add(task);
                        },
                        clock,
                        () -> done++);

        beat.fire();
        assertThat(handedOver).isEmpty();
        full[0] = false;
        beat.fire();
        assertThat(handedOver).hasSize(1);
    }

    @Test
    void silence_counts_from_the_last_firing_even_if_the_work_failed() {
        Beat beat = beat(this::failing);
        now = now.plusSeconds(40);
        assertThat(beat.silence()).isEqualTo(Duration.ofSeconds(40));

        beat.fire();
        now = now.plusSeconds(5);

        assertThat(beat.silence()).isEqualTo(Duration.ofSeconds(5));
    }
}
