package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Backups;
import org.holdfast.app.Payload;
import org.holdfast.app.Payloads;
import org.holdfast.app.Restores;
import org.holdfast.app.Retentions;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.History;

/** Backups: queue, follow, download the manifest, look at what a restore would mean, ask for it. */
@Path("backups")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Backups")
public class BackupsResource {
    private static final Set<String> STATUSES =
            Set.of(
                    "QUEUED",
                    "RUNNING",
                    "UPLOADED",
                    "VERIFIED",
                    "RESTORED",
                    "FAILED",
                    "CANCELLED",
                    "SUSPECT",
                    "EXPIRED");

    @Inject private Backups backups;
    @Inject private Restores restores;
    @Inject private Retentions retentions;
    @Inject private Payloads payloads;
    @Inject private Clock clock;
    @Context private UriInfo uri;

    /**
     * @param source name of the database, as GET /admin/sources shows it
     */
    public record Queue(String source, Optional<DumpFormat> format) {}

    /**
     * @param phrase typed exactly as the impact's confirmPhrase
     * @param otp TOTP code
     * @param checklist ids of the impact's checklist that are acknowledged
     * @param identity age identity of one of the backup's recipients, where the server has none; it
     *     may be an age file in armor that a passphrase opens
     * @param passphrase of such an identity, given or kept by Holdfast
     */
    public record Order(
            String target,
            Optional<RestoreMode> mode,
            Optional<Boolean> dryRun,
            Optional<Boolean> includeGlobals,
            Optional<String> newName,
            Optional<String> reason,
            String phrase,
            String otp,
            List<String> checklist,
            Optional<String> identity,
            Optional<String> passphrase) {}

    /**
     * @param reason why; it stays in the record
     * @param phrase DELETE and the backup's id
     * @param otp TOTP code
     */
    public record Deletion(String reason, String phrase, String otp) {}

    /**
     * @param reason why the database became smaller
     */
    public record Acceptance(String reason) {}

    /**
     * @param reason why it must be kept, e.g. the case
     */
    public record Hold(String reason) {}

    /**
     * @param reason why the hold is removed
     * @param otp TOTP code
     */
    public record HoldRemoval(String reason, String otp) {}

    /**
     * @param otp TOTP code
     */
    public record Download(String otp) {}

    @GET
    @Operation(summary = "Backups, newest first; status may name several, separated by commas")
    public Listing<BackupViews.Item> list(
            @QueryParam("source") String source,
            @QueryParam("status") String status,
            @QueryParam("q") String text,
            @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        History.Filter filter =
                new History.Filter(
                        Parameters.text("source", source),
                        Parameters.names("status", status, STATUSES),
                        Parameters.text("q", text));
        return Listing.of(
                backups.page(filter, Parameters.text("cursor", cursor), Parameters.limit(limit)),
                BackupViews::item);
    }

    @POST
    @Operation(summary = "Back a source up now")
    @Answers(status = 202, with = BackupViews.Queued.class)
    public Response queue(Queue body) {
        Queue order = Bodies.require(body);
        UUID id = backups.queue(order.source(), order.format().orElse(DumpFormat.CUSTOM));
        return Response.accepted(new BackupViews.Queued(id, "QUEUED"))
                .location(uri.getBaseUriBuilder().path("backups").path(id.toString()).build())
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One backup with its copies, phases and progress")
    public BackupViews.Whole get(@PathParam("id") String id) {
        return BackupViews.whole(backups.detail(Parameters.id("backup", id)));
    }

    @GET
    @Path("{id}/log")
    @Operation(summary = "Log lines after a sequence number")
    public Listing<WorkViews.Line> log(
            @PathParam("id") String id, @QueryParam("after") String after) {
        long seq = Parameters.after(after);
        return WorkViews.log(backups.log(Parameters.id("backup", id), seq), seq);
    }

    @GET
    @Path("{id}/manifest")
    @Operation(summary = "The signed manifest, byte for byte as it stands in the stores")
    public Response manifest(@PathParam("id") String id, @Context Request request) {
        UUID backup = Parameters.id("backup", id);
        byte[] text = backups.manifest(backup).getBytes(StandardCharsets.UTF_8);
        EntityTag tag = new EntityTag(Sha256.of(text).hex());
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        if (unchanged != null) {
            return unchanged.tag(tag).build();
        }
        return Response.ok(text, MediaType.APPLICATION_JSON)
                .tag(tag)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + backup + ".manifest.json\"")
                .build();
    }

