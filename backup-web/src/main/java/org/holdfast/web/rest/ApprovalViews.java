package org.holdfast.web.rest;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalRecords;
import org.holdfast.domain.people.ApprovalState;

/** What waits for a second person, as REST shows it. */
final class ApprovalViews {
    private ApprovalViews() {}

    /**
     * In a list.
     *
     * @param kind of a restore: it is decided on under {@code address}
     * @param expiresAt when it stops waiting
     * @param decision why it was decided so
     * @param breakGlass whether one person alone let it through
     * @param planHash SHA-256 of the whole plan: what an approver agrees to
     */
    public record Item(
            UUID id,
            ApprovalState status,
            ApprovalRecords.Kind kind,
            String operation,
            String what,
            String subject,
            boolean production,
            String reason,
            String requestedBy,
            Instant requestedAt,
            Instant expiresAt,
            String decidedBy,
            Instant decidedAt,
            String decision,
            boolean breakGlass,
            String planHash,
            String address) {}

    /**
     * Whole.
     *
     * @param plan everything the approver has to know, one fact a line
     * @param parameters exactly what the act is given
     */
    public record Whole(
            UUID id,
            ApprovalState status,
            String operation,
            String what,
            String subject,
            boolean production,
            List<String> plan,
            JsonObject parameters,
            String planHash,
            String reason,
            String requestedBy,
            Instant requestedAt,
            Instant expiresAt,
            String decidedBy,
            Instant decidedAt,
            String decision,
            boolean breakGlass) {}

    static Item item(ApprovalRecords.Row row) {
        return new Item(
                row.id(),
                row.status(),
                row.kind(),
                row.operation(),
                row.what(),
                row.subject(),
                row.production(),
                row.reason(),
                row.requestedBy(),
                row.requestedAt(),
                row.expiresAt(),
                row.decidedBy(),
                row.decidedAt(),
                row.decision(),
                row.breakGlass(),
                row.planHash(),
                switch (row.kind()) {
                    case OPERATION -> "/admin/approvals/" + row.id();
                    case RESTORE -> "/admin/restores/" + row.id();
                });
    }

    static Whole whole(Approval approval, String parameters) {
        return new Whole(
                approval.id(),
                approval.status(),
                approval.operation(),
                approval.what(),
                approval.subject(),
                approval.production(),
                approval.plan(),
                object(parameters),
                approval.planHash(),
                approval.reason(),
                approval.requestedBy(),
                approval.requestedAt(),
                approval.expiresAt(),
                approval.decidedBy(),
                approval.decidedAt(),
                approval.decision(),
                approval.breakGlass());
    }

    private static JsonObject object(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
