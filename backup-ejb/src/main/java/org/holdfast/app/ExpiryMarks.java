package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.policy.Expiry;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.snapshot.Doom;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/**
 * What workers do about copies that are to go: mark what no rule keeps, take back the mark of what
 * one keeps again, and, once the grace is over, let a copy be removed if everything still says so.
 * The snapshot's row is locked by whoever decides on it, by the queue of restores as well.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class ExpiryMarks {
    /** How far this server's clock may be from the catalog's. */
    private static final Duration APART = Duration.ofMinutes(5);

    private static final Duration LATER = Duration.ofHours(1);

    /** A person has to do something first. */
    private static final Duration MUCH_LATER = Duration.ofHours(24);

    @Inject private Sources sources;
    @Inject private Snapshots snapshots;
    @Inject private ExpiryJudge judge;
    @Inject private PolicyInForce policy;
    @Inject private AuditLog audit;
    @Inject private Clock clock;

    /** How far two clocks are apart that should tell the same time, if too far. */
    public Optional<Duration> clocksApart() {
        Duration apart = Duration.between(clock.instant(), judge.now());
        return Optional.of(apart).filter(d -> d.abs().compareTo(APART) > 0);
    }

    /** Whether a moment is still to come, by the catalog's clock. */
    public boolean ahead(Instant moment) {
        return moment.isAfter(judge.now());
    }

    /** All of which there may be copies, retired ones too. */
    public List<UUID> sources() {
        return sources.all().stream().map(Source::id).toList();
    }

    /**
     * Marks what no rule keeps, and takes back the marks of what one keeps again.
     *
     * @return how many copies were newly marked
     */
    public int look(UUID sourceId) {
        Source source = sources.find(sourceId).orElseThrow();
        List<String> marked = new ArrayList<>();
        List<String> spared = new ArrayList<>();
        Instant now = judge.now();
        Duration grace = policy.now().graceOf(source.name());
        for (ExpiryJudge.Judged each : judge.judge(source)) {
            Expiry.Verdict verdict = each.verdict();
            Optional<Doom> doom = each.copy().doom();
            boolean mark = verdict.goes() && doom.isEmpty();
            boolean spare = !verdict.goes() && doom.isPresent() && !doom.get().byHand();
            if (!mark && !spare) {
                continue;
            }
            snapshots.lock(each.copy().snapshotId()).orElseThrow();
            SnapshotCopy copy = snapshots.copyById(each.copy().id()).orElseThrow();
            String name = each.copy().snapshotId() + " in " + each.copy().store();
            if (mark) {
                copy.doom(Doom.RULE, verdict.words(), now, grace);
                marked.add(name);
            } else {
                copy.spare();
                spared.add(name + ": " + verdict.words());
            }
        }
        record("retention.mark", source, marked);
        record("retention.spare", source, spared);
        return marked.size();
    }

    private void record(String action, Source source, List<String> copies) {
        if (!copies.isEmpty()) {
            audit.append(
                    AuditLog.SYSTEM,
                    action,
                    "source/" + source.name(),
                    Map.of("copies", String.join("; ", copies), "policy", policy.now().version()));
        }
    }

    /** What is to be removed: everything below the snapshot's key in one store. */
    public record Order(UUID copyId, Snapshot snapshot, UUID storeId) {}

    /**
     * Decides once more, and closes the copy to whoever would read it.
     *
     * @return empty where it stays, or is looked at again later
     */
    public Optional<Order> begin(UUID snapshotId, UUID copyId) {
        Snapshot snapshot = snapshots.lock(snapshotId).orElseThrow();
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        Instant now = judge.now();
        if (copy.doom().isEmpty() || copy.state() == SnapshotCopy.State.REMOVED) {
            return Optional.empty();
        }
        if (copy.state() != SnapshotCopy.State.REMOVING) {
            if (copy.doom().get().removeAfter().isAfter(now)) {
                return Optional.empty();
            }
            Source source = sources.find(snapshot.sourceId()).orElseThrow();
            Expiry.Verdict verdict =
                    judge.judge(source).stream()
                            .filter(j -> j.copy().id().equals(copyId))
                            .findFirst()
                            .orElseThrow()
                            .verdict();
            if (!verdict.goes()) {
                if (copy.doom().get().byHand()) {
                    copy.notRemoved(
                            "It stays for now: " + verdict.words() + ".", false, now.plus(LATER));
                } else {
                    copy.spare();
                    record("retention.spare", source, List.of(snapshotId + ": " + verdict.words()));
                }
                return Optional.empty();
            }
            copy.beginRemoval(now);
        }
        return Optional.of(new Order(copyId, snapshot, copy.storeId()));
    }

    /**
     * Nothing of the copy is left in its store; with the last copy the snapshot is expired.
     *
     * @param objects how many were removed
     */
    public void removed(UUID snapshotId, UUID copyId, String store, int objects) {
        Snapshot snapshot = snapshots.lock(snapshotId).orElseThrow();
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        Instant now = judge.now();
        copy.removed(now);
        boolean last =
                snapshots.copies(snapshotId).stream()
                        .allMatch(c -> c.state() == SnapshotCopy.State.REMOVED);
        if (last) {
            snapshot.expired(now);
        }
        Doom doom = copy.doom().orElseThrow();
        audit.append(
                AuditLog.SYSTEM,
                "snapshot.remove",
                "backup/" + snapshotId,
                Map.of(
                        "store",
                        store,
                        "objects",
                        objects,
                        "markedAt",
                        doom.at().toString(),
                        "markedBy",
                        doom.by(),
                        "why",
                        doom.why(),
                        "expired",
                        last));
    }

    /**
     * The store holds it locked: nothing was removed, and it is looked at again when the lock ends,
     * daily until then, as a person may lift it.
     */
    public void locked(UUID snapshotId, UUID copyId, String store, Instant until) {
        snapshots.lock(snapshotId).orElseThrow();
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        Instant now = judge.now();
        String why = "Locked in store " + store + " until " + until + "; it goes after that.";
        boolean told = why.equals(copy.failure());
        Instant tomorrow = now.plus(MUCH_LATER);
        copy.notRemoved(why, true, until.isBefore(tomorrow) ? until : tomorrow);
        if (!told) {
            audit.append(
                    AuditLog.SYSTEM,
                    "snapshot.remove-locked",
                    "backup/" + snapshotId,
                    Map.of("store", store, "until", until.toString()));
        }
    }

    /**
     * The store did not remove it.
     *
     * @param whole whether nothing of it was removed
     * @param refused whether the store said no, so that a person has to do something first
     */
    public void notRemoved(
            UUID snapshotId,
            UUID copyId,
            String store,
            String why,
            boolean whole,
            boolean refused) {
        snapshots.lock(snapshotId).orElseThrow();
        SnapshotCopy copy = snapshots.copyById(copyId).orElseThrow();
        boolean told = why.equals(copy.failure());
        copy.notRemoved(why, whole, judge.now().plus(refused ? MUCH_LATER : LATER));
        if (!told) {
            audit.append(
                    AuditLog.SYSTEM,
                    "snapshot.remove-failed",
                    "backup/" + snapshotId,
                    Map.of("store", store, "why", why, "readable", whole && copy.readable()));
        }
    }
}
