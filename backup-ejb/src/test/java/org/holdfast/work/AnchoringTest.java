package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.holdfast.app.AuditAnchoring;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreCheck;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.Upload;
import org.holdfast.security.SigningKeys;
import org.holdfast.security.SigningKeysOfTests;
import org.holdfast.testing.AuditInMemory;
import org.holdfast.testing.InMemoryStore;
import org.holdfast.testing.Ticking;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heads of the audit chain in two stores, with a log that can be cut off behind its back. */
class AnchoringTest {
    @TempDir private Path dir;

    private final StorageLocation near = StorageLocation.directory("near", Origin.CATALOG, "/near");
    private final StorageLocation far = StorageLocation.directory("far", Origin.CATALOG, "/far");
    private final InMemoryStore nearStore = new InMemoryStore("near");
    private final InMemoryStore farStore = new InMemoryStore("far");
    private final AuditInMemory audit = new AuditInMemory(near, far);
    private final Ticking clock = new Ticking();
    private final Map<ObjectKey, ObjectLock> locked = new TreeMap<>();
    private boolean locking;
    private SigningKeys keys;
    private Anchoring anchoring;

    @BeforeEach
    void begin() {
        keys = SigningKeysOfTests.in(dir);
        anchoring =
                new Anchoring(
                        new AuditAnchoring(audit, audit, keys, clock),
                        new Both(),
                        access -> access.name().equals("near") ? lockable(nearStore) : farStore,
                        Settings.read(Map.of()));
        audit.append("olga", "x", "y", Map.of());
        audit.append("olga", "x", "y", Map.of());
    }

    private final class Both implements StorageLocations {
        @Override
        public List<StorageLocation> all() {
            return active();
        }

        @Override
        public List<StorageLocation> active() {
            return List.of(near, far);
        }

