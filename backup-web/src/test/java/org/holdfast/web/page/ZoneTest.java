package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneTest {
    private static final Instant WINTER = Instant.parse("2026-11-21T23:04:05Z");
    private static final Instant SUMMER = Instant.parse("2026-07-21T23:04:05Z");
    private final Zone berlin = new Zone(Zone.of("Europe/Berlin"));
    private final Zone utc = new Zone(Zone.of("UTC"));

    @Test
    void times_are_of_the_readers_wall_and_say_so() {
        assertThat(berlin.second(WINTER)).isEqualTo("2026-11-22 00:04:05 CET");
        assertThat(berlin.second(SUMMER)).isEqualTo("2026-07-22 01:04:05 CEST");
        assertThat(berlin.minute(WINTER)).isEqualTo("22 Nov 2026 00:04 CET");
        assertThat(berlin.clock(WINTER)).isEqualTo("00:04:05");
        assertThat(utc.second(WINTER)).isEqualTo("2026-11-21 23:04:05 UTC");
        assertThat(utc.getName()).isEqualTo("UTC");
    }

    @Test
    void the_hover_has_utc_and_does_not_say_it_twice() {
        assertThat(berlin.both(WINTER))
                .isEqualTo("2026-11-22 00:04:05 CET = 2026-11-21 23:04:05 UTC");
        assertThat(utc.both(WINTER)).isEqualTo("2026-11-21 23:04:05 UTC");
    }

    @Test
    void an_old_times_day_is_the_readers() {
        Instant old = Instant.parse("2020-01-01T23:30:00Z");
        assertThat(berlin.ago(old)).isEqualTo("2 Jan 2020");
        assertThat(utc.ago(old)).isEqualTo("1 Jan 2020");
    }

    @Test
    void what_is_not_there_is_empty() {
        assertThat(berlin.second(null) + berlin.minute(null) + berlin.both(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Mars/Olympus", "../../etc/passwd", "+18:01", "<script>"})
    void what_is_no_zone_is_utc(String name) {
        assertThat(Zone.of(name)).isEqualTo(ZoneId.of("UTC"));
    }
}
