package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.PlaceEnds;
import org.holdfast.domain.alert.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1.00 KiB",
        "1536, 1.50 KiB",
        "10485760, 10.0 MiB",
        "104857600, 100 MiB",
        "1048575000, 1000 MiB",
        "1073741824, 1.00 GiB",
        "9223372036854775807, 8192 PiB",
    })
    void sizes_have_three_digits(long bytes, String words) {
        assertThat(Words.size(bytes)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.32S, 0.3 s",
        "PT9.99S, 10.0 s",
        "PT59.6S, 60 s",
        "PT119S, 119 s",
        "PT120S, 2 min",
        "PT4M40S, 4 min 40 s",
        "PT21M10S, 21 min",
        "PT59M40S, 1 h",
        "PT1H5M, 1 h 5 min",
        "PT50H, 2 d 2 h",
    })
    void durations_have_at_most_two_units(Duration duration, String words) {
        assertThat(Words.took(duration)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, just now",
        "PT44S, just now",
        "PT45S, 1 min ago",
        "PT89M, 89 min ago",
        "PT90M, 2 h ago",
        "PT35H, 35 h ago",
        "PT72H, 3 d ago",
        "P61D, 21 Sep 2026",
        "PT-30S, in a moment",
        "PT-72H, in 3 d",
    })
    void distances_are_said_in_the_largest_unit(Duration age, String words) {
        assertThat(Words.ago(NOW.minus(age), NOW)).isEqualTo(words);
    }

    @Test
    void neighbours_have_different_brief_ids() {
        assertThat(Words.brief(UUID.fromString("01936b2f-5c1e-7a40-9d3e-2f6a1c8b7e55")))
                .isEqualTo("1c8b7e55");
    }

    @Test
    void times_in_a_sentence_are_written_as_people_write_them() {
        assertThat(Words.plain("kept until 2026-11-24T08:09:21.086219039Z, then dropped"))
                .isEqualTo("kept until 2026-11-24 08:09:21 UTC, then dropped");
        assertThat(Words.plain("from 2026-11-24T08:09:21Z"))
                .isEqualTo("from 2026-11-24 08:09:21 UTC");
        assertThat(Words.plain(null)).isEmpty();
    }

    @Test
    void nothing_is_said_of_what_is_not_there() {
        assertThat(Words.ago(null)).isEmpty();
        assertThat(Words.utc(null)).isEmpty();
        assertThat(Words.between(null, NOW)).isEmpty();
        assertThat(Words.word(null)).isEmpty();
    }

    @Test
    void an_end_stands_out_as_its_alert_does() {
        assertThat(tone(Optional.empty())).isEmpty();
        assertThat(tone(Optional.of(Severity.WARNING))).isEqualTo("warn");
        assertThat(tone(Optional.of(Severity.CRITICAL))).isEqualTo("bad");
    }

    private static String tone(Optional<Severity> told) {
        return Words.endTone(new PlaceEnds.End(NOW, false, false, told));
    }
}
