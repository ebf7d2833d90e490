package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.Passwords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassphrasesTest {
    private final Passphrases passphrases =
            new Passphrases(null, null, new Passwords(), null, null);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "swordfish",
                "nineteen characters",
                "passwordpasswordpassword",
                "12345678901234567890123",
                " seven herons ford the brook",
                "seven herons ford\nthe brook"
            })
    void what_is_easily_tried_is_refused_without_repeating_it(String weak) {
        assertThatThrownBy(() -> passphrases.requireStrong(Secret.of(weak)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        r -> {
                            assertThat(r.code()).isEqualTo("KEY-PASSPHRASE-WEAK");
                            if (!weak.isEmpty()) {
                                assertThat(r.getMessage() + r.remedy()).doesNotContain(weak);
                            }
                        });
    }

    @Test
    void a_few_words_that_do_not_belong_together_are_taken() {
        assertThatCode(
                        () ->
                                passphrases.requireStrong(
                                        Secret.of("seven größe herons ford the brook")))
                .doesNotThrowAnyException();
    }
}
