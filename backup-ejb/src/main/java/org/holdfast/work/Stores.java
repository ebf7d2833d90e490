package org.holdfast.work;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
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
    /** A manifest with counts of a hundred thousand tables is below this. */
    private static final int SMALL = 64 << 20;

    private final Map<String, Member> members = new LinkedHashMap<>();

    /** One store of the run. */
    private static final class Member {
        final UUID id;

        /** Null where it could not even be opened. */
        final BlobStore store;

        /** Why it is lost; null while it is not. */
        String lost;

        Member(UUID id, BlobStore store, String lost) {
            this.id = id;
            this.store = store;
            this.lost = lost;
        }
    }

    void add(StorageLocation place, BlobStore store) {
        members.put(place.name(), new Member(place.id(), store, null));
    }

    void cannotOpen(StorageLocation place, String why) {
        members.put(place.name(), new Member(place.id(), null, why));
    }

    private Stream<Member> alive() {
        return members.values().stream().filter(m -> m.lost == null);
    }

    private Stream<Member> gone() {
        return members.values().stream().filter(m -> m.lost != null);
    }

    List<BlobStore> live() {
        return alive().map(m -> m.store).toList();
    }

    boolean none() {
        return alive().findAny().isEmpty();
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
        Member member = members.get(name);
        if (member.lost == null) {
            member.lost = why;
        }
    }

    /** Why each lost store is lost, by id. */
    Map<UUID, String> lost() {
        Map<UUID, String> byId = new LinkedHashMap<>();
        gone().forEach(m -> byId.put(m.id, m.lost));
        return byId;
    }

    List<UUID> liveIds() {
        return alive().map(m -> m.id).toList();
    }

    UUID idOf(BlobStore store) {
        return members.get(store.name()).id;
    }

    String lostWords() {
        return gone().map(m -> m.lost).reduce((a, b) -> a + "; " + b).orElse("");
    }

    /**
     * What was removed below a key.
     *
     * @param objects how many, of all stores that answered
     * @param unswept name by id of stores in which something may be left: they did not answer, or
     *     are lost
     */
    record Swept(int objects, Map<UUID, String> unswept) {}

    /**
     * Removes everything below a key from every store that answers: objects, and what unfinished
     * uploads left. A store lost in this run is not asked again: that may take it minutes.
     */
    Swept sweep(ObjectKey prefix) {
        int objects = 0;
        Map<UUID, String> unswept = new LinkedHashMap<>();
        for (Map.Entry<String, Member> each : members.entrySet()) {
            Member member = each.getValue();
            Optional<Integer> removed =
                    member.lost == null ? swept(member, prefix) : Optional.empty();
            objects += removed.orElse(0);
            if (removed.isEmpty()) {
                unswept.put(member.id, each.getKey());
            }
        }
        return new Swept(objects, unswept);
    }

    private static Optional<Integer> swept(Member member, ObjectKey prefix) {
        try {
            return Optional.of(sweep(member.store, prefix));
        } catch (StoreFailure e) {
            return Optional.empty();
        }
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
        members.values().stream().filter(m -> m.store != null).forEach(m -> m.store.close());
    }
}
