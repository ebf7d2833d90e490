package org.holdfast.security.passkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.User;
import org.junit.jupiter.api.Test;

class CeremoniesTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ORIGIN = "https://holdfast.example.org";
    private static final RelyingParty PARTY = new RelyingParty("holdfast.example.org", ORIGIN);

    private final Ceremonies ceremonies = new Ceremonies();
    private final User nora = new User("nora", "none", Role.ADMIN, NOON);
    private final SoftKey key = new SoftKey();

    private Passkey made(SoftKey of, String origin) throws NotProved {
        Challenge challenge = Challenge.forNew(nora.id(), "Laptop", NOON);
        String options = ceremonies.creation(PARTY, nora, List.of(), challenge.value());
        return ceremonies.made(of.create(options, origin), PARTY, challenge, NOON);
    }

    private String asked(String challenge) {
        return ceremonies.request(PARTY, List.of(), challenge);
    }

    private long shown(Passkey passkey, String answer, String challenge) throws NotProved {
        return ceremonies.proved(ceremonies.read(answer).orElseThrow(), passkey, PARTY, challenge);
    }

    @Test
    void a_passkey_is_made_and_shown() throws NotProved {
        Passkey passkey = made(key, ORIGIN);
        assertThat(passkey.credentialId()).isEqualTo(key.id());
        assertThat(passkey.name()).isEqualTo("Laptop");
        assertThat(passkey.userId()).isEqualTo(nora.id());
        assertThat(passkey.signatures()).isEqualTo(1);

        String challenge = Challenge.random();
        String answer = key.show(asked(challenge), ORIGIN);
        assertThat(ceremonies.read(answer).orElseThrow().credentialId()).isEqualTo(key.id());
        assertThat(shown(passkey, answer, challenge)).isEqualTo(2);
    }

    @Test
    void what_was_signed_for_another_challenge_is_refused() throws NotProved {
        Passkey passkey = made(key, ORIGIN);
        String answer = key.show(asked(Challenge.random()), ORIGIN);
        assertThatThrownBy(() -> shown(passkey, answer, Challenge.random()))
                .isInstanceOf(NotProved.class)
                .hasMessage("passkey: BadChallenge");
    }

    @Test
    void another_origin_is_refused_when_made_and_when_shown() throws NotProved {
        assertThatThrownBy(() -> made(key, "https://holdfast.example.org.evil.test"))
                .isInstanceOf(NotProved.class)
                .hasMessage("passkey: BadOrigin");
        Passkey passkey = made(key, ORIGIN);
        for (String other :
                List.of(
                        "http://holdfast.example.org",
                        "https://holdfast.example.org:8443",
                        "https://console.holdfast.example.org")) {
            String challenge = Challenge.random();
            String answer = key.show(asked(challenge), other);
            assertThatThrownBy(() -> shown(passkey, answer, challenge))
                    .isInstanceOf(NotProved.class)
                    .hasMessage("passkey: BadOrigin");
        }
    }

    @Test
    void another_relying_party_is_refused() throws NotProved {
        Passkey passkey = made(key, ORIGIN);
        String challenge = Challenge.random();
        String elsewhere =
                ceremonies.request(new RelyingParty("example.org", ORIGIN), List.of(), challenge);
        String answer = key.show(elsewhere, ORIGIN);
        assertThatThrownBy(() -> shown(passkey, answer, challenge))
                .isInstanceOf(NotProved.class)
                .hasMessage("passkey: BadRpId");
    }

    @Test
    void an_authenticator_that_did_not_verify_the_person_is_refused() throws NotProved {
        assertThatThrownBy(() -> made(new SoftKey().withoutVerification(), ORIGIN))
                .isInstanceOf(NotProved.class)
                .hasMessage("passkey: UserNotVerified");
        Passkey passkey = made(key, ORIGIN);
        String challenge = Challenge.random();
        String answer = key.withoutVerification().show(asked(challenge), ORIGIN);
        assertThatThrownBy(() -> shown(passkey, answer, challenge))
                .isInstanceOf(NotProved.class)
                .hasMessage("passkey: UserNotVerified");
    }

    @Test
    void a_counter_that_does_not_advance_speaks_for_a_copy() throws NotProved {
        Passkey passkey = made(key.countingFrom(7), ORIGIN);
        for (long count : new long[] {7, 3}) {
            String challenge = Challenge.random();
            String answer = key.countingFrom(count).show(asked(challenge), ORIGIN);
            assertThatThrownBy(() -> shown(passkey, answer, challenge))
                    .isInstanceOf(NotProved.Copied.class);
        }
    }

    @Test
    void an_authenticator_without_a_counter_is_accepted_again_and_again() throws NotProved {
        Passkey passkey = made(key.countingFrom(0), ORIGIN);
        for (int i = 0; i < 2; i++) {
            String challenge = Challenge.random();
            String answer = key.countingFrom(0).show(asked(challenge), ORIGIN);
            assertThat(shown(passkey, answer, challenge)).isZero();
        }
    }

    @Test
    void the_key_of_somebody_else_is_refused() throws NotProved {
        Passkey passkey = made(key, ORIGIN);
        SoftKey other = new SoftKey();
        made(other, ORIGIN);
        String challenge = Challenge.random();
        String signedByOther =
                other.show(asked(challenge), ORIGIN).replace(other.id(), passkey.credentialId());
        assertThatThrownBy(() -> shown(passkey, signedByOther, challenge))
                .isInstanceOf(NotProved.class)
                .hasMessage("passkey: BadSignature");

        Passkey ofOlga =
                new Passkey(
                        new User("olga", "none", Role.ADMIN, NOON).id(),
                        "Laptop",
                        passkey.credentialId(),
                        passkey.credential(),
                        0,
                        NOON);
        String answer = key.show(asked(challenge), ORIGIN);
        assertThatThrownBy(() -> shown(ofOlga, answer, challenge))
                .isInstanceOf(NotProved.class)
                .hasMessage("the passkey names another person");
    }

    @Test
    void what_is_no_answer_is_refused() throws NotProved {
        Challenge challenge = Challenge.forNew(nora.id(), "Laptop", NOON);
        for (String answer : new String[] {null, "", "{}", "[1]", "nonsense", "x".repeat(20_000)}) {
            assertThat(ceremonies.read(answer)).as(answer).isEmpty();
            assertThatThrownBy(() -> ceremonies.made(answer, PARTY, challenge, NOON))
                    .as(answer)
                    .isInstanceOf(NotProved.class);
        }
    }

    @Test
    void a_browser_is_asked_for_verification_and_for_a_key_it_can_find_again() {
        assertThat(ceremonies.creation(PARTY, nora, List.of(), "abc"))
                .contains("\"residentKey\":\"required\"")
                .contains("\"userVerification\":\"required\"")
                .contains("\"id\":\"holdfast.example.org\"");
        assertThat(asked("abc"))
                .contains("\"userVerification\":\"required\"")
                .doesNotContain("allowCredentials");
    }
}
