package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.HttpFaultProxy;
import org.holdfast.adapter.testing.HttpFaultProxy.Answer;
import org.holdfast.adapter.testing.HttpFaultProxy.CutReply;
import org.holdfast.adapter.testing.HttpFaultProxy.FalseSuccess;
import org.holdfast.adapter.testing.HttpFaultProxy.Fault;
import org.holdfast.adapter.testing.HttpFaultProxy.FlipBit;
import org.holdfast.adapter.testing.HttpFaultProxy.LoseReply;
import org.holdfast.adapter.testing.HttpFaultProxy.Redirect;
import org.holdfast.adapter.testing.HttpFaultProxy.Request;
import org.holdfast.adapter.testing.HttpFaultProxy.Reset;
import org.holdfast.adapter.testing.HttpFaultProxy.Silence;
import org.holdfast.adapter.testing.HttpFaultProxy.SilentAfter;
import org.holdfast.adapter.testing.S3Server;
import org.holdfast.adapter.testing.TcpProxy;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a store's worst day does to an object: whatever happens to whichever request, the object is
 * either there, whole and told so, or not there and told so, and nothing else is left.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
abstract class S3Faults {
    private static final int MIB = 1024 * 1024;

    /** Longer than a busy machine can make anything take. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Where the whole deadline is waited for. */
    private static final Duration HASTE = Duration.ofSeconds(2);

    /** Parts 1 to 3 of 8 MiB and a fourth of 1 MiB. */
    private static final byte[] LARGE = bytes(25 * MIB);

    private static final byte[] SMALL = bytes(100_000);

    private final String under = "faults-" + Ids.next() + "/";
    private HttpFaultProxy proxy;
    private BlobStore store;

    /** The same bucket without anything in between. */
    private BlobStore sound;

    abstract S3Server server();

    @BeforeEach
    void open() throws IOException {
        proxy = HttpFaultProxy.to(server().endpoint());
        store = new OpenStores().open(access(proxy.endpoint()));
        sound = new OpenStores().open(server().bucket("sound", "faults"));
    }

    private StoreAccess.Bucket access(URI endpoint) {
        return access(endpoint, PATIENCE);
    }

