package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.testing.DumpLike;
import org.holdfast.testing.InMemoryStore;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class OutgoingTest {
    private static final ObjectKey DUMP = new ObjectKey("shop/2026/11/x/database.dump.zst.age");
    private static final Outgoing.Tuning TUNING =
            Outgoing.Tuning.standard().withStall(Duration.ofSeconds(20));

    private final Identity operator = Identity.generate();
    private final Identity escrow = Identity.generate();
    private final List<Recipient> recipients = List.of(operator.recipient(), escrow.recipient());
    private final InMemoryStore local = new InMemoryStore("local");
    private final InMemoryStore remote = new InMemoryStore("s3-eu");
    private final List<BlobStore> both = List.of(local, remote);

    @TempDir Path scratch;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 262_144, 3_000_001})
    void what_goes_out_opens_with_age_and_zstd_for_every_recipient(int size) throws Exception {
        byte[] dump = DumpLike.bytes(size, 1);
        Outgoing.Stored stored;
        try (Outgoing out = Outgoing.begin(both, DUMP, recipients, TUNING, Tools.THREADS)) {
            out.transfer(new ByteArrayInputStream(dump), Progress.NONE, () -> false);
            stored = out.seal();
            assertThat(out.publish()).allMatch(BranchOutcome.Sent.class::isInstance);
        }
        byte[] object = local.bytes(DUMP);
        assertThat(remote.bytes(DUMP)).isEqualTo(object);
        assertThat(stored.rawBytes()).isEqualTo(size);
        assertThat(stored.storedBytes()).isEqualTo(object.length);
        assertThat(stored.sha256()).isEqualTo(Sha256.of(object));
        for (Identity identity : List.of(operator, escrow)) {
            Path file = Files.createTempFile(scratch, "identity", ".txt");
            Files.writeString(file, identity.secret().reveal() + "\n");
            byte[] packed = Tools.runWell(object, "age", "-d", "-i", file.toString());
            assertThat(packed).hasSize((int) stored.compressedBytes());
            assertThat(Tools.runWell(packed, "zstd", "-dc")).isEqualTo(dump);
        }
    }

    @Test
    void the_frame_carries_a_checksum_of_its_content() throws Exception {
        InMemoryStore store = new InMemoryStore("local");
        ObjectKey key = new ObjectKey("a/globals.sql.zst");
        try (Outgoing out = Outgoing.begin(List.of(store), key, List.of(), TUNING, Tools.THREADS)) {
            out.transfer(DumpLike.bytes(1000, 1));
            out.seal();
            out.publish();
        }
        assertThat(store.bytes(key)[4] & 0x04).as("content checksum flag").isNotZero();
    }

    @Test
    void a_gzip_export_opens_with_gunzip() throws Exception {
        ObjectKey key = new ObjectKey("shop/export.sql.gz");
        byte[] sql = DumpLike.bytes(700_000, 2);
        try (Outgoing out = Outgoing.begin(both, key, List.of(), TUNING, Tools.THREADS)) {
            out.transfer(sql);
            out.seal();
            out.publish();
        }
        assertThat(Tools.runWell(remote.bytes(key), "gzip", "-dc")).isEqualTo(sql);
    }

    @Test
    void an_object_whose_name_promises_encryption_is_not_begun_without_a_recipient() {
        assertThatThrownBy(() -> Outgoing.begin(both, DUMP, List.of(), TUNING, Tools.THREADS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("database.dump.zst.age is to be encrypted, but to no recipient.");
        assertThatThrownBy(
                        () ->
                                Outgoing.begin(
                                        both,
                                        new ObjectKey("a/globals.sql.zst"),
                                        recipients,
                                        TUNING,
                                        Tools.THREADS))
                .hasMessage("globals.sql.zst would be stored open: its name does not end in .age.");
        assertThat(local.aborted()).isZero();
    }

    @Test
    void progress_counts_raw_and_stored_bytes_and_ends_at_the_whole() throws Exception {
        AtomicLong lastRaw = new AtomicLong();
        AtomicLong lastStored = new AtomicLong();
        Outgoing.Stored stored;
        try (Outgoing out = Outgoing.begin(both, DUMP, recipients, TUNING, Tools.THREADS)) {
            out.transfer(
                    new DumpLike(2_000_000, 3),
                    (raw, sent) -> {
                        lastRaw.set(raw);
                        lastStored.set(sent);
                    },
                    () -> false);
            stored = out.seal();
        }
        assertThat(lastRaw).hasValue(2_000_000);
        assertThat(lastStored).hasValue(stored.storedBytes());
    }

    @Nested
    class Closing_never_publishes {
        @ParameterizedTest
        @ValueSource(longs = {0, 1, 65_536, 1_000_000, 9_999_999})
        void a_producer_that_breaks_off_leaves_nothing(long good) {
            InputStream breaking = new SequenceInputStream(new DumpLike(good, 4), new Breaking());
            assertThatThrownBy(
                            () -> {
                                try (Outgoing out =
                                        Outgoing.begin(
                                                both, DUMP, recipients, TUNING, Tools.THREADS)) {
                                    out.transfer(breaking, Progress.NONE, () -> false);
                                    out.seal();
                                    out.publish();
                                }
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessage("the pipe broke");
            assertNothingLeft();
        }

        @Test
        void a_child_that_fails_after_its_last_byte_leaves_nothing() {
            assertThatThrownBy(
                            () -> {
                                try (Outgoing out =
                                        Outgoing.begin(
                                                both, DUMP, recipients, TUNING, Tools.THREADS)) {
                                    out.transfer(DumpLike.bytes(3_000_000, 5));
                                    throw new IOException("pg_dump: exit code 1");
                                }
                            })
                    .hasMessage("pg_dump: exit code 1");
            assertNothingLeft();
        }

        @Test
        void sealed_but_not_published_leaves_nothing() throws Exception {
            try (Outgoing out = Outgoing.begin(both, DUMP, recipients, TUNING, Tools.THREADS)) {
                out.transfer(DumpLike.bytes(3_000_000, 5));
                out.seal();
            }
            assertNothingLeft();
        }

        @Test
        void what_failed_in_transfer_can_neither_be_sealed_nor_published() throws Exception {
            try (Outgoing out = Outgoing.begin(both, DUMP, recipients, TUNING, Tools.THREADS)) {
                assertThatThrownBy(() -> out.transfer(new Breaking(), Progress.NONE, () -> false))
                        .hasMessage("the pipe broke");
                assertThatThrownBy(out::seal)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                                "Only what was transferred whole may be sealed:"
                                        + " database.dump.zst.age.");
                assertThatThrownBy(out::publish)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("Only a sealed object may be published.");
            }
            assertNothingLeft();
        }

        private void assertNothingLeft() {
            for (InMemoryStore store : List.of(local, remote)) {
                assertThat(store.keys()).isEmpty();
                store.unfinished("", left -> assertThat(left).isNull());
            }
        }
    }

    @Nested
    class Branches {
        @Test
        void a_store_that_breaks_off_is_lost_and_the_other_has_it_all() throws Exception {
            remote.failAfter(200_000, StoreFailure.Kind.UNREACHABLE);
            List<BranchOutcome> outcomes = send(3_000_000);
            assertThat(outcomes.get(0)).isInstanceOf(BranchOutcome.Sent.class);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            BranchOutcome.Lost.class,
                            lost -> {
                                assertThat(lost.store()).isEqualTo("s3-eu");
                                assertThat(lost.why())
                                        .hasMessage(
                                                "The store \"s3-eu\" broke off after 200000"
                                                        + " bytes.");
                            });
            assertThat(remote.keys()).isEmpty();
            assertThat(remote.aborted()).isEqualTo(1);
            assertThat(local.keys()).containsExactly(DUMP);
        }

        @Test
        void a_store_that_refuses_to_begin_is_lost_and_keeps_its_reason() throws Exception {
            local.failAtBegin(StoreFailure.Kind.DENIED);
            List<BranchOutcome> outcomes = send(100_000);
            assertThat(((BranchOutcome.Lost) outcomes.get(0)).why().kind())
                    .isEqualTo(StoreFailure.Kind.DENIED);
            assertThat(outcomes.get(1)).isInstanceOf(BranchOutcome.Sent.class);
        }

        @Test
        void a_store_that_fails_to_publish_is_lost_and_the_other_published() throws Exception {
            remote.failAtPublish(StoreFailure.Kind.UNREACHABLE);
            List<BranchOutcome> outcomes = send(100_000);
            assertThat(outcomes.get(0)).isInstanceOf(BranchOutcome.Sent.class);
            assertThat(((BranchOutcome.Lost) outcomes.get(1)).why())
                    .hasMessage("The store \"s3-eu\" did not publish database.dump.zst.age.");
            assertThat(remote.aborted()).isEqualTo(1);
        }

        @Test
        void a_store_that_takes_nothing_is_dropped_at_its_deadline() throws Exception {
            remote.stallAfter(300_000);
            Outgoing.Tuning impatient =
                    new Outgoing.Tuning(3, 0, Duration.ofMillis(400), 64 << 10, 4);
            List<BranchOutcome> outcomes = send(20_000_000, impatient);
            assertThat(outcomes.get(0)).isInstanceOf(BranchOutcome.Sent.class);
            StoreFailure why = ((BranchOutcome.Lost) outcomes.get(1)).why();
            assertThat(why.kind()).isEqualTo(StoreFailure.Kind.UNREACHABLE);
            assertThat(why)
                    .hasMessage(
                            "The store \"s3-eu\" took nothing of database.dump.zst.age for 400 ms.");
            assertThat(remote.aborted()).isEqualTo(1);
            assertOpens(local.bytes(DUMP), 20_000_000);
        }

        @Test
        void a_store_that_never_ends_its_upload_is_dropped_too() throws Exception {
            remote.stallAfter(0);
            List<BranchOutcome> outcomes = send(50_000, TUNING.withStall(Duration.ofMillis(300)));
            assertThat(outcomes.get(0)).isInstanceOf(BranchOutcome.Sent.class);
            assertThat(((BranchOutcome.Lost) outcomes.get(1)).why())
                    .hasMessage(
                            "The store \"s3-eu\" did not end the upload of"
                                    + " database.dump.zst.age for 300 ms.");
        }

        @Test
        void when_all_are_lost_the_transfer_ends_and_says_why_for_each() {
            local.failAfter(100_000, StoreFailure.Kind.NO_SPACE);
            remote.failAfter(400_000, StoreFailure.Kind.DENIED);
            InputStream endless = new DumpLike(Long.MAX_VALUE, 6);
            assertThatThrownBy(
                            () -> {
                                try (Outgoing out =
                                        Outgoing.begin(
                                                both, DUMP, recipients, TUNING, Tools.THREADS)) {
                                    out.transfer(endless, Progress.NONE, () -> false);
                                }
                            })
                    .isInstanceOfSatisfying(
                            AllBranchesLost.class, e -> assertThat(e.lost()).hasSize(2))
                    .hasMessage(
                            "No store took database.dump.zst.age: local: The store \"local\" broke"
                                    + " off after 100000 bytes.; s3-eu: The store \"s3-eu\" broke"
                                    + " off after 400000 bytes.");
            assertThat(local.keys()).isEmpty();
            assertThat(remote.keys()).isEmpty();
        }

        private List<BranchOutcome> send(long size) throws IOException {
            return send(size, TUNING);
        }

        private List<BranchOutcome> send(long size, Outgoing.Tuning tuning) throws IOException {
            try (Outgoing out = Outgoing.begin(both, DUMP, recipients, tuning, Tools.THREADS)) {
                out.transfer(new DumpLike(size, 7), Progress.NONE, () -> false);
                out.seal();
                return out.publish();
            }
        }

        private void assertOpens(byte[] object, long size) throws IOException {
            try (InputStream plain =
                    Incoming.unlisted(DUMP.name(), List.of(operator))
                            .open(new ByteArrayInputStream(object), Tools.THREADS)) {
                assertThat(plain.transferTo(java.io.OutputStream.nullOutputStream()))
                        .isEqualTo(size);
            }
        }
    }

    @Nested
    class Small_objects {
        private final ObjectKey manifest = new ObjectKey("shop/2026/11/x/manifest.json");

        @Test
        void arrive_as_they_are() throws Exception {
            byte[] bytes = "{}\n".getBytes();
            assertThat(Outgoing.send(both, manifest, bytes, Duration.ofSeconds(5), Tools.THREADS))
                    .allMatch(BranchOutcome.Sent.class::isInstance);
            assertThat(local.bytes(manifest)).isEqualTo(bytes);
            assertThat(remote.bytes(manifest)).isEqualTo(bytes);
        }

        @Test
        void an_empty_one_too() throws Exception {
            assertThat(
                            Outgoing.send(
                                    both,
                                    manifest,
                                    new byte[0],
                                    Duration.ofSeconds(5),
                                    Tools.THREADS))
                    .allMatch(BranchOutcome.Sent.class::isInstance);
            assertThat(local.bytes(manifest)).isEmpty();
        }

        @Test
        void lost_by_all_stores_are_told_not_thrown() throws Exception {
            local.failAtBegin(StoreFailure.Kind.DENIED);
            remote.failAfter(0, StoreFailure.Kind.NO_SPACE);
            assertThat(
                            Outgoing.send(
                                    both,
                                    manifest,
                                    new byte[10],
                                    Duration.ofSeconds(5),
                                    Tools.THREADS))
                    .extracting(outcome -> ((BranchOutcome.Lost) outcome).why().kind())
                    .containsExactly(StoreFailure.Kind.DENIED, StoreFailure.Kind.NO_SPACE);
        }
    }

    @Nested
    class Cancelling {
        @Test
        void is_heard_while_bytes_flow_and_leaves_nothing() {
            AtomicBoolean cancel = new AtomicBoolean();
            assertThatThrownBy(
                            () -> {
                                try (Outgoing out =
                                        Outgoing.begin(
                                                both, DUMP, recipients, TUNING, Tools.THREADS)) {
                                    out.transfer(
                                            new DumpLike(Long.MAX_VALUE, 8),
                                            (raw, stored) -> {
                                                if (raw > 0) {
                                                    cancel.set(true);
                                                }
                                            },
                                            cancel::get);
                                }
                            })
                    .isInstanceOf(Cancelled.class)
                    .hasMessage("The transfer of database.dump.zst.age was cancelled.");
            assertThat(local.keys()).isEmpty();
            assertThat(local.aborted()).isEqualTo(1);
        }

        @Test
        void is_heard_while_the_source_says_nothing() throws Exception {
            CountDownLatch killed = new CountDownLatch(1);
            InputStream silent =
                    new InputStream() {
                        @Override
                        public int read() throws IOException {
                            try {
                                killed.await();
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                            return -1;
                        }
                    };
            assertThatThrownBy(
                            () -> {
                                try (Outgoing out =
                                        Outgoing.begin(
                                                both, DUMP, recipients, TUNING, Tools.THREADS)) {
                                    out.transfer(silent, Progress.NONE, () -> true);
                                }
                            })
                    .isInstanceOf(Cancelled.class);
            killed.countDown();
            assertThat(local.keys()).isEmpty();
        }

        @Test
        void is_heard_while_a_store_takes_nothing() {
            local.stallAfter(0);
            remote.stallAfter(0);
            AtomicLong beats = new AtomicLong();
            assertThatThrownBy(
                            () -> {
                                try (Outgoing out =
                                        Outgoing.begin(
                                                both, DUMP, recipients, TUNING, Tools.THREADS)) {
                                    out.transfer(
                                            new DumpLike(Long.MAX_VALUE, 8),
                                            Progress.NONE,
                                            () -> beats.incrementAndGet() > 3);
                                }
                            })
                    .isInstanceOf(Cancelled.class);
            assertThat(local.aborted()).isEqualTo(1);
            assertThat(remote.aborted()).isEqualTo(1);
        }

        @Test
        void an_interrupt_cancels_and_stays_set() {
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(
                                () -> {
                                    try (Outgoing out =
                                            Outgoing.begin(
                                                    both,
                                                    DUMP,
                                                    recipients,
                                                    TUNING,
                                                    Tools.THREADS)) {
                                        out.transfer(
                                                new DumpLike(Long.MAX_VALUE, 8),
                                                Progress.NONE,
                                                () -> false);
                                    }
                                })
                        .isInstanceOf(Cancelled.class);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
            }
            assertThat(local.keys()).isEmpty();
        }
    }

    private static final class Breaking extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the pipe broke");
        }
    }
}
