package org.holdfast.domain.people;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTokenTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer hf_x",
                "bEaReR hf_x",
                "Bearer  hf_x",
                "bearer \t hf_x ",
                "BEARER hf_x"
            })
    void is_the_same_token_however_the_header_is_spelled(String header) {
        assertThat(ApiToken.sent(header)).contains(Secret.of("hf_x"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "Bearer", "Bearerhf_x", "Basic hf_x", " Bearer hf_x"})
    void is_not_sent_by_another_header(String header) {
        assertThat(ApiToken.sent(header)).isEmpty();
    }

    @Test
    void is_another_token_by_the_case_of_one_letter() {
        assertThat(ApiToken.sent("Bearer hf_x")).isNotEqualTo(ApiToken.sent("Bearer hf_X"));
    }
}
