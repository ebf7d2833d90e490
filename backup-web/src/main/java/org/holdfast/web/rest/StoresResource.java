package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.PlaceEnds;
import org.holdfast.app.Places;
import org.holdfast.app.StoreGuards;
import org.holdfast.domain.shared.Days;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.StorageLocation;

/** Places that keep backups. */
@Path("stores")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Places")
public class StoresResource {
    @Inject private Places places;
    @Inject private StoreGuards guards;
    @Inject private PlaceEnds ends;
    @Context private UriInfo uri;

    /**
     * @param directory of kind DIRECTORY: a full path on the server
     * @param endpoint of kind S3, as region, bucket, accessKeyId and secretAccessKey
     * @param keysEndOn of kind S3: the day (UTC) from whose beginning on the keys are no good, as
     *     2027-03-31
     * @param otp TOTP code
     */
    public record Add(
            String name,
            StorageLocation.Kind kind,
            Optional<String> directory,
            Optional<String> endpoint,
            Optional<String> region,
            Optional<String> bucket,
            Optional<String> prefix,
            Optional<String> accessKeyId,
            Optional<String> secretAccessKey,
            Optional<String> keysEndOn,
            String otp) {}

    /**
     * @param accessKeyId left out, as the secret is, where the keys stay
     * @param keysEndOn the day (UTC) from whose beginning on they are no good, as 2027-03-31; left
     *     out where it is not known
     * @param otp TOTP code
     */
    public record Keys(
            Optional<String> accessKeyId,
            Optional<String> secretAccessKey,
            Optional<String> keysEndOn,
            String otp) {}

    /** A TOTP code. */
    public record Code(String otp) {}

    @GET
    @Operation(summary = "Stores by name")
    public Listing<PlaceViews.StoreView> list() {
        List<StorageLocation> stores = places.stores();
        Map<UUID, PlaceEnds.Ends> known = ends.ofStores(stores);
        return Listing.whole(stores, store -> view(store, known));
    }

    private PlaceViews.StoreView view(StorageLocation store) {
        return view(store, ends.ofStores(List.of(store)));
    }

    private PlaceViews.StoreView view(StorageLocation store, Map<UUID, PlaceEnds.Ends> known) {
        return PlaceViews.store(store, guards.last(store.id()), known.get(store.id()));
    }

    @GET
    @Path("{id}")
    @Operation(
            summary = "A store, with the last look at what it does for the safety of its content")
    public PlaceViews.StoreView one(@PathParam("id") String id) {
        return view(places.store(Parameters.id("store", id)));
    }

    @POST
    @Path("{id}/check")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary =
                    "Ask the store for versioning, encryption, Object Lock, life cycle and public"
                            + " access; nothing in it changes")
    public PlaceViews.Checked check(@PathParam("id") String id) {
        UUID store = Parameters.id("store", id);
        return PlaceViews.checked(store, guards.check(store));
    }

    /**
     * @param mode OFF, GOVERNANCE or COMPLIANCE
     * @param otp TOTP code
     */
    public record Lock(LockMode mode, String otp) {}

    @POST
    @Path("{id}/lock")
    @Operation(
            summary =
                    "Say how new copies are locked where the bucket has Object Lock; those that are"
                            + " there keep their lock")
    public PlaceViews.StoreView lock(@PathParam("id") String id, Lock body) {
        UUID store = Parameters.id("store", id);
        Lock lock = Bodies.require(body);
        guards.lockWith(store, lock.mode(), lock.otp());
        return view(places.store(store));
    }

    @POST
    @Path("{id}/harden")
    @Operation(summary = "Set what its check finds lacking and settable; loosens nothing")
    public PlaceViews.Hardened harden(@PathParam("id") String id, Code body) {
        UUID store = Parameters.id("store", id);
        return PlaceViews.hardened(store, guards.harden(store, Bodies.require(body).otp()));
    }

    @POST
    @Operation(summary = "Add a store after a small object was written, read back and removed")
    @Answers(status = 201, with = PlaceViews.StoreView.class)
    public Response add(Add body) {
        Add store = Bodies.require(body);
        UUID id =
                switch (store.kind()) {
                    case DIRECTORY ->
                            places.addDirectory(
                                    store.name(),
                                    need("directory", store.directory()),
                                    store.otp());
                    case S3 ->
                            places.addBucket(
                                    store.name(),
                                    need("endpoint", store.endpoint()),
                                    store.region().orElse("us-east-1"),
                                    need("bucket", store.bucket()),
                                    store.prefix().orElse(""),
                                    need("accessKeyId", store.accessKeyId()),
                                    Secret.of(need("secretAccessKey", store.secretAccessKey())),
                                    store.keysEndOn().map(StoresResource::day),
                                    store.otp());
                };
        return Response.created(uri.getBaseUriBuilder().path("stores").build())
                .entity(view(places.store(id)))
                .build();
    }

    @POST
    @Path("{id}/retire")
    @Operation(summary = "Take a store out of use; what is there can be read on")
    public PlaceViews.Retired retire(@PathParam("id") String id, Code body) {
        UUID store = Parameters.id("store", id);
        places.retireStore(store, Bodies.require(body).otp());
        return PlaceViews.retired(store);
    }

    @POST
    @Path("{id}/test")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Write, read back and remove a small object")
    public PlaceViews.Tested test(@PathParam("id") String id) {
        UUID store = Parameters.id("store", id);
        return PlaceViews.tested(store, places.testStore(store));
    }

    @POST
    @Path("{id}/keys")
    @Operation(
            summary =
                    "Open a bucket with other keys from now on, after a small object was written,"
                            + " read back and removed with them; or say when those in use end")
    public PlaceViews.StoreView keys(@PathParam("id") String id, Keys body) {
        UUID store = Parameters.id("store", id);
        Keys keys = Bodies.require(body);
        places.changeKeys(
                store,
                keys.accessKeyId(),
                keys.secretAccessKey().map(Secret::of),
                keys.keysEndOn().map(StoresResource::day),
                keys.otp());
        return view(places.store(store));
    }

    private static LocalDate day(String text) {
        return Days.read(text)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "REQUEST-FIELD",
                                        "The member \"keysEndOn\" is not " + Days.EXPECTED + ".",
                                        "Give \"keysEndOn\" as 2027-03-31, or leave it out."));
    }

    private static String need(String member, Optional<String> value) {
        return value.orElseThrow(
                () ->
                        new Refused(
                                "REQUEST-FIELD",
                                "The body lacks the member \"" + member + "\".",
                                "Give \"" + member + "\": a string."));
    }
}
