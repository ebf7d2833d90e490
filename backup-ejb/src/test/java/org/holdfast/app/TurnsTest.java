package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Turns.Wait BRIEF = new Turns.Wait(0, Duration.ofMillis(50));
    private static final Turns.Wait LONG = new Turns.Wait(0, Duration.ofSeconds(30));

    private final ExecutorService others = Executors.newCachedThreadPool();
    private final CompletableFuture<String> done = new CompletableFuture<>();

    @AfterEach
    void end() {
        done.complete("done");
        others.shutdownNow();
    }

    private final Turns<String> turns =
            new Turns<>(2, of -> new Refused("X-BUSY", of + " is busy.", "Wait."));

    /** So many that have their turn and do not end it. */
    private List<Future<String>> inside(String of, int count) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(count);
        List<Future<String>> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(
                    others.submit(
                            () ->
                                    turns.take(
                                            of,
                                            LONG,
                                            () -> {
                                                begun.countDown();
                                                return done.join();
                                            })));
        }
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        return some;
    }

    @Test
    void two_go_at_a_time_and_the_third_is_told_so_after_its_patience() throws Exception {
        List<Future<String>> two = inside("staging", 2);

        assertThatThrownBy(() -> turns.take("staging", BRIEF, () -> "in"))
                .hasMessage("staging is busy.")
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("X-BUSY");
        assertThat(turns.take("another", BRIEF, () -> "in")).isEqualTo("in");

        done.complete("done");
        for (Future<String> one : two) {
            assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo("done");
        }
        assertThat(turns.take("staging", BRIEF, () -> "in")).isEqualTo("in");
    }

    @Test
    void the_third_gets_its_turn_where_one_ends_in_time_and_a_fourth_does_not_wait_beside_it()
            throws Exception {
        inside("staging", 2);
        CompletableFuture<Thread> who = new CompletableFuture<>();
        Future<String> third =
                others.submit(
                        () -> {
                            who.complete(Thread.currentThread());
                            return turns.take("staging", LONG, () -> "in");
                        });
        Thread waiter = who.get(10, TimeUnit.SECONDS);
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        assertThatThrownBy(() -> turns.take("staging", LONG, () -> "in"))
                .isInstanceOf(Refused.class);
        assertThat(third.isDone()).isFalse();
        Turns.Wait whoeverWaits = new Turns.Wait(Integer.MAX_VALUE, Duration.ofSeconds(30));
        Future<String> urgent =
                others.submit(() -> turns.take("staging", whoeverWaits, () -> "urgent"));
        done.complete("done");

        assertThat(third.get(10, TimeUnit.SECONDS)).isEqualTo("in");
        assertThat(urgent.get(10, TimeUnit.SECONDS)).isEqualTo("urgent");
    }

    @Test
    void a_turn_ends_with_what_breaks_in_it() {

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(
                            () ->
                                    turns.take(
                                            "staging",
                                            BRIEF,
                                            () -> {
                                                throw new IllegalStateException("broken");
                                            }))
                    .hasMessage("broken");
        }
    }
}
