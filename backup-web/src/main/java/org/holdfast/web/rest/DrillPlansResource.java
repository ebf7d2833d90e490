package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.CheckPlanJson;
import org.holdfast.app.DrillPlans;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.Choice;

/** Plans by which sources are drilled again and again. */
@Path("drill-plans")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Drills")
public class DrillPlansResource {
    @Inject private DrillPlans plans;
    @Context private UriInfo uri;

    /**
     * A plan as it is asked for.
     *
     * @param schedule e.g. first_sunday at 03:00 Europe/Berlin, monthly, quarterly, 0 4 1 * * UTC;
     *     left out: by hand only
     * @param choose LATEST or RANDOM; left out: LATEST
     * @param windowDays of RANDOM: how far back it looks
     * @param place THROWAWAY or a target's name; left out: THROWAWAY
     * @param newerMajor whether a cluster of a newer major than the source's will do
     * @param checks what is looked at; left out: the standard
     * @param checklist what the reviewers are to look at, one item each
     * @param secondReviewer whether two people look at each drill's record
     * @param keepMinutes how long each drill's place is left for inspection; left out: not at all
     */
    public record Draft(
            String name,
            String source,
            Optional<String> schedule,
            Optional<Choice.Kind> choose,
            Optional<Integer> windowDays,
            Optional<String> place,
            Optional<Boolean> newerMajor,
            Optional<JsonObject> checks,
            List<String> checklist,
            Optional<Boolean> secondReviewer,
            Optional<Integer> keepMinutes) {
        DrillPlans.Draft said() {
            return new DrillPlans.Draft(
                    name,
                    source,
                    schedule.orElse(""),
                    new Choice(choose.orElse(Choice.Kind.LATEST), windowDays.orElse(0)),
                    place.orElse(DrillPlans.THROWAWAY),
                    newerMajor.orElse(false),
                    checks.map(json -> CheckPlanJson.read(json.toString()))
                            .orElse(CheckPlan.STANDARD),
                    String.join("\n", checklist),
                    secondReviewer.orElse(false),
                    Duration.ofMinutes(keepMinutes.orElse(0)));
        }
    }

    /**
     * A plan said anew; what is left out is as in a new plan.
     *
     * @param version that the change is made on
     */
    public record Change(
            int version,
            String name,
            String source,
            Optional<String> schedule,
            Optional<Choice.Kind> choose,
            Optional<Integer> windowDays,
            Optional<String> place,
            Optional<Boolean> newerMajor,
            Optional<JsonObject> checks,
            List<String> checklist,
            Optional<Boolean> secondReviewer,
            Optional<Integer> keepMinutes) {
        DrillPlans.Draft said() {
            return new Draft(
                            name,
                            source,
                            schedule,
                            choose,
                            windowDays,
                            place,
                            newerMajor,
                            checks,
                            checklist,
                            secondReviewer,
                            keepMinutes)
                    .said();
        }
    }

    /**
     * @param status SCHEDULED, PAUSED, RETIRED, or BY_HAND where no drill comes of it by itself
     * @param version to be given back with a change
     * @param schedule as it was written
     * @param words the schedule in words
     * @param nextAt the slot that comes next
     * @param followedTo up to which moment slots were looked at
     */
    public record View(
            UUID id,
            String status,
            int version,
            String name,
            String source,
            String schedule,
            String words,
            Optional<Instant> nextAt,
            Choice.Kind choose,
            int windowDays,
            String place,
            boolean newerMajor,
            JsonObject checks,
            List<String> checklist,
            boolean secondReviewer,
            long keepMinutes,
            Instant followedTo,
            String changedBy,
            Instant changedAt) {
        static View of(DrillPlans.Line line) {
            DrillPlans.Draft draft = line.draft();
            DrillPlans.Standing standing = line.standing();
            return new View(
                    line.id(),
                    standing.retired()
                            ? "RETIRED"
                            : standing.paused()
                                    ? "PAUSED"
                                    : line.next().isPresent() ? "SCHEDULED" : "BY_HAND",
                    standing.version(),
                    draft.name(),
                    draft.source(),
                    draft.schedule(),
                    line.words(),
                    line.next(),
                    draft.choice().kind(),
                    draft.choice().windowDays(),
                    draft.place(),
                    draft.newerMajor(),
                    CheckPlanJson.object(draft.checks()),
                    draft.checklist().lines().toList(),
                    draft.secondReviewer(),
                    draft.keep().toMinutes(),
                    standing.followed(),
                    standing.changedBy(),
                    standing.changedAt());
        }
    }

    @GET
    @Operation(
            summary =
                    "Drill plans in use, by name; all of them where neither limit nor cursor is"
                            + " given")
    public Listing<View> list(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        return Listing.of(
                plans.lines(
                        Parameters.text("cursor", cursor), Parameters.limitOrWhole(limit, cursor)),
                View::of);
    }

    @POST
    @Operation(summary = "Make a drill plan")
    @Answers(status = 201, with = View.class)
    public Response create(Draft body) {
        UUID id = plans.create(Bodies.require(body).said());
        return Response.created(
                        uri.getBaseUriBuilder().path("drill-plans").path(id.toString()).build())
                .entity(View.of(plans.one(id)))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One drill plan, a retired one too")
    public View one(@PathParam("id") String id) {
        return View.of(plans.one(Parameters.id("drill plan", id)));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Say a plan anew; drills made by the old words keep them")
    public View change(@PathParam("id") String id, Change body) {
        UUID plan = Parameters.id("drill plan", id);
        Change wanted = Bodies.require(body);
        plans.change(plan, wanted.version(), wanted.said());
        return View.of(plans.one(plan));
    }

    @POST
    @Path("{id}/pause")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Let a plan's slots pass by until it is resumed")
    public View pause(@PathParam("id") String id) {
        UUID plan = Parameters.id("drill plan", id);
        plans.pause(plan);
        return View.of(plans.one(plan));
    }

    @POST
    @Path("{id}/resume")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "End a pause; what passed by is not made up for")
    public View resume(@PathParam("id") String id) {
        UUID plan = Parameters.id("drill plan", id);
        plans.resume(plan);
        return View.of(plans.one(plan));
    }

    @POST
    @Path("{id}/retire")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Take a plan out of use for ever; records of its drills name it on")
    public View retire(@PathParam("id") String id) {
        UUID plan = Parameters.id("drill plan", id);
        plans.retire(plan);
        return View.of(plans.one(plan));
    }
}
