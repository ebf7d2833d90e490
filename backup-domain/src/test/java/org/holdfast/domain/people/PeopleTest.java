package org.holdfast.domain.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeopleTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "SUPER_GURU, SUPER_GURU, true", "SUPER_GURU, ADMIN, true", "SUPER_GURU, OPERATOR, true",
        "SUPER_GURU, AUDITOR, true", "ADMIN, SUPER_GURU, false", "ADMIN, ADMIN, true",
        "ADMIN, OPERATOR, true", "ADMIN, AUDITOR, true", "OPERATOR, SUPER_GURU, false",
        "OPERATOR, ADMIN, false", "OPERATOR, OPERATOR, true", "OPERATOR, AUDITOR, false",
        "AUDITOR, SUPER_GURU, false", "AUDITOR, ADMIN, false", "AUDITOR, OPERATOR, false",
        "AUDITOR, AUDITOR, true"
    })
    void nobody_hands_on_more_than_the_own_role(Role own, Role other, boolean covers) {
        assertThat(own.covers(other)).isEqualTo(covers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Olga", "-olga", "ol ga", "olga\n", "<b>", "holdfast (token x)"})
    void what_is_no_user_name_is_refused(String name) {
        assertThatThrownBy(() -> new User(name, "h", Role.ADMIN, NOON))
                .hasMessage("\"" + name + "\" is no user name.")
                .extracting(e -> ((Refused) e).remedy())
                .isEqualTo(
                        "Use 1 to 63 lower-case letters, digits, dots, dashes, underscores or @.");
    }

    @Test
    void nobody_is_named_as_holdfast_is_in_the_audit() {
        assertThatThrownBy(() -> new User("holdfast", "h", Role.ADMIN, NOON))
                .hasMessage("\"holdfast\" is the name Holdfast itself acts under.");
    }

    @Test
    void who_asked_for_something_has_to_be_enabled_and_in_its_role_when_it_is_decided_on() {
        User olga = new User("olga", "h", Role.ADMIN, NOON);
        olga.requireMayStill(Role.ADMIN, null);

        assertThatThrownBy(() -> olga.requireMayStill(Role.SUPER_GURU, null))
                .hasMessage("olga, who asked for this, is ADMIN by now; it needs SUPER_GURU.");
        olga.disable();
        assertThatThrownBy(() -> olga.requireMayStill(Role.ADMIN, null))
                .hasMessage("olga, who asked for this, is disabled.")
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("REQUESTER");
        assertThat(User.gone("olga"))
                .hasMessage("olga, who asked for this, is not known any more.")
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("REQUESTER");
    }

    @Test
    void who_let_something_through_has_to_be_enabled_and_in_the_role_for_it_when_it_begins() {
        User otto = new User("otto", "h", Role.ADMIN, NOON);
        otto.requireMayStill(User.Part.APPROVED, Role.ADMIN);

        assertThatThrownBy(() -> otto.requireMayStill(User.Part.BROKE_GLASS, Role.SUPER_GURU))
                .hasMessage(
                        "otto, who let this through alone, is ADMIN by now; it needs SUPER_GURU.");
        otto.disable();
        assertThatThrownBy(() -> otto.requireMayStill(User.Part.APPROVED, Role.ADMIN))
                .hasMessage("otto, who approved this, is disabled.")
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("REQUESTER");
        assertThat(User.gone("otto", User.Part.APPROVED))
                .hasMessage("otto, who approved this, is not known any more.");
    }

    @Test
    void a_token_by_which_something_was_asked_for_may_have_ended_by_then_but_not_been_revoked() {
        User olga = new User("olga", "h", Role.ADMIN, NOON);
        ApiToken token = new ApiToken(olga.id(), "ci", "h", Role.ADMIN, NOON, NOON.plusSeconds(60));

        olga.requireMayStill(Role.ADMIN, token);
        token.revoke(NOON.plusSeconds(120));

        assertThatThrownBy(() -> olga.requireMayStill(Role.ADMIN, token))
                .hasMessage("Token ci of olga, by which this was asked for, is revoked.")
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("REQUESTER");
    }

    @Test
    void a_token_is_valid_until_it_ends_or_is_revoked() {
        ApiToken token =
                new ApiToken(
                        UUID.randomUUID(), "ci", "h", Role.OPERATOR, NOON, NOON.plusSeconds(60));

        assertThat(token.valid(NOON.plusSeconds(59))).isTrue();
        assertThat(token.valid(NOON.plusSeconds(60))).isFalse();

        token.revoke(NOON.plusSeconds(5));
        assertThat(token.valid(NOON.plusSeconds(6))).isFalse();
    }
}
