package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.ReadDepth;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.Upload;
import org.holdfast.testing.InMemoryStore;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
    private static final ObjectKey KEY = new ObjectKey("shop/2026/11/x/database.dump.zst.age");

    private final InMemoryStore local = new InMemoryStore("local");
    private final InMemoryStore s3 = new InMemoryStore("s3");
    private final BlobStores stores = access -> Map.of("local", local, "s3", s3).get(access.name());

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(41).nextBytes(bytes);
        return bytes;
    }

    private static void put(InMemoryStore store, byte[] bytes) throws IOException {
        try (Upload upload = store.begin(KEY)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes);
            }
            upload.publish();
        }
    }

    private static PayloadDesk.Wanted wanted(byte[] bytes) {
        return new PayloadDesk.Wanted(
                UUID.randomUUID(),
                KEY,
                KEY.name(),
                bytes.length,
                Sha256.of(bytes),
                List.of(
                        new StoreAccess.Directory("local", Path.of("/local")),
                        new StoreAccess.Directory("s3", Path.of("/s3"))));
    }

    @Nested
    class Handed_out {
        private Payload payload(byte[] stored, byte[] signed) throws IOException {
            put(local, stored);
            return new Payload(local, KEY, "x", signed.length, Sha256.of(signed));
        }

        private void isBrokenOff(byte[] stored, byte[] signed) throws IOException {
            Payload payload = payload(stored, signed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThatThrownBy(() -> payload.writeTo(out))
                    .isInstanceOfSatisfying(
                            StoreFailure.class,
                            e -> assertThat(e.kind()).isEqualTo(StoreFailure.Kind.CORRUPT))
                    .hasMessageContaining("\"local\"")
                    .hasMessageContaining(KEY.value());
            assertThat(out.size()).as("it never seems whole").isLessThan(signed.length);
        }

        @ParameterizedTest
        @ValueSource(
                ints = {
                    1,
                    Payload.BLOCK - 1,
                    Payload.BLOCK,
                    Payload.BLOCK + 1,
                    3 * Payload.BLOCK,
                    3 * Payload.BLOCK + 7
                })
        void is_what_was_stored_whatever_its_length(int length) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            payload(bytes(length), bytes(length)).writeTo(out);
            assertThat(out.toByteArray()).isEqualTo(bytes(length));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, Payload.BLOCK, 3 * Payload.BLOCK + 7})
        void is_broken_off_where_one_byte_is_another(int length) throws IOException {
            byte[] changed = bytes(length);
            changed[length / 2] ^= 1;
            isBrokenOff(changed, bytes(length));
        }

        @ParameterizedTest
        @ValueSource(
                ints = {
                    0,
                    1,
                    Payload.BLOCK,
                    2 * Payload.BLOCK - 1,
                    2 * Payload.BLOCK + 1,
                    3 * Payload.BLOCK,
                    5 * Payload.BLOCK
                })
        void is_broken_off_where_it_is_shorter_or_longer(int length) throws IOException {
            isBrokenOff(bytes(length), bytes(2 * Payload.BLOCK));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 8, 10, 3 * Payload.BLOCK})
        void of_less_than_a_block_nothing_is_written_before_it_is_whole(int length)
                throws IOException {
            isBrokenOff(bytes(length), bytes(9));
        }
    }

    @Nested
    class Of_the_stores {
        private final byte[] dump = bytes(100);

        @Test
        void the_first_that_has_it_in_its_length_is_taken() throws IOException {
            put(local, bytes(99));
            put(s3, dump);
            assertThat(Payloads.whichAnswers(wanted(dump), stores).name()).isEqualTo("s3");
            put(local, dump);
            assertThat(Payloads.whichAnswers(wanted(dump), stores).name()).isEqualTo("local");
        }

        @Test
        void each_is_named_with_what_is_wrong_where_none_has_it() throws IOException {
            put(s3, bytes(99));
            assertThatThrownBy(() -> Payloads.whichAnswers(wanted(dump), stores))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("PAYLOAD-STORE"))
                    .hasMessageContaining("\"local\" has no " + KEY)
                    .hasMessageContaining("\"s3\" has " + KEY + " in another length.");
        }
    }

    @Nested
    class Of_the_copies {
        private final BackupRun run =
                new BackupRun(
                        new Source("shop", Origin.CATALOG, "postgresql://db/shop", null),
                        "guru",
                        DumpFormat.CUSTOM,
                        RowProof.OFF,
                        "1",
                        NOW);
        private final Snapshot snapshot =
                new Snapshot(run, new ObjectKey("shop/2026/11/x"), NOW, 1, 1, 15, "{}", NOW);

        private SnapshotCopy copy() {
            return SnapshotCopy.uploaded(snapshot.id(), UUID.randomUUID(), NOW);
        }

        @Test
        void one_that_was_read_back_goes_before_one_that_was_not() {
            SnapshotCopy uploaded = copy();
            SnapshotCopy verified = copy();
            verified.verified(ReadDepth.WHOLE, "", NOW);
            assertThat(PayloadDesk.healthy(snapshot, List.of(uploaded, verified)))
                    .containsExactly(verified, uploaded);
        }

        @Test
        void one_that_is_damaged_or_never_came_is_not_handed_out() {
            SnapshotCopy damaged = copy();
            damaged.corrupt("other bytes");
            SnapshotCopy absent =
                    SnapshotCopy.failed(
                            snapshot.id(), UUID.randomUUID(), "no answer", Retry.DEFAULT, NOW);
            assertThatThrownBy(() -> PayloadDesk.healthy(snapshot, List.of(damaged, absent)))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("PAYLOAD-COPY"))
                    .hasMessageContaining("CORRUPT, FAILED");
        }

        @Test
        void of_a_backup_that_is_gone_there_is_nothing() {
            snapshot.expired(NOW);
            assertThatThrownBy(() -> PayloadDesk.healthy(snapshot, List.of()))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("BACKUP-GONE"));
        }
    }

    @Nested
    class A_code {
        private final Payloads.Release release = released();

        private static Payloads.Release released() {
            return new Payloads.Release(
                    wanted(bytes(1)),
                    new StoreAccess.Directory("local", Path.of("/local")),
                    NOW.plus(Payloads.LIVES));
        }

        @Test
        void is_good_for_one_download_within_five_minutes() {
            assertThat(release.open(NOW)).isTrue();
            assertThat(release.open(NOW.plus(Duration.ofMinutes(5)))).isFalse();
            assertThat(release.take(NOW)).isTrue();
            assertThat(release.take(NOW)).isFalse();
            assertThat(release.open(NOW)).isFalse();
            assertThat(released().take(NOW.plus(Payloads.LIVES))).as("too late").isFalse();
        }
    }
}
