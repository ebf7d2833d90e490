package org.holdfast.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.policy.PolicyVersion.Making;
import org.holdfast.domain.policy.PolicyVersion.Origin;
import org.holdfast.domain.shared.Sha256;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PolicyVersionTest {
    private static final Sha256 OLD = Sha256.of("{\"rpo_minutes\":60}");
    private static final Sha256 NEW = Sha256.of("{\"rpo_minutes\":30}");
    private static final Sha256 OF_PAGE = Sha256.of("{\"rpo_minutes\":15}");

    @Test
    void its_label_names_number_and_hash() {
        PolicyVersion version =
                new PolicyVersion(
                        7,
                        "{\"rpo_minutes\":60}",
                        new Making(Origin.PAGE, "", "olga", "ivan", " less loss "),
                        Instant.EPOCH);

        assertThat(version.label()).isEqualTo("7-" + OLD.brief());
        assertThat(version.comment()).isEqualTo("less loss");
        assertThat(version.sha256()).isEqualTo(OLD);
    }

    @Test
    void without_a_reason_is_refused() {
        for (String comment : new String[] {null, " ", "x".repeat(501)}) {
            assertThatThrownBy(() -> new Making(Origin.PAGE, "", "olga", "olga", comment))
                    .hasMessage("A change of the policy needs a reason.");
        }
    }

    @Nested
    class AFile {
        @Test
        void that_is_seen_first_makes_a_version() {
            assertThat(makes(NEW, none(), none(), none())).isTrue();
            assertThat(makes(NEW, none(), Optional.of(OF_PAGE), Optional.of(OLD))).isTrue();
        }

        @Test
        void that_changes_makes_a_version_though_the_page_was_changed_meanwhile() {
            assertThat(makes(NEW, Optional.of(OLD), Optional.of(OF_PAGE), Optional.of(OLD)))
                    .isTrue();
        }

        @Test
        void that_is_as_it_was_leaves_the_page_in_force() {
            assertThat(makes(OLD, Optional.of(OLD), Optional.of(OF_PAGE), Optional.of(OLD)))
                    .isFalse();
        }

        @Test
        void that_a_new_server_has_too_leaves_the_page_in_force() {
            assertThat(makes(OLD, none(), Optional.of(OF_PAGE), Optional.of(OLD))).isFalse();
        }

        @Test
        void of_a_server_that_lags_behind_does_not_take_the_policy_back() {
            assertThat(makes(OLD, Optional.of(OLD), Optional.of(NEW), Optional.of(NEW))).isFalse();
        }

        @Test
        void that_another_server_brought_in_already_makes_no_second_version() {
            assertThat(makes(NEW, Optional.of(OLD), Optional.of(OF_PAGE), Optional.of(NEW)))
                    .isFalse();
        }

        @Test
        void that_goes_back_to_what_it_was_makes_a_version() {
            assertThat(makes(OLD, Optional.of(NEW), Optional.of(NEW), Optional.of(NEW))).isTrue();
        }

        @Test
        void that_says_what_is_in_force_makes_none() {
            assertThat(makes(OF_PAGE, Optional.of(OLD), Optional.of(OF_PAGE), Optional.of(OLD)))
                    .isFalse();
        }

        private static Optional<Sha256> none() {
            return Optional.empty();
        }

        private static boolean makes(
                Sha256 content,
                Optional<Sha256> seenBefore,
                Optional<Sha256> inForce,
                Optional<Sha256> newestOfFile) {
            return PolicyFile.makesVersion(content, seenBefore, inForce, newestOfFile);
        }
    }
}
