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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.DrillEvidence;
import org.holdfast.app.DrillReviews;
import org.holdfast.app.PeriodEvidence;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.shared.Days;
import org.holdfast.domain.shared.Refused;

/** What people say of a drill that ended, and its evidence. */
@Path("drills")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Drills")
public class DrillRecordsResource {
    @Inject private DrillReviews reviews;
    @Inject private DrillEvidence evidence;
    @Inject private PeriodEvidence periods;

    /**
     * @param otp TOTP code
     * @param decision ACCEPTED where nothing is said
     * @param comment needed with REJECTED
     * @param recordSha256 of the drill.json that was seen: refused where it has changed since
     */
    public record Word(
            String otp,
            Optional<SignOff.Decision> decision,
            Optional<String> comment,
            Optional<String> recordSha256) {}

    /**
     * @param status ACCEPTED or REJECTED
     * @param recordSha256 of the record that it speaks of
     */
    public record Said(
            UUID id,
            SignOff.Decision status,
            SignOff.Step step,
            String by,
            Instant at,
            String comment,
            String recordSha256) {}

    /**
     * @param check name of the check that it is about; left out: the drill as a whole
     * @param owner who mends it
     * @param due day until which, e.g. 2026-12-24
     */
    public record Issue(
            String title,
            Optional<String> check,
            String owner,
            String due,
            Optional<String> correctiveAction) {}

    /**
     * @param status OPEN or CLOSED
     * @param retestDrill a drill that shows whether it is mended
     */
    public record IssueView(
            UUID id,
            String status,
            String title,
            Optional<String> check,
            String owner,
            String due,
            String correctiveAction,
            String raisedBy,
            Instant raisedAt,
            Optional<String> closedBy,
            Optional<Instant> closedAt,
            Optional<String> resolution,
            Optional<UUID> retestDrill) {}

    /**
     * @param resolution what was done
     */
    public record Closing(String resolution) {}

    /**
     * @param drill a drill with this one as its retestOf
     */
    public record Retest(UUID drill) {}

    /**
     * @param status SEALED, or UNSEALED where the drill has not ended
     * @param link number in the chain over all drills
     */
    public record Seal(
            UUID id,
            String status,
            Optional<Long> link,
            Optional<Instant> sealedAt,
            Optional<String> recordSha256,
            Optional<String> previousHash,
            Optional<String> hash) {}

    @GET
    @Path("{id}/evidence")
    @Produces(MediaType.WILDCARD)
    @Operation(
            summary =
                    "The evidence of a drill that ended: a zip that holdfast-verify.jar checks with the public key alone")
    public Response evidence(@PathParam("id") String id) {
        return file(evidence.bundle(drill(id)), "application/zip");
    }

