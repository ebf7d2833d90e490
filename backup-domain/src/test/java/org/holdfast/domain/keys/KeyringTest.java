package org.holdfast.domain.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.holdfast.domain.keys.RecipientKey.State;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KeyringTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final RecipientKey operator = key("operator", Purpose.OPERATOR);
    private final RecipientKey second = key("operator-b", Purpose.OPERATOR);
    private final RecipientKey escrow = key("escrow", Purpose.ESCROW);

    private static RecipientKey key(String name, Purpose purpose) {
        return new RecipientKey(name, purpose, "age1" + name, Origin.CATALOG, "guru", NOON);
    }

    private static String code(ThrowingCallable act) {
        try {
            act.call();
        } catch (Refused refused) {
            return refused.code();
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
        return "nothing";
    }

    private static void retire(RecipientKey key, Opens opens, long running, RecipientKey... all) {
        new Keyring(List.of(all)).retire(key, opens, running, NOON);
    }

    @Nested
    class Retiring {
        @Test
        void a_key_beside_two_others_is_done() {
            retire(second, new Opens(7, 0, NOON, NOON), 0, operator, second, escrow);

            assertThat(second.state()).isEqualTo(State.RETIRED);
            assertThat(second.retiredAt()).isEqualTo(NOON);
        }

        @Test
        void a_key_that_alone_opens_a_kept_backup_is_refused_and_changes_nothing() {
            Opens opens = new Opens(7, 3, NOON, NOON);

            assertThatThrownBy(() -> retire(second, opens, 0, operator, second, escrow))
                    .hasMessage(
                            "3 kept backups can be opened by key operator-b only, of all keys that"
                                    + " are not retired.");
            assertThat(second.state()).isEqualTo(State.ACTIVE);
        }

        @Test
        void one_of_the_last_two_is_refused() {
            assertThat(code(() -> retire(operator, Opens.NOTHING, 0, operator, escrow)))
                    .isEqualTo("KEY-LAST-TWO");
        }

        @Test
        void the_last_escrow_key_is_refused() {
            assertThat(code(() -> retire(escrow, Opens.NOTHING, 0, operator, second, escrow)))
                    .isEqualTo("KEY-LAST-ESCROW");
        }

        @Test
        void a_superseded_key_needs_no_two_others() {
            second.supersede(NOON);

            retire(second, Opens.NOTHING, 0, operator, second);

            assertThat(second.state()).isEqualTo(State.RETIRED);
        }

        @Test
        void waits_for_a_backup_that_is_being_made() {
            assertThat(code(() -> retire(second, Opens.NOTHING, 1, operator, second, escrow)))
                    .isEqualTo("KEY-BUSY");
        }

        @Test
        void what_the_configuration_names_is_refused_until_it_no_longer_does() {
            second.follow(Purpose.OPERATOR);
            assertThat(code(() -> retire(second, Opens.NOTHING, 0, operator, second, escrow)))
                    .isEqualTo("SET-BY-CONFIGURATION");

            second.supersede(NOON);
            retire(second, Opens.NOTHING, 0, operator, second, escrow);

            assertThat(second.state()).isEqualTo(State.RETIRED);
        }

        @Test
        void twice_is_refused() {
            retire(second, Opens.NOTHING, 0, operator, second, escrow);

            assertThat(code(() -> retire(second, Opens.NOTHING, 0, operator, second, escrow)))
                    .isEqualTo("KEY-RETIRED");
        }
    }

    @Nested
    class ANewKey {
        @Test
        void has_a_name_and_a_public_key_of_its_own() {
            Keyring ring = new Keyring(List.of(operator, escrow));

            assertThat(code(() -> ring.requireNew("escrow", "age1x"))).isEqualTo("NAME-TAKEN");
            assertThat(code(() -> ring.requireNew("new", "age1escrow"))).isEqualTo("KEY-KNOWN");
            assertThat(code(() -> ring.requireNew("new", "age1new"))).isEqualTo("nothing");
            assertThat(code(() -> key("Upper", Purpose.DRILL))).isEqualTo("BAD-NAME");
        }
    }

    @Nested
    class Due {
        @Test
        void is_a_rotation_after_the_policys_days_while_the_key_is_active() {
            assertThat(operator.rotationDue(30)).contains(NOON.plus(Duration.ofDays(30)));

            operator.supersede(NOON);

            assertThat(operator.rotationDue(30)).isEmpty();
        }

        @Test
        void is_the_proof_of_an_escrow_key_at_once_and_then_every_quarter() {
            assertThat(operator.proofDue()).isEmpty();
            assertThat(escrow.proofDue()).contains(NOON);

            escrow.challenge("armored", Secret.of("ABCDE-FGHJK"), NOON);
            escrow.prove("abcde-fghjk\n", "guru", NOON.plusSeconds(60));

            assertThat(escrow.provedBy()).isEqualTo("guru");
            assertThat(escrow.proofDue())
                    .contains(NOON.plusSeconds(60).plus(RecipientKey.PROVED_EVERY));
        }
    }

    @Nested
    class AChallenge {
        @Test
        void takes_no_other_answer_and_goes_on_waiting() {
            escrow.challenge("armored", Secret.of("ABCDE-FGHJK"), NOON);

            assertThat(code(() -> escrow.prove("ABCDE-FGHJL", "guru", NOON)))
                    .isEqualTo("KEY-PROOF");
            assertThat(code(() -> escrow.prove(null, "guru", NOON))).isEqualTo("KEY-PROOF");
            assertThat(escrow.provedAt()).isNull();
            assertThat(escrow.challenge(NOON)).contains("armored");
        }

        @Test
        void is_answered_once_and_in_its_time_only() {
            assertThat(code(() -> escrow.prove("x", "guru", NOON))).isEqualTo("KEY-PROOF-OVER");
            escrow.challenge("armored", Secret.of("ABCDE"), NOON);
            Instant late = NOON.plus(RecipientKey.CHALLENGE_TIME);
            assertThat(code(() -> escrow.prove("ABCDE", "guru", late))).isEqualTo("KEY-PROOF-OVER");

            escrow.prove("ABCDE", "guru", NOON);

            assertThat(code(() -> escrow.prove("ABCDE", "guru", NOON))).isEqualTo("KEY-PROOF-OVER");
        }
    }
}
