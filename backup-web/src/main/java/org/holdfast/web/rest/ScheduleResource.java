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
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Schedules;
import org.holdfast.domain.shared.Refused;

/** When each source is backed up by itself. */
@Path("schedule")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Policy")
public class ScheduleResource {
    @Inject private Schedules schedules;

    /**
     * @param id the source's
     * @param status SCHEDULED, PAUSED, or NEVER where it is backed up by hand only
     * @param schedule in words
     * @param nextAt the slot that comes next
     * @param lastSlot how far the schedule was followed
     */
    public record View(
            UUID id,
            String status,
            String source,
            String schedule,
            Optional<Instant> nextAt,
            Optional<Instant> lastSlot,
            Optional<String> pausedBy,
            Optional<String> pauseReason,
            Optional<Instant> pausedUntil) {
        static View of(Schedules.Line line) {
            return new View(
                    line.sourceId(),
                    line.pause().isPresent()
                            ? "PAUSED"
                            : line.next().isPresent() ? "SCHEDULED" : "NEVER",
                    line.source(),
                    line.words(),
                    line.next(),
                    line.lastSlot(),
                    line.pause().map(Schedules.Pause::by),
                    line.pause().map(Schedules.Pause::reason),
                    line.pause().map(Schedules.Pause::until));
        }
    }

    /**
     * @param until the moment from which on slots count again
     */
    public record Stop(String reason, Instant until) {}

    @GET
    @Operation(
            summary =
                    "Schedules of sources, by name; all of them where neither limit nor cursor is"
                            + " given")
    public Listing<View> list(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        return Listing.of(
                schedules.page(
                        Parameters.text("cursor", cursor), Parameters.limitOrWhole(limit, cursor)),
                View::of);
    }

    @POST
    @Path("{id}/pause")
    @Operation(summary = "Make no scheduled backups of a source until a moment")
    public View pause(@PathParam("id") String id, Stop body) {
        UUID source = Parameters.id("source", id);
        Stop stop = Bodies.require(body);
        schedules.pause(source, stop.reason(), stop.until());
        return view(source);
    }

    @POST
    @Path("{id}/resume")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "End a pause; what passed by is not made up for")
    public View resume(@PathParam("id") String id) {
        UUID source = Parameters.id("source", id);
        schedules.resume(source);
        return view(source);
    }

    private View view(UUID source) {
        return schedules
                .line(source)
                .map(View::of)
                .orElseThrow(() -> Refused.notFound("source", source));
    }
}
