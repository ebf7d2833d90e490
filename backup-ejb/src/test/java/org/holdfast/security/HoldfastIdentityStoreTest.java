package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;

class HoldfastIdentityStoreTest {
    private static final String ADDRESS = "10.0.0.1";

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    private final SignInThrottle throttle = new SignInThrottle(clock);
    private int computed;
    private final Passwords passwords =
            new Passwords() {
                @Override
                public boolean matches(Secret password, String kept) {
                    computed++;
                    return false;
                }
            };

    @Test
    void a_try_that_the_throttle_refuses_computes_nothing() {
        for (int i = 0; i < 5; i++) {
            throttle.failed("olga", ADDRESS);
        }
        HoldfastIdentityStore store =
                new HoldfastIdentityStore(
                        null, passwords, null, null, null, null, throttle, null, clock);

        Status status =
                store.validate(
                                new SignInCredential(
                                                "olga", Secret.of("violet anchors hum"), "", "")
                                        .from(ADDRESS))
                        .getStatus();

        assertThat(status).isEqualTo(Status.INVALID);
        assertThat(computed).isZero();
    }
}
