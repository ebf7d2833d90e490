package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IfMatchTest {
    @Test
    void the_same_tag_lets_through_and_no_other() {
        IfMatch one = IfMatch.of("\"7\"").orElseThrow();

        assertThat(one.lets("7")).isTrue();
        assertThat(one.lets("8")).isFalse();
        assertThat(one.lets("")).isFalse();
    }

    @Test
    void of_several_any_does_and_an_asterisk_lets_everything_through() {
        assertThat(IfMatch.of(" \"7\" , \"a,b\"").orElseThrow().lets("a,b")).isTrue();
        assertThat(IfMatch.of("\"7\",\"8\"").orElseThrow().lets("8")).isTrue();
        assertThat(IfMatch.of("*").orElseThrow().lets("8")).isTrue();
    }

    @Test
    void a_weak_tag_matches_nothing() {
        IfMatch weak = IfMatch.of("W/\"7\"").orElseThrow();

        assertThat(weak.lets("7")).isFalse();
    }

    @Test
    void without_the_header_nothing_is_said() {
        assertThat(IfMatch.of(null)).isEmpty();
        assertThat(IfMatch.of(" ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"7", "\"7\" \"8\"", "\"7\",", "*, \"7\"", "\"a\"b\""})
    void what_is_no_list_of_tags_is_refused(String header) {
        assertThatThrownBy(() -> IfMatch.of(header))
                .isInstanceOf(Refused.class)
                .hasMessage("The header If-Match is no list of entity tags.");
    }
}
