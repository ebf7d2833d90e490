package org.holdfast.domain.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;

class InvitationTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final Invitation invitation =
            new Invitation(Invitation.Kind.JOIN, "nora", Role.ADMIN, "hash", "guru", NOON);

    @Test
    void is_open_for_72_hours_and_not_at_their_end() {
        Instant end = NOON.plus(Duration.ofHours(72));

        assertThat(invitation.open(NOON)).isTrue();
        assertThat(invitation.open(end.minusMillis(1))).isTrue();
        assertThat(invitation.open(end)).isFalse();
    }

    @Test
    void made_again_after_its_time_is_open_for_another_72_hours() {
        Instant later = NOON.plus(Duration.ofDays(10));

        invitation.again("other", "second.guru", later);

        assertThat(invitation.open(later.plus(Duration.ofHours(71)))).isTrue();
        assertThat(invitation.invitedBy()).isEqualTo("second.guru");
    }

    @Test
    void withdrawn_is_closed_for_good() {
        invitation.withdraw(NOON);

        assertThat(invitation.open(NOON)).isFalse();
        assertThatThrownBy(() -> invitation.again("other", "guru", NOON))
                .hasMessage("The invitation of nora was withdrawn already.");
        assertThatThrownBy(() -> invitation.withdraw(NOON))
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("INVITATION");
    }

    @Test
    void of_a_name_that_nobody_could_sign_in_with_is_refused() {
        for (String name : new String[] {"Nora", "", "holdfast", "a b", null}) {
            assertThatThrownBy(
                            () ->
                                    new Invitation(
                                            Invitation.Kind.JOIN,
                                            name,
                                            Role.ADMIN,
                                            "hash",
                                            "guru",
                                            NOON))
                    .as(name)
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("USER-NAME");
        }
    }
}
