package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.holdfast.app.BackupOutcomes.CopyResult;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;

/** Looks at what a lost worker left in the stores: a signed manifest makes it a backup. */
@ApplicationScoped
class TakeOver {
    @Inject private Toolbox tools;

    /**
     * What an earlier attempt committed.
     *
     * @param manifest the signed text
     */
    record Committed(ObjectKey prefix, String manifest, List<CopyResult> copies) {}

    /**
     * What was committed below a key, whose signature is this server's; empty where nothing was.
     */
    Optional<Committed> committed(Stores stores, ObjectKey prefix) {
        for (BlobStore store : stores.live()) {
            Optional<String> text = text(store, prefix);
            if (text.isPresent()) {
                return text.map(t -> new Committed(prefix, t, copies(stores, prefix, t)));
            }
        }
        return Optional.empty();
    }

    private List<CopyResult> copies(Stores stores, ObjectKey prefix, String manifest) {
        List<CopyResult> copies = new ArrayList<>();
        for (BlobStore store : stores.live()) {
            boolean there = text(store, prefix).filter(manifest::equals).isPresent();
            copies.add(
                    new CopyResult(
                            stores.idOf(store),
                            there
                                    ? Optional.empty()
                                    : Optional.of("The earlier attempt did not reach it.")));
        }
        stores.lost().forEach((id, why) -> copies.add(new CopyResult(id, Optional.of(why))));
        return copies;
    }

    private Optional<String> text(BlobStore store, ObjectKey prefix) {
        try {
            if (store.stat(prefix.resolve(SnapshotKeys.MANIFEST)).isEmpty()) {
                return Optional.empty();
            }
            byte[] manifest = Stores.read(store, prefix.resolve(SnapshotKeys.MANIFEST));
            byte[] signature = Stores.read(store, prefix.resolve(SnapshotKeys.SIGNATURE));
            return tools.signed(manifest, signature)
                    ? Optional.of(new String(manifest, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
