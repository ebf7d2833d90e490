package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.app.BackupOutcomes.CopyCheck;
import org.holdfast.domain.snapshot.CopyReading;
import org.holdfast.domain.snapshot.CopyReading.Finding;
import org.holdfast.domain.snapshot.CopyReadings;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.pipeline.Cancelled;

/**
 * Reads one kept copy back, just as it was read back when it was made. What cannot be read for a
 * reason that says nothing about the copy leaves the copy as it stands.
 */
@ApplicationScoped
public class ReadingRunner {
    @Inject private Leases leases;
    @Inject private CopyReadings readings;
    @Inject private Snapshots snapshots;
    @Inject private StorageLocations locations;
    @Inject private BlobStores blobStores;
    @Inject private BackupOutcomes outcomes;
    @Inject private Verification verification;
    @Inject private Toolbox tools;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** The server goes down: whoever claims the reading next begins it anew. */
    void stop() {
        watches.forEach(w -> w.cancel().now("The server was stopped."));
    }

    void run(Lease lease) {
        CopyReading reading = readings.find(lease.id()).orElseThrow();
        StorageLocation place = locations.find(reading.storeId()).orElseThrow();
        CopyCheck check;
        try (Watch watch = new Watch(leases, lease, tools.scheduler())) {
            watches.add(watch);
            try {
                check = read(watch, reading, place);
            } catch (Cancelled e) {
                return;
            } catch (IOException | RuntimeException e) {
                check =
                        new CopyCheck(
                                reading.storeId(),
                                Finding.UNREACHABLE,
                                "Store "
                                        + place.name()
                                        + " was not read back: "
                                        + Failure.of(e, "SOURCE").words());
            } finally {
                watches.remove(watch);
            }
            if (watch.lost()) {
                return;
            }
        }
        boolean whole = check.finding() != Finding.UNREACHABLE;
        if (outcomes.readBack(
                lease.id(), lease.attempt(), check, whole ? reading.totalBytes() : 0)) {
            leases.log(
                    reading.snapshotId(),
                    switch (check.finding()) {
                        case SOUND, INTACT -> "INFO";
                        case UNREACHABLE -> "WARN";
                        case CORRUPT -> "ERROR";
                    },
                    Verification.words(place.name(), check));
        }
    }

    private CopyCheck read(Watch watch, CopyReading reading, StorageLocation place)
            throws IOException {
        Snapshot snapshot = snapshots.find(reading.snapshotId()).orElseThrow();
        watch.estimate(reading.totalBytes());
        watch.phase("read back", reading.totalBytes());
        try (BlobStore store = blobStores.open(locations.access(place))) {
            return verification.check(
                    watch, place.id(), store, snapshot, tools.identities(), 0, null);
        }
    }
}