        @Override
        public Optional<StorageLocation> find(UUID id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<StorageLocation> byName(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void add(StorageLocation store) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<StoreCheck> lastCheck(UUID storeId) {
            return Optional.empty();
        }

        @Override
        public void checked(UUID storeId, StoreCheck check) {
            throw new UnsupportedOperationException();
        }

        @Override
        public StoreAccess access(StorageLocation store) {
            return new StoreAccess.Directory(store.name(), Path.of(store.directory()));
        }
    }

    private void later() {
        clock.pass(Duration.ofMinutes(5));
        audit.due();
        anchoring.work();
    }

    private static List<ObjectKey> heads(BlobStore store) {
        List<ObjectKey> keys = new ArrayList<>();
        try {
            store.list("audit/heads/", blob -> keys.add(blob.key()));
        } catch (StoreFailure e) {
            throw new AssertionError(e);
        }
        return keys;
    }

    @Test
    void the_head_lies_in_each_store_under_a_key_that_says_when_and_which() {
        anchoring.work();

        assertThat(heads(nearStore)).isEqualTo(heads(farStore)).hasSize(1);
        assertThat(heads(nearStore).get(0).value())
                .isEqualTo(
                        "audit/heads/"
                                + audit.catalog()
                                + "/2026/11/21/120000-000000000002-"
                                + audit.head().hash().substring(0, 16)
                                + ".dsse.json");
        assertThat(audit.anchor("near").entries()).isEqualTo(2);
        assertThat(audit.anchor("near").mismatch()).isNull();
    }

    @Test
    void it_is_written_again_when_the_log_has_grown_or_half_a_day_went_by() {
        anchoring.work();
        later();
        assertThat(heads(nearStore)).hasSize(1);
        audit.append("olga", "x", "y", Map.of());
        later();
        assertThat(heads(nearStore)).hasSize(2);
        clock.pass(Duration.ofHours(13));
        later();
        assertThat(heads(nearStore)).hasSize(3);
    }

    @Test
    void by_one_server_in_its_time_only() {
        anchoring.work();
        audit.append("olga", "x", "y", Map.of());
        anchoring.work();

        assertThat(heads(nearStore)).hasSize(1);
    }

    @Test
    void a_log_that_was_cut_off_is_found_and_stays_found() {
        anchoring.work();
        audit.cutTo(1);
        later();
        later();

        assertThat(audit.anchor("near").mismatch())
                .isEqualTo(
                        "The log has 1 entries, but a head signed at 2026-11-21T12:00:00Z says 2:"
                                + " its end was cut off.");
        assertThat(audit.anchor("far").mismatch()).isNotNull();
        assertThat(heads(nearStore)).hasSize(1);
    }

    @Test
    void a_log_that_was_cut_off_and_grew_again_is_found() {
        anchoring.work();
        audit.cutTo(1);
        audit.append("mallory", "x", "y", Map.of());
        audit.append("mallory", "x", "y", Map.of());
        later();

        assertThat(audit.anchor("near").mismatch())
                .isEqualTo(
                        "Entry 2 is not the one whose hash was signed at 2026-11-21T12:00:00Z: the"
                                + " log was written anew.");
    }

    @Test
    void a_newest_head_that_was_removed_from_the_store_is_missed() throws IOException {
        anchoring.work();
        audit.append("olga", "x", "y", Map.of());
        later();
        ObjectKey newest = heads(nearStore).get(1);
        nearStore.delete(newest);
        audit.cutTo(2);
        later();
        later();

        assertThat(audit.anchor("near").mismatch())
                .isEqualTo("The head of entry 3 that lay in the store as " + newest + " is gone.");
    }

    @Test
    void an_old_head_under_a_newer_key_is_none() throws IOException {
        anchoring.work();
        byte[] old = Stores.read(nearStore, heads(nearStore).get(0));
        put(
                nearStore,
                new ObjectKey(heads(nearStore).get(0).value().replace("/120000-", "/130000-")),
                old);
        later();

        assertThat(audit.anchor("near").mismatch()).contains("is no head that this server signed");
        assertThat(audit.anchor("far").mismatch()).isNull();
    }

    private static void put(BlobStore store, ObjectKey key, byte[] bytes) throws IOException {
        try (Upload upload = store.begin(key)) {
            try (OutputStream body = upload.body()) {
                body.write(bytes);
            }
            upload.publish();
        }
    }

    @Test
    void heads_of_before_a_key_rotation_still_count() {
        anchoring.work();
        keys.rotate();
        audit.append("olga", "x", "y", Map.of());
        later();
        later();

        assertThat(audit.anchor("near").mismatch()).isNull();
        assertThat(heads(nearStore)).hasSize(2);
    }

    @Test
    void a_head_is_locked_for_more_than_a_year_where_the_store_can() {
        locking = true;
        anchoring.work();

        assertThat(locked)
                .containsExactly(
                        Map.entry(
                                heads(nearStore).get(0),
                                new ObjectLock(
                                        LockMode.GOVERNANCE,
                                        clock.instant().plus(Duration.ofDays(400)))));
    }

    /** The store, and where it is told to, with locks. */
    private BlobStore lockable(BlobStore store) {
        return (BlobStore)
                Proxy.newProxyInstance(
                        BlobStore.class.getClassLoader(),
                        new Class<?>[] {BlobStore.class},
                        (proxy, method, arguments) -> {
                            if (locking && method.getName().equals("locks")) {
                                return true;
                            }
                            if (locking && method.getName().equals("lock")) {
                                locked.put((ObjectKey) arguments[0], (ObjectLock) arguments[1]);
                                return arguments[1];
                            }
                            try {
                                return method.invoke(store, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Test
    void a_store_that_is_down_keeps_no_other_from_its_head() {
        nearStore.failAtBegin(StoreFailure.Kind.UNREACHABLE);
        anchoring.work();

        assertThat(audit.anchor("near").failure()).isNotNull();
        assertThat(heads(farStore)).hasSize(1);
        nearStore.failAtBegin(null);
        later();
        assertThat(audit.anchor("near").failure()).isNull();
        assertThat(heads(nearStore)).hasSize(1);
    }
}
