package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.ForeignDump;
import org.holdfast.domain.snapshot.ForeignDumps;
import org.holdfast.domain.snapshot.ForeignDumps.Place;
import org.holdfast.domain.snapshot.ImportOrders;
import org.holdfast.domain.snapshot.ImportOrders.Known;

/** Dumps that scripts made before Holdfast came: looked at, and brought in as backups. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Imports {
    static final int MOST = 100;

    @Inject private ForeignDumps dumps;
    @Inject private ImportOrders orders;
    @Inject private ImportDesk desk;

    /**
     * A file of a place.
     *
     * @param imported the import that has it already or is at it
     */
    public record Line(ForeignDump dump, Optional<Known> imported) {
        public boolean importable() {
            return dump.importable() && imported.isEmpty();
        }
    }

    /**
     * @param whole whether every file of the place is in it
     */
    public record Listing(Place place, List<Line> lines, boolean whole) {}

    /** A queued import. */
    public record Queued(UUID id, String file) {}

    public List<Place> places() {
        return dumps.places();
    }

    /**
     * Looks at every file of a place; changes nothing.
     *
     * @throws Refused IMPORT-PLACE
     */
    public Listing list(String place) {
        ForeignDumps.Listing listing = dumps.list(place);
        Map<String, List<Known>> known =
                orders
                        .known(
                                place,
                                listing.dumps().stream()
                                        .map(ForeignDump::file)
                                        .collect(Collectors.toSet()))
                        .stream()
                        .collect(Collectors.groupingBy(Known::file));
        return new Listing(
                places().stream().filter(p -> p.name().equals(place)).findFirst().orElseThrow(),
                listing.dumps().stream()
                        .map(dump -> new Line(dump, same(dump, known.get(dump.file()))))
                        .toList(),
                listing.whole());
    }

    /**
     * An order that a recovery of the catalog entered has the dump's own time in place of the
     * file's: no manifest tells that.
     */
    static Optional<Known> same(ForeignDump dump, List<Known> known) {
        return known == null
                ? Optional.empty()
                : known.stream()
                        .filter(
                                k ->
                                        k.bytes() == dump.bytes()
                                                && (k.modified().equals(dump.modified())
                                                        || dump.takenAt()
                                                                .filter(k.modified()::equals)
                                                                .isPresent()))
                        .findFirst();
    }

    /**
     * Queues the import of files as backups of a source. All or none.
     *
     * @param files names as the listing shows them
     * @param otp a code; one for all of them
     * @return in the order of the files
     * @throws Refused IMPORT-FILES, IMPORT-PLACE, IMPORT-FILE, IMPORT-KNOWN, what is against a
     *     file, SOURCE-UNKNOWN, RECIPIENTS-MISSING, STORES-MISSING, STEP-UP
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public List<Queued> queue(String place, List<String> files, String source, String otp) {
        if (files.isEmpty() || files.size() > MOST || new HashSet<>(files).size() < files.size()) {
            throw new Refused(
                    "IMPORT-FILES",
                    files.isEmpty()
                            ? "No file was chosen."
                            : files.size() > MOST
                                    ? "More than " + MOST + " files were chosen at once."
                                    : "A file was chosen twice.",
                    "Choose 1 to " + MOST + " different files.");
        }
        return desk.queue(place, files, source, otp);
    }

    /**
     * @throws Refused IMPORT-KNOWN
     */
    static void requireNew(List<ForeignDump> dumps, List<Known> known) {
        for (ForeignDump dump : dumps) {
            same(dump, known.stream().filter(k -> k.file().equals(dump.file())).toList())
                    .ifPresent(
                            there -> {
                                throw new Refused(
                                        "IMPORT-KNOWN",
                                        dump.file()
                                                + " was imported already, or is being so: backup "
                                                + there.snapshot()
                                                + ".",
                                        "Open that backup; delete it first where it shall be"
                                                + " imported again.");
                            });
        }
    }
}
