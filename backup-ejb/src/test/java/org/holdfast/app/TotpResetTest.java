package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.junit.jupiter.api.Test;

class TotpResetTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String BY_LINK =
            "The password alone opens nothing until nora has set up another authenticator, by a"
                    + " one-time link and with the password.";

    private final User nora = new User("nora", "none", Role.OPERATOR, NOON);
    private final Optional<TotpDevice> device =
            Optional.of(new TotpDevice(nora.id(), "sealed", NOON));
    private final Passkey laptop = passkey("Laptop", null);
    private final Passkey copied = passkey("Old phone", NOON);

    private Passkey passkey(String name, Instant suspectAt) {
        return new Passkey(nora.id(), name, name, new byte[] {1}, 0, NOON) {
            @Override
            public Instant suspectAt() {
                return suspectAt;
            }
        };
    }

    private List<String> lines(
            Optional<TotpDevice> theDevice, List<Passkey> passkeys, boolean keep) {
        return TotpReset.plan(nora, theDevice, 3, passkeys, keep).lines();
    }

    @Test
    void the_plan_says_which_passkeys_stay_and_which_of_them_open_nothing() {
        assertThat(lines(device, List.of(laptop, copied), true))
                .contains(
                        "Kept: the passkeys “Laptop”, which go on signing in.",
                        "Kept: the passkeys “Old phone”, which may have been copied and open"
                                + " nothing.")
                .last()
                .asString()
                .contains("after signing in with a passkey");
        assertThat(lines(device, List.of(copied), true))
                .noneMatch(line -> line.contains("go on signing in"))
                .last()
                .isEqualTo(BY_LINK);
        assertThat(lines(device, List.of(laptop), false))
                .contains(
                        "Lost: the authenticator that was set up at 2026-11-21T12:00:00Z.",
                        "Lost: recovery codes, of which 3 are left.",
                        "Lost: the passkeys “Laptop”.")
                .last()
                .isEqualTo(BY_LINK);
    }

    @Test
    void passkeys_that_a_reset_kept_are_removed_by_another() {
        assertThat(TotpReset.plan(nora, Optional.empty(), 0, List.of(laptop), false).what())
                .isEqualTo("Remove the passkeys of nora");
        assertThat(lines(Optional.empty(), List.of(laptop), false))
                .contains("Lost: the passkeys “Laptop”.")
                .noneMatch(line -> line.startsWith("Lost: the authenticator"));
    }

    @Test
    void where_nothing_would_be_taken_away_there_is_no_reset() {
        assertThatThrownBy(() -> lines(Optional.empty(), List.of(laptop), true))
                .hasMessage("nora has no authenticator.");
        assertThatThrownBy(() -> lines(Optional.empty(), List.of(), false))
                .hasMessage("nora has no authenticator.");
    }
}
