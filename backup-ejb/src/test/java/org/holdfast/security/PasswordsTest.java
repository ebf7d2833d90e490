package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private final Passwords passwords = new Passwords();

    @Test
    void a_kept_password_matches_itself_only_and_names_its_parameters() {
        String kept = passwords.hash(Secret.of("violet anchors hum"));

        assertThat(kept)
                .matches("\\$pbkdf2-sha512\\$i=210000\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{86}");
        assertThat(passwords.matches(Secret.of("violet anchors hum"), kept)).isTrue();
        assertThat(passwords.matches(Secret.of("violet anchors hun"), kept)).isFalse();
        assertThat(passwords.matches(Secret.of(""), kept)).isFalse();
    }

    @Test
    void the_same_password_is_kept_in_another_way_each_time() {
        Secret password = Secret.of("violet anchors hum");

        assertThat(passwords.hash(password)).isNotEqualTo(passwords.hash(password));
    }

    @Test
    void what_was_kept_with_fewer_rounds_still_matches_and_is_outdated() throws Exception {
        byte[] salt = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        byte[] hash =
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                        .generateSecret(
                                new PBEKeySpec("older password".toCharArray(), salt, 1000, 512))
                        .getEncoded();
        var base64 = java.util.Base64.getEncoder().withoutPadding();
        String kept =
                "$pbkdf2-sha512$i=1000$"
                        + base64.encodeToString(salt)
                        + "$"
                        + base64.encodeToString(hash);

        assertThat(passwords.matches(Secret.of("older password"), kept)).isTrue();
        assertThat(passwords.outdated(kept)).isTrue();
        assertThat(passwords.outdated(passwords.hash(Secret.of("x")))).isFalse();
    }

    @Test
    void letters_typed_in_two_ways_are_the_same_password() {
        String kept = passwords.hash(Secret.of("caf\u00e9 anchors hum"));

        assertThat(passwords.matches(Secret.of("cafe\u0301 anchors hum"), kept)).isTrue();
    }

    @Test
    void comparing_for_a_user_that_is_not_there_works_as_for_any_other() {
        assertThatCode(() -> passwords.compareWithNobodys(Secret.of("anything")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"elevenchars, 11", "'', 0"})
    void too_short_is_refused(String password, int length) {
        assertThatThrownBy(() -> passwords.requireGood("olga", Secret.of(password)))
                .hasMessage("The password has " + length + " characters; it needs 12 to 128.")
                .extracting(e -> ((Refused) e).code(), e -> ((Refused) e).remedy())
                .containsExactly(
                        "PASSWORD",
                        "Take 15 or more: a few words that do not belong together are good.");
    }

    @Test
    void too_long_is_refused() {
        assertThatThrownBy(() -> passwords.requireGood("olga", Secret.of("violet ".repeat(20))))
                .hasMessage("The password has 140 characters; it needs 12 to 128.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password1234",
                "Password2026!",
                "P@ssw0rd2026",
                "administrator",
                "qwertyuiop123",
                "123456789012",
                "abcdefghijklm",
                "aaaaaaaaaaaaaa",
                "abcabcabcabcabc",
                "passwordpassword",
                "welcomesummer99",
                "holdfast-2026-11",
                "postgresbackup!",
                "olga20262026",
                "olgapassword1",
                "letmeinletmein"
            })
    void what_is_tried_first_is_refused(String password) {
        assertThatThrownBy(() -> passwords.requireGood("olga", Secret.of(password)))
                .as(password)
                .hasMessage("The password is among those that are tried first.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "violet anchors hum",
                "tRz8#kPq2!vLm",
                "zeppelin-marzipan-7",
                "\u30d1\u30b9\u30ef\u30fc\u30c9\u306f\u9577\u3044\u307b\u3069\u826f\u3044\u3067\u3059",
                "4f9d1c07ae62b853d0"
            })
    void a_good_one_is_taken(String password) {
        assertThatCode(() -> passwords.requireGood("olga", Secret.of(password)))
                .doesNotThrowAnyException();
    }

    @Test
    void who_would_wait_for_long_is_refused() {
        Passwords busy = new Passwords(new Semaphore(0, true), Duration.ofMillis(20));

        assertThatThrownBy(() -> busy.compareWithNobodys(Secret.of("violet anchors hum")))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo("PASSWORD-BUSY"));
    }

    @Test
    void where_many_wait_already_nobody_waits_beside_them() throws Exception {
        Semaphore permits = new Semaphore(0, true);
        Passwords busy = new Passwords(permits, Duration.ofMinutes(5));
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < Passwords.MOST_WAITING; i++) {
            Thread one = new Thread(() -> refused(busy));
            one.start();
            waiting.add(one);
        }
        while (permits.getQueueLength() < Passwords.MOST_WAITING) {
            Thread.sleep(5);
        }

        assertThat(refused(busy)).isTrue();

        for (Thread one : waiting) {
            one.interrupt();
            one.join();
        }
        assertThat(permits.getQueueLength()).isZero();
    }

    private static boolean refused(Passwords busy) {
        try {
            busy.compareWithNobodys(Secret.of("violet anchors hum"));
            return false;
        } catch (Refused e) {
            return e.code().equals("PASSWORD-BUSY");
        }
    }
}
