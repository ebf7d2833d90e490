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
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Keys;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.shared.Secret;

/** Keys that open the backups, and the server's own. */
@Path("keys")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Keys")
public class KeysResource {
    @Inject private Keys keys;
    @Context private UriInfo uri;

    /**
     * @param publicKey {@code age1…}
     * @param reason why; needed where a second person has to agree
     * @param otp TOTP code
     */
    public record Add(
            String name,
            RecipientKey.Purpose purpose,
            String publicKey,
            Optional<String> reason,
            String otp) {}

    /**
     * @param passphrase that protects the identity, which then lies encrypted beside every backup
     * @param reason why; needed where a second person has to agree
     * @param otp TOTP code
     */
    public record Generate(
            String name,
            RecipientKey.Purpose purpose,
            Optional<String> passphrase,
            Optional<String> reason,
            String otp) {}

    /**
     * @param publicKey of the new key; left out: a pair is made
     * @param passphrase that protects the identity of the pair made
     * @param reason why; needed where a second person has to agree
     * @param otp TOTP code
     */
    public record Rotate(
            Optional<String> publicKey,
            Optional<String> passphrase,
            Optional<String> reason,
            String otp) {}

    /**
     * @param reason why; needed where a second person has to agree
     * @param otp TOTP code
     */
    public record Retire(Optional<String> reason, String otp) {}

    /** A TOTP code. */
    public record Code(String otp) {}

    /**
     * @param answer the line that {@code age -d} printed
     * @param otp TOTP code
     */
    public record Proof(String answer, String otp) {}

    @GET
    @Operation(summary = "Keys, active ones first, with what each opens and what is due")
    public Listing<KeyViews.Whole> list() {
        return Listing.whole(keys.all(), KeyViews::whole);
    }

    @POST
    @Operation(summary = "Add a public key; new backups are encrypted to it as well")
    @Answers(status = 201, with = KeyViews.Made.class)
    public Response add(Add body) {
        Add key = Bodies.require(body);
        return created(
                keys.add(
                        key.name(),
                        key.purpose(),
                        key.publicKey(),
                        key.reason().orElse(null),
                        key.otp()));
    }

    @POST
    @Path("generate")
    @Operation(summary = "Make a key pair; the identity is in this answer and nowhere else")
    @Answers(status = 201, with = KeyViews.Made.class)
    public Response generate(Generate body) {
        Generate key = Bodies.require(body);
        return created(
                keys.generate(
                        key.name(),
                        key.purpose(),
                        key.passphrase().map(Secret::of).orElse(null),
                        key.reason().orElse(null),
                        key.otp()));
    }

    @GET
    @Path("server")
    @Operation(summary = "The server's own keys: what signs manifests and what seals secrets")
    public KeyViews.OfServer ofServer() {
        return KeyViews.ofServer(keys.ofServer());
    }

    @POST
    @Path("server/rotate-signing")
    @Operation(summary = "Sign with a new key from now on; earlier manifests still verify")
    public KeyViews.OfServer rotateSigning(Code body) {
        return KeyViews.ofServer(keys.rotateSigning(Bodies.require(body).otp()));
    }

    @POST
    @Path("server/rotate-sealing")
    @Operation(summary = "Seal every secret of the catalog with a new key; finishes one begun")
    public KeyViews.Resealed rotateSealing(Code body) {
        long secrets = keys.rotateSealing(Bodies.require(body).otp());
        return new KeyViews.Resealed("server", "WHOLE", secrets);
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One key")
    public KeyViews.Whole get(@PathParam("id") String id) {
        return KeyViews.whole(keys.one(Parameters.id("key", id)));
    }

    @GET
    @Path("{id}/backups")
    @Operation(summary = "Kept backups that the key's identity opens, newest first")
    public Listing<KeyViews.Opened> backups(
            @PathParam("id") String id, @QueryParam("limit") String limit) {
        return Listing.whole(
                keys.opened(Parameters.id("key", id), Parameters.limit(limit)), KeyViews::opened);
    }

    @POST
    @Path("{id}/rotate")
    @Operation(summary = "Put a new key in its place for new backups; older ones stay open to it")
    @Answers(status = 201, with = KeyViews.Made.class)
    public Response rotate(@PathParam("id") String id, Rotate body) {
        Rotate next = Bodies.require(body);
        return created(
                keys.rotate(
                        Parameters.id("key", id),
                        next.publicKey().orElse(null),
                        next.passphrase().map(Secret::of).orElse(null),
                        next.reason().orElse(null),
                        next.otp()));
    }

    @POST
    @Path("{id}/retire")
    @Operation(summary = "Say that its identity is needed no more; refused where one still is")
    public KeyViews.Retired retire(@PathParam("id") String id, Retire body) {
        UUID key = Parameters.id("key", id);
        Retire asked = Bodies.require(body);
        return KeyViews.retired(key, keys.retire(key, asked.reason().orElse(null), asked.otp()));
    }

    @POST
    @Path("{id}/challenge")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Make a challenge that only the holder of the identity can answer")
    public KeyViews.Whole challenge(@PathParam("id") String id) {
        return KeyViews.whole(keys.challenge(Parameters.id("key", id)));
    }

    @POST
    @Path("{id}/proof")
    @Operation(summary = "Answer the challenge with what age -d printed")
    public KeyViews.Whole prove(@PathParam("id") String id, Proof body) {
        Proof proof = Bodies.require(body);
        return KeyViews.whole(keys.prove(Parameters.id("key", id), proof.answer(), proof.otp()));
    }

    private Response created(Keys.Made made) {
        Response.ResponseBuilder answer =
                made.id()
                        .map(
                                id ->
                                        Response.created(
                                                uri.getBaseUriBuilder()
                                                        .path("keys")
                                                        .path(id.toString())
                                                        .build()))
                        .orElseGet(Response::accepted);
        return answer.entity(KeyViews.made(made)).build();
    }
}
