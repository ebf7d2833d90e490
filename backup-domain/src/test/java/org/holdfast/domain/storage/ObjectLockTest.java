package org.holdfast.domain.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ObjectLockTest {
    private static final Instant EARLY = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant LATE = EARLY.plusSeconds(1);

    private static ObjectLock governance(Instant until) {
        return new ObjectLock(LockMode.GOVERNANCE, until);
    }

    private static ObjectLock compliance(Instant until) {
        return new ObjectLock(LockMode.COMPLIANCE, until);
    }

    @Test
    void is_extended_and_never_shortened_nor_given_another_mode() {
        assertThat(compliance(EARLY).extendedTo(governance(LATE))).isEqualTo(compliance(LATE));
        assertThat(governance(LATE).extendedTo(compliance(EARLY))).isEqualTo(governance(LATE));
    }

    @Test
    void of_several_says_what_holds_for_all() {
        assertThat(compliance(EARLY).weakest(governance(LATE))).isEqualTo(governance(EARLY));
        assertThat(governance(LATE).weakest(compliance(EARLY))).isEqualTo(governance(EARLY));
    }

    @Test
    void that_is_off_is_none() {
        assertThatThrownBy(() -> new ObjectLock(LockMode.OFF, EARLY))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
