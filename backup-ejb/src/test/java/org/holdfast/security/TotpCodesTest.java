package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TotpCodesTest {
    /** "12345678901234567890", the seed of RFC 6238's appendix B. */
    private static final Secret SEED = Secret.of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");

    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void the_vectors_of_rfc_6238_are_right(long second, String lastSix) {
        Instant now = Instant.ofEpochSecond(second);

        assertThat(TotpCodes.step(SEED, lastSix, now)).hasValue(second / 30);
    }

    @Test
    void the_code_before_counts_with_its_own_step_and_no_older_one_does() {
        assertThat(TotpCodes.step(SEED, "081804", Instant.ofEpochSecond(1111111109 + 30)))
                .hasValue(1111111109 / 30);
        assertThat(TotpCodes.step(SEED, "081804", Instant.ofEpochSecond(1111111109 + 60)))
                .isEmpty();
    }

    @Test
    void a_code_of_the_future_never_counts() {
        assertThat(TotpCodes.step(SEED, "081804", Instant.ofEpochSecond(1111111109 - 30)))
                .isEmpty();
    }

    @Test
    void a_code_is_judged_as_of_when_it_came_in_for_two_minutes_and_never_as_of_a_time_to_come() {
        Instant now = Instant.ofEpochSecond(1111111109);

        assertThat(TotpCodes.judgedAt(now, now)).contains(now);
        assertThat(TotpCodes.judgedAt(now.minusSeconds(120), now)).contains(now.minusSeconds(120));
        assertThat(TotpCodes.judgedAt(now.minusSeconds(121), now)).isEmpty();
        assertThat(TotpCodes.judgedAt(now.plusSeconds(30), now)).contains(now);
    }

    @Test
    void blanks_as_apps_show_them_do_not_matter() {
        assertThat(TotpCodes.step(SEED, " 081 804 ", Instant.ofEpochSecond(1111111109)))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "81804", "0818040", "08180x", "\u0660\u0668\u0661\u0668\u0660\u0664"})
    void what_is_no_code_is_wrong_and_no_error(String typed) {
        assertThat(TotpCodes.step(SEED, typed, Instant.ofEpochSecond(1111111109))).isEmpty();
    }

    @Test
    void a_new_secret_has_160_bits() {
        Secret secret = TotpCodes.newSecret();

        assertThat(secret.reveal()).matches("[A-Z2-7]{32}");
        assertThat(secret).isNotEqualTo(TotpCodes.newSecret());
    }

    @Test
    void the_uri_is_what_authenticator_apps_read() {
        Secret uri = TotpCodes.uri("olga@example.org", SEED);

        assertThat(uri.reveal())
                .isEqualTo(
                        "otpauth://totp/Holdfast:olga@example.org"
                                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                                + "&issuer=Holdfast&algorithm=SHA1&digits=6&period=30");
        assertThat(uri).hasToString("(secret)");
    }
}
