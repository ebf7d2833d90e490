package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Policies;
import org.holdfast.app.PolicyComparison;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyFile;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.shared.Refused;

/** The policy in force. */
@Path("policy")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Policy")
public class PolicyResource {
    @Inject private Policies policies;

    /**
     * @param id the label of its version, e.g. 7-3f2a91c0, as backups and restores record it;
     *     default where nobody has said anything yet
     * @param version its number, 0 where nobody has said anything yet: to be given back with a
     *     change
     * @param document the policy as it was written
     * @param files that servers follow
     * @param schedule when sources are backed up by themselves, in words
     * @param sources overrides by source name
     * @param contacts who can be reached when a recovery goes wrong
     * @param escalation who is called after how many minutes
     */
    public record View(
            String id,
            String status,
            int version,
            int rpoMinutes,
            int rtoMinutes,
            int retentionDays,
            int logicalExportFrequencyMinutes,
            String monthlyRestoreDay,
            int keyRotationDays,
            String schedule,
            Map<String, ForSource> sources,
            List<Contact> contacts,
            List<Step> escalation,
            Optional<Duration> freshness,
            List<String> doubts,
            JsonObject document,
            List<FileView> files) {}

    /** Empty texts where the policy does not tell. */
    public record Contact(String name, String role, String phone, String email) {}

    /**
     * @param contact the name of a contact
     */
    public record Step(int afterMinutes, String contact) {}

    /**
     * @param stores names; empty: all
     * @param schedule in words; left out: the policy's
     * @param freshness how old the newest backup may become; left out: the policy's
     */
    public record ForSource(
            RowProof rowProof,
            List<String> stores,
            int retryAttempts,
            Duration retryFirstPauseSeconds,
            Optional<String> schedule,
            Optional<Duration> freshness) {}

    /**
     * A policy file that a server follows.
     *
     * @param status IN_FORCE, DIFFERS where something else was put in force since it changed, or
     *     REFUSED where it is wrong as it is now
     * @param version that it is, as it was last good
     * @param problems what is wrong with it
     */
    public record FileView(
            String id,
            String status,
            String server,
            String path,
            Optional<Integer> version,
            List<String> problems,
            Instant seenAt) {}

    /**
     * @param id label
     * @param status IN_FORCE or SUPERSEDED
     * @param origin FILE, PAGE or API
     * @param place server and path of the file
     * @param approvedBy who agreed, where somebody had to
     */
    public record VersionView(
            String id,
            String status,
            int version,
            Instant madeAt,
            String madeBy,
            Optional<String> approvedBy,
            String reason,
            PolicyVersion.Origin origin,
            Optional<String> place,
            String sha256) {}

    /**
     * @param before in words; nothing where nothing is said
     */
    public record Change(String path, String before, String after) {}

    /**
     * A version with its document.
     *
     * @param changes against the version before
     * @param shorter where copies were kept shorter by it
     */
    public record WholeVersion(
            String id,
            String status,
            VersionView made,
            JsonObject document,
            List<Change> changes,
            List<String> shorter) {}

    /**
     * @param document the whole policy, of the published schema
     * @param version the number of the version that it was made from, as GET told it; may be left
     *     out where If-Match says it
     * @param reason why; stands in the history
     * @param otp TOTP code
     */
    public record Replacement(
            JsonObject document, Optional<Integer> version, String reason, String otp) {}

    /**
     * @param document the whole policy, of the published schema
     */
    public record Draft(JsonObject document) {}

    /**
     * What a document would change.
     *
     * @param status GOOD or WRONG
     * @param problems what is wrong, each with its path
     * @param changes against the policy in force
     * @param shorter where copies would be kept shorter
     * @param secondPerson whether somebody else would have to agree
     */
    public record Checked(
            String id,
            String status,
            List<String> problems,
            List<Change> changes,
            List<String> shorter,
            boolean secondPerson) {}

    /**
     * @param id label of the version in force now
     * @param status IN_FORCE, or AWAITING_APPROVAL: nothing has changed yet then
     * @param approval what it waits for
     */
    public record Replaced(String id, String status, int version, Optional<UUID> approval) {}

    @GET
    @Path("schema")
    @Operation(summary = "JSON Schema (2020-12) of the policy's document")
    public String schema() {
        return policies.schema();
    }

    @GET
    @Path("versions")
    @Operation(summary = "Every policy that ever was in force, newest first")
    public Listing<VersionView> versions(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        int newest = policies.standing().number();
        return Listing.of(
                policies.versions(Parameters.text("cursor", cursor), Parameters.limit(limit)),
                version -> view(version, version.number() == newest));
    }

    @GET
    @Path("versions/{number}")
    @Operation(summary = "A version with its document and what it changed")
    public WholeVersion version(@PathParam("number") String number) {
        Policies.Whole whole = policies.version(Parameters.version(number));
        VersionView made = view(whole.version(), whole.inForce());
        return new WholeVersion(
                made.id(),
                made.status(),
                made,
                whole.document(),
                changes(whole.changes()),
                whole.changes().shorter());
    }

