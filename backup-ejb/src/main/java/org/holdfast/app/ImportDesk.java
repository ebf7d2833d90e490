package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.ForeignDump;
import org.holdfast.domain.snapshot.ForeignDumps;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.snapshot.ImportOrders;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.StorageLocations;

/** The transaction of an import: the code, the runs, what is written down of them. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
public class ImportDesk {
    @Inject private ForeignDumps files;
    @Inject private Sources sources;
    @Inject private BackupRuns runs;
    @Inject private ImportOrders orders;
    @Inject private RecipientKeys keys;
    @Inject private StorageLocations stores;
    @Inject private PolicyInForce policy;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;
    @Inject private Event<WorkQueued> queued;

    /** The code is asked for before a file is opened: opening many of them costs seconds. */
    public List<Imports.Queued> queue(
            String place, List<String> names, String sourceName, String otp) {
        Source source = sources.required(sourceName);
        keys.required("imported");
        stores.requireAny();
        List<ForeignDump> dumps =
                files.choose(
                        place,
                        names,
                        found ->
                                secondFactor.require(
                                        caller.name(), otp, operation(place, source, found)));
        orders.lock(place);
        Imports.requireNew(dumps, orders.known(place, names));
        List<Imports.Queued> made = new ArrayList<>();
        for (ForeignDump dump : dumps) {
            BackupRun run =
                    new BackupRun(
                            source,
                            caller.name(),
                            format(dump),
                            RowProof.OFF,
                            policy.now().version(),
                            clock.instant());
            runs.add(run);
            orders.add(new ImportOrder(run, place, dump.file(), dump.bytes(), dump.modified()));
            audit.append(
                    caller.actor(),
                    "backup.import",
                    "source/" + source.name(),
                    Map.of(
                            "backup", run.id().toString(),
                            "place", place,
                            "file", dump.file(),
                            "bytes", dump.bytes(),
                            "modified", dump.modified().toString()));
            made.add(new Imports.Queued(run.id(), dump.file()));
        }
        queued.fire(new WorkQueued());
        return made;
    }

    private static String operation(String place, Source source, List<ForeignDumps.Found> found) {
        List<String> parameters = new ArrayList<>(List.of(place, source.name()));
        found.forEach(f -> parameters.add(f.file() + " " + f.bytes() + " " + f.modified()));
        return "backup.import " + Sha256.ofFields(parameters).hex();
    }

    private static DumpFormat format(ForeignDump dump) {
        return dump.kind()
                .storedAs()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "What is unknown has something against it."));
    }
}
