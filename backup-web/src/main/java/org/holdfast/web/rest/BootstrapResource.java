package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.People;
import org.holdfast.domain.shared.Secret;

/** The first SUPER_GURU: open to whoever holds the one-time token, while there is no user. */
@Path(Gate.BOOTSTRAP)
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Bootstrap")
public class BootstrapResource {
    @Inject private People people;

    /**
     * @param token from the server's log, or HOLDFAST_BOOTSTRAP_TOKEN
     * @param password 12 to 128 characters
     */
    public record First(String token, String user, String password) {}

    /**
     * Shown once.
     *
     * @param id the user's name
     * @param totpSecret Base32
     * @param token to be sent as {@code Authorization: Bearer …}
     */
    public record Made(
            String id,
            String status,
            String user,
            String totpSecret,
            String otpauthUri,
            String token) {}

    @POST
    @Operation(
            summary = "Make the first SUPER_GURU; its authenticator and token are shown this once",
            description = "Needs no sign-in, and answers only while there is no user.")
    @Answers(status = 201, with = BootstrapResource.Made.class)
    public Response bootstrap(First body) {
        First first = Bodies.require(body);
        People.Bootstrapped made =
                people.bootstrap(
                        Secret.of(first.token()), first.user(), Secret.of(first.password()));
        return Response.status(Response.Status.CREATED)
                .entity(
                        new Made(
                                made.user(),
                                "ACTIVE",
                                made.user(),
                                made.totpSecret().reveal(),
                                made.otpauthUri().reveal(),
                                made.token().reveal()))
                .build();
    }
}
