package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.User;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.passkey.Ceremonies;
import org.holdfast.security.passkey.Challenge;
import org.holdfast.security.passkey.NotProved;
import org.holdfast.security.passkey.RelyingParty;
import org.holdfast.security.passkey.SoftKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PasskeyStepUpTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ORIGIN = "https://holdfast.example.org";
    private static final RelyingParty PARTY = new RelyingParty("holdfast.example.org", ORIGIN);
    private static final String RESTORE = "restore 7f3a into staging";

    private final Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    private final Ceremonies ceremonies = new Ceremonies();
    private final InMemory passkeys = new InMemory();
    private final List<String> refusals = new ArrayList<>();
    private final User nora = new User("nora", "none", Role.ADMIN, NOON);
    private final SoftKey key = new SoftKey();
    private UUID session = UUID.randomUUID();
    private PasskeyStepUp stepUp;

    @BeforeEach
    void add_a_passkey() throws NotProved {
        SignInRecords records =
                new SignInRecords() {
                    @Override
                    public void refusedCode(User user, String operation, String why) {
                        refusals.add(user.name() + ": " + operation + ": " + why);
                    }

                    @Override
                    public void askedForPasskey(
                            UUID of,
                            String challenge,
                            String operation,
                            Instant until,
                            Instant now) {
                        passkeys.ask(of, challenge, operation, until, now);
                    }

                    @Override
                    public void suspectPasskey(User user, Passkey passkey, Instant now) {
                        passkeys.suspect(passkey.id(), now);
                    }
                };
        Sessions sessions =
                new Sessions() {
                    @Override
                    Optional<UUID> here(UUID user) {
                        return Optional.ofNullable(session);
                    }
                };
        PasskeyDesk desk =
                new PasskeyDesk() {
                    @Override
                    public Optional<RelyingParty> here() {
                        return Optional.of(PARTY);
                    }
                };
        stepUp =
                new PasskeyStepUp(
                        passkeys,
                        ceremonies,
                        new PasskeyProofs(passkeys, ceremonies, records, clock),
                        desk,
                        sessions,
                        records,
                        clock);
        Challenge challenge = Challenge.forNew(nora.id(), "Laptop", NOON);
        passkeys.add(
                ceremonies.made(
                        key.create(
                                ceremonies.creation(PARTY, nora, List.of(), challenge.value()),
                                ORIGIN),
                        PARTY,
                        challenge,
                        NOON));
    }

    private String shown(String operation) {
        return key.show(stepUp.ask(nora, operation).question(), ORIGIN);
    }

    private void refused(String answer, String operation, String why) {
        refusals.clear();
        assertThatThrownBy(() -> stepUp.require(nora, answer, operation))
                .isInstanceOf(Refused.class)
                .hasMessage("That passkey was not accepted for this.");
        assertThat(refusals).containsExactly("nora: " + operation + ": " + why);
    }

    @Test
    void a_passkey_shown_for_an_act_lets_it_through_once() {
        String answer = shown(RESTORE);
        stepUp.require(nora, answer, RESTORE);
        assertThat(refusals).isEmpty();

        refused(answer, RESTORE, "passkey was not asked for this, or shown twice");
    }

    @Test
    void one_shown_for_an_act_lets_no_other_through() {
        String answer = shown(RESTORE);
        refused(
                answer,
                "restore 7f3a into production",
                "passkey was not asked for this, or shown twice");
        stepUp.require(nora, answer, RESTORE);
    }

    @Test
    void one_shown_in_another_session_lets_nothing_through() {
        String answer = shown(RESTORE);
        session = UUID.randomUUID();
        refused(answer, RESTORE, "passkey was not asked for this, or shown twice");
    }

    @Test
    void one_of_somebody_else_lets_nothing_through() {
        User olga = new User("olga", "none", Role.ADMIN, NOON);
        String answer = shown(RESTORE);
        assertThatThrownBy(() -> stepUp.require(olga, answer, RESTORE)).isInstanceOf(Refused.class);
        assertThat(refusals).containsExactly("olga: " + RESTORE + ": no passkey of this person");
    }

    @Test
    void what_was_signed_before_the_question_lets_nothing_through() {
        String before = shown("something else");
        stepUp.ask(nora, RESTORE);
        refused(before, RESTORE, "passkey was not asked for this, or shown twice");
        refused("{}", RESTORE, "no passkey");
    }

    @Test
    void a_counter_that_goes_back_lets_nothing_through_now_or_later() {
        stepUp.require(nora, shown(RESTORE), RESTORE);
        key.countingFrom(1);
        refused(shown(RESTORE), RESTORE, "the passkey's counter went back");
        assertThatThrownBy(() -> stepUp.ask(nora, RESTORE))
                .hasMessage("You have no passkey to show.");
    }

    @Test
    void a_script_has_no_passkey() {
        session = null;
        assertThatThrownBy(() -> stepUp.ask(nora, RESTORE))
                .hasMessage("A passkey can be shown at a browser only.");
        assertThatThrownBy(() -> stepUp.require(nora, "{}", RESTORE))
                .hasMessage("A passkey can be shown at a browser only.");
    }

    /** As the tables have them: single statements, decided by what is there now. */
    private static final class InMemory implements Passkeys {
        private record Question(UUID session, String operation, Instant until) {}

        private record Now(long signatures, Instant suspectAt) {}

        private final Map<UUID, Passkey> all = new HashMap<>();
        private final Map<UUID, Now> now = new HashMap<>();
        private final Map<String, Question> questions = new HashMap<>();

        @Override
        public List<Passkey> of(UUID userId) {
            return all.values().stream()
                    .filter(p -> p.userId().equals(userId))
                    .map(this::present)
                    .toList();
        }

        @Override
        public Optional<Passkey> byCredential(String credentialId) {
            return all.values().stream()
                    .filter(p -> p.credentialId().equals(credentialId))
                    .map(this::present)
                    .findFirst();
        }

        private Passkey present(Passkey one) {
            Now state = now.get(one.id());
            return new Passkey(
                    one.userId(),
                    one.name(),
                    one.credentialId(),
                    one.credential(),
                    state.signatures(),
                    one.createdAt()) {
                @Override
                public UUID id() {
                    return one.id();
                }

                @Override
                public Instant suspectAt() {
                    return state.suspectAt();
                }
            };
        }

        @Override
        public void add(Passkey passkey) {
            all.put(passkey.id(), passkey);
            now.put(passkey.id(), new Now(passkey.signatures(), null));
        }

        @Override
        public boolean used(UUID id, long before, long after, Instant at) {
            return now.replace(id, new Now(before, null), new Now(after, null));
        }

        @Override
        public void suspect(UUID id, Instant at) {
            now.computeIfPresent(id, (same, was) -> new Now(was.signatures(), at));
        }

        @Override
        public boolean remove(UUID userId, UUID id) {
            return all.remove(id) != null;
        }

        @Override
        public int removeAll(UUID userId) {
            int before = all.size();
            all.values().removeIf(p -> p.userId().equals(userId));
            return before - all.size();
        }

        @Override
        public void ask(
                UUID session, String challenge, String operation, Instant until, Instant at) {
            questions.put(challenge, new Question(session, operation, until));
        }

        @Override
        public boolean answered(UUID session, String challenge, String operation, Instant at) {
            Question question = questions.get(challenge);
            return question != null
                    && question.session().equals(session)
                    && question.operation().equals(operation)
                    && question.until().isAfter(at)
                    && questions.remove(challenge, question);
        }
    }
}
