package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.bastiaanjansen.otp.HMACAlgorithm;
import com.bastiaanjansen.otp.HOTPGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.shared.Seal;
import org.holdfast.domain.shared.Secret;
import org.holdfast.persistence.CatalogUsers;
import org.holdfast.testing.Ticking;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepUpTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Nested
    class A_code_whose_turn_comes_late {
        /** "12345678901234567890", the seed of RFC 6238's appendix B. */
        private static final String SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

        private static final String OF_NOON = code(0);

        private final Ticking clock = new Ticking();
        private final User nora = new User("nora", "none", Role.ADMIN, NOON);
        private final List<String> refusals = new ArrayList<>();
        private final Set<Long> spent = new HashSet<>();
        private final StepUp stepUp =
                new StepUp(new OneDevice(), new Kept(), new Plain(), null, null, clock);

        private static String code(int steps) {
            return new HOTPGenerator.Builder(SEED)
                    .withAlgorithm(HMACAlgorithm.SHA1)
                    .withPasswordLength(6)
                    .build()
                    .generate(NOON.getEpochSecond() / 30 + steps);
        }

        private StepUp.Answer tried(String code) {
            return stepUp.tried(nora, code, "restore", NOON, spent::add);
        }

        @Test
        void is_judged_as_of_when_it_came_in() {
            clock.pass(Duration.ofSeconds(100));

            assertThat(stepUp.tried(nora, OF_NOON, "restore", spent::add))
                    .isEqualTo(StepUp.Answer.WRONG);
            assertThat(tried(OF_NOON)).isEqualTo(StepUp.Answer.RIGHT);
            assertThat(tried(code(-1))).isEqualTo(StepUp.Answer.RIGHT);
        }

        @Test
        void counts_for_no_other_step_than_the_two_of_that_time() {
            clock.pass(Duration.ofSeconds(100));

            assertThat(tried(code(-2))).isEqualTo(StepUp.Answer.WRONG);
            assertThat(tried(code(1))).isEqualTo(StepUp.Answer.WRONG);
            assertThat(tried(code(3))).isEqualTo(StepUp.Answer.WRONG);
            assertThat(spent).isEmpty();
        }

        @Test
        void works_once() {
            clock.pass(Duration.ofSeconds(100));

            assertThat(tried(OF_NOON)).isEqualTo(StepUp.Answer.RIGHT);
            assertThat(tried(OF_NOON)).isEqualTo(StepUp.Answer.USED);
        }

        @Test
        void is_not_looked_at_after_two_minutes_and_counts_as_no_wrong_one() {
            clock.pass(Duration.ofSeconds(121));

            assertThat(tried(OF_NOON)).isEqualTo(StepUp.Answer.LATE);
            assertThat(tried("000000")).isEqualTo(StepUp.Answer.LATE);
            assertThat(spent).isEmpty();
            assertThat(refusals)
                    .containsExactly("code waited for too long", "code waited for too long");
        }

        private final class OneDevice extends CatalogUsers {
            @Override
            public Optional<TotpDevice> device(UUID userId) {
                return Optional.of(
                        new TotpDevice(userId, SEED, NOON) {
                            @Override
                            public boolean active() {
                                return true;
                            }
                        });
            }
        }

        private final class Kept extends SignInRecords {
            @Override
            public void wrongCode(User user, String operation, Instant blockedUntil) {
                refusals.add("wrong");
            }

            @Override
            public void refusedCode(User user, String operation, String why) {
                refusals.add(why);
            }
        }

        private static final class Plain implements Seal {
            @Override
            public String seal(Secret secret) {
                return secret.reveal();
            }

            @Override
            public Secret unseal(String sealed) {
                return Secret.of(sealed);
            }
        }
    }

    @Test
    void four_wrong_codes_are_free() {
        for (int failures = 1; failures < 5; failures++) {
            assertThat(StepUp.blockedAfter(failures, NOON)).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 30", "6, 60", "7, 120", "11, 1920", "12, 3600", "1000000, 3600"})
    void from_the_fifth_on_each_doubles_the_wait_up_to_an_hour(int failures, long seconds) {
        assertThat(StepUp.blockedAfter(failures, NOON))
                .isEqualTo(NOON.plus(Duration.ofSeconds(seconds)));
    }
}
