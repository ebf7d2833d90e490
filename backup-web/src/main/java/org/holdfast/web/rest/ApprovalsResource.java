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
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Approvals;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalRecords.Box;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Refused;

/** What waits for a second person. */
@Path("approvals")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Approvals")
public class ApprovalsResource {
    @Inject private Approvals approvals;

    /** A TOTP code. */
    public record Code(String otp) {}

    /** Why it is rejected. */
    public record Rejection(Optional<String> reason) {}

    /**
     * One person acting alone.
     *
     * @param phrase BREAK GLASS and the operation
     * @param reason at least 20 characters; kept for ever and told to everybody
     * @param otp TOTP code
     */
    public record Glass(String phrase, String reason, String otp) {
        BreakGlass breakGlass() {
            return new BreakGlass(phrase, reason);
        }
    }

    @GET
    @Operation(
            summary = "Operations and restores that wait for a second person or did, newest first")
    public Listing<ApprovalViews.Item> list(
            @QueryParam("box") String box,
            @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        return Listing.of(
                approvals.page(
                        box(box), Parameters.text("cursor", cursor), Parameters.limit(limit)),
                ApprovalViews::item);
    }

    private static Box box(String text) {
        return switch (text == null ? "" : text) {
            case "", "all" -> Box.ALL;
            case "waiting" -> Box.WAITING_FOR_ME;
            case "mine" -> Box.ASKED_BY_ME;
            case "decided" -> Box.DECIDED;
            default ->
                    throw new Refused(
                            "REQUEST-PARAMETER",
                            "The parameter \"box\" has to be all, waiting, mine or decided.",
                            "Correct \"box\" in the address; see /openapi.");
        };
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One operation that waits or waited, with its whole plan")
    public ApprovalViews.Whole get(@PathParam("id") String id) {
        return view(Parameters.id("approval", id));
    }

    @POST
    @Path("{id}/approve")
    @Operation(summary = "Agree to what somebody else asked for; it is carried out at once")
    public ApprovalViews.Whole approve(@PathParam("id") String id, Code body) {
        UUID approval = Parameters.id("approval", id);
        approvals.approve(approval, Bodies.require(body).otp());
        return view(approval);
    }

    @POST
    @Path("{id}/reject")
    @Operation(summary = "Say no to what somebody else asked for")
    public ApprovalViews.Whole reject(@PathParam("id") String id, Rejection body) {
        UUID approval = Parameters.id("approval", id);
        approvals.reject(approval, Bodies.require(body).reason().orElse(null));
        return view(approval);
    }

    @POST
    @Path("{id}/withdraw")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Take back what you asked for yourself")
    public ApprovalViews.Whole withdraw(@PathParam("id") String id) {
        UUID approval = Parameters.id("approval", id);
        approvals.withdraw(approval);
        return view(approval);
    }

    @POST
    @Path("{id}/break-glass")
    @Operation(
            summary = "Let it through alone, in an emergency: marked for ever, told to everybody")
    public ApprovalViews.Whole breakGlass(@PathParam("id") String id, Glass body) {
        UUID approval = Parameters.id("approval", id);
        Glass glass = Bodies.require(body);
        approvals.breakGlass(approval, glass.breakGlass(), glass.otp());
        return view(approval);
    }

    private ApprovalViews.Whole view(UUID id) {
        Approval approval = approvals.detail(id);
        return ApprovalViews.whole(approval, approvals.shown(approval));
    }
}
