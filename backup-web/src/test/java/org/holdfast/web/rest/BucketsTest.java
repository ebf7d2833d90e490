package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BucketsTest {
    private long now;
    private final Buckets buckets = new Buckets(3, 2, () -> now);

    @Test
    void a_full_bucket_gives_as_many_as_it_holds() {
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
    }

    @Test
    void it_fills_up_at_its_rate_and_not_beyond_its_brim() {
        for (int i = 0; i < 4; i++) {
            buckets.take("a");
        }
        now += 500_000_000L;
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
        now += 3_600_000_000_000L;
        for (int i = 0; i < 3; i++) {
            assertThat(buckets.take("a")).isTrue();
        }
        assertThat(buckets.take("a")).isFalse();
    }

    @Test
    void one_key_does_not_empty_another() {
        for (int i = 0; i < 9; i++) {
            buckets.take("a");
        }
        assertThat(buckets.take("b")).isTrue();
    }

    @Test
    void refused_takes_cost_nothing() {
        for (int i = 0; i < 100; i++) {
            buckets.take("a");
        }
        now += 500_000_000L;
        assertThat(buckets.take("a")).isTrue();
    }
}
