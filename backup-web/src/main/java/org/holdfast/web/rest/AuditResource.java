package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.AuditExport;
import org.holdfast.app.AuditTrail;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;

/** The audit log. */
@Path("audit")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit")
public class AuditResource {
    private static final String VERIFIER = "/WEB-INF/verify/holdfast-verify.jar";

    @Inject private AuditTrail trail;
    @Inject private AuditExport export;
    @Context private ServletContext files;

    /**
     * @param id sequence number
     * @param status always RECORDED: an entry does not change
     */
    public record Entry(
            long id,
            String status,
            Instant at,
            String actor,
            String action,
            String subject,
            JsonValue detail,
            String previousHash,
            String hash) {}

    /**
     * @param status WHOLE, or BROKEN where the log is not as it was entered, or not as a store's
     *     head says
     * @param entries how many are whole from the first on
     * @param brokenAt sequence number of the first that does not follow
     * @param anchoredEntries up to which entry signed heads in the stores vouch for the log
     * @param anchoredAt when the newest of these heads was signed
     */
    public record Chain(
            String id,
            String status,
            long entries,
            Optional<Long> brokenAt,
            String hash,
            long anchoredEntries,
            Optional<Instant> anchoredAt,
            List<Anchor> anchors) {}

    /**
     * A store's newest head.
     *
     * @param id name of the store
     * @param status AGREES; DIFFERS; UNREACHABLE where the store does not answer now; NONE where no
     *     head was written yet
     * @param detail in what it differs, or why the store does not answer
     */
    public record Anchor(
            String id,
            String status,
            long entries,
            Optional<Instant> signedAt,
            Optional<Instant> lookedAt,
            Optional<String> key,
            Optional<String> detail) {}

    @GET
    @Operation(summary = "Audit entries, newest first")
    public Listing<Entry> list(
            @QueryParam("from") String from,
            @QueryParam("to") String to,
            @QueryParam("actor") String actor,
            @QueryParam("action") String action,
            @QueryParam("subject") String subject,
            @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        int max = Parameters.limit(limit);
        List<AuditEntry> entries =
                trail.newest(
                        filter(from, to, actor, action, subject),
                        Parameters.sequence("cursor", cursor),
                        max);
        Optional<String> next =
                entries.size() < max || entries.get(max - 1).seq() == 1
                        ? Optional.empty()
                        : Optional.of(Long.toString(entries.get(max - 1).seq()));
        return new Listing<>(entries.stream().map(AuditResource::entry).toList(), next);
    }

    @GET
    @Path("export")
    @Produces(MediaType.WILDCARD)
    @Operation(
            summary =
                    "The log as a file: format csv, xlsx or json; the last is signed, and the verifier checks it")
    public Response export(
            @QueryParam("format") String format,
            @QueryParam("from") String from,
            @QueryParam("to") String to,
            @QueryParam("actor") String actor,
            @QueryParam("action") String action,
            @QueryParam("subject") String subject) {
        AuditExport.File file =
                export.file(
                        Parameters.word("format", format, AuditExport.Format.class),
                        filter(from, to, actor, action, subject));
        StreamingOutput body = out -> file.content().writeTo(out);
        return Response.ok(body, file.mediaType())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + file.name() + "\"")
                .build();
    }

    @GET
    @Path("verifier")
    @Produces(MediaType.WILDCARD)
    @Operation(summary = "holdfast-verify.jar: checks exports and evidence without the server")
    public Response verifier() {
        StreamingOutput body =
                out -> {
                    try (InputStream jar = files.getResourceAsStream(VERIFIER)) {
                        jar.transferTo(out);
                    }
                };
        return Response.ok(body, "application/java-archive")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"holdfast-verify.jar\"")
                .build();
    }

    @GET
    @Path("signing.pub")
    @Produces(MediaType.WILDCARD)
    @Operation(summary = "The public keys that sign heads, exports and evidence; the present first")
    public Response publicKeys() {
        return Response.ok(String.join("", trail.publicKeys()), "application/x-pem-file")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"signing.pub\"")
                .build();
    }

    private static AuditFilter filter(
            String from, String to, String actor, String action, String subject) {
        return new AuditFilter(
                Parameters.moment("from", from, AuditFilter::since),
                Parameters.moment("to", to, AuditFilter::until),
                Parameters.text("actor", actor),
                Parameters.text("action", action),
                Parameters.text("subject", subject));
    }

    @GET
    @Path("status")
    @Operation(
            summary =
                    "Reads the whole chain and says whether it is whole, and what the stores hold of it")
    public Chain status() {
        AuditTrail.Status status = trail.status();
        return new Chain(
                "audit",
                status.whole() ? "WHOLE" : "BROKEN",
                status.chain().entries(),
                status.chain().brokenAt(),
                status.head().hash(),
                status.anchoredEntries(),
                status.anchoredAt(),
                status.anchors().stream().map(AuditResource::anchor).toList());
    }

    private static Anchor anchor(Anchors.Anchor anchor) {
        String status = anchor.failure() == null ? "NONE" : "UNREACHABLE";
        if (anchor.mismatch() != null) {
            status = "DIFFERS";
        } else if (anchor.key() != null && anchor.failure() == null) {
            status = "AGREES";
        }
        return new Anchor(
                anchor.store(),
                status,
                anchor.entries(),
                Optional.ofNullable(anchor.at()),
                Optional.ofNullable(anchor.lookedAt()),
                Optional.ofNullable(anchor.key()),
                Optional.ofNullable(
                        anchor.mismatch() == null ? anchor.failure() : anchor.mismatch()));
    }

    private static Entry entry(AuditEntry entry) {
        return new Entry(
                entry.seq(),
                "RECORDED",
                entry.at(),
                entry.actor(),
                entry.action(),
                entry.subject(),
                json(entry.detail()),
                entry.previousHash(),
                entry.hash());
    }

    private static JsonValue json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (JsonException e) {
            return Json.createValue(text);
        }
    }
}
