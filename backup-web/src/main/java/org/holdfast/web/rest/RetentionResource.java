package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Retentions;
import org.holdfast.domain.policy.Expiry;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Stray;

/** What would go and what stays. */
@Path("retention")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Policy")
public class RetentionResource {
    @Inject private Retentions retentions;

    /**
     * One source in one store.
     *
     * @param id source and store
     * @param status CLEAR where nothing goes, else DUE
     * @param rule in words
     * @param goes how many copies
     * @param freedBytes what they hold
     * @param copies left out where no source was asked for
     */
    public record Forecast(
            String id,
            String status,
            String source,
            String store,
            String rule,
            long goes,
            long freedBytes,
            Optional<List<Copy>> copies) {}

    /**
     * One copy.
     *
     * @param id the backup's
     * @param status of the copy
     * @param why which rule
     * @param words the rule in words
     * @param removeAfter where it is marked: until then it can be taken back
     */
    public record Copy(
            UUID id,
            SnapshotCopy.State status,
            Instant takenAt,
            long storedBytes,
            boolean goes,
            Expiry.Why why,
            String words,
            Optional<Instant> removeAfter) {}

    @GET
    @Operation(
            summary = "What would go, what stays, and by which rule; changes nothing",
            description =
                    "With source: of that database, copy by copy. Without: of all databases that"
                            + " have copies, page by page by their names, without copies; limit"
                            + " counts databases.")
    public Listing<Forecast> forecast(
            @QueryParam("source") String source,
            @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        Optional<String> named = Parameters.text("source", source);
        int max = Parameters.limit(limit);
        Optional<String> after = Parameters.text("cursor", cursor);
        if (named.isPresent()) {
            return Listing.whole(
                    retentions.forecast(named.get()), forecast -> view(forecast, true));
        }
        Page<List<Retentions.Forecast>> page = retentions.forecasts(after, max);
        return new Listing<>(
                page.items().stream()
                        .flatMap(List::stream)
                        .map(forecast -> view(forecast, false))
                        .toList(),
                page.next());
    }

    private static Forecast view(Retentions.Forecast forecast, boolean withCopies) {
        return new Forecast(
                forecast.source() + "@" + forecast.store(),
                forecast.goes() == 0 ? "CLEAR" : "DUE",
                forecast.source(),
                forecast.store(),
                forecast.rule(),
                forecast.goes(),
                forecast.freed(),
                withCopies
                        ? Optional.of(
                                forecast.lines().stream().map(RetentionResource::copy).toList())
                        : Optional.empty());
    }

    private static Copy copy(Retentions.Line line) {
        return new Copy(
                line.snapshotId(),
                line.state(),
                line.takenAt(),
                line.storedBytes(),
                line.goes(),
                line.why(),
                line.words(),
                line.doom().map(d -> d.removeAfter()));
    }

    /**
     * What was found in a store and belongs to no backup.
     *
     * @param id store and place
     * @param status LEFT: it is removed after the grace; WHOLE: a backup that the catalog does not
     *     have, UNKNOWN: of no run it knows; neither is ever removed
     * @param kind OBJECTS of a folder, or an unfinished UPLOAD
     */
    public record StrayView(
            String id,
            Stray.Whose status,
            String store,
            Stray.Kind kind,
            String place,
            long objects,
            long bytes,
            Instant newestAt,
            Instant foundAt) {}

    @GET
    @Path("strays")
    @Operation(summary = "What was found in the stores that belongs to no backup")
    public Listing<StrayView> strays() {
        return Listing.whole(
                retentions.strays(),
                found ->
                        new StrayView(
                                found.store() + ":" + found.stray().place(),
                                found.stray().whose(),
                                found.store(),
                                found.stray().kind(),
                                found.stray().place(),
                                found.stray().objects(),
                                found.stray().bytes(),
                                found.stray().newestAt(),
                                found.stray().foundAt()));
    }
}
