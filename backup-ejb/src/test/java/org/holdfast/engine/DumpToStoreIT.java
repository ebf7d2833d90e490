package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Identity;
import org.holdfast.pipeline.Incoming;
import org.holdfast.pipeline.Outgoing;
import org.holdfast.pipeline.Progress;
import org.holdfast.testing.InMemoryStore;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.ShopDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults 1 and 6 on the whole way between a real database and stores. */
class DumpToStoreIT {
    private static final PostgresServer SERVER = PostgresServer.shared();
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static final ObjectKey KEY = new ObjectKey("shop/2026/11/1/database.dump.zst.age");

    private static Engine engine;
    private static PostgresUrl shop;
    private static long size;

    private final Identity identity = Identity.generate();
    private InMemoryStore near;
    private InMemoryStore far;

    @BeforeAll
    static void fill() throws Exception {
        engine = Engine.on(SERVER);
        shop = ShopDatabase.small(SERVER);
        size = engine.dump(shop).length;
    }

    @AfterAll
    static void close() {
        THREADS.shutdown();
        engine.close();
        SERVER.dropDatabase(shop.database());
    }

    @BeforeEach
    void emptyStores() {
        near = new InMemoryStore("near");
        far = new InMemoryStore("far");
    }

    /** What a runner does: dump, exit code, seal, publish. */
    private Outgoing.Stored backUp(ChildProcess dump, InputStream stream) throws IOException {
        try (Outgoing out =
                Outgoing.begin(
                        List.of(near, far),
                        KEY,
                        List.of(identity.recipient()),
                        Outgoing.Tuning.standard(),
                        THREADS)) {
            out.transfer(stream, Progress.NONE, () -> false);
            dump.requireSuccess();
            Outgoing.Stored stored = out.seal();
            out.publish();
            return stored;
        }
    }

    /** Kills the child once so much was read of it. */
    private static InputStream killing(ChildProcess child, long after) {
        return new FilterInputStream(child.stream()) {
            private long left = after;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (left <= 0) {
                    ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly);
                    return super.read(bytes, offset, length);
                }
                int n = super.read(bytes, offset, (int) Math.min(length, left));
                left -= Math.max(n, 0);
                return n;
            }
        };
    }

    @ParameterizedTest(name = "at {0} %")
    @ValueSource(ints = {0, 10, 50, 99})
    void a_dump_killed_leaves_no_object_in_any_store(int percent) throws Exception {
        try (ChildProcess dump = PgDump.of(engine.client, shop).start(engine.dir, engine.cancel)) {
            assertThatThrownBy(() -> backUp(dump, killing(dump, size * percent / 100)))
                    .isInstanceOf(ChildFailed.class)
                    .hasMessage("pg_dump was killed by signal 9.");
        }
        for (InMemoryStore store : List.of(near, far)) {
            assertThat(store.keys()).isEmpty();
            store.unfinished("", left -> assertThat(left).as("an unfinished upload").isNull());
        }
    }

    @Test
    void what_was_stored_comes_back_as_the_source_with_its_proof() throws Exception {
        Outgoing.Stored stored;
        ContentProof proof;
        try (SourceSession source = SourceSession.open(shop, engine.cancel);
                ChildProcess dump =
                        PgDump.of(engine.client, shop)
                                .under(source.snapshotId())
                                .start(engine.dir, engine.cancel)) {
            stored = backUp(dump, dump.stream());
            proof = source.proof(RowProof.HASHES, ContentProof.Progress.NONE);
        }
        PostgresUrl copy = SERVER.createDatabase();
        Incoming incoming =
                Incoming.of(
                        KEY.name(),
                        new Hashed(stored.storedBytes(), stored.sha256()),
                        List.of(identity),
                        List.of(identity.recipient()));

        incoming.verify(far.read(KEY), Progress.NONE, () -> false);
        try (Incoming.Opened plain = incoming.open(far.read(KEY), THREADS)) {
            engine.restore(plain, copy);
        }

        assertThat(engine.differences(shop, copy)).isEmpty();
        assertThat(
                        proof.differences(
                                ContentProof.of(
                                        copy,
                                        RowProof.HASHES,
                                        ContentProof.Progress.NONE,
                                        engine.cancel)))
                .isEmpty();
        SERVER.dropDatabase(copy.database());
    }

    @Test
    void a_store_that_gives_a_changed_last_byte_never_makes_a_restore() throws Exception {
        Outgoing.Stored stored;
        try (ChildProcess dump = PgDump.of(engine.client, shop).start(engine.dir, engine.cancel)) {
            stored = backUp(dump, dump.stream());
        }
        byte[] changed = near.bytes(KEY);
        changed[changed.length - 1] ^= 1;
        Incoming incoming =
                Incoming.of(
                        KEY.name(),
                        new Hashed(stored.storedBytes(), stored.sha256()),
                        List.of(identity),
                        List.of(identity.recipient()));
        PostgresUrl target = SERVER.createDatabase();
        try (TargetServer server = TargetServer.open(target, engine.cancel)) {
            Aside aside = server.aside(UUID.randomUUID());
            aside.create(server.form().orElseThrow());

            // even where nobody verified first, the restore fails and stays aside
            assertThatThrownBy(
                            () -> {
                                try (Incoming.Opened plain =
                                        incoming.open(
                                                new java.io.ByteArrayInputStream(changed),
                                                THREADS)) {
                                    engine.restore(plain, aside.url());
                                }
                            })
                    .isInstanceOf(CorruptObject.class);

            assertThat(aside.state()).isEqualTo(Aside.State.ASIDE);
            aside.dropAside();
        }
        assertThatThrownBy(
                        () ->
                                incoming.verify(
                                        new java.io.ByteArrayInputStream(changed),
                                        Progress.NONE,
                                        () -> false))
                .isInstanceOf(CorruptObject.class);
        SERVER.dropDatabase(target.database());
    }
}
