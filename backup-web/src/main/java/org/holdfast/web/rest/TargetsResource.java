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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.PlaceEnds;
import org.holdfast.app.Places;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;

/** Databases that restores may go into. */
@Path("targets")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Places")
public class TargetsResource {
    @Inject private Places places;
    @Inject private PlaceEnds ends;
    @Context private UriInfo uri;

    /**
     * What is left out is as TargetEnvironment's standard has it.
     *
     * @param url postgresql://user:password@host:port/database
     * @param keptHours how long the old database is kept after a swap
     * @param command one argument each, the program's full path first
     * @param approvalHours how long a restore waits for a second person
     * @param otp TOTP code
     */
    public record Add(
            String name,
            String url,
            boolean production,
            Optional<Boolean> inPlaceAllowed,
            Optional<Boolean> fourEyes,
            Optional<Integer> keptHours,
            List<String> command,
            Optional<Integer> commandSeconds,
            Optional<Integer> approvalHours,
            String otp) {
        TargetEnvironment.Rules rules() {
            TargetEnvironment.Rules standard = TargetEnvironment.Rules.standard(production);
            return new TargetEnvironment.Rules(
                    production,
                    inPlaceAllowed.orElse(standard.inPlaceAllowed()),
                    fourEyes.orElse(standard.fourEyes()),
                    keptHours.map(Duration::ofHours).orElse(standard.kept()),
                    command,
                    commandSeconds.map(Duration::ofSeconds).orElse(standard.commandLimit()),
                    approvalHours.map(Duration::ofHours).orElse(standard.approvalOpen()));
        }
    }

    /**
     * All rules, as they are to be.
     *
     * @param command one argument each, the program's full path first; empty: none
     * @param approvalHours how long a restore waits for a second person
     * @param reason why; needed where a second person has to agree
     * @param otp TOTP code
     */
    public record Change(
            boolean production,
            boolean inPlaceAllowed,
            boolean fourEyes,
            int keptHours,
            List<String> command,
            int commandSeconds,
            int approvalHours,
            Optional<String> reason,
            String otp) {
        TargetEnvironment.Rules rules() {
            return new TargetEnvironment.Rules(
                    production,
                    inPlaceAllowed,
                    fourEyes,
                    Duration.ofHours(keptHours),
                    command,
                    Duration.ofSeconds(commandSeconds),
                    Duration.ofHours(approvalHours));
        }
    }

    /** A TOTP code. */
    public record Code(String otp) {}

    @GET
    @Operation(summary = "Targets by name; all of them where neither limit nor cursor is given")
    public Listing<PlaceViews.TargetView> list(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        Page<TargetEnvironment> targets =
                places.targets(
                        Parameters.text("cursor", cursor), Parameters.limitOrWhole(limit, cursor));
        Map<UUID, PlaceEnds.Ends> known = ends.ofTargets(targets.items());
        return Listing.of(targets, target -> PlaceViews.target(target, known.get(target.id())));
    }

    @POST
    @Operation(summary = "Add a target after a successful connection")
    @Answers(status = 201, with = PlaceViews.TargetView.class)
    public Response add(Add body) {
        Add target = Bodies.require(body);
        UUID id = places.addTarget(target.name(), target.url(), target.rules(), target.otp());
        return Response.created(uri.getBaseUriBuilder().path("targets").build())
                .entity(
                        places.target(id)
                                .map(t -> PlaceViews.target(t, PlaceEnds.Ends.UNKNOWN))
                                .orElseThrow(() -> Refused.notFound("target", id)))
                .build();
    }

    @POST
    @Path("{id}/change")
    @Operation(
            summary =
                    "Change the rules of a target that was set up in the console; of a production"
                            + " target, and to take a protection away, a second person has to agree")
    public PlaceViews.Changed change(@PathParam("id") String id, Change body) {
        UUID target = Parameters.id("target", id);
        Change change = Bodies.require(body);
        return PlaceViews.changed(
                target,
                places.changeTarget(
                        target, change.rules(), change.reason().orElse(null), change.otp()));
    }

    @POST
    @Path("{id}/retire")
    @Operation(summary = "Take a target out of use; the records of its restores stay")
    public PlaceViews.Retired retire(@PathParam("id") String id, Code body) {
        UUID target = Parameters.id("target", id);
        places.retireTarget(target, Bodies.require(body).otp());
        return PlaceViews.retired(target);
    }

    @POST
    @Path("{id}/test")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Connect and tell what is there")
    public PlaceViews.Tested test(@PathParam("id") String id) {
        UUID target = Parameters.id("target", id);
        return PlaceViews.tested(target, places.testTarget(target));
    }
}
