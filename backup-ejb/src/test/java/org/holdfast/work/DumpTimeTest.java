package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.holdfast.domain.snapshot.ForeignDump.TimeBy;
import org.junit.jupiter.api.Test;

class DumpTimeTest {
    private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");
    private static final LocalDateTime TEN = LocalDateTime.parse("2026-11-21T10:00:00");

    private static DumpTime of(LocalDateTime created, String zone, String modified) {
        return DumpTime.of(
                Optional.ofNullable(created), ZoneId.of(zone), Instant.parse(modified), NOW);
    }

    @Test
    void an_archive_tells_its_own_time_in_the_zone_that_is_set() {
        DumpTime time = of(TEN, "Europe/Berlin", "2026-11-21T12:00:00Z");

        assertThat(time.at()).isEqualTo("2026-11-21T09:00:00Z");
        assertThat(time.by()).isEqualTo(TimeBy.ARCHIVE);
    }

    @Test
    void a_file_that_is_older_than_its_archive_shows_that_the_zone_is_another() {
        DumpTime time = of(TEN, "UTC", "2026-11-21T01:02:03Z");

        assertThat(time.at()).isEqualTo("2026-11-21T01:02:03Z");
        assertThat(time.by()).isEqualTo(TimeBy.FILE);
        assertThat(time.note()).contains("IMPORT_TIME_ZONE");
    }

    @Test
    void plain_sql_has_the_file_s_time_and_says_so() {
        DumpTime time = of(null, "UTC", "2026-11-20T01:02:03Z");

        assertThat(time.at()).isEqualTo("2026-11-20T01:02:03Z");
        assertThat(time.note()).contains("the file's own time is taken");
    }

    @Test
    void what_is_yet_to_come_is_refused() {
        assertThatThrownBy(() -> of(null, "UTC", "2026-11-21T20:06:00Z"))
                .hasMessageContaining("yet to come");
        assertThatThrownBy(() -> of(TEN.plusDays(3), "UTC", "2026-11-20T00:00:00Z"))
                .hasMessageContaining("yet to come");
        assertThatThrownBy(() -> of(TEN.plusHours(11), "UTC", "2026-11-21T22:00:00Z"))
                .hasMessageContaining("yet to come");
    }
}
