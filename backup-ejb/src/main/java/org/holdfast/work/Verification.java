package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.holdfast.app.BackupOutcomes.CopyCheck;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.CopyReading.Finding;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.PgRestore;
import org.holdfast.engine.PlainSql;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Identity;
import org.holdfast.pipeline.Incoming;
import org.holdfast.pipeline.Recipient;
import org.holdfast.pipeline.WrongIdentity;

/**
 * Reads a snapshot back from its stores. One copy is decrypted, decompressed and read to the dump's
 * end by pg_restore; of every copy all hashes are compared. Nothing is claimed that was not read.
 */
@ApplicationScoped
class Verification {
    private static final String NO_IDENTITY =
            "This server has no identity (BACKUP_IDENTITY_FILE). A dry run with one proves it.";

    @Inject private Snapshots snapshots;
    @Inject private Toolbox tools;

    /**
     * @param checks filled with what was found of each copy
     * @return why nothing could be verified in full; null where one copy was
     */
    String run(Watch watch, Snapshot snapshot, Stores stores, List<CopyCheck> checks)
            throws IOException {
        Manifest manifest = ManifestJson.read(snapshot.manifest());
        List<BlobStore> holding =
                stores.live().stream().filter(s -> holds(snapshot, stores.idOf(s))).toList();
        long bytes = manifest.objects().stream().mapToLong(Manifest.StoredObject::size).sum();
        watch.phase("verify", bytes * holding.size());
        List<Identity> identities = tools.identities();
        String unverified = null;
        boolean full = false;
        long before = 0;
        for (BlobStore store : holding) {
            CopyCheck check =
                    check(
                            watch,
                            stores.idOf(store),
                            store,
                            snapshot,
                            identities,
                            before,
                            full
                                    ? "Equal to the copy of another store that was read to its end."
                                    : null);
            checks.add(check);
            full |= check.finding() == Finding.SOUND;
            if (check.finding() == Finding.INTACT && !full) {
                unverified = check.text();
            }
            switch (check.finding()) {
                case SOUND, INTACT -> watch.info(words(store.name(), check));
                case CORRUPT, UNREACHABLE -> watch.error(words(store.name(), check));
            }
            before += bytes;
        }
        if (full) {
            return null;
        }
        return unverified != null ? unverified : "No copy could be read back.";
    }

    /** What was found, as it stands in the log. */
    static String words(String store, CopyCheck check) {
        return switch (check.finding()) {
            case SOUND ->
                    "Store "
                            + store
                            + ": read back; hashes equal, decrypted, decompressed and read to the dump's end.";
            case INTACT ->
                    "Store " + store + ": read back; hashes equal, not decrypted. " + check.text();
            case CORRUPT, UNREACHABLE -> check.text();
        };
    }

    /**
     * Reads one copy back. Its hashes are compared in any case; where an identity is at hand it is
     * decrypted, decompressed and read to the dump's end as well.
     *
     * @param before bytes that the watch has counted already
     * @param shallow why hashes are enough; null where they are not
     * @throws Cancelled and nothing else that says something about the copy
     */
    CopyCheck check(
            Watch watch,
            UUID storeId,
            BlobStore store,
            Snapshot snapshot,
            List<Identity> identities,
            long before,
            String shallow)
            throws IOException {
        try {
            Copy copy =
                    new Copy(
                            watch,
                            store,
                            snapshot,
                            ManifestJson.read(snapshot.manifest()),
                            identities,
                            before);
            copy.requireEqualManifest();
            String why = shallow == null && identities.isEmpty() ? NO_IDENTITY : shallow;
            copy.requireEqualObjects(why == null);
            if (why == null) {
                why = copy.readToEnd();
            }
            return why == null
                    ? new CopyCheck(storeId, Finding.SOUND, "")
                    : new CopyCheck(storeId, Finding.INTACT, why);
        } catch (Cancelled e) {
            throw e;
        } catch (CorruptObject | ChildFailed e) {
            return new CopyCheck(
                    storeId, Finding.CORRUPT, "Store " + store.name() + ": " + e.getMessage());
        } catch (StoreFailure e) {
            Finding finding =
                    switch (e.kind()) {
                        case MISSING, CORRUPT -> Finding.CORRUPT;
                        case UNREACHABLE, DENIED, NO_SPACE -> Finding.UNREACHABLE;
                    };
            return new CopyCheck(storeId, finding, e.getMessage());
        }
    }

    private boolean holds(Snapshot snapshot, UUID storeId) {
        return snapshots.copy(snapshot.id(), storeId).map(SnapshotCopy::readable).orElse(false);
    }

    private final class Copy {
        private final Watch watch;
        private final BlobStore store;
        private final Snapshot snapshot;
        private final Manifest manifest;
        private final List<Identity> identities;
        private final long before;

