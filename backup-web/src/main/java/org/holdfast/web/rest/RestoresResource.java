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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Restores;
import org.holdfast.domain.shared.BreakGlass;

/** Restores: follow, decide, cancel, undo, and enter those done by hand. */
@Path("restores")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Restores")
public class RestoresResource {
    @Inject private Restores restores;
    @Inject private Clock clock;
    @Context private UriInfo uri;

    /** A TOTP code. */
    public record Code(String otp) {}

    /**
     * One person acting alone.
     *
     * @param phrase BREAK GLASS and the target's name
     * @param reason at least 20 characters; kept for ever and told to everybody
     * @param otp TOTP code
     */
    public record Glass(String phrase, String reason, String otp) {}

    /** Why it is rejected. */
    public record Rejection(Optional<String> reason) {}

    /**
     * A restore that was done outside Holdfast.
     *
     * @param note what was done, or why it failed
     */
    public record ByHand(
            Optional<UUID> snapshotId,
            String target,
            String note,
            Instant startedAt,
            Instant finishedAt,
            boolean success) {}

    @GET
    @Operation(summary = "Restores, newest first")
    public Listing<RestoreViews.Item> list(
            @QueryParam("snapshotId") String snapshotId,
            @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        return Listing.of(
                restores.page(
                        Parameters.optionalId("snapshotId", snapshotId),
                        Parameters.text("cursor", cursor),
                        Parameters.limit(limit)),
                RestoreViews::item);
    }

    @POST
    @Operation(summary = "Enter a restore that was done by hand, so that the records are whole")
    @Answers(status = 201, with = RestoreViews.Whole.class)
    public Response enter(ByHand body) {
        ByHand record = Bodies.require(body);
        UUID id =
                restores.enterByHand(
                        record.snapshotId().orElse(null),
                        record.target(),
                        record.note(),
                        record.startedAt(),
                        record.finishedAt(),
                        record.success());
        return Response.created(
                        uri.getBaseUriBuilder().path("restores").path(id.toString()).build())
                .entity(view(id))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One restore with its phases, checks and progress")
    public RestoreViews.Whole get(@PathParam("id") String id) {
        return view(Parameters.id("restore", id));
    }

    @GET
    @Path("{id}/log")
    @Operation(summary = "Log lines after a sequence number")
    public Listing<WorkViews.Line> log(
            @PathParam("id") String id, @QueryParam("after") String after) {
        long seq = Parameters.after(after);
        return WorkViews.log(restores.log(Parameters.id("restore", id), seq), seq);
    }

    @POST
    @Path("{id}/approve")
    @Operation(summary = "Agree to somebody else's restore, the whole plan")
    @Answers(status = 202, with = RestoreViews.Whole.class)
    public Response approve(@PathParam("id") String id, Code body) {
        UUID restore = Parameters.id("restore", id);
        restores.approve(restore, Bodies.require(body).otp());
        return accepted(restore);
    }

    @POST
    @Path("{id}/break-glass")
    @Operation(
            summary = "Let it through alone, in an emergency: marked for ever, told to everybody")
    @Answers(status = 202, with = RestoreViews.Whole.class)
    public Response breakGlass(@PathParam("id") String id, Glass body) {
        UUID restore = Parameters.id("restore", id);
        Glass glass = Bodies.require(body);
        restores.breakGlass(restore, new BreakGlass(glass.phrase(), glass.reason()), glass.otp());
        return accepted(restore);
    }

    @POST
    @Path("{id}/reject")
    @Operation(summary = "Refuse somebody's restore")
    @Answers(status = 202, with = RestoreViews.Whole.class)
    public Response reject(@PathParam("id") String id, Rejection body) {
        UUID restore = Parameters.id("restore", id);
        restores.reject(restore, Bodies.require(body).reason().orElse(null));
        return accepted(restore);
    }

    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary =
                    "Cancel a waiting or running restore; the target stays as it was, unless one in"
                            + " place was committed before: result says which. Of a completed one"
                            + " withdraw the undo that waits")
    @Answers(status = 202, with = RestoreViews.Whole.class)
    public Response cancel(@PathParam("id") String id) {
        UUID restore = Parameters.id("restore", id);
        restores.cancel(restore);
        return accepted(restore);
    }

    @POST
    @Path("{id}/undo")
    @Operation(summary = "Swap the database back that was there before")
    @Answers(status = 202, with = RestoreViews.Whole.class)
    public Response undo(@PathParam("id") String id, Code body) {
        UUID restore = Parameters.id("restore", id);
        restores.undo(restore, Bodies.require(body).otp());
        return accepted(restore);
    }

    private Response accepted(UUID id) {
        return Response.accepted(view(id)).build();
    }

    private RestoreViews.Whole view(UUID id) {
        return RestoreViews.whole(restores.detail(id), clock.instant());
    }
}
