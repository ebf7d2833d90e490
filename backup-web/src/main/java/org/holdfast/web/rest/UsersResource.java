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
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Joining;
import org.holdfast.app.People;
import org.holdfast.domain.people.Role;

/** People: who there is, who is invited, what they may do. */
@Path("users")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "People")
public class UsersResource {
    @Inject private People people;
    @Inject private Joining joining;
    @Context private UriInfo uri;

    /**
     * @param otp TOTP code
     */
    public record Invite(String name, Role role, String otp) {}

    /**
     * @param otp TOTP code
     */
    public record NewRole(Role role, String otp) {}

    /** A TOTP code. */
    public record Code(String otp) {}

    /**
     * @param reason how it is known that it is this person who asks; the second person reads it
     * @param keepPasskeys whether the person's passkeys stay and sign in; without it they are
     *     removed as well
     * @param otp TOTP code
     */
    public record Reset(String reason, Optional<Boolean> keepPasskeys, String otp) {}

    /**
     * @param id of the person
     * @param approval what it waits for
     */
    public record Waiting(UUID id, String status, UUID approval) {}

    /**
     * @param id of the invitation
     */
    public record Withdrawn(UUID id, String status) {}

    /**
     * Somebody a link was made for.
     *
     * @param id of the invitation
     * @param link to be handed to the person; shown this once
     */
    public record Invited(
            UUID id, String status, String name, Role role, String link, Instant linkExpiresAt) {}

    /**
     * @param id of the person; of the invitation where the status is INVITED or LAPSED
     * @param sessions that are open
     * @param tokens that are valid
     */
    public record Person(
            UUID id,
            String status,
            String name,
            Role role,
            boolean authenticator,
            int passkeys,
            Instant lastSignInAt,
            int sessions,
            int tokens,
            Instant linkExpiresAt) {}

    @GET
    @Operation(
            summary =
                    "People and who is invited, by name; all of them where neither limit nor cursor"
                            + " is given")
    public Listing<Person> list(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        return Listing.of(
                people.all(
                        Parameters.text("cursor", cursor), Parameters.limitOrWhole(limit, cursor)),
                UsersResource::view);
    }

    @POST
    @Operation(summary = "Invite somebody by a one-time link, valid for 72 hours")
    @Answers(status = 201, with = UsersResource.Invited.class)
    public Response invite(Invite body) {
        Invite invite = Bodies.require(body);
        Joining.Link link = joining.invite(invite.name(), invite.role(), invite.otp());
        return handedOut(link);
    }

    private Response handedOut(Joining.Link link) {
        return Response.created(uri.getBaseUriBuilder().path("users").build())
                .entity(
                        new Invited(
                                link.person().id(),
                                link.person().standing().name(),
                                link.person().name(),
                                link.person().role(),
                                link.address(uri.getBaseUri().resolve("..").toString()),
                                link.person().linkExpiresAt()))
                .build();
    }

    @POST
    @Path("{id}/withdraw")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Withdraw an invitation: its link opens nothing, the name is free again")
    public Withdrawn withdraw(@PathParam("id") String id) {
        UUID invitation = Parameters.id("invitation", id);
        joining.withdraw(invitation);
        return new Withdrawn(invitation, "WITHDRAWN");
    }

    @POST
    @Path("{id}/reset-password")
    @Operation(
            summary =
                    "Make a one-time link by which somebody who forgot the password chooses another")
    @Answers(status = 201, with = UsersResource.Invited.class)
    public Response resetPassword(@PathParam("id") String id, Code body) {
        UUID user = Parameters.id("user", id);
        return handedOut(joining.resetPassword(user, Bodies.require(body).otp()));
    }

    @POST
    @Path("{id}/reset-authenticator")
    @Operation(summary = "Ask a second person to agree that somebody's authenticator is taken away")
    @Answers(status = 202, with = UsersResource.Waiting.class)
    public Response resetAuthenticator(@PathParam("id") String id, Reset body) {
        UUID user = Parameters.id("user", id);
        Reset reset = Bodies.require(body);
        UUID approval =
                people.resetTotp(
                        user, reset.keepPasskeys().orElse(false), reset.reason(), reset.otp());
        return Response.accepted(new Waiting(user, "AWAITING_APPROVAL", approval))
                .location(
                        uri.getBaseUriBuilder().path("approvals").path(approval.toString()).build())
                .build();
    }

    @POST
    @Path("{id}/authenticator-link")
    @Operation(
            summary =
                    "Make a one-time link by which somebody whose authenticator was reset sets up another")
    @Answers(status = 201, with = UsersResource.Invited.class)
    public Response linkBack(@PathParam("id") String id, Code body) {
        UUID user = Parameters.id("user", id);
        return handedOut(joining.linkBack(user, Bodies.require(body).otp()));
    }

    @POST
    @Path("{id}/role")
    @Operation(summary = "Give somebody else another role")
    public Person role(@PathParam("id") String id, NewRole body) {
        UUID user = Parameters.id("user", id);
        NewRole next = Bodies.require(body);
        people.changeRole(user, next.role(), next.otp());
        return one(user);
    }

    @POST
    @Path("{id}/disable")
    @Operation(summary = "Let somebody in no longer; their sessions end")
    public Person disable(@PathParam("id") String id, Code body) {
        UUID user = Parameters.id("user", id);
        people.disable(user, Bodies.require(body).otp());
        return one(user);
    }

    @POST
    @Path("{id}/enable")
    @Operation(summary = "Let somebody in again")
    public Person enable(@PathParam("id") String id, Code body) {
        UUID user = Parameters.id("user", id);
        people.enable(user, Bodies.require(body).otp());
        return one(user);
    }

    @POST
    @Path("{id}/end-sessions")
    @Operation(summary = "End somebody's sessions on every server")
    public Person endSessions(@PathParam("id") String id, Code body) {
        UUID user = Parameters.id("user", id);
        people.endSessions(user, Bodies.require(body).otp());
        return one(user);
    }

    private Person one(UUID id) {
        return view(people.details(id).person());
    }

    private static Person view(People.Person person) {
        return new Person(
                person.id(),
                person.standing().name(),
                person.name(),
                person.role(),
                person.totp(),
                person.passkeys(),
                person.lastSignInAt(),
                person.sessions(),
                person.tokens(),
                person.linkExpiresAt());
    }
}
