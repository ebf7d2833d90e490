package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.DumpLike;
import org.holdfast.testing.InMemoryStore;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class IncomingTest {
    private static final String NAME = "database.dump.zst.age";
    private static final Identity OPERATOR = Identity.generate();
    private static final Identity STRANGER = Identity.generate();
    private static final byte[] DUMP = DumpLike.bytes(700_000, 1);
    private static final byte[] OBJECT = sealed(DUMP, NAME);

    @TempDir Path scratch;

    private static byte[] sealed(byte[] plain, String name) {
        InMemoryStore store = new InMemoryStore("local");
        ObjectKey key = new ObjectKey("a/" + name);
        List<Recipient> recipients =
                name.endsWith(".age") ? List.of(OPERATOR.recipient()) : List.of();
        try (Outgoing out =
                Outgoing.begin(
                        List.of(store),
                        key,
                        recipients,
                        Outgoing.Tuning.standard().withStall(Duration.ofSeconds(20)),
                        Tools.THREADS)) {
            out.transfer(plain);
            out.seal();
            out.publish();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return store.bytes(key);
    }

    private static Hashed hashed(byte[] bytes) {
        return new Hashed(bytes.length, Sha256.of(bytes));
    }

    private static Incoming listed(Identity... identities) {
        return Incoming.of(
                NAME, hashed(OBJECT), List.of(identities), List.of(OPERATOR.recipient()));
    }

    private static byte[] plain(Incoming incoming, byte[] object) throws IOException {
        try (InputStream in = incoming.open(new ByteArrayInputStream(object), Tools.THREADS)) {
            return in.readAllBytes();
        }
    }

    private Path file() {
        return scratch.resolve("database.dump");
    }

    private Hashed keep(Incoming incoming, byte[] object) throws IOException {
        return incoming.keep(
                new ByteArrayInputStream(object),
                file(),
                Progress.NONE,
                () -> false,
                Tools.THREADS);
    }

    @Test
    void what_went_out_comes_back() throws Exception {
        assertThat(plain(listed(OPERATOR), OBJECT)).isEqualTo(DUMP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.dump", "x.dump.zst", "x.sql.gz", "x.sql.gz.age", "x.age"})
    void every_form_comes_back(String name) throws Exception {
        byte[] object = sealed(DUMP, name);
        Incoming incoming = Incoming.of(name, hashed(object), List.of(OPERATOR), List.of());
        assertThat(plain(incoming, object)).isEqualTo(DUMP);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000})
    void what_age_and_zstd_made_opens_too(int size) throws Exception {
        byte[] dump = DumpLike.bytes(size, 3);
        byte[] packed = Tools.runWell(dump, "zstd", "-3", "-c");
        byte[] object = Tools.runWell(packed, "age", "-r", OPERATOR.recipient().value());
        assertThat(plain(Incoming.unlisted(NAME, List.of(STRANGER, OPERATOR)), object))
                .isEqualTo(dump);
    }

    @Test
    void several_frames_of_zstd_are_read_as_one_content() throws Exception {
        byte[] one = Tools.runWell(DUMP, "zstd", "-c");
        byte[] two = Arrays.copyOf(one, one.length * 2);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThat(plain(Incoming.unlisted("x.dump.zst", List.of()), two)).hasSize(DUMP.length * 2);
    }

    @Test
    void content_that_compresses_extremely_is_given_out_whole() throws Exception {
        byte[] zeros = new byte[9_000_000];
        assertThat(plain(Incoming.unlisted(NAME, List.of(OPERATOR)), sealed(zeros, NAME)))
                .isEqualTo(zeros);
    }

    @Nested
    class Verifying {
        @Test
        void reads_to_the_end_and_tells_what_it_read() throws Exception {
            AtomicLong stored = new AtomicLong();
            Hashed found =
                    listed().verify(
                                    new ByteArrayInputStream(OBJECT),
                                    (raw, at) -> stored.set(at),
                                    () -> false);
            assertThat(found).isEqualTo(hashed(OBJECT));
            assertThat(stored).hasValue(OBJECT.length);
            assertThat(Incoming.hash(new ByteArrayInputStream(OBJECT), Progress.NONE, () -> false))
                    .isEqualTo(hashed(OBJECT));
        }

        @Test
        void names_both_hashes_when_they_differ() {
            byte[] damaged = OBJECT.clone();
            damaged[damaged.length - 1] ^= 1;
            assertThatThrownBy(
                            () ->
                                    listed().verify(
                                                    new ByteArrayInputStream(damaged),
                                                    Progress.NONE,
                                                    () -> false))
                    .isInstanceOf(CorruptObject.class)
                    .hasMessage(
                            NAME
                                    + " hashes to "
                                    + Sha256.of(damaged)
                                    + "; its manifest names "
                                    + Sha256.of(OBJECT)
                                    + ".");
        }

        @Test
        void names_both_lengths_when_they_differ() {
            byte[] half = Arrays.copyOf(OBJECT, OBJECT.length / 2);
            assertThatThrownBy(
                            () ->
                                    listed().verify(
                                                    new ByteArrayInputStream(half),
                                                    Progress.NONE,
                                                    () -> false))
                    .hasMessage(
                            NAME
                                    + " is "
                                    + half.length
                                    + " bytes long; its manifest names "
                                    + OBJECT.length
                                    + ".");
            byte[] longer = Arrays.copyOf(OBJECT, OBJECT.length + 1);
            assertThatThrownBy(
                            () ->
                                    listed().verify(
                                                    new ByteArrayInputStream(longer),
                                                    Progress.NONE,
                                                    () -> false))
                    .hasMessage(
                            NAME
                                    + " is longer than the "
                                    + OBJECT.length
                                    + " bytes its manifest names.");
        }

        @Test
        void can_be_cancelled() {
            assertThatThrownBy(
                            () ->
                                    listed().verify(
                                                    new ByteArrayInputStream(OBJECT),
                                                    Progress.NONE,
                                                    () -> true))
                    .isInstanceOf(Cancelled.class);
        }
    }

    @Nested
    class Damage {
        /** Without a manifest's hash: age and zstd alone must notice. */
        private final Incoming unlisted = Incoming.unlisted(NAME, List.of(OPERATOR));

        @Test
        void a_flipped_bit_anywhere_is_found() throws Exception {
            // Every byte of a small object, header and last chunk included.
            byte[] small = sealed(DumpLike.bytes(2_000, 4), NAME);
            Incoming byHash = Incoming.of(NAME, hashed(small), List.of(OPERATOR), List.of());
            for (int at = 0; at < small.length; at++) {
                byte[] damaged = small.clone();
                damaged[at] ^= (byte) (1 << at % 8);
                assertDamageIsFound(unlisted, damaged, "bit flipped at " + at);
                assertDamageIsFound(byHash, damaged, "bit flipped at " + at);
            }
        }

        @Test
        void a_flipped_bit_in_any_chunk_is_found_and_no_file_is_left() {
            for (int at = 300; at < OBJECT.length; at += 7_919) {
                byte[] damaged = OBJECT.clone();
                damaged[at] ^= 0x10;
                assertThat(catchThrowable(() -> plain(unlisted, damaged)))
                        .as("byte " + at)
                        .isInstanceOf(CorruptObject.class);
                assertThat(catchThrowable(() -> keep(listed(OPERATOR), damaged)))
                        .as("byte " + at)
                        .isInstanceOf(CorruptObject.class);
                assertThat(file()).doesNotExist();
            }
        }

        @Test
        void an_object_cut_anywhere_is_found() throws Exception {
            byte[] small = sealed(DumpLike.bytes(2_000, 4), NAME);
            for (int length = 0; length < small.length; length++) {
                assertDamageIsFound(unlisted, Arrays.copyOf(small, length), "cut at " + length);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 15, 16, 17, 100, 65_535, 65_536, 65_537, 65_552})
        void an_object_cut_near_its_end_is_found_and_no_file_is_left(int missing) {
            byte[] cut = Arrays.copyOf(OBJECT, OBJECT.length - missing);
            assertThatThrownBy(() -> plain(unlisted, cut)).isInstanceOf(CorruptObject.class);
            assertThatThrownBy(() -> keep(listed(OPERATOR), cut)).isInstanceOf(CorruptObject.class);
            assertThat(file()).doesNotExist();
        }

        @Test
        void an_object_cut_between_two_chunks_is_found() throws Exception {
            byte[] raw = new byte[65_536 * 2];
            byte[] object = sealed(raw, "x.age");
            byte[] cut = Arrays.copyOf(object, object.length - 65_552);
            assertDamageIsFound(
                    Incoming.unlisted("x.age", List.of(OPERATOR)), cut, "last chunk missing");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 16, 17, 65_552, 200_000})
        void bytes_behind_the_end_are_found(int more) throws Exception {
            byte[] longer = Arrays.copyOf(OBJECT, OBJECT.length + more);
            assertDamageIsFound(unlisted, longer, more + " bytes behind");
            assertDamageIsFound(listed(OPERATOR), longer, more + " bytes behind");
        }

        @Test
        void bytes_behind_the_compressed_data_are_found() throws Exception {
            byte[] packed = Tools.runWell(DUMP, "zstd", "-c");
            byte[] behind = Arrays.copyOf(packed, packed.length + 1);
            assertDamageIsFound(
                    Incoming.unlisted("x.dump.zst", List.of()), behind, "a byte behind");
            byte[] gzip = Tools.runWell(DUMP, "gzip", "-c");
            byte[] garbage = Arrays.copyOf(gzip, gzip.length + 3);
            garbage[gzip.length] = 'x';
            assertDamageIsFound(
                    Incoming.unlisted("x.sql.gz", List.of()), garbage, "bytes behind gzip");
        }

        @Test
        void a_gzip_export_cut_or_changed_anywhere_is_found() throws Exception {
            byte[] gzip = sealed(DumpLike.bytes(3_000, 5), "x.sql.gz");
            Incoming incoming = Incoming.unlisted("x.sql.gz", List.of());
            for (int length = 0; length < gzip.length; length++) {
                assertDamageIsFound(incoming, Arrays.copyOf(gzip, length), "cut at " + length);
            }
            for (int at = 10; at < gzip.length; at++) {
                byte[] damaged = gzip.clone();
                damaged[at] ^= 1;
                assertDamageIsFound(incoming, damaged, "changed at " + at);
            }
        }

        @Test
        void compressed_data_that_end_early_are_found() throws Exception {
            byte[] packed = Tools.runWell(DUMP, "zstd", "-c");
            for (int missing : new int[] {1, 3, 4, 5, 1000}) {
                assertDamageIsFound(
                        Incoming.unlisted("x.dump.zst", List.of()),
                        Arrays.copyOf(packed, packed.length - missing),
                        missing + " missing");
            }
        }

        @Test
        void a_sound_object_that_is_not_the_listed_one_is_refused_before_its_end() {
            byte[] other = sealed(DumpLike.bytes(700_000, 9), NAME);
            ByteArrayOutputStream given = new ByteArrayOutputStream();
            assertThatThrownBy(
                            () -> {
                                try (InputStream in =
                                        listed(OPERATOR)
                                                .open(
                                                        new ByteArrayInputStream(other),
                                                        Tools.THREADS)) {
                                    in.transferTo(given);
                                }
                            })
                    .isInstanceOf(CorruptObject.class)
                    .satisfies(
                            e ->
                                    assertThat(((CorruptObject) e).found())
                                            .isEqualTo(CorruptObject.Found.HASH));
            assertThat(given.size())
                    .as("bytes given out as if they were whole")
                    .isLessThan(700_000);
        }

        private void assertDamageIsFound(Incoming incoming, byte[] object, String what) {
            Throwable thrown = catchThrowable(() -> plain(incoming, object));
            assertThat(thrown).as(what).isInstanceOfAny(CorruptObject.class, WrongIdentity.class);
        }
    }

    @Nested
    class The_wrong_identity {
        @Test
        void is_named_with_the_recipients_of_the_manifest() {
            assertThatThrownBy(() -> plain(listed(STRANGER), OBJECT))
                    .isInstanceOf(WrongIdentity.class)
                    .hasMessage(
                            "The identity given ("
                                    + STRANGER.recipient()
                                    + ") does not open it; it was encrypted to "
                                    + OPERATOR.recipient()
                                    + ".");
        }

        @Test
        void several_wrong_ones_are_named_and_no_manifest_is_said() {
            Identity other = Identity.generate();
            assertThatThrownBy(
                            () -> plain(Incoming.unlisted(NAME, List.of(STRANGER, other)), OBJECT))
                    .hasMessage(
                            "The identities given ("
                                    + STRANGER.recipient()
                                    + ", "
                                    + other.recipient()
                                    + ") do not open it; whom it was encrypted to is not known.");
        }

        @Test
        void none_at_all_is_said() {
            assertThatThrownBy(() -> plain(listed(), OBJECT))
                    .isInstanceOf(WrongIdentity.class)
                    .hasMessage(
                            "No identity was given; it was encrypted to "
                                    + OPERATOR.recipient()
                                    + ".");
        }
    }

    @Nested
    class Keeping {
        @Test
        void gives_a_private_file_of_the_object_as_it_is() throws Exception {
            assertThat(keep(listed(OPERATOR), OBJECT)).isEqualTo(hashed(OBJECT));
            assertThat(Files.readAllBytes(file())).isEqualTo(OBJECT);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }

        @Test
        void never_writes_over_a_file() throws Exception {
            Files.writeString(file(), "mine");
            assertThatThrownBy(() -> keep(listed(OPERATOR), OBJECT))
                    .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
            assertThat(file()).hasContent("mine");
        }

        @Test
        void that_is_cancelled_leaves_no_file_even_while_the_store_is_silent() {
            CountDownLatch released = new CountDownLatch(1);
            InputStream silent =
                    new InputStream() {
                        private final InputStream first =
                                new ByteArrayInputStream(OBJECT, 0, 100_000);

                        @Override
                        public int read() throws IOException {
                            int b = first.read();
                            if (b >= 0) {
                                return b;
                            }
                            try {
                                released.await();
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                            return -1;
                        }

                        @Override
                        public void close() {
                            released.countDown();
                        }
                    };
            AtomicLong beats = new AtomicLong();
            assertThatThrownBy(
                            () ->
                                    listed(OPERATOR)
                                            .keep(
                                                    silent,
                                                    file(),
                                                    Progress.NONE,
                                                    () -> beats.incrementAndGet() > 2,
                                                    Tools.THREADS))
                    .isInstanceOf(Cancelled.class);
            assertThat(file()).doesNotExist();
        }
    }
}
