package org.holdfast.work;

import java.util.List;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.pipeline.BranchOutcome;

/** One attempt at a backup: what is saved, and the stores it still goes to. */
final class BackupJob {
    final Watch watch;
    final BackupRun run;
    final Source source;
    final PostgresUrl url;
    final Stores stores;

    BackupJob(Watch watch, BackupRun run, Source source, PostgresUrl url, Stores stores) {
        this.watch = watch;
        this.run = run;
        this.source = source;
        this.url = url;
        this.stores = stores;
    }

    int attempt() {
        return watch.lease().attempt();
    }

    /** Where this attempt writes. */
    ObjectKey prefix() {
        return prefixOf(attempt());
    }

    /** Each attempt has a key of its own. */
    ObjectKey prefixOf(int attempt) {
        ObjectKey first = SnapshotKeys.of(source.name(), run.queuedAt(), run.id());
        return attempt == 1 ? first : new ObjectKey(first.value() + "." + attempt);
    }

    /**
     * Goes on without the stores that did not get an object.
     *
     * @throws StoreFailure none is left
     */
    void keep(List<BranchOutcome> copies) throws StoreFailure {
        for (BranchOutcome copy : copies) {
            if (copy instanceof BranchOutcome.Lost lost) {
                watch.warn(
                        "Store "
                                + lost.store()
                                + " is lost for this run: "
                                + lost.why().getMessage());
            }
        }
        stores.keep(copies);
        if (stores.none()) {
            throw new StoreFailure(kind(copies), "No store is left: " + stores.lostWords());
        }
    }

    /** The one kind of failure all had, or that they cannot be reached. */
    private static StoreFailure.Kind kind(List<BranchOutcome> copies) {
        return copies.stream()
                .filter(BranchOutcome.Lost.class::isInstance)
                .map(c -> ((BranchOutcome.Lost) c).why().kind())
                .reduce((a, b) -> a == b ? a : StoreFailure.Kind.UNREACHABLE)
                .orElse(StoreFailure.Kind.UNREACHABLE);
    }
}
