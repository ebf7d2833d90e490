package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrewTest {
    @Test
    void too_few_threads_are_told_instead_of_waiting_for_ever() {
        ExecutorService one = Executors.newFixedThreadPool(1);
        CountDownLatch never = new CountDownLatch(1);
        try {
            Crew crew = new Crew(one, Duration.ofSeconds(1));
            crew.execute(
                    () -> {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            assertThatThrownBy(() -> crew.drive(() -> {}, () -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "1 of the tasks that carry the stream got no thread within 1 s: the"
                                    + " executor has too few.");
        } finally {
            never.countDown();
            one.shutdownNow();
        }
    }

    @Test
    void the_waiting_thread_beats_while_nothing_moves_and_once_at_the_end() throws Exception {
        AtomicInteger beats = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(3);
        new Crew(Tools.THREADS)
                .drive(
                        () -> {
                            try {
                                enough.await();
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                        },
                        () -> {
                            beats.incrementAndGet();
                            enough.countDown();
                        });
        assertThat(beats.get()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void what_the_beat_throws_ends_the_waiting() {
        assertThatThrownBy(
                        () ->
                                new Crew(Tools.THREADS)
                                        .drive(
                                                () -> {},
                                                () -> {
                                                    throw new IllegalStateException(
                                                            "the lease is lost");
                                                }))
                .hasMessage("the lease is lost");
    }
}
