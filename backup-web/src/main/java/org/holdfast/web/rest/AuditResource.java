package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.AuditTrail;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditLog;

/** The audit log. */
@Path("audit")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit")
public class AuditResource {
    @Inject private AuditTrail trail;

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
     * @param status WHOLE or BROKEN
     * @param entries how many are whole from the first on
     * @param brokenAt sequence number of the first that does not follow
     */
    public record Chain(String id, String status, long entries, Optional<Long> brokenAt) {}

    @GET
    @Operation(summary = "Audit entries, newest first")
    public Listing<Entry> list(
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        int max = Parameters.limit(limit);
        List<AuditEntry> entries = trail.newest(Parameters.sequence("cursor", cursor), max);
        Optional<String> next =
                entries.size() < max || entries.get(max - 1).seq() == 1
                        ? Optional.empty()
                        : Optional.of(Long.toString(entries.get(max - 1).seq()));
        return new Listing<>(entries.stream().map(AuditResource::entry).toList(), next);
    }

    @GET
    @Path("status")
    @Operation(summary = "Reads the whole chain and says whether it is whole")
    public Chain status() {
        AuditLog.ChainStatus chain = trail.verify();
        return new Chain(
                "audit",
                chain.brokenAt().isEmpty() ? "WHOLE" : "BROKEN",
                chain.entries(),
                chain.brokenAt());
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
