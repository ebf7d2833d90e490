package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.DumpLike;
import org.holdfast.testing.InMemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FanoutTest {
    private static final ObjectKey KEY = new ObjectKey("shop/object");
    private static final int CHUNK = 64 << 10;

    private final InMemoryStore quick = new InMemoryStore("quick");
    private final InMemoryStore stuck = new InMemoryStore("stuck").stallAfter(CHUNK);

    @Test
    void the_queue_of_the_slowest_store_bounds_the_buffers() throws Exception {
        byte[] bytes = DumpLike.bytes(10_000_000, 1);
        try (Fanout fanout = begin(List.of(quick, stuck), Duration.ofMillis(300))) {
            fanout.write(bytes);
            assertThat(fanout.buffered()).isLessThanOrEqualTo((4 + 3) * CHUNK);
            fanout.seal();
            assertThat(fanout.publish())
                    .extracting(Object::getClass)
                    .isEqualTo(List.of(BranchOutcome.Sent.class, BranchOutcome.Lost.class));
        }
        assertThat(quick.bytes(KEY)).isEqualTo(bytes);
    }

    @Test
    void a_store_that_pauses_for_less_than_its_deadline_keeps_its_copy() throws Exception {
        byte[] bytes = DumpLike.bytes(3_000_000, 1);
        try (Fanout fanout = begin(List.of(quick, stuck), Duration.ofSeconds(30))) {
            Thread writer =
                    new Thread(
                            () -> {
                                try {
                                    fanout.write(bytes);
                                    fanout.seal();
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            });
            writer.start();
            // The writer waits as soon as the stuck store's queue is full.
            while (writer.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            stuck.thaw();
            writer.join();
            assertThat(fanout.publish()).allMatch(BranchOutcome.Sent.class::isInstance);
        }
        assertThat(stuck.bytes(KEY)).isEqualTo(bytes);
        assertThat(quick.bytes(KEY)).isEqualTo(bytes);
    }

    @Test
    void many_stores_get_the_same_bytes() throws Exception {
        List<BlobStore> stores = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stores.add(new InMemoryStore("store-" + i));
        }
        byte[] bytes = DumpLike.bytes(2_345_678, 2);
        try (Fanout fanout = begin(stores, Duration.ofSeconds(30))) {
            for (int at = 0; at < bytes.length; at += 10_007) {
                fanout.write(bytes, at, Math.min(10_007, bytes.length - at));
            }
            fanout.seal();
            fanout.publish();
        }
        for (BlobStore store : stores) {
            assertThat(((InMemoryStore) store).bytes(KEY)).isEqualTo(bytes);
        }
    }

    @Test
    void an_interrupt_meant_for_one_branch_does_not_stay_with_the_executors_thread()
            throws Exception {
        var one = java.util.concurrent.Executors.newFixedThreadPool(1);
        try {
            try (Fanout fanout =
                    Fanout.begin(List.of(stuck), KEY, Duration.ofMillis(200), CHUNK, 4, one)) {
                assertThatThrownBy(() -> fanout.write(DumpLike.bytes(3_000_000, 1)))
                        .isInstanceOf(AllBranchesLost.class);
            }
            assertThat(one.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
        } finally {
            one.shutdownNow();
        }
    }

    private static Fanout begin(List<BlobStore> stores, Duration stall) {
        return Fanout.begin(stores, KEY, stall, CHUNK, 4, Tools.THREADS);
    }
}
