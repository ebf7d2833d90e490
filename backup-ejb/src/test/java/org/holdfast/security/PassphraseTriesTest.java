package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.testing.Ticking;
import org.junit.jupiter.api.Test;

class PassphraseTriesTest {
    private static final Secret OPENED = Secret.of("AGE-SECRET-KEY-1");

    private final List<String> audited = new ArrayList<>();
    private final Ticking clock = new Ticking();
    private final PassphraseTries tries =
            new PassphraseTries(
                    new SignInRecords() {
                        @Override
                        public void refusedPassphrase(
                                String actor, String person, String identity, String why) {
                            audited.add(actor + ": " + why + " of " + identity);
                        }

                        @Override
                        public void openedByPassphrase(
                                String actor, String person, String identity) {
                            audited.add(actor + ": opened " + identity);
                        }
                    },
                    clock);

    @Test
    void each_try_is_audited_whether_right_or_wrong() {
        assertThat(code("olga", "KEY-PASSPHRASE")).isEqualTo("KEY-PASSPHRASE");
        assertThat(open("olga")).isEqualTo(OPENED);

        assertThat(audited)
                .containsExactly(
                        "olga (token ci): wrong passphrase of key/vault",
                        "olga (token ci): opened key/vault");
    }

    @Test
    void from_the_fifth_wrong_one_on_each_doubles_a_wait_for_that_person_alone() {
        wrong("olga", 5);

        assertThatThrownBy(() -> open("olga"))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo("KEY-PASSPHRASE-WAIT"))
                .hasMessageContaining("2026-11-21T12:00:30Z");
        assertThat(audited).last().asString().contains("too many wrong passphrases");
        assertThat(open("otto")).isEqualTo(OPENED);

        clock.pass(Duration.ofSeconds(30));
        wrong("olga", 1);
        clock.pass(Duration.ofSeconds(59));
        assertThat(code("olga", null)).isEqualTo("KEY-PASSPHRASE-WAIT");
        clock.pass(Duration.ofSeconds(1));
        assertThat(open("olga")).isEqualTo(OPENED);
    }

    @Test
    void a_right_one_forgets_no_wrong_one_and_two_hours_do() {
        wrong("olga", 4);
        open("olga");
        wrong("olga", 1);
        assertThat(code("olga", null)).isEqualTo("KEY-PASSPHRASE-WAIT");

        clock.pass(Duration.ofMinutes(121));
        wrong("olga", 4);
        assertThat(open("olga")).isEqualTo(OPENED);
    }

    @Test
    void what_is_no_wrong_passphrase_is_not_counted() {
        for (int i = 0; i < 9; i++) {
            assertThat(code("olga", "KEY-PASSPHRASE-BUSY")).isEqualTo("KEY-PASSPHRASE-BUSY");
            assertThat(code("olga", "KEY-IDENTITY")).isEqualTo("KEY-IDENTITY");
        }

        assertThat(audited).isEmpty();
        assertThat(open("olga")).isEqualTo(OPENED);
    }

    @Test
    void one_person_has_one_try_at_a_time() {
        List<String> inside = new ArrayList<>();
        tries.open(
                "olga",
                "olga",
                "key/vault",
                () -> {
                    inside.add(code("olga", null));
                    inside.add(code("otto", null));
                    return OPENED;
                });

        assertThat(inside).containsExactly("KEY-PASSPHRASE-BUSY", "opened");
        assertThat(open("olga")).isEqualTo(OPENED);
    }

    private void wrong(String person, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(code(person, "KEY-PASSPHRASE")).isEqualTo("KEY-PASSPHRASE");
        }
    }

    private Secret open(String person) {
        return tries.open(person, person + " (token ci)", "key/vault", () -> OPENED);
    }

    private String code(String person, String refusal) {
        try {
            tries.open(
                    person,
                    person + " (token ci)",
                    "key/vault",
                    () -> {
                        if (refusal != null) {
                            throw new Refused(refusal, "m", "r");
                        }
                        return OPENED;
                    });
            return "opened";
        } catch (Refused e) {
            return e.code();
        }
    }
}
