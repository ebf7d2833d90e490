package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.DrillDesk;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.shared.Secret;

/** Drills: ask for one, follow it, cancel it, clean up what is kept of it. */
@Path("drills")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Drills")
public class DrillsResource {
    private static final Set<String> STATES =
            Arrays.stream(DrillState.values()).map(Enum::name).collect(Collectors.toSet());

    @Inject private DrillDesk drills;

    /**
     * What is to be drilled: a backup, or the newest or a random one of a source, or what a plan
     * says.
     *
     * @param place THROWAWAY, which it is where nothing is said, or a target's name
     * @param windowDays how far back RANDOM looks
     * @param plan name or id
     * @param checks a check plan; where nothing is said the plan's, or the standard one
     * @param keepMinutes how long what was restored is left for inspection, 10080 at most
     * @param retestOf the drill whose finding is looked at again
     * @param newerMajor whether a cluster of a newer major than the source's will do
     * @param identity age identity of one of the backup's recipients, where the server has none; it
     *     may be an age file in armor that a passphrase opens. It is kept in memory until the end
     * @param passphrase of such an identity, given or kept by Holdfast
     * @param trial whether it only tries the checks: it leaves a record and counts for nothing
     */
    public record Order(
            Optional<UUID> snapshotId,
            Optional<String> source,
            Optional<Choice.Kind> choose,
            Optional<Integer> windowDays,
            Optional<String> place,
            Optional<String> plan,
            Optional<JsonObject> checks,
            Optional<String> ticket,
            Optional<Integer> keepMinutes,
            Optional<UUID> retestOf,
            Optional<Boolean> newerMajor,
            Optional<String> identity,
            Optional<String> passphrase,
            Optional<Boolean> trial) {}

    @GET
    @Operation(summary = "Drills, newest first")
    public Listing<DrillViews.Item> list(
            @QueryParam("snapshotId") String snapshotId,
            @QueryParam("status") String status,
            @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        Drills.Filter filter =
                Drills.Filter.ALL.in(
                        Parameters.names("status", status, STATES).stream()
                                .map(DrillState::valueOf)
                                .collect(Collectors.toSet()));
        return Listing.of(
                drills.page(
                        Parameters.optionalId("snapshotId", snapshotId)
                                .map(filter::ofSnapshot)
                                .orElse(filter),
                        Parameters.text("cursor", cursor),
                        Parameters.limit(limit)),
                DrillViews::item);
    }

    @POST
    @Operation(summary = "Ask for a drill: a restore that is done to see whether it works")
    @Answers(status = 202, with = DrillViews.Whole.class)
    public Response request(Order body) {
        Order order = Bodies.require(body);
        DrillDesk.Order wanted =
                new DrillDesk.Order(
                        order.snapshotId(),
                        order.source(),
                        order.choose(),
                        order.windowDays(),
                        order.place(),
                        order.plan(),
                        order.checks().map(JsonObject::toString),
                        order.ticket(),
                        order.keepMinutes(),
                        order.retestOf(),
                        order.newerMajor());
        Secret identity = order.identity().map(Secret::of).orElse(null);
        Secret passphrase = order.passphrase().map(Secret::of).orElse(null);
        return accepted(
                order.trial().orElse(false)
                        ? drills.tryOut(wanted, identity, passphrase)
                        : drills.request(wanted, identity, passphrase));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One drill with its checks, phases and progress")
    public DrillViews.Whole get(@PathParam("id") String id) {
        return view(Parameters.id("drill", id));
    }

    @GET
    @Path("{id}/log")
    @Operation(summary = "Log lines after a sequence number")
    public Listing<WorkViews.Line> log(
            @PathParam("id") String id, @QueryParam("after") String after) {
        long seq = Parameters.after(after);
        return WorkViews.log(drills.log(Parameters.id("drill", id), seq), seq);
    }

    @POST
    @Path("{id}/cancel")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Cancel a waiting or running drill; nothing of it is left")
    @Answers(status = 202, with = DrillViews.Whole.class)
    public Response cancel(@PathParam("id") String id) {
        UUID drill = Parameters.id("drill", id);
        drills.cancel(drill);
        return accepted(drill);
    }

    @POST
    @Path("{id}/destroy")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Destroy what was kept of a drill for inspection")
    @Answers(status = 202, with = DrillViews.Whole.class)
    public Response destroy(@PathParam("id") String id) {
        UUID drill = Parameters.id("drill", id);
        drills.destroy(drill);
        return accepted(drill);
    }

    private Response accepted(UUID id) {
        return Response.accepted(view(id)).build();
    }

    private DrillViews.Whole view(UUID id) {
        return DrillViews.whole(drills.detail(id));
    }
}
