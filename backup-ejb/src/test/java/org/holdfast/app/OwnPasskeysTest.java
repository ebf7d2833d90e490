package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.domain.people.Passkey;
import org.junit.jupiter.api.Test;

class OwnPasskeysTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final UUID NORA = UUID.randomUUID();

    private final Passkey laptop = passkey("Laptop", null);
    private final Passkey phone = passkey("Phone", null);
    private final Passkey copied = passkey("Old phone", NOON);

    private static Passkey passkey(String name, Instant suspectAt) {
        return new Passkey(NORA, name, name, new byte[] {1}, 0, NOON) {
            @Override
            public Instant suspectAt() {
                return suspectAt;
            }
        };
    }

    @Test
    void one_goes_where_another_or_an_authenticator_still_signs_in() {
        assertThatCode(
                        () -> {
                            OwnPasskeys.requireAnother(laptop, List.of(laptop, phone), false);
                            OwnPasskeys.requireAnother(copied, List.of(laptop, copied), false);
                            OwnPasskeys.requireAnother(laptop, List.of(laptop), true);
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void one_stays_where_all_others_may_have_been_copied() {
        assertThatThrownBy(() -> OwnPasskeys.requireAnother(laptop, List.of(laptop, copied), false))
                .hasMessage("Without \"Laptop\" you have nothing to sign in with.");
        assertThatThrownBy(() -> OwnPasskeys.requireAnother(laptop, List.of(laptop), false))
                .hasMessageStartingWith("Without");
    }
}
