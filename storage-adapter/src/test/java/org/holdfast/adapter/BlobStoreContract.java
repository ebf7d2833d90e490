package org.holdfast.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link BlobStore} does, whatever is behind it. A backend's test extends this class and
 * says how to open a store; where a backend cannot keep a sentence it overrides that test with its
 * reason. Each test works under keys of its own, so that one server serves all.
 */
@Timeout(120)
public abstract class BlobStoreContract {
    /** More than any backend holds back before it talks to its server. */
    protected static final int MANY = 40 * 1024 * 1024;

    /** Every key of this test begins so. */
    protected final String under = "contract-" + Ids.next() + "/";

    protected BlobStore store;

    /** Another handle to the same place at every call. */
    protected abstract BlobStore open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    protected ObjectKey key(String name) {
        return new ObjectKey(under + name);
    }

    /** The same bytes for the same seed; nothing a store could compress or mistake. */
    protected static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    protected Blob put(ObjectKey key, byte[] bytes) throws IOException {
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes);
            }
            return upload.publish();
        }
    }

    protected byte[] get(ObjectKey key) throws IOException {
        try (InputStream in = store.read(key)) {
            return in.readAllBytes();
        }
    }

    protected List<String> listed(String prefix) throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(under + prefix, blob -> keys.add(blob.key().value().substring(under.length())));
        return keys;
    }

    protected List<UnfinishedUpload> unfinished() throws IOException {
        List<UnfinishedUpload> uploads = new ArrayList<>();
        store.unfinished(under, uploads::add);
        return uploads;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                65_537,
                8 * 1024 * 1024 - 1,
                8 * 1024 * 1024,
                8 * 1024 * 1024 + 1,
                37_000_001
            })
    void what_was_published_is_read_back_whole(int size) throws IOException {
        byte[] sent = bytes(size, size);
        ObjectKey key = key("size-" + size);

        Blob blob = put(key, sent);

        assertThat(blob.key()).isEqualTo(key);
        assertThat(blob.size()).isEqualTo(size);
        assertThat(blob.modified())
                .isBetween(
                        Instant.now().minus(Duration.ofMinutes(10)),
                        Instant.now().plus(Duration.ofMinutes(10)));
        byte[] back = get(key);
        assertThat(back.length).isEqualTo(size);
        assertThat(Sha256.of(back)).isEqualTo(Sha256.of(sent));
    }

    @Test
    void a_body_may_be_written_in_pieces_of_any_size() throws IOException {
        byte[] sent = bytes(20_000_003, 7);
        ObjectKey key = key("pieces");
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                Random random = new Random(8);
                int at = 0;
                while (at < sent.length) {
                    int n = Math.min(sent.length - at, random.nextInt(300_000));
                    if (n == 1) {
                        body.write(sent[at]);
                    } else {
                        body.write(sent, at, n);
                    }
                    if (random.nextInt(20) == 0) {
                        body.flush();
                    }
                    at += n;
                }
            }
            upload.publish();
        }
        assertThat(Sha256.of(get(key))).isEqualTo(Sha256.of(sent));
    }

    @Test
    void stat_tells_what_publish_told() throws IOException {
        Blob blob = put(key("a"), bytes(1000, 1));
        Blob stat = store.stat(key("a")).orElseThrow();
        assertThat(stat.key()).isEqualTo(blob.key());
        assertThat(stat.size()).isEqualTo(1000);
        assertThat(stat.version()).isEqualTo(blob.version());
    }

    @Test
    void nothing_is_visible_before_it_is_published() throws IOException {
        ObjectKey key = key("later");
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes(MANY, 2));
                body.flush();
                assertThat(store.stat(key)).isEmpty();
            }
            assertThat(store.stat(key)).isEmpty();
            assertThat(listed("")).isEmpty();
            upload.publish();
        }
        assertThat(store.stat(key)).isPresent();
        assertThat(listed("")).containsExactly("later");
        assertThat(unfinished()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, MANY})
    void closing_an_upload_that_was_not_published_leaves_no_trace(int size) throws IOException {
        ObjectKey key = key("never");
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes(size, 3));
            }
        }
        assertThat(store.stat(key)).isEmpty();
        assertThat(listed("")).isEmpty();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void a_producer_that_throws_midway_leaves_no_trace() throws IOException {
        ObjectKey key = key("broken");
        assertThatThrownBy(
                        () -> {
                            try (Upload upload = store.begin(key)) {
                                try (OutputStream body = upload.body()) {
                                    body.write(bytes(MANY, 4));
                                    throw new IllegalStateException("the dump died");
                                }
                            }
                        })
                .hasMessage("the dump died");
        assertThat(store.stat(key)).isEmpty();
        assertThat(listed("")).isEmpty();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void publishing_with_an_open_body_is_a_mistake_of_the_caller() throws IOException {
        try (Upload upload = store.begin(key("open"))) {
            upload.body().write(1);
            assertThatThrownBy(upload::publish).isInstanceOf(IllegalStateException.class);
        }
        assertThat(store.stat(key("open"))).isEmpty();
    }

    @Test
    void closing_after_publishing_does_nothing() throws IOException {
        Upload upload = store.begin(key("twice"));
        upload.body().close();
        upload.publish();
        upload.close();
        upload.close();
        assertThat(store.stat(key("twice"))).isPresent();
    }

    @Test
    void publishing_twice_is_a_mistake_of_the_caller() throws IOException {
        try (Upload upload = store.begin(key("again"))) {
            upload.body().close();
            upload.publish();
            assertThatThrownBy(upload::publish).isInstanceOf(IllegalStateException.class);
        }
        assertThat(store.stat(key("again"))).isPresent();
    }

    @Test
    void writing_after_the_upload_was_closed_fails() throws IOException {
        Upload upload = store.begin(key("closed"));
        OutputStream body = upload.body();
        body.write(1);
        upload.close();
        assertThatThrownBy(() -> body.write(bytes(MANY, 5))).isInstanceOf(IOException.class);
        body.close();
        assertThatThrownBy(upload::publish).isInstanceOf(IllegalStateException.class);
        assertThat(store.stat(key("closed"))).isEmpty();
    }

    @Test
    void reading_a_missing_object_names_it() {
        StoreFailure failure =
                catchThrowableOfType(
                        StoreFailure.class, () -> store.read(key("missing")).readAllBytes());
        assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.MISSING);
        assertThat(failure)
                .hasMessage("Store \"" + store.name() + "\" has no object " + key("missing") + ".");
    }

    @Test
    void a_missing_object_has_no_stat_and_deleting_it_is_no_failure() throws IOException {
        assertThat(store.stat(key("missing"))).isEmpty();
        store.delete(key("missing"));
    }

    @Test
    protected void a_key_below_another_object_is_simply_not_there() throws IOException {
        put(key("file"), bytes(10, 1));
        assertThat(store.stat(key("file/below"))).isEmpty();
    }

    @Test
    void a_deleted_object_is_gone() throws IOException {
        put(key("x/y/gone"), bytes(10, 1));
        put(key("x/stays"), bytes(10, 1));
        store.delete(key("x/y/gone"));
        assertThat(store.stat(key("x/y/gone"))).isEmpty();
        assertThat(listed("")).containsExactly("x/stays");
        assertThat(catchThrowableOfType(StoreFailure.class, () -> get(key("x/y/gone"))).kind())
                .isEqualTo(StoreFailure.Kind.MISSING);
    }

    @Test
    void listing_is_in_the_order_of_keys_and_knows_part_of_a_name() throws IOException {
        List<String> keys =
                List.of("a-b", "a.b/c", "a/b/c", "a/b/d", "a/c", "a0", "ab", "b/A", "b/_", "b/a");
        for (String key : keys) {
            put(key(key), bytes(key.length(), 1));
        }
        assertThat(listed("")).containsExactlyElementsOf(keys);
        assertThat(listed("a/")).containsExactly("a/b/c", "a/b/d", "a/c");
        assertThat(listed("a/b")).containsExactly("a/b/c", "a/b/d");
        assertThat(listed("a")).containsExactlyElementsOf(keys.subList(0, 7));
        assertThat(listed("c")).isEmpty();
        store.list(
                under,
                blob -> {
                    String name = blob.key().value().substring(under.length());
                    assertThat(blob.size()).isEqualTo(name.length());
                });
    }

    @Test
    void listing_goes_on_past_a_page() throws Exception {
        List<String> names = IntStream.range(0, 1100).mapToObj("o-%04d"::formatted).toList();
        inParallel(names.stream().map(name -> () -> put(key(name), new byte[] {1})));
        assertThat(listed("")).containsExactlyElementsOf(names);
    }

    @Test
    void what_a_listing_calls_may_throw_and_may_use_the_store() throws IOException {
        put(key("a"), bytes(1, 1));
        put(key("b"), bytes(1, 1));
        store.list(under, blob -> deleteQuietly(blob.key()));
        assertThat(listed("")).isEmpty();
        put(key("c"), bytes(1, 1));
        assertThatThrownBy(
                        () ->
                                store.list(
                                        under,
                                        blob -> {
                                            throw new IllegalStateException("enough");
                                        }))
                .hasMessage("enough");
    }

    private void deleteQuietly(ObjectKey key) {
        try {
            store.delete(key);
        } catch (StoreFailure e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void an_upload_left_by_another_process_is_told_and_can_be_aborted() throws Exception {
        // Never closed: so a killed process leaves it.
        Upload left = store.begin(key("left"));
        left.body().write(bytes(MANY, 6));
        left.body().flush();

        try (BlobStore other = open()) {
            List<UnfinishedUpload> found = new ArrayList<>();
            other.unfinished(under, found::add);
            assertThat(found).hasSize(1);
            assertThat(found.get(0).key()).isEqualTo(key("left"));
            assertThat(found.get(0).begun())
                    .isBetween(
                            Instant.now().minus(Duration.ofMinutes(10)),
                            Instant.now().plus(Duration.ofMinutes(10)));
            other.unfinished("elsewhere/", upload -> assertThat(upload).isNull());

            other.abort(found.get(0));
            other.abort(found.get(0));
        }
        assertThat(unfinished()).isEmpty();
        left.close();
        assertThat(store.stat(key("left"))).isEmpty();
    }

    @Test
    void several_threads_upload_and_read_at_once() throws Exception {
        inParallel(
                IntStream.range(0, 6)
                        .mapToObj(
                                i ->
                                        () -> {
                                            byte[] sent = bytes(9_000_000 + i, i);
                                            put(key("thread-" + i), sent);
                                            return assertThat(Sha256.of(get(key("thread-" + i))))
                                                    .isEqualTo(Sha256.of(sent));
                                        }));
        assertThat(listed("")).hasSize(6);
    }

    @Test
    void a_reader_may_stop_early() throws IOException {
        byte[] sent = bytes(MANY, 9);
        put(key("long"), sent);
        try (InputStream in = store.read(key("long"))) {
            assertThat(in.readNBytes(1000)).isEqualTo(java.util.Arrays.copyOf(sent, 1000));
        }
        try (InputStream in = store.read(key("long"))) {
            in.skipNBytes(MANY - 10);
            assertThat(in.readAllBytes()).hasSize(10);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void probing_a_working_store_leaves_nothing() throws IOException {
        store.probe();
        List<Blob> left = new ArrayList<>();
        store.list("holdfast-probe/", left::add);
        assertThat(left).isEmpty();
    }

    @Test
    void long_names_are_taken() throws IOException {
        String segment = "s".repeat(200);
        ObjectKey key = key(segment + "/" + segment + "/" + segment);
        put(key, bytes(10, 1));
        assertThat(get(key)).isEqualTo(bytes(10, 1));
        assertThat(store.stat(key)).isPresent();
        store.delete(key);
    }

    /** Runs all tasks on a few threads; fails with the first failure. */
    protected static void inParallel(Stream<Callable<?>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<?>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Streams {@code size} generated bytes into {@code store}; for measuring and for big tests. */
    protected static Sha256 stream(BlobStore store, ObjectKey key, long size) throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] piece = bytes(1024 * 1024, 11);
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                for (long left = size; left > 0; left -= piece.length) {
                    int n = (int) Math.min(left, piece.length);
                    piece[0]++;
                    digest.update(piece, 0, n);
                    body.write(piece, 0, n);
                }
            }
            upload.publish();
        }
        return Sha256.ofDigest(digest.digest());
    }
}
