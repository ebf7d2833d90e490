package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Imports;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.ForeignDump;
import org.holdfast.domain.snapshot.ForeignDumps;

/** Dumps that scripts made: what lies in a place, and bringing it in. */
@Path("imports")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Backups")
public class ImportsResource {
    @Inject private Imports imports;

    /**
     * A place to import from.
     *
     * @param id its name
     * @param status always CONFIGURED
     * @param place the directory, or store and prefix
     */
    public record PlaceView(String id, String status, String place) {}

    /**
     * A file as it was looked at.
     *
     * @param id its name in the place
     * @param status FITS where it can be imported, IMPORTED where it was or is being, else REFUSED
     * @param kind by its content
     * @param wrapping what is around the content, outermost first
     * @param takenBy ARCHIVE where the archive tells takenAt, FILE where it is the file's own time
     * @param checksum what the .sha256 beside it says
     * @param sha256 where it was read to its end
     * @param whole whether it was read to its end; if not, that is done on import. The end of an
     *     archive or tar is judged on import in any case
     * @param code why it is refused
     * @param backup that has it already
     */
    public record FileView(
            String id,
            String status,
            ForeignDump.Kind kind,
            List<String> wrapping,
            long bytes,
            Instant modifiedAt,
            Optional<Instant> takenAt,
            ForeignDump.TimeBy takenBy,
            Optional<String> database,
            Optional<String> serverVersion,
            ForeignDump.Checksum checksum,
            Optional<String> sha256,
            boolean whole,
            Optional<String> code,
            Optional<String> detail,
            Optional<String> remedy,
            Optional<UUID> backup,
            List<String> notes) {}

    /**
     * The files of a place.
     *
     * @param whole whether every file of the place is in it; if not, there is too much for one
     *     look, it lies too deep, or a directory cannot be opened
     */
    public record FileViews(List<FileView> items, boolean whole) {}

    /**
     * @param files names as the listing shows them
     * @param source name of the database that they are backups of
     * @param otp TOTP code, one for all of them
     */
    public record Order(String place, List<String> files, String source, String otp) {}

    /** A queued import; its id is the backup's. */
    public record QueuedView(UUID id, String status, String file) {}

    /** What was queued, in the order of the files. */
    public record QueuedViews(List<QueuedView> items) {}

    @GET
    @Operation(summary = "Places that dumps of scripts can be imported from")
    public Listing<PlaceView> places() {
        return Listing.whole(imports.places(), ImportsResource::view);
    }

    private static PlaceView view(ForeignDumps.Place place) {
        return new PlaceView(place.name(), "CONFIGURED", place.where());
    }

    @GET
    @Path("{place}")
    @Operation(
            summary =
                    "Files of a place, 2,000 at most, each looked into as far as time allows, and whether"
                            + " that are all (whole); changes nothing")
    public FileViews files(@PathParam("place") String place) {
        return view(imports.list(place));
    }

    static FileViews view(Imports.Listing listing) {
        return new FileViews(
                listing.lines().stream().map(ImportsResource::view).toList(), listing.whole());
    }

    private static FileView view(Imports.Line line) {
        ForeignDump dump = line.dump();
        return new FileView(
                dump.file(),
                line.imported().isPresent() ? "IMPORTED" : dump.importable() ? "FITS" : "REFUSED",
                dump.kind(),
                dump.wrapping(),
                dump.bytes(),
                dump.modified(),
                dump.takenAt(),
                dump.by(),
                dump.database(),
                dump.server(),
                dump.checksum(),
                dump.sha256().map(Sha256::hex),
                dump.whole(),
                dump.against().map(ForeignDump.Against::code),
                dump.against().map(ForeignDump.Against::what),
                dump.against().map(ForeignDump.Against::remedy),
                line.imported().map(known -> known.snapshot()),
                dump.notes());
    }

    @POST
    @Operation(summary = "Import files as backups of a source; followed under /admin/backups/{id}")
    @Answers(status = 202, with = QueuedViews.class)
    public Response queue(Order body) {
        Order order = Bodies.require(body);
        return Response.accepted(
                        new QueuedViews(
                                imports
                                        .queue(
                                                order.place(),
                                                order.files(),
                                                order.source(),
                                                order.otp())
                                        .stream()
                                        .map(q -> new QueuedView(q.id(), "QUEUED", q.file()))
                                        .toList()))
                .build();
    }
}
