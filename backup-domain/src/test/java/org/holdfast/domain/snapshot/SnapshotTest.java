package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.domain.snapshot.Samples.NOON;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.policy.Retry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    @Test
    void only_the_decided_moves_are_allowed() {
        Map<Rung, Set<Rung>> allowed = new EnumMap<>(Rung.class);
        allowed.put(Rung.UPLOADED, EnumSet.of(Rung.VERIFIED, Rung.SUSPECT, Rung.EXPIRED));
        allowed.put(Rung.VERIFIED, EnumSet.of(Rung.RESTORED, Rung.SUSPECT, Rung.EXPIRED));
        allowed.put(Rung.RESTORED, EnumSet.of(Rung.SUSPECT, Rung.EXPIRED));
        allowed.put(
                Rung.SUSPECT,
                EnumSet.of(Rung.UPLOADED, Rung.VERIFIED, Rung.RESTORED, Rung.EXPIRED));
        for (Rung from : Rung.values()) {
            for (Rung to : Rung.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(allowed.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Test
    void only_what_was_verified_can_be_restored_from() {
        assertThat(EnumSet.allOf(Rung.class))
                .filteredOn(Rung::restorable)
                .containsExactlyInAnyOrder(Rung.VERIFIED, Rung.RESTORED);
    }

    @Test
    void it_has_the_run_s_id_and_begins_on_the_lowest_rung() {
        Snapshot snapshot = Samples.uploaded();

        assertThat(snapshot.rung()).isEqualTo(Rung.UPLOADED);
        assertThat(snapshot.key().value()).isEqualTo("shop/2026/11/" + snapshot.id());
        assertThat(snapshot.manifestSha256().hex())
                .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }

    @Test
    void an_unverified_one_cannot_count_as_restored() {
        Snapshot snapshot = Samples.uploaded();

        assertThatThrownBy(() -> snapshot.restored(NOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Snapshot " + snapshot.id() + " cannot go from UPLOADED to RESTORED.");
        assertThat(snapshot.restoredAt()).isNull();
    }

    @Test
    void a_second_verification_of_a_restored_one_does_not_lower_it() {
        Snapshot snapshot = Samples.verified();
        snapshot.restored(NOON);

        snapshot.verified(NOON.plusSeconds(99));

        assertThat(snapshot.rung()).isEqualTo(Rung.RESTORED);
        assertThat(snapshot.verifiedAt()).isEqualTo(NOON.plusSeconds(99));
    }

    @Test
    void a_contradiction_makes_a_restored_one_suspect_and_a_new_check_clears_it() {
        Snapshot snapshot = Samples.verified();
        snapshot.restored(NOON);

        snapshot.suspect("hash differs in store s3");
        assertThat(snapshot.rung()).isEqualTo(Rung.SUSPECT);
        assertThat(snapshot.doubt()).isEqualTo("hash differs in store s3");

        snapshot.verified(NOON);
        assertThat(snapshot.rung()).isEqualTo(Rung.VERIFIED);
        assertThat(snapshot.doubt()).isNull();
    }

    @Test
    void hashes_found_equal_again_clear_a_contradiction_and_prove_no_more_than_was_proved() {
        Snapshot proved = Samples.verified();
        proved.suspect("hash differs in store s3");
        Snapshot never = Samples.uploaded();
        never.suspect("hash differs in store s3");
        Snapshot sound = Samples.uploaded();

        proved.intact("no identity");
        never.intact("no identity");
        sound.intact("no identity");

        assertThat(proved.rung()).isEqualTo(Rung.VERIFIED);
        assertThat(proved.verifiedAt()).isEqualTo(NOON.plusSeconds(60));
        assertThat(proved.doubt()).isNull();
        assertThat(never.rung()).isEqualTo(Rung.UPLOADED);
        assertThat(never.doubt()).isEqualTo("no identity");
        assertThat(sound.rung()).isEqualTo(Rung.UPLOADED);
    }

    @Nested
    class ThatShrank {
        private final Snapshot snapshot = Samples.verified();

        {
            snapshot.shrunk("0 tables where 14 are usual");
        }

        @Test
        void is_suspect_until_a_person_says_that_it_is_right() {
            assertThat(snapshot.rung()).isEqualTo(Rung.SUSPECT);
            assertThat(snapshot.proved()).isEqualTo(Rung.VERIFIED);
            assertThat(snapshot.doubt()).isEqualTo("0 tables where 14 are usual");

            snapshot.acceptShrinkage("olga", " moved to another server ", NOON);

            assertThat(snapshot.rung()).isEqualTo(Rung.VERIFIED);
            assertThat(snapshot.inQuestion()).isFalse();
            assertThat(snapshot.doubt()).isNull();
            assertThat(snapshot.shrunkenAcceptedWhy()).isEqualTo("moved to another server");
        }

        @Test
        void is_not_cleared_by_being_read_back_or_restored() {
            snapshot.verified(NOON.plusSeconds(99));
            snapshot.intact("no identity");
            snapshot.restored(NOON.plusSeconds(100));

            assertThat(snapshot.rung()).isEqualTo(Rung.SUSPECT);
            assertThat(snapshot.inQuestion()).isTrue();

            snapshot.acceptShrinkage("olga", "moved", NOON);
            assertThat(snapshot.rung()).isEqualTo(Rung.RESTORED);
        }

        @Test
        void and_is_damaged_as_well_stays_suspect_when_one_of_the_two_is_cleared() {
            snapshot.suspect("hash differs in store s3");
            snapshot.acceptShrinkage("olga", "moved", NOON);
            assertThat(snapshot.rung()).isEqualTo(Rung.SUSPECT);
            assertThat(snapshot.doubt()).isEqualTo("hash differs in store s3");

            snapshot.intact("no identity");
            assertThat(snapshot.rung()).isEqualTo(Rung.VERIFIED);
        }

        @Test
        void needs_a_reason_and_a_second_acceptance_is_refused() {
            assertThatThrownBy(() -> snapshot.acceptShrinkage("olga", " ", NOON))
                    .hasMessage("Accepting a shrinkage needs a reason.");
            assertThat(snapshot.rung()).isEqualTo(Rung.SUSPECT);
            snapshot.acceptShrinkage("olga", "moved", NOON);
            assertThatThrownBy(() -> snapshot.acceptShrinkage("olga", "moved", NOON))
                    .hasMessageStartingWith("Nobody is asked whether the size of backup");
        }
    }

    @Test
    void a_check_that_could_not_be_made_is_told_and_lowers_nothing() {
        Snapshot snapshot = Samples.uploaded();

        snapshot.notVerified("No identity is configured.");

        assertThat(snapshot.rung()).isEqualTo(Rung.UPLOADED);
        assertThat(snapshot.doubt()).isEqualTo("No identity is configured.");
    }

    @Nested
    class ACopy {
        private final Retry twice = new Retry(2, Duration.ofMinutes(1));

        @Test
        void that_failed_is_tried_again_with_growing_pauses_for_as_long_as_it_takes() {
            SnapshotCopy copy =
                    SnapshotCopy.failed(UUID.randomUUID(), UUID.randomUUID(), "503", twice, NOON);
            assertThat(copy.nextTryAt()).isEqualTo(NOON.plusSeconds(60));
            assertThat(copy.readable()).isFalse();

            copy.fail("503 again", twice, NOON);
            assertThat(copy.nextTryAt()).isEqualTo(NOON.plusSeconds(120));
            assertThat(copy.failure()).isEqualTo("503 again");

            for (int i = 0; i < 20; i++) {
                copy.fail("503 still", twice, NOON);
            }
            assertThat(copy.nextTryAt()).isEqualTo(NOON.plusSeconds(3600));
        }

        @Test
        void that_arrived_late_is_readable_and_forgets_why_it_failed() {
            SnapshotCopy copy =
                    SnapshotCopy.failed(UUID.randomUUID(), UUID.randomUUID(), "503", twice, NOON);

            copy.arrived(NOON.plusSeconds(90));

            assertThat(copy.readable()).isTrue();
            assertThat(copy.failure()).isNull();
            assertThat(copy.nextTryAt()).isNull();
            assertThat(copy.uploadedAt()).isEqualTo(NOON.plusSeconds(90));
        }

        @Test
        void that_is_corrupt_is_not_read_from() {
            SnapshotCopy copy = SnapshotCopy.uploaded(UUID.randomUUID(), UUID.randomUUID(), NOON);

            copy.corrupt("byte 17 differs");

            assertThat(copy.readable()).isFalse();
            assertThat(copy.state()).isEqualTo(SnapshotCopy.State.CORRUPT);
            assertThat(copy.there()).isTrue();
        }

        @Test
        void that_is_found_equal_again_is_read_from_again_and_tells_how_deeply_it_was_read() {
            SnapshotCopy copy = SnapshotCopy.uploaded(UUID.randomUUID(), UUID.randomUUID(), NOON);
            copy.corrupt("byte 17 differs");

            copy.verified(ReadDepth.HASHES, "no identity", NOON.plusSeconds(5));

            assertThat(copy.readable()).isTrue();
            assertThat(copy.failure()).isNull();
            assertThat(copy.verifiedDepth()).isEqualTo(ReadDepth.HASHES);
            assertThat(copy.verifiedNote()).isEqualTo("no identity");
        }
    }
}