    @GET
    @Path("evidence")
    @Produces(MediaType.WILDCARD)
    @Operation(
            summary =
                    "The evidence of all drills of a period (2026-11, 2026-Q4, 2026, or 2026-10-05..2026-11-20), of one source or of all: a zip that holdfast-verify.jar checks")
    public Response evidence(
            @QueryParam("period") String period, @QueryParam("source") String source) {
        PeriodEvidence.File file =
                periods.file(
                        Parameters.required("period", period), Parameters.text("source", source));
        StreamingOutput body = out -> file.content().writeTo(out);
        return Response.ok(body, "application/zip")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + file.name() + "\"")
                .build();
    }

    @GET
    @Path("evidence/schema")
    @Operation(summary = "JSON Schema (2020-12) of period.json in the evidence of a period")
    public String periodSchema() {
        return periods.schema();
    }

    @GET
    @Path("{id}/record.pdf")
    @Produces(MediaType.WILDCARD)
    @Operation(summary = "The record of a drill that ended, to be printed")
    public Response paper(@PathParam("id") String id) {
        return file(evidence.paper(drill(id)), "application/pdf");
    }

    private static Response file(DrillEvidence.File file, String mediaType) {
        return Response.ok(file.content(), mediaType)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + file.name() + "\"")
                .build();
    }

    @GET
    @Path("schema")
    @Operation(summary = "JSON Schema (2020-12) of drill.json in the evidence")
    public String schema() {
        return evidence.schema();
    }

    @GET
    @Path("{id}/seal")
    @Operation(summary = "The newest sealed state of the record: its hash is what people sign")
    public Seal seal(@PathParam("id") String id) {
        UUID drill = drill(id);
        Optional<DrillRecords.Link> link = reviews.sealed(drill);
        return new Seal(
                drill,
                link.isPresent() ? "SEALED" : "UNSEALED",
                link.map(DrillRecords.Link::seq),
                link.map(DrillRecords.Link::at),
                link.map(l -> l.record().hex()),
                link.map(DrillRecords.Link::previous),
                link.map(DrillRecords.Link::hash));
    }

    @POST
    @Path("{id}/review")
    @Operation(summary = "Review a drill, or refuse to; not one's own")
    public Said review(@PathParam("id") String id, Word body) {
        return judged(id, SignOff.Step.REVIEW, body);
    }

    @POST
    @Path("{id}/signoff")
    @Operation(summary = "Sign a drill off, or refuse to; not one's own")
    public Said signOff(@PathParam("id") String id, Word body) {
        return judged(id, SignOff.Step.SIGN_OFF, body);
    }

    private Said judged(String id, SignOff.Step step, Word body) {
        UUID drill = drill(id);
        Word word = Bodies.require(body);
        return said(
                reviews.judge(
                        drill,
                        new DrillReviews.Word(
                                step,
                                word.decision().orElse(SignOff.Decision.ACCEPTED),
                                word.comment().orElse(null),
                                word.recordSha256().orElse(null),
                                word.otp())));
    }

    @GET
    @Path("{id}/signoffs")
    @Operation(summary = "Reviews and sign-offs of a drill, oldest first")
    public Listing<Said> signOffs(@PathParam("id") String id) {
        return Listing.whole(reviews.signOffs(drill(id)), DrillRecordsResource::said);
    }

    @GET
    @Path("{id}/issues")
    @Operation(summary = "Issues of a drill, oldest first")
    public Listing<IssueView> issues(@PathParam("id") String id) {
        return Listing.whole(reviews.issues(drill(id)), DrillRecordsResource::view);
    }

    @POST
    @Path("{id}/issues")
    @Operation(summary = "Raise an issue with an owner and a due day")
    @Answers(status = 201, with = IssueView.class)
    public Response raise(@PathParam("id") String id, Issue body) {
        UUID drill = drill(id);
        UUID issue = reviews.raise(drill, wording(Bodies.require(body)));
        return Response.status(201).entity(one(drill, issue)).build();
    }

    @POST
    @Path("{id}/issues/{issue}")
    @Operation(summary = "Change an open issue's words, owner or day")
    public IssueView change(
            @PathParam("id") String id, @PathParam("issue") String issue, Issue body) {
        UUID drill = drill(id);
        UUID changed = Parameters.id("issue", issue);
        reviews.reword(drill, changed, wording(Bodies.require(body)));
        return one(drill, changed);
    }

    @POST
    @Path("{id}/issues/{issue}/retest")
    @Operation(summary = "Name the drill that shows whether it is mended")
    public IssueView retest(
            @PathParam("id") String id, @PathParam("issue") String issue, Retest body) {
        UUID drill = drill(id);
        UUID retested = Parameters.id("issue", issue);
        reviews.retested(drill, retested, Bodies.require(body).drill());
        return one(drill, retested);
    }

    @POST
    @Path("{id}/issues/{issue}/close")
    @Operation(summary = "Close an issue with what was done")
    public IssueView close(
            @PathParam("id") String id, @PathParam("issue") String issue, Closing body) {
        UUID drill = drill(id);
        UUID closed = Parameters.id("issue", issue);
        reviews.close(drill, closed, Bodies.require(body).resolution());
        return one(drill, closed);
    }

    private static UUID drill(String id) {
        return Parameters.id("drill", id);
    }

    private IssueView one(UUID drill, UUID issue) {
        return reviews.issues(drill).stream()
                .filter(i -> i.id().equals(issue))
                .findFirst()
                .map(DrillRecordsResource::view)
                .orElseThrow();
    }

    private static DrillIssue.Wording wording(Issue issue) {
        return new DrillIssue.Wording(
                issue.title(),
                issue.check().orElse(""),
                issue.owner(),
                day(issue.due()),
                issue.correctiveAction().orElse(""));
    }

    private static LocalDate day(String text) {
        return Days.read(text)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "DRILL-ISSUE",
                                        "\"due\" is not " + Days.EXPECTED + ".",
                                        "Give the day until which it is to be mended, e.g."
                                                + " 2026-12-24."));
    }

    private static Said said(SignOff word) {
        return new Said(
                word.id(),
                word.decision(),
                word.step(),
                word.by(),
                word.at(),
                word.comment(),
                word.record().hex());
    }

    private static IssueView view(DrillIssue issue) {
        return new IssueView(
                issue.id(),
                issue.open() ? "OPEN" : "CLOSED",
                issue.title(),
                Optional.of(issue.checkName()).filter(name -> !name.isEmpty()),
                issue.owner(),
                issue.due().toString(),
                issue.correctiveAction(),
                issue.raisedBy(),
                issue.raisedAt(),
                Optional.ofNullable(issue.closedBy()),
                Optional.ofNullable(issue.closedAt()),
                Optional.ofNullable(issue.resolution()),
                Optional.ofNullable(issue.retestDrillId()));
    }
}
