package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.policy.Retention;
import org.holdfast.domain.snapshot.SourceSchedules;
import org.holdfast.domain.snapshot.Stray;
import org.holdfast.domain.snapshot.Strays;
import org.holdfast.domain.storage.StorageLocation;

/** What workers found in stores that belongs to no backup, and which of it may be removed now. */
@Stateless
public class StrayNotes {
    @Inject private Strays strays;
    @Inject private SourceSchedules times;
    @Inject private AuditLog audit;

    /** What the catalog knows of a run, and of its copy in a store. */
    public Optional<Stray.Run> run(UUID runId, UUID storeId) {
        return strays.run(runId, storeId);
    }

    /**
     * Notes what was found; the first time that something is seen is told in the audit log.
     *
     * @return what may be removed now
     */
    public List<Stray> note(StorageLocation store, List<Stray> found) {
        Instant now = times.now();
        Set<String> before =
                strays.in(store.id()).stream()
                        .map(Stray::place)
                        .collect(Collectors.toCollection(HashSet::new));
        List<Stray> known = strays.note(store.id(), found, now);
        List<String> fresh =
                known.stream()
                        .filter(s -> !before.contains(s.place()))
                        .map(s -> s.whose() + " " + s.place())
                        .toList();
        if (!fresh.isEmpty()) {
            audit.append(
                    AuditLog.SYSTEM,
                    "store.stray",
                    "store/" + store.name(),
                    Map.of("found", String.join("; ", fresh)));
        }
        return known.stream().filter(s -> s.removable(now, Retention.GRACE)).toList();
    }

    /** It is gone from the store. */
    public void removed(StorageLocation store, Stray stray) {
        strays.forget(store.id(), stray);
        audit.append(
                AuditLog.SYSTEM,
                "store.stray-removed",
                "store/" + store.name(),
                Map.of(
                        "place", stray.place(),
                        "objects", stray.objects(),
                        "bytes", stray.bytes(),
                        "foundAt", stray.foundAt().toString()));
    }
}
