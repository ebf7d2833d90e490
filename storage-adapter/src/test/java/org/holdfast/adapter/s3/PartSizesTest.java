package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartSizesTest {
    private static final long GIB = 1024L * 1024 * 1024;

    private static long total(PartSizes sizes, int parts) {
        long total = 0;
        for (int n = 1; n <= parts; n++) {
            total += sizes.of(n);
        }
        return total;
    }

    @Test
    void ten_thousand_growing_parts_hold_what_s3_takes_at_most() {
        assertThat(total(PartSizes.growing(), PartSizes.MOST))
                .isGreaterThanOrEqualTo(5 * 1024 * GIB);
    }

    @Test
    void no_part_leaves_the_limits_of_s3_and_none_is_smaller_than_the_one_before() {
        PartSizes sizes = PartSizes.growing();
        for (int n = 1; n <= PartSizes.MOST; n++) {
            assertThat(sizes.of(n)).isBetween(5L * 1024 * 1024, 5 * GIB);
            assertThat(sizes.of(n)).isGreaterThanOrEqualTo(sizes.of(Math.max(1, n - 1)));
        }
    }

    @Test
    void a_buffer_stays_small_against_what_is_stored() {
        PartSizes sizes = PartSizes.growing();
        assertThat(sizes.of(1000)).isEqualTo(8 * 1024 * 1024);
        long stored = total(sizes, 1000);
        for (int n = 1001; n <= PartSizes.MOST; n++) {
            assertThat(sizes.of(n)).isLessThanOrEqualTo(stored / 480);
            stored += sizes.of(n);
        }
    }

    @Test
    void r2_gets_parts_of_one_size() {
        PartSizes sizes = PartSizes.forHost("0a1b.r2.cloudflarestorage.com");
        assertThat(sizes.of(1)).isEqualTo(sizes.of(PartSizes.MOST));
        assertThat(total(sizes, PartSizes.MOST)).isEqualTo(625 * GIB);
        assertThat(PartSizes.forHost("s3.example.org").of(1)).isEqualTo(8 * 1024 * 1024);
    }
}
