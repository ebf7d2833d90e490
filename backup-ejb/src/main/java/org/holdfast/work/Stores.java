package org.holdfast.work;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.pipeline.BranchOutcome;

/**
 * The stores one run writes to. A store that was lost once is lost for the run: a copy is whole or
 * it is none.
 */
final class Stores implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Stores.class.getName());

    /** A manifest with counts of a hundred thousand tables is below this. */
    private static final int SMALL = 64 << 20;

    private final Map<String, StorageLocation> places = new LinkedHashMap<>();
    private final Map<String, BlobStore> live = new LinkedHashMap<>();
    private final Map<String, String> lost = new LinkedHashMap<>();

    void add(StorageLocation place, BlobStore store) {
        places.put(place.name(), place);
        live.put(place.name(), store);
    }

    void cannotOpen(StorageLocation place, String why) {
        places.put(place.name(), place);
        lost.put(place.name(), why);
    }

    List<BlobStore> live() {
        return List.copyOf(live.values());
    }

    boolean none() {
        return live.isEmpty();
    }

    /** Takes out those that did not get an object. */
    void keep(List<BranchOutcome> outcomes) {
        for (BranchOutcome outcome : outcomes) {
            if (outcome instanceof BranchOutcome.Lost gone) {
                lose(gone.store(), gone.why().getMessage());
            }
        }
    }

    void lose(String name, String why) {
        BlobStore store = live.remove(name);
        if (store != null) {
            lost.put(name, why);
            closing.add(store);
        }
    }

    private final List<BlobStore> closing = new ArrayList<>();

    /** Why each lost store is lost, by id. */
    Map<UUID, String> lost() {
        Map<UUID, String> byId = new LinkedHashMap<>();
        lost.forEach((name, why) -> byId.put(places.get(name).id(), why));
        return byId;
    }

    List<UUID> liveIds() {
        return live.keySet().stream().map(name -> places.get(name).id()).toList();
    }

    UUID idOf(BlobStore store) {
        return places.get(store.name()).id();
    }

    String lostWords() {
        return String.join("; ", lost.values());
    }

    /**
     * Removes everything below a key from every store that answers: objects, and what unfinished
     * uploads left.
     *
     * @return how many objects were removed
     */
    int sweep(ObjectKey prefix) {
        int removed = 0;
        for (BlobStore store : live()) {
            try {
                removed += sweep(store, prefix);
            } catch (StoreFailure e) {
                LOG.log(Level.WARNING, "Left for the next sweep: " + prefix, e);
            }
        }
        return removed;
    }

    static int sweep(BlobStore store, ObjectKey prefix) throws StoreFailure {
        List<ObjectKey> keys = new ArrayList<>();
        store.list(prefix.value() + "/", blob -> keys.add(blob.key()));
        for (ObjectKey key : keys) {
            store.delete(key);
        }
        List<UnfinishedUpload> uploads = new ArrayList<>();
        store.unfinished(prefix.value() + "/", uploads::add);
        for (UnfinishedUpload upload : uploads) {
            store.abort(upload);
        }
        return keys.size();
    }

    /** A small object whole. */
    static byte[] read(BlobStore store, ObjectKey key) throws IOException {
        try (InputStream in = store.read(key)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[64 << 10];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (out.size() + n > SMALL) {
                    throw new StoreFailure(
                            StoreFailure.Kind.CORRUPT,
                            key + " in store " + store.name() + " is larger than it can be.");
                }
                out.write(buffer, 0, n);
            }
            return out.toByteArray();
        }
    }

    @Override
    public void close() {
        live.values().forEach(BlobStore::close);
        closing.forEach(BlobStore::close);
    }
}