        private Copy(
                Watch watch,
                BlobStore store,
                Snapshot snapshot,
                Manifest manifest,
                List<Identity> identities,
                long before) {
            this.watch = watch;
            this.store = store;
            this.snapshot = snapshot;
            this.manifest = manifest;
            this.identities = identities;
            this.before = before;
        }

        private ObjectKey key(String name) {
            return snapshot.key().resolve(name);
        }

        void requireEqualManifest() throws IOException {
            byte[] stored = Stores.read(store, key(SnapshotKeys.MANIFEST));
            if (!Arrays.equals(stored, snapshot.manifest().getBytes(StandardCharsets.UTF_8))) {
                throw new CorruptObject(
                        CorruptObject.Found.HASH,
                        stored.length,
                        "manifest.json is not the text that was signed.",
                        null);
            }
            byte[] signature = Stores.read(store, key(SnapshotKeys.SIGNATURE));
            if (!tools.signed(stored, signature)) {
                throw new CorruptObject(
                        CorruptObject.Found.HASH,
                        signature.length,
                        "manifest.json.sig verifies with no signing key of this server, present or earlier.",
                        null);
            }
        }

        /** All hashes; that of the dump is left to {@link #readToEnd} where this is to follow. */
        void requireEqualObjects(boolean reading) throws IOException {
            long done = before;
            for (Manifest.StoredObject object : manifest.objects()) {
                if (reading && object.name().equals(manifest.format().objectName())) {
                    continue;
                }
                requireEqual(object, done);
                done += object.size();
            }
        }

        private void requireEqual(Manifest.StoredObject object, long done) throws IOException {
            try (InputStream in = store.read(key(object.name()))) {
                incoming(object)
                        .verify(in, (raw, read) -> watch.moved(done + read), watch::cancelled);
            }
        }

        private Incoming incoming(Manifest.StoredObject object) {
            return Incoming.of(
                    object.name(),
                    new Hashed(object.size(), object.sha256()),
                    identities,
                    manifest.recipients().stream().map(Recipient::new).toList());
        }

        /**
         * Hash, decrypt, decompress and read the dump to its end. Where that is not possible and
         * the fault is not shown to be the copy's, at least its hash is compared.
         *
         * @return why hashes are all that was compared; null where the end was reached
         */
        String readToEnd() throws IOException {
            Manifest.StoredObject dump = manifest.object(manifest.format().objectName());
            try {
                readToEnd(dump);
                return null;
            } catch (WrongIdentity e) {
                requireEqual(dump, before);
                return e.getMessage();
            } catch (ChildFailed e) {
                if (snapshot.verifiedAt() == null) {
                    throw e;
                }
                // The same bytes were read to their end before: it is not they that failed.
                watch.cancel().check();
                requireEqual(dump, before);
                return "It was read to its end before; now that failed: " + e.getMessage();
            }
        }

        private void readToEnd(Manifest.StoredObject dump) throws IOException {
            Client client =
                    tools.clients().forReading(ServerVersion.of(manifest.tools().get("pg_dump")));
            try (WorkDir dir = tools.workDir();
                    Incoming.Opened plain =
                            incoming(dump).open(store.read(key(dump.name())), tools.executor())) {
                InputStream counted = new Counted(plain, watch, before);
                switch (manifest.format()) {
                    case CUSTOM -> {
                        try (ChildProcess reader =
                                PgRestore.readToEnd(client).start(dir, watch.cancel())) {
                            reader.feed(counted);
                            reader.requireSuccess();
                        }
                    }
                    case PLAIN_GZ -> {
                        try {
                            PlainSql.Check whole = new PlainSql.Check();
                            counted.transferTo(whole);
                            whole.requireComplete(true);
                        } catch (Refused e) {
                            throw new CorruptObject(
                                    CorruptObject.Found.COMPRESSION,
                                    dump.size(),
                                    e.getMessage(),
                                    e);
                        }
                    }
                }
                if (plain.rawBytes() != manifest.bytes().raw()) {
                    throw new CorruptObject(
                            CorruptObject.Found.HASH,
                            dump.size(),
                            "The dump has "
                                    + plain.rawBytes()
                                    + " bytes, the manifest says "
                                    + manifest.bytes().raw()
                                    + ".",
                            null);
                }
            }
        }
    }

    /** Tells the watch how far a stream was read. */
    private static final class Counted extends java.io.FilterInputStream {
        private final Incoming.Opened plain;
        private final Watch watch;
        private final long before;

        private Counted(Incoming.Opened plain, Watch watch, long before) {
            super(plain);
            this.plain = plain;
            this.watch = watch;
            this.before = before;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            int n = super.read(b, offset, length);
            watch.moved(before + plain.storedBytes());
            watch.cancel().check();
            return n;
        }
    }
}
