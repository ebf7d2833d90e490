package org.holdfast.web.rest;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Restores;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.RestoreState;

/** Restores as REST shows them. */
final class RestoreViews {
    private RestoreViews() {}

    /** In a list. */
    public record Item(
            UUID id,
            RestoreState status,
            UUID snapshotId,
            String source,
            String target,
            boolean production,
            RestoreMode mode,
            boolean dryRun,
            String requestedBy,
            String approvedBy,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            Optional<Duration> durationSeconds,
            String phase,
            String result,
            String failureReason,
            boolean manual,
            boolean breakGlass) {}

    /** One person alone let it through. */
    public record Glass(String by, Instant at, String reason) {}

    /**
     * Whole.
     *
     * @param planHash SHA-256 of everything that was asked for: what an approver agrees to
     * @param lost what the target loses by it, as the requester was told, one fact a line
     * @param approvalUntil until when it waits for a second person, or waited
     * @param glass who let it through alone, and why
     * @param keptDatabase the database that was there before the swap, while it is kept; of an
     *     UNDONE one the database that served from the swap to the undo
     * @param keptUntil when that is dropped
     * @param keptProblem why that could not be dropped at its time
     * @param keptTryAt when it is tried again
     * @param undoable whether POST …/undo would be taken now
     * @param metadata what the worker learned
     * @param policyVersion in force when it was asked for
     */
    public record Whole(
            UUID id,
            RestoreState status,
            UUID snapshotId,
            String source,
            Optional<String> target,
            Optional<Boolean> production,
            RestoreMode mode,
            boolean dryRun,
            boolean includeGlobals,
            String newName,
            String requestedBy,
            String reason,
            List<String> checklist,
            List<String> lost,
            String planHash,
            Instant approvalUntil,
            boolean breakGlass,
            Optional<Glass> glass,
            String approvedBy,
            Instant approvedAt,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            Optional<Duration> durationSeconds,
            int attempt,
            boolean cancelRequested,
            String undoRequestedBy,
            String phase,
            String result,
            Optional<WorkViews.Failure> failure,
            String failureReason,
            String asideDatabase,
            String keptDatabase,
            Instant keptUntil,
            String keptProblem,
            Optional<Instant> keptTryAt,
            boolean undoable,
            List<Check> checks,
            Optional<WorkViews.Moving> progress,
            List<WorkViews.Phase> phases,
            JsonObject metadata,
            boolean manual,
            String policyVersion) {}

    static Item item(RestoreRequests.Row row) {
        return new Item(
                row.id(),
                row.status(),
                row.snapshotId(),
                row.source(),
                row.target(),
                row.production(),
                row.mode(),
                row.dryRun(),
                row.requestedBy(),
                row.approvedBy(),
                row.queuedAt(),
                row.startedAt(),
                row.finishedAt(),
                WorkViews.between(row.startedAt(), row.finishedAt()),
                row.phase(),
                row.result(),
                row.failureReason(),
                row.manual(),
                row.breakGlass());
    }

    static Whole whole(Restores.Detail detail, Instant now) {
        RestoreRequest request = detail.request();
        return new Whole(
                request.id(),
                request.status(),
                request.snapshotId(),
                detail.source(),
                Optional.ofNullable(detail.target()).map(t -> t.name()),
                Optional.ofNullable(detail.target()).map(t -> t.production()),
                request.mode(),
                request.dryRun(),
                request.includeGlobals(),
                request.newName(),
                request.requestedBy(),
                request.reason(),
                request.checklist(),
                request.lost(),
                request.planHash(),
                request.approvalUntil(),
                request.breakGlass(),
                request.breakGlass()
                        ? Optional.of(
                                new Glass(
                                        request.breakGlassBy(),
                                        request.breakGlassAt(),
                                        request.breakGlassReason()))
                        : Optional.empty(),
                request.approvedBy(),
                request.approvedAt(),
                request.queuedAt(),
                request.startedAt(),
                request.finishedAt(),
                WorkViews.between(request.startedAt(), request.finishedAt()),
                request.attempt(),
                request.cancelRequested(),
                request.undoRequestedBy(),
                request.phase(),
                request.result(),
                Optional.ofNullable(request.failureReason())
                        .map(text -> new WorkViews.Failure(request.failureCode(), text)),
                request.failureReason(),
                request.asideDatabase(),
                request.keptDatabase(),
                request.keptUntil(),
                request.keptProblem(),
                Optional.ofNullable(request.keptProblem()).map(p -> request.dropTryAt()),
                request.undoable(now),
                detail.checks(),
                detail.progress().map(WorkViews::moving),
                detail.phases().stream().map(WorkViews::phase).toList(),
                object(request.metadata()),
                request.manual(),
                request.policyVersion());
    }

    private static JsonObject object(String text) {
        if (text == null) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        } catch (JsonException e) {
            return Json.createObjectBuilder().add("text", text).build();
        }
    }
}
