package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DaysTest {
    @Test
    void a_day_is_four_two_and_two_digits() {
        assertThat(Days.read("2027-03-31")).contains(LocalDate.of(2027, 3, 31));
        assertThat(Days.read("2000-01-01")).isPresent();
        assertThat(Days.read("2028-02-29")).isPresent();
        assertThat(Days.read("9999-12-31")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-03-31",
                "1999-12-31",
                "+12027-03-31",
                "12027-03-31",
                "-2027-03-31",
                "2027-02-29",
                "2027-13-01",
                "2027-3-1",
                "2027-03-31 ",
                "2027-03-31T00:00:00Z",
                "٢٠٢٧-٠٣-٣١",
                "31.3.2027",
                "tomorrow",
                ""
            })
    void what_postgresql_or_people_might_read_otherwise_is_none(String text) {
        assertThat(Days.read(text)).isEmpty();
    }

    @Test
    void one_that_a_page_converted_is_held_against_the_same_years() {
        assertThat(Days.known(LocalDate.of(9999, 12, 31))).isTrue();
        assertThat(Days.known(LocalDate.of(12027, 3, 31))).isFalse();
        assertThat(Days.known(LocalDate.of(0, 3, 31))).isFalse();
    }
}
