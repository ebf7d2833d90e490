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
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.PlaceEnds;
import org.holdfast.app.Places;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Source;

/** Databases that are backed up. */
@Path("sources")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Places")
public class SourcesResource {
    @Inject private Places places;
    @Inject private PlaceEnds ends;
    @Context private UriInfo uri;

    /**
     * @param url postgresql://user:password@host:port/database
     * @param otp TOTP code
     */
    public record Add(String name, String url, String otp) {}

    /** A TOTP code. */
    public record Code(String otp) {}

    @GET
    @Operation(summary = "Sources by name; all of them where neither limit nor cursor is given")
    public Listing<PlaceViews.SourceView> list(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        Page<Source> sources =
                places.sources(
                        Parameters.text("cursor", cursor), Parameters.limitOrWhole(limit, cursor));
        Map<UUID, PlaceEnds.Ends> known = ends.ofSources(sources.items());
        return Listing.of(sources, source -> PlaceViews.source(source, known.get(source.id())));
    }

    @POST
    @Operation(summary = "Add a source after a successful connection")
    @Answers(status = 201, with = PlaceViews.SourceView.class)
    public Response add(Add body) {
        Add source = Bodies.require(body);
        UUID id = places.addSource(source.name(), source.url(), source.otp());
        return Response.created(uri.getBaseUriBuilder().path("sources").build())
                .entity(
                        places.source(id)
                                .map(s -> PlaceViews.source(s, PlaceEnds.Ends.UNKNOWN))
                                .orElseThrow(() -> Refused.notFound("source", id)))
                .build();
    }

    @POST
    @Path("{id}/retire")
    @Operation(summary = "Take a source out of use; its backups stay")
    public PlaceViews.Retired retire(@PathParam("id") String id, Code body) {
        UUID source = Parameters.id("source", id);
        places.retireSource(source, Bodies.require(body).otp());
        return PlaceViews.retired(source);
    }

    @POST
    @Path("{id}/test")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Connect and tell what is there")
    public PlaceViews.Tested test(@PathParam("id") String id) {
        UUID source = Parameters.id("source", id);
        return PlaceViews.tested(source, places.testSource(source));
    }
}
