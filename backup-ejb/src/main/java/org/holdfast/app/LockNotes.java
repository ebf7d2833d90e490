package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.Retention;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;

/** What workers ask and report about the locks of copies. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class LockNotes {
    private static final Duration LATER = Duration.ofHours(1);

    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private StorageLocations stores;
    @Inject private PolicyInForce policy;
    @Inject private ExpiryJudge judge;
    @Inject private AuditLog audit;

    /**
     * What is to be locked.
     *
     * @param prefix everything below it
     */
    public record Order(
            UUID copyId,
            UUID snapshotId,
            StorageLocation store,
            ObjectKey prefix,
            ObjectLock lock) {}

    /**
     * Decides how long a copy is to be locked: until the days of the policy for its store are over.
     * Generations are not counted in: whether a copy becomes one is known later, and a lock cannot
     * be taken back.
     *
     * @return empty where it is not to be locked; that is noted
     */
    public Optional<Order> begin(UUID copyId) {
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        Snapshot snapshot = snapshots.lock(copy.snapshotId()).orElseThrow();
        StorageLocation store = stores.find(copy.storeId()).orElseThrow();
        Source source = sources.find(snapshot.sourceId()).orElseThrow();
        boolean bucket = store.kind() == StorageLocation.Kind.S3;
        Retention.Rule rule = policy.now().retentionOf(source.name(), store.name(), bucket);
        Instant until = snapshot.takenAt().plus(Duration.ofDays(rule.days()));
        if (!bucket
                || store.lockMode() == LockMode.OFF
                || !copy.readable()
                || !until.isAfter(judge.now())) {
            copy.notToLock();
            return Optional.empty();
        }
        return Optional.of(
                new Order(
                        copyId,
                        snapshot.id(),
                        store,
                        snapshot.key(),
                        new ObjectLock(store.lockMode(), until)));
    }

    /** The bucket has no Object Lock. */
    public void cannot(Order order) {
        copy(order).notToLock();
    }

    /**
     * @param shown what the store shows of the object that is locked least
     */
    public void locked(Order order, ObjectLock shown) {
        copy(order).locked(shown);
        audit.append(
                AuditLog.SYSTEM,
                "backup.lock",
                "backup/" + order.snapshotId(),
                Map.of(
                        "store",
                        order.store().name(),
                        "mode",
                        shown.mode().name(),
                        "until",
                        shown.until().toString()));
    }

    /**
     * @return whether this is news
     */
    public boolean failed(Order order, String why) {
        SnapshotCopy copy = copy(order);
        boolean news = !why.equals(copy.lockFailure());
        copy.notLocked(why, judge.now().plus(LATER));
        return news;
    }

    private SnapshotCopy copy(Order order) {
        snapshots.lock(order.snapshotId()).orElseThrow();
        return snapshots.copyById(order.copyId()).orElseThrow();
    }
}