    @POST
    @Path("{id}/payload")
    @Produces(MediaType.WILDCARD)
    @Operation(
            summary =
                    "The encrypted dump, byte for byte as it stands in the stores. Where what a store"
                            + " gives is not what the manifest has, the answer ends before its"
                            + " Content-Length")
    public Response payload(@PathParam("id") String id, Download body) {
        UUID backup = Parameters.id("backup", id);
        Payload payload = payloads.open(payloads.release(backup, Bodies.require(body).otp()));
        StreamingOutput content = payload::writeTo;
        return Response.ok(content, MediaType.APPLICATION_OCTET_STREAM)
                .header(HttpHeaders.CONTENT_LENGTH, payload.bytes())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + payload.name() + "\"")
                .build();
    }

    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Cancel a queued or running backup")
    @Answers(status = 202, with = BackupViews.Whole.class)
    public Response cancel(@PathParam("id") String id) {
        UUID backup = Parameters.id("backup", id);
        backups.cancel(backup);
        return Response.accepted(BackupViews.whole(backups.detail(backup))).build();
    }

    @POST
    @Path("{id}/verify")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary =
                    "Read every copy of a backup back now; what comes of it stands with each copy")
    @Answers(status = 202, with = BackupViews.Whole.class)
    public Response verify(@PathParam("id") String id) {
        UUID backup = Parameters.id("backup", id);
        backups.verify(backup);
        return Response.accepted(BackupViews.whole(backups.detail(backup))).build();
    }

    @POST
    @Path("{id}/accept-shrinkage")
    @Operation(
            summary =
                    "Say that a backup which is SUSPECT for being much smaller than usual is right")
    public BackupViews.Whole acceptShrinkage(@PathParam("id") String id, Acceptance body) {
        UUID backup = Parameters.id("backup", id);
        backups.acceptShrinkage(backup, Bodies.require(body).reason());
        return BackupViews.whole(backups.detail(backup));
    }

    @GET
    @Path("{id}/impact")
    @Operation(summary = "What a restore into a target would mean")
    public ImpactView impact(@PathParam("id") String id, @QueryParam("target") String target) {
        return ImpactView.of(
                restores.impact(
                        Parameters.id("backup", id), Parameters.required("target", target)));
    }

    @POST
    @Path("{id}/restores")
    @Operation(summary = "Ask for a restore; mode is ASIDE_SWAP where nothing is said")
    @Answers(status = 202, with = RestoreViews.Whole.class)
    public Response restore(@PathParam("id") String id, Order body) {
        UUID backup = Parameters.id("backup", id);
        Order order = Bodies.require(body);
        UUID restore =
                restores.request(
                        backup,
                        new Restores.Order(
                                order.target(),
                                order.mode().orElse(RestoreMode.ASIDE_SWAP),
                                order.dryRun().orElse(false),
                                order.includeGlobals().orElse(false),
                                order.newName().orElse(null),
                                order.reason().orElse(null),
                                order.phrase(),
                                order.otp(),
                                order.checklist(),
                                order.identity().map(Secret::of).orElse(null),
                                order.passphrase().map(Secret::of).orElse(null)));
        return Response.accepted(RestoreViews.whole(restores.detail(restore), clock.instant()))
                .location(uri.getBaseUriBuilder().path("restores").path(restore.toString()).build())
                .build();
    }

    @POST
    @Path("{id}/delete")
    @Operation(
            summary =
                    "Delete a backup: its copies are removed from their stores when the grace is over")
    public BackupViews.Kept delete(@PathParam("id") String id, Deletion body) {
        UUID backup = Parameters.id("backup", id);
        Deletion order = Bodies.require(body);
        return kept(
                backup,
                "DELETED",
                retentions.delete(backup, order.reason(), order.phrase(), order.otp()));
    }

    @POST
    @Path("{id}/take-back")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Take a deletion back while its grace lasts")
    public BackupViews.Kept takeBack(@PathParam("id") String id) {
        UUID backup = Parameters.id("backup", id);
        retentions.takeBack(backup);
        return kept(backup, "KEPT", Optional.empty());
    }

    @POST
    @Path("{id}/hold")
    @Operation(summary = "Put a backup under legal hold: neither rules nor people delete it")
    public BackupViews.Kept hold(@PathParam("id") String id, Hold body) {
        UUID backup = Parameters.id("backup", id);
        retentions.hold(backup, Bodies.require(body).reason());
        return kept(backup, "HELD", Optional.empty());
    }

    @POST
    @Path("{id}/hold/remove")
    @Operation(summary = "Remove a legal hold")
    public BackupViews.Kept removeHold(@PathParam("id") String id, HoldRemoval body) {
        UUID backup = Parameters.id("backup", id);
        HoldRemoval order = Bodies.require(body);
        return kept(backup, "RELEASED", retentions.removeHold(backup, order.reason(), order.otp()));
    }

    private BackupViews.Kept kept(UUID backup, String done, Optional<UUID> approval) {
        History.Row row = backups.detail(backup).row();
        return new BackupViews.Kept(
                backup,
                approval.isPresent() ? "AWAITING_APPROVAL" : done,
                approval,
                Optional.ofNullable(row.hold()),
                Optional.ofNullable(row.goesAt()));
    }
}
