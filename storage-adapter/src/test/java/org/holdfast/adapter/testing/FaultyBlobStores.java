package org.holdfast.adapter.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.StoreAccess;

/**
 * Opens real stores wrapped in {@link FaultyBlobStore}. {@link #arm} says what shall be wrong with
 * a store whenever it is opened.
 */
public final class FaultyBlobStores implements BlobStores {
    private final BlobStores real;
    private final Map<String, Consumer<FaultyBlobStore>> armed = new ConcurrentHashMap<>();
    private final Map<String, FaultyBlobStore> last = new ConcurrentHashMap<>();

    public FaultyBlobStores(BlobStores real) {
        this.real = real;
    }

    /** Every later opening of store {@code name} gets these faults. */
    public void arm(String name, Consumer<FaultyBlobStore> faults) {
        armed.put(name, faults);
    }

    /** Later openings are sound again. */
    public void disarm(String name) {
        armed.remove(name);
    }

    /** The handle opened last, null before the first. */
    public FaultyBlobStore last(String name) {
        return last.get(name);
    }

    @Override
    public BlobStore open(StoreAccess access) {
        FaultyBlobStore store = FaultyBlobStore.around(real.open(access));
        armed.getOrDefault(access.name(), sound -> {}).accept(store);
        last.put(access.name(), store);
        return store;
    }
}
