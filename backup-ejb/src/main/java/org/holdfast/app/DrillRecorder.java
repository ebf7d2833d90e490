package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.WorkRecords;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.security.SigningKeys;

/**
 * Seals records of drills: the record as it is now becomes a link of the chain over all drills,
 * signed, and the audit log tells its hash. What did not change since is not sealed again.
 */
@ApplicationScoped
@Transactional
public class DrillRecorder {
    private static final int AT_ONCE = 20;

    private Drills drills;
    private DrillRecords records;
    private Snapshots snapshots;
    private StorageLocations stores;
    private WorkRecords work;
    private AuditLog audit;
    private SigningKeys keys;
    private Clock clock;

    protected DrillRecorder() {}

    @Inject
    public DrillRecorder(
            Drills drills,
            DrillRecords records,
            Snapshots snapshots,
            StorageLocations stores,
            WorkRecords work,
            AuditLog audit,
            SigningKeys keys,
            Clock clock) {
        this.drills = drills;
        this.records = records;
        this.snapshots = snapshots;
        this.stores = stores;
        this.work = work;
        this.audit = audit;
        this.keys = keys;
        this.clock = clock;
    }

    /** Drills that ended, or whose place was destroyed, and whose record does not say so yet. */
    public List<UUID> unsealed() {
        return records.unsealed(AT_ONCE);
    }

    /** Seals what is so now; for whoever acts on his own. */
    public DrillRecords.Sealed seal(UUID drillId) {
        return seal(drills.locked(drillId));
    }

    /**
     * The record as it is now, sealed.
     *
     * @param drill its row locked, so that nobody else seals it at the same time
     * @throws org.holdfast.domain.shared.Refused DRILL-NOT-ENDED
     */
    DrillRecords.Sealed seal(RestoreDrill drill) {
        drill.requireEnded();
        Optional<DrillRecords.Sealed> newest = records.newest(drill.id());
        return seal(drill, document(drill, newest), newest);
    }

    /** Seals what {@link #document} gave, unless it is what was sealed last. */
    DrillRecords.Sealed seal(RestoreDrill drill, String text) {
        return seal(drill, text, records.newest(drill.id()));
    }

    private DrillRecords.Sealed seal(
            RestoreDrill drill, String text, Optional<DrillRecords.Sealed> newest) {
        if (newest.isPresent() && newest.get().document().equals(text)) {
            return newest.get();
        }
        DrillRecords.Sealed whole =
                records.append(drill.id(), clock.instant(), text, this::envelope);
        audit.append(
                AuditLog.SYSTEM,
                "drill.seal",
                "drill/" + drill.id(),
                Map.of(
                        "number", drill.number(),
                        "record", whole.link().record().hex(),
                        "link", whole.link().seq(),
                        "hash", whole.link().hash()));
        return whole;
    }

    /** The record as it is now. */
    String document(RestoreDrill drill) {
        return document(drill, records.newest(drill.id()));
    }

    private String document(RestoreDrill drill, Optional<DrillRecords.Sealed> newest) {
        return DrillDocument.text(
                new DrillDocument.Facts(
                        drill,
                        snapshots.find(drill.snapshotId()),
                        storesOf(drill, newest),
                        work.phases(drill.id()),
                        drills.checks(drill.id()),
                        drills.issues(drill.id()),
                        drills.signOffs(drill.id())));
    }

    /** What stood there at the first sealing stays: a record outlives its backup's copies. */
    private List<String> storesOf(RestoreDrill drill, Optional<DrillRecords.Sealed> before) {
        if (before.isPresent()) {
            return CanonicalJson.read(before.get().document())
                    .getJsonObject("source")
                    .getJsonArray("stores")
                    .getValuesAs(jakarta.json.JsonString.class)
                    .stream()
                    .map(jakarta.json.JsonString::getString)
                    .toList();
        }
        return snapshots.copies(drill.snapshotId()).stream()
                .filter(SnapshotCopy::readable)
                .map(copy -> stores.find(copy.storeId()).map(StorageLocation::name).orElse("?"))
                .sorted()
                .toList();
    }

    private String envelope(DrillRecords.Link link) {
        return keys.sign(
                        Dsse.DRILL_RECORD,
                        DrillFolder.utf8(
                                CanonicalJson.text(
                                        DrillChain.json(link)
                                                .add("kind", "holdfast-drill-link/1")
                                                .build())))
                .json();
    }
}