    private StoreAccess.Bucket access(URI endpoint, Duration deadline) {
        return server().bucket("s3-eu", "faults", endpoint, deadline);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        sound.close();
        proxy.close();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private ObjectKey key(String name) {
        return new ObjectKey(under + name);
    }

    private static void put(BlobStore store, ObjectKey key, byte[] bytes) throws IOException {
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes);
            }
            assertThat(upload.publish().size()).isEqualTo(bytes.length);
        }
    }

    private static byte[] get(BlobStore store, ObjectKey key) throws IOException {
        try (InputStream in = store.read(key)) {
            return in.readAllBytes();
        }
    }

    private void assertWhole(String name, byte[] bytes) throws IOException {
        assertThat(Sha256.of(get(sound, key(name)))).isEqualTo(Sha256.of(bytes));
        assertThat(left()).containsExactly(name);
    }

    /** Names of objects, and of unfinished uploads with "unfinished " before them. */
    private List<String> left() throws IOException {
        List<String> left = new ArrayList<>();
        sound.list(under, blob -> left.add(blob.key().value().substring(under.length())));
        List<UnfinishedUpload> uploads = new ArrayList<>();
        sound.unfinished(under, uploads::add);
        uploads.forEach(
                upload -> left.add("unfinished " + upload.key().value().substring(under.length())));
        return left;
    }

    static Stream<Arguments> passing_faults() {
        List<Arguments> all = new ArrayList<>();
        List<Fault> faults =
                List.of(
                        new Answer(500, "InternalError"),
                        new Answer(503, "SlowDown"),
                        new Reset(0),
                        new Reset(100),
                        new LoseReply(),
                        new Silence(),
                        new SilentAfter());
        for (Fault fault : faults) {
            all.add(Arguments.of("create", is(Request::isCreate), fault));
            for (int part = 1; part <= 4; part++) {
                int n = part;
                all.add(Arguments.of("part " + n, is(r -> r.isPart(n)), fault));
            }
            all.add(Arguments.of("complete", is(Request::isComplete), fault));
            all.add(Arguments.of("stat", is(Request::isStat), fault));
        }
        all.add(
                Arguments.of(
                        "complete", is(Request::isComplete), new FalseSuccess("InternalError")));
        return all.stream();
    }

    private static Predicate<Request> is(Predicate<Request> which) {
        return which;
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("passing_faults")
    void a_fault_that_passes_costs_nothing(String where, Predicate<Request> which, Fault fault)
            throws IOException {
        proxy.fail(which, 1, fault);
        try (BlobStore store = openFor(fault)) {
            put(store, key("large"), LARGE);
        }
        assertThat(proxy.struck()).isEqualTo(1);
        assertWhole("large", LARGE);
    }

    /** Silence ends with half of the deadline; nothing else needs a short one. */
    private BlobStore openFor(Fault fault) {
        boolean silent = fault instanceof Silence || fault instanceof SilentAfter;
        return new OpenStores()
                .open(access(proxy.endpoint(), silent ? Duration.ofSeconds(8) : PATIENCE));
    }

    static Stream<Arguments> staying_faults() {
        return passing_faults().filter(one -> !Set.of("part 2", "part 3").contains(one.get()[0]));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("staying_faults")
    void a_fault_that_stays_is_told_and_leaves_nothing(
            String where, Predicate<Request> which, Fault fault) throws IOException {
        BlobStore hasty = new OpenStores().open(access(proxy.endpoint(), HASTE));
        boolean done = fault instanceof LoseReply || fault instanceof SilentAfter;
        proxy.failAlways(which, fault);
        long start = System.nanoTime();
        if (where.equals("complete") && done) {
            // The store has it, and a look at the store is worth more than its answer.
            try (BlobStore store = openFor(fault)) {
                put(store, key("large"), LARGE);
            }
            assertWhole("large", LARGE);
            return;
        }
        StoreFailure failure =
                catchThrowableOfType(StoreFailure.class, () -> put(hasty, key("large"), LARGE));
        hasty.close();
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.passing()).isTrue();
        assertThat(failure.getMessage())
                .startsWith("S3 store \"s3-eu\" could not ")
                .contains(key("large").value())
                .contains("within 2 s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
        proxy.heal();
        if (where.equals("create") && fault instanceof SilentAfter) {
            // A store may get to it after we stopped waiting and looking; then the sweep finds it.
            sound.unfinished(under, this::abort);
        }
        assertThat(left()).isEmpty();
    }

    /** Any request may meet any fault; only the outcome and what is left are judged. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void random_faults_leave_a_whole_object_or_none(long seed) throws IOException {
        List<Fault> faults =
                List.of(
                        new Answer(500, "InternalError"),
                        new Answer(503, "SlowDown"),
                        new Reset(0),
                        new Reset(100),
                        new LoseReply(),
                        new FlipBit(0));
        Random random = new Random(seed);
        for (Fault fault : faults) {
            proxy.failAlways(
                    request -> {
                        synchronized (random) {
                            return (fault instanceof FlipBit ? request.isPart() : true)
                                    && random.nextInt(12) == 0;
                        }
                    },
                    fault);
        }
        boolean told = false;
        try (BlobStore hasty =
                new OpenStores().open(access(proxy.endpoint(), Duration.ofSeconds(3)))) {
            put(hasty, key("large"), LARGE);
            told = true;
        } catch (StoreFailure expected) {
            assertThat(expected.kind()).isIn(Kind.UNREACHABLE, Kind.CORRUPT);
        }
        proxy.heal();
        sound.unfinished(under, this::abort);
        if (told) {
            assertWhole("large", LARGE);
        } else {
            assertThat(left()).isEmpty();
        }
    }

    static Stream<Fault> small_faults() {
        return Stream.of(
                new Answer(500, "InternalError"),
                new Answer(503, "SlowDown"),
                new Reset(0),
                new Reset(500),
                new LoseReply(),
                new Silence(),
                new SilentAfter(),
                new FlipBit(77));
    }

    @ParameterizedTest
    @MethodSource("small_faults")
    void a_small_object_survives_too(Fault fault) throws IOException {
        proxy.fail(Request::isPut, 1, fault);
        try (BlobStore store = openFor(fault)) {
            put(store, key("small"), SMALL);
        }
        assertThat(proxy.struck()).isEqualTo(1);
        assertWhole("small", SMALL);
    }

    @ParameterizedTest
    @MethodSource("small_faults")
    void a_small_object_that_cannot_be_written_is_not_there(Fault fault) throws IOException {
        proxy.failAlways(Request::isPut, fault);
        try (BlobStore hasty = new OpenStores().open(access(proxy.endpoint(), HASTE))) {
            assertThatThrownBy(() -> put(hasty, key("small"), SMALL))
                    .isInstanceOf(StoreFailure.class);
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void a_part_damaged_on_the_way_is_sent_again() throws IOException {
        proxy.fail(r -> r.isPart(2), 1, new FlipBit(4_000_000));
        put(store, key("large"), LARGE);
        assertThat(proxy.struck()).isEqualTo(1);
        assertWhole("large", LARGE);
    }

    @Test
    void a_part_damaged_each_time_is_told_as_that() throws IOException {
        proxy.failAlways(r -> r.isPart(2), new FlipBit(0));
        StoreFailure failure =
                catchThrowableOfType(StoreFailure.class, () -> put(store, key("large"), LARGE));
        assertThat(failure.kind()).isEqualTo(Kind.CORRUPT);
        assertThat(failure)
                .hasMessageStartingWith("S3 store \"s3-eu\" could not write part 2 of ")
                .hasMessageContaining("the bytes arrived damaged each time");
        assertThat(left()).isEmpty();
    }

    @Test
    void a_store_that_dies_midway_and_comes_back_is_waited_for() throws Exception {
        try (TcpProxy tcp = TcpProxy.to(server().endpoint());
                BlobStore through = new OpenStores().open(access(tcp.uri("http")))) {
            try (Upload upload = through.begin(key("large"))) {
                try (OutputStream body = upload.body()) {
                    body.write(LARGE, 0, 20 * MIB);
                    tcp.refuse();
                    Thread back = new Thread(() -> awaitAttempts(tcp, tcp.connections() + 3));
                    back.start();
                    body.write(LARGE, 20 * MIB, 5 * MIB);
                    back.join();
                }
                upload.publish();
            }
        }
        assertWhole("large", LARGE);
    }

    private static void awaitAttempts(TcpProxy tcp, long connections) {
        while (tcp.connections() < connections) {
            Thread.onSpinWait();
        }
        tcp.heal();
    }

    @Test
    void a_store_that_is_gone_ends_the_upload_and_closing_it_does_not_hang() throws IOException {
        try (TcpProxy tcp = TcpProxy.to(server().endpoint());
                BlobStore through = new OpenStores().open(access(tcp.uri("http"), HASTE))) {
            long start = System.nanoTime();
            StoreFailure failure;
            try (Upload upload = through.begin(key("large"))) {
                upload.body().write(LARGE, 0, 17 * MIB);
                tcp.blackHole();
                failure =
                        catchThrowableOfType(
                                StoreFailure.class,
                                () -> {
                                    while (true) {
                                        upload.body().write(LARGE);
                                    }
                                });
            }
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(60));
        }
        // Nobody could abort it (or, where its beginning was retried, them); it is told, so that
        // the
        // sweep can.
        assertThat(left()).containsOnly("unfinished large");
        sound.unfinished(under, this::abort);
        assertThat(left()).isEmpty();
    }

    private void abort(UnfinishedUpload upload) {
        try {
            sound.abort(upload);
        } catch (StoreFailure e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_slow_store_is_not_a_dead_one() throws IOException {
        try (TcpProxy tcp = TcpProxy.to(server().endpoint());
                BlobStore through =
                        new OpenStores().open(access(tcp.uri("http"), Duration.ofSeconds(12)))) {
            tcp.throttle(3_000_000);
            put(through, key("slow"), LARGE);
            assertThat(Sha256.of(get(through, key("slow")))).isEqualTo(Sha256.of(LARGE));
        }
    }

    @Test
    void a_read_that_breaks_goes_on_where_it_broke() throws IOException {
        put(sound, key("large"), LARGE);
        proxy.fail(Request::isRead, 1, new CutReply(3 * MIB + 1));
        proxy.fail(Request::isRead, 1, new CutReply(0));
        proxy.fail(Request::isRead, 1, new Answer(503, "SlowDown"));
        proxy.fail(Request::isRead, 1, new Reset(0));
        proxy.fail(Request::isRead, 1, new CutReply(7 * MIB));
        proxy.fail(Request::isRead, 1, new Reset(0));
        assertThat(Sha256.of(get(store, key("large")))).isEqualTo(Sha256.of(LARGE));
        assertThat(proxy.struck()).isEqualTo(6);
    }

    @Test
    void a_read_that_gets_further_each_time_has_no_end_to_its_patience() throws IOException {
        put(sound, key("large"), LARGE);
        proxy.failAlways(Request::isRead, new CutReply(2 * MIB));
        assertThat(Sha256.of(get(store, key("large")))).isEqualTo(Sha256.of(LARGE));
    }

    @Test
    void a_read_that_cannot_go_on_is_not_taken_for_whole() throws IOException {
        put(sound, key("large"), LARGE);
        proxy.fail(Request::isRead, 1, new CutReply(MIB));
        proxy.failAlways(Request::isRead, new CutReply(0));
        StoreFailure failure;
        try (BlobStore hasty = new OpenStores().open(access(proxy.endpoint(), HASTE))) {
            failure = catchThrowableOfType(StoreFailure.class, () -> get(hasty, key("large")));
        }
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageMatching(
                        "S3 store \"s3-eu\" could not read .*/large( from byte [\\d,]+)? within 2 s"
                                + " \\(\\d+ attempts?\\): .*");
    }

    @Test
    void an_object_replaced_while_it_is_read_is_not_mixed() throws IOException {
        put(sound, key("large"), LARGE);
        try (InputStream in = store.read(key("large"))) {
            assertThat(in.readNBytes(MIB)).isEqualTo(Arrays.copyOf(LARGE, MIB));
        }
        proxy.fail(Request::isRead, 1, new CutReply(MIB));
        try (InputStream in = store.read(key("large"))) {
            in.readNBytes(1000);
            byte[] other = LARGE.clone();
            other[0] ^= 1;
            put(sound, key("large"), other);
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, in::readAllBytes);
            assertThat(failure.kind()).isEqualTo(Kind.CORRUPT);
            assertThat(failure)
                    .hasMessage(
                            "S3 store \"s3-eu\" replaced "
                                    + key("large")
                                    + " while it was read; what was read is of no use.");
        }
    }

    @Test
    void another_thread_can_end_a_read_that_hangs() throws Exception {
        put(sound, key("large"), LARGE);
        try (TcpProxy tcp = TcpProxy.to(server().endpoint());
                BlobStore through =
                        new OpenStores()
                                .open(
                                        server().bucket(
                                                        "s3-eu",
                                                        "faults",
                                                        tcp.uri("http"),
                                                        Duration.ofMinutes(10)))) {
            InputStream in = through.read(key("large"));
            in.readNBytes(1000);
            tcp.blackHole();
            Throwable[] thrown = new Throwable[1];
            Thread reader =
                    new Thread(
                            () -> {
                                try {
                                    in.readAllBytes();
                                } catch (IOException e) {
                                    thrown[0] = e;
                                }
                            });
            reader.start();
            while (reader.getState() == Thread.State.NEW || tcp.open() == 0) {
                Thread.onSpinWait();
            }
            reader.join(300);
            in.close();
            reader.join(5000);
            assertThat(reader.isAlive()).isFalse();
            assertThat(thrown[0]).hasMessage("The stream of " + key("large") + " is closed.");
        }
    }

    @Test
    void an_interrupted_writer_stops_and_leaves_nothing() throws Exception {
        proxy.failAlways(Request::isPart, new Silence());
        Throwable[] thrown = new Throwable[1];
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                put(store, key("large"), LARGE);
                            } catch (Throwable e) {
                                thrown[0] = e;
                            }
                        });
        writer.start();
        while (proxy.struck() < 2) {
            Thread.onSpinWait();
        }
        writer.interrupt();
        writer.join(10_000);
        assertThat(writer.isAlive()).isFalse();
        assertThat(thrown[0])
                .isInstanceOf(StoreFailure.class)
                .hasMessage("Interrupted: stopped trying to write " + key("large") + ".");
        proxy.heal();
        assertThat(left()).isEmpty();
    }

    @Test
    void small_calls_survive_what_passes() throws IOException {
        for (Fault fault : List.of(new Answer(503, "SlowDown"), new Reset(0), new LoseReply())) {
            put(sound, key("one"), SMALL);
            proxy.fail(Request::isStat, 1, fault);
            assertThat(store.stat(key("one"))).isPresent();
            proxy.fail(Request::isList, 1, fault);
            List<ObjectKey> listed = new ArrayList<>();
            store.list(under, blob -> listed.add(blob.key()));
            assertThat(listed).containsExactly(key("one"));
            proxy.fail(Request::isDelete, 1, fault);
            store.delete(key("one"));
            assertThat(left()).isEmpty();
        }
        assertThat(proxy.struck()).isEqualTo(9);
    }

    @Test
    void a_probe_of_a_dead_store_is_told_while_a_person_still_waits() throws IOException {
        try (TcpProxy tcp = TcpProxy.to(server().endpoint());
                BlobStore through =
                        new OpenStores().open(access(tcp.uri("http"), Duration.ofMinutes(10)))) {
            tcp.blackHole();
            long start = System.nanoTime();
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, through::probe);
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure)
                    .hasMessageMatching(
                            "S3 store \"s3-eu\" could not write holdfast-probe/\\S+ within 10 s"
                                    + " \\(\\d attempts?\\): .*");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(25));
        }
    }

    @Test
    void a_redirect_is_told_and_not_followed() throws IOException {
        put(sound, key("one"), SMALL);
        try (HttpFaultProxy elsewhere = HttpFaultProxy.to(server().endpoint())) {
            String location = elsewhere.endpoint() + "/faults/" + key("one");
            proxy.failAlways(r -> true, new Redirect(location));
            StoreFailure failure =
                    catchThrowableOfType(StoreFailure.class, () -> get(store, key("one")));
            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure)
                    .hasMessage(
                            "S3 store \"s3-eu\" is elsewhere: 307 TemporaryRedirect redirects to "
                                    + location
                                    + ". Check S3_REGION and S3_ENDPOINT.");
            assertThat(elsewhere.seen()).isEmpty();
        }
    }

    @Test
    void a_wrong_secret_names_its_setting() throws IOException {
        StoreAccess.Bucket right = access(server().endpoint());
        assertDenied(
                new StoreAccess.Bucket(
                        right.name(),
                        right.endpoint(),
                        right.region(),
                        right.bucket(),
                        right.prefix(),
                        right.accessKeyId(),
                        Secret.of("canary-secret-4711"),
                        right.deadline()),
                "SignatureDoesNotMatch");
        assertDenied(
                new StoreAccess.Bucket(
                        right.name(),
                        right.endpoint(),
                        right.region(),
                        right.bucket(),
                        right.prefix(),
                        "nobody",
                        right.secretAccessKey(),
                        right.deadline()),
                "InvalidAccessKeyId");
    }

    private void assertDenied(StoreAccess.Bucket access, String code) {
        try (BlobStore wrong = new OpenStores().open(access)) {
            long start = System.nanoTime();
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, wrong::probe);
            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure.passing()).isFalse();
            assertThat(failure)
                    .hasMessage(
                            "S3 store \"s3-eu\" refused the access key: "
                                    + code
                                    + ". Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.");
            assertThat(failure.toString()).doesNotContain("canary-secret-4711");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
        }
    }

    @Test
    void a_missing_bucket_is_named_by_every_call() throws IOException {
        try (BlobStore wrong = new OpenStores().open(server().bucket("s3-eu", "no-such-bucket"))) {
            List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> calls =
                    List.of(
                            wrong::probe,
                            () -> wrong.stat(key("one")),
                            () -> wrong.read(key("one")),
                            () -> wrong.list("", blob -> {}),
                            () -> wrong.unfinished("", upload -> {}),
                            () -> put(wrong, key("large"), LARGE));
            for (var call : calls) {
                assertThatThrownBy(call)
                        .isInstanceOf(StoreFailure.class)
                        .hasMessage(
                                "S3 store \"s3-eu\" has no bucket \"no-such-bucket\". Create it,"
                                        + " or check S3_BUCKET.");
            }
        }
    }
}
