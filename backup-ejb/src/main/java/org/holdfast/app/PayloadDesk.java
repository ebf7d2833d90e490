package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;

/**
 * The transactions of a download: what there is to be had, the code, what is written down of it.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
public class PayloadDesk {
    @Inject private Snapshots snapshots;
    @Inject private StorageLocations stores;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Caller caller;

    /**
     * The object that is asked for.
     *
     * @param key where it lies in each store
     * @param name of the object
     * @param places the stores with a healthy copy, the best first
     */
    public record Wanted(
            UUID backup,
            ObjectKey key,
            String name,
            long bytes,
            Sha256 sha256,
            List<StoreAccess> places) {
        /** Of its own, so that downloads of several backups lie beside each other. */
        public String fileName() {
            return backup + "." + name;
        }
    }

    /**
     * @throws Refused NOT-FOUND, BACKUP-GONE, PAYLOAD-COPY
     */
    public Wanted wanted(UUID id) {
        Snapshot snapshot =
                snapshots.find(id).orElseThrow(() -> Refused.notFound("backup in a store", id));
        Map<UUID, StorageLocation> known =
                stores.all().stream().collect(Collectors.toMap(StorageLocation::id, s -> s));
        Manifest manifest = ManifestJson.read(snapshot.manifest());
        Manifest.StoredObject dump = manifest.object(manifest.format().objectName());
        return new Wanted(
                id,
                snapshot.key().resolve(dump.name()),
                dump.name(),
                dump.size(),
                dump.sha256(),
                healthy(snapshot, snapshots.copies(id)).stream()
                        .map(copy -> stores.access(known.get(copy.storeId())))
                        .toList());
    }

    /** Those that can be read, the ones that were read back before first. */
    static List<SnapshotCopy> healthy(Snapshot snapshot, List<SnapshotCopy> copies) {
        snapshot.requireThere();
        List<SnapshotCopy> readable =
                copies.stream()
                        .filter(SnapshotCopy::readable)
                        .sorted(
                                Comparator.comparing(
                                        copy -> copy.state() != SnapshotCopy.State.VERIFIED))
                        .toList();
        if (readable.isEmpty()) {
            throw new Refused(
                    "PAYLOAD-COPY",
                    "No store has a healthy copy of backup "
                            + snapshot.id()
                            + ": its copies are "
                            + copies.stream()
                                    .map(copy -> copy.state().name())
                                    .collect(Collectors.joining(", "))
                            + ".",
                    "Choose another backup, or have this one verified where a copy was mended.");
        }
        return readable;
    }

    /** The code, and that it was handed out. */
    public void release(Wanted wanted, String store, String otp) {
        secondFactor.require(caller.name(), otp, "snapshot.download " + wanted.backup());
        audit.append(
                caller.actor(),
                "snapshot.download",
                "backup/" + wanted.backup(),
                Map.of(
                        "object", wanted.name(),
                        "bytes", wanted.bytes(),
                        "sha256", wanted.sha256().hex(),
                        "store", store));
    }
}