    @POST
    @Path("check")
    @Operation(summary = "Tell what is wrong with a document, and what it would change")
    public Checked check(Draft body) {
        Policies.Preview preview = policies.preview(Bodies.require(body).document().toString());
        return new Checked(
                "check",
                preview.wrong().isEmpty() ? "GOOD" : "WRONG",
                preview.wrong(),
                changes(preview.comparison()),
                preview.comparison().shorter(),
                preview.secondPerson());
    }

    @PUT
    @Operation(
            summary =
                    "Put a whole document in force; where it keeps backups shorter and"
                            + " FOUR_EYES_OPERATIONS names retention.shorten, a second person has"
                            + " to agree. With If-Match, a policy that is not the one that ETag"
                            + " named any more is not replaced: 412. What took effect comes with"
                            + " its ETag")
    @Answers(status = 200, with = Replaced.class)
    public Response put(@HeaderParam(HttpHeaders.IF_MATCH) String ifMatch, Replacement body) {
        Replacement wanted = Bodies.require(body);
        Optional<IfMatch> match = IfMatch.of(ifMatch);
        String document = wanted.document().toString();
        Policies.Saved saved =
                match.isEmpty()
                        ? policies.save(
                                document,
                                wanted.version().orElseThrow(PolicyResource::noVersion),
                                wanted.reason(),
                                wanted.otp())
                        : policies.saveIf(
                                number -> match.get().lets(tag(number)),
                                document,
                                wanted.version(),
                                wanted.reason(),
                                wanted.otp());
        if (saved.number().isPresent()) {
            PolicyVersion made = policies.version(saved.number().get()).version();
            return Response.ok(
                            new Replaced(made.label(), "IN_FORCE", made.number(), Optional.empty()))
                    .tag(tag(made.number()))
                    .build();
        }
        Policies.Standing now = policies.standing();
        return Response.ok(
                        new Replaced(
                                now.policy().version(),
                                "AWAITING_APPROVAL",
                                now.number(),
                                saved.approval()))
                .build();
    }

    private static Refused noVersion() {
        return new Refused(
                "REQUEST-FIELD",
                "Nothing says which version of the policy this one was made from.",
                "Give \"version\" as GET told it, or the header If-Match with its ETag.");
    }

    private static String tag(int number) {
        return Integer.toString(number);
    }

    private static VersionView view(PolicyVersion version, boolean inForce) {
        return new VersionView(
                version.label(),
                inForce ? "IN_FORCE" : "SUPERSEDED",
                version.number(),
                version.madeAt(),
                version.madeBy(),
                Optional.of(version.approvedBy()).filter(by -> !by.equals(version.madeBy())),
                version.comment(),
                version.origin(),
                Optional.of(version.place()).filter(place -> !place.isEmpty()),
                version.sha256().hex());
    }

    private static List<Change> changes(PolicyComparison comparison) {
        return comparison.changes().stream()
                .map(c -> new Change(c.path(), c.before(), c.after()))
                .toList();
    }

    private static FileView file(Policies.FileStanding standing) {
        PolicyFile file = standing.file();
        return new FileView(
                file.place(),
                !file.problems().isEmpty()
                        ? "REFUSED"
                        : standing.inForce() ? "IN_FORCE" : "DIFFERS",
                file.server(),
                file.path(),
                standing.version(),
                file.problems(),
                file.seenAt());
    }

    @GET
    @Operation(summary = "The policy in force; its ETag is what If-Match of a change takes")
    @Answers(status = 200, with = View.class)
    public Response get() {
        Policies.Standing standing = policies.standing();
        return Response.ok(view(standing)).tag(tag(standing.number())).build();
    }

    private View view(Policies.Standing standing) {
        Policy policy = standing.policy();
        Map<String, ForSource> sources = new TreeMap<>();
        policy.sources()
                .forEach(
                        (name, rules) ->
                                sources.put(
                                        name,
                                        new ForSource(
                                                rules.rowProof(),
                                                rules.stores(),
                                                rules.retry().attempts(),
                                                rules.retry().firstPause(),
                                                rules.schedule().map(Schedule::words),
                                                rules.freshness())));
        return new View(
                policy.version(),
                "IN_FORCE",
                standing.number(),
                policy.rpoMinutes(),
                policy.rtoMinutes(),
                policy.retentionDays(),
                policy.logicalExportFrequencyMinutes(),
                policy.monthlyRestoreDay(),
                policy.keyRotationDays(),
                policy.schedule().words(),
                sources,
                policy.onCall().contacts().stream()
                        .map(c -> new Contact(c.name(), c.role(), c.phone(), c.email()))
                        .toList(),
                policy.onCall().escalation().stream()
                        .map(s -> new Step(s.afterMinutes(), s.contact()))
                        .toList(),
                policy.freshness(),
                policies.doubts(policy),
                standing.document(),
                standing.files().stream().map(PolicyResource::file).toList());
    }
}
