package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void an_id_is_a_uuid_of_version_7_that_sorts_by_its_time() {
        Instant now = Instant.parse("2026-11-21T12:00:00.123Z");
        UUID id = Ids.at(now);

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(now.toEpochMilli());
        assertThat(id.toString()).isLessThan(Ids.at(now.plusMillis(1)).toString());
    }

    @Test
    void a_secret_shows_itself_in_no_text() {
        Secret secret = Secret.of("canary-7f3a");

        assertThat(secret).hasToString("(secret)");
        assertThat("" + secret.hashCode()).isEqualTo("" + Secret.of("other").hashCode());
        assertThat(secret).isEqualTo(Secret.of("canary-7f3a")).isNotEqualTo(Secret.of("canary"));
    }
}
