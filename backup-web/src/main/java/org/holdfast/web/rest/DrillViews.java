package org.holdfast.web.rest;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.DrillDesk;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillCause;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillPlace;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;

/** Drills as REST shows them. */
final class DrillViews {
    private DrillViews() {}

    /**
     * In a list.
     *
     * @param notPassed checks that did not pass
     */
    public record Item(
            UUID id,
            DrillState status,
            String number,
            DrillVerdict verdict,
            DrillCause cause,
            String plan,
            String source,
            UUID snapshotId,
            Instant takenAt,
            DrillPlace place,
            String target,
            String requestedBy,
            Instant requestedAt,
            Instant startedAt,
            Instant finishedAt,
            Optional<Duration> durationSeconds,
            Optional<Duration> dataAgeSeconds,
            Duration rtoSeconds,
            Duration rpoSeconds,
            String phase,
            String failureReason,
            Instant keptUntil,
            Instant destroyedAt,
            int checks,
            int notPassed,
            int openIssues) {}

    /** One check. */
    public record Checked(
            CheckKind kind,
            String name,
            DrillCheck.Verdict verdict,
            boolean demanded,
            String expected,
            String actual,
            String text,
            Duration seconds) {}

    /** How the backup was come to. */
    public record Chosen(Choice.Kind kind, int windowDays) {}

    /**
     * What is left for inspection, or was.
     *
     * @param connection how to look into it, a command; left out once it is destroyed
     * @param result of its destruction, or why it is not destroyed yet
     */
    public record Left(
            Instant keptUntil,
            String connection,
            String server,
            String directory,
            String database,
            Instant destroyedAt,
            String result) {}

    /** Somebody's word on it. */
    public record Word(
            String step, String decision, String by, Instant at, String comment, String record) {}

    /**
     * Whole.
     *
     * @param executor who ran it: the requester, or {@code holdfast} by schedule
     * @param durationSeconds from the start to the last check
     * @param dataAgeSeconds from the backup's moment to the start
     * @param facts what the worker learned: server, client, system identifiers, store
     */
    public record Whole(
            UUID id,
            DrillState status,
            String number,
            DrillVerdict verdict,
            DrillCause cause,
            UUID planId,
            String plan,
            int planVersion,
            JsonObject checkPlan,
            List<String> checklist,
            UUID retestOf,
            List<UUID> retests,
            String ticket,
            String source,
            UUID snapshotId,
            Instant takenAt,
            Chosen chosen,
            DrillPlace place,
            String target,
            String requestedBy,
            String executor,
            Instant requestedAt,
            Instant startedAt,
            Instant finishedAt,
            Optional<Duration> durationSeconds,
            Optional<Duration> dataAgeSeconds,
            Duration rtoSeconds,
            Duration rpoSeconds,
            String policyVersion,
            int attempt,
            boolean cancelRequested,
            String cancelledBy,
            String phase,
            Optional<WorkViews.Failure> failure,
            String failureReason,
            List<Checked> checks,
            Optional<WorkViews.Moving> progress,
            List<WorkViews.Phase> phases,
            JsonObject facts,
            Left left,
            boolean secondReviewer,
            List<Word> signOffs) {}

    static Item item(Drills.Row row) {
        return new Item(
                row.id(),
                row.status(),
                row.number(),
                row.verdict(),
                row.cause(),
                row.planName(),
                row.source(),
                row.snapshotId(),
                row.takenAt(),
                row.place(),
                row.target(),
                row.requestedBy(),
                row.requestedAt(),
                row.startedAt(),
                row.finishedAt(),
                Optional.ofNullable(row.tookSeconds()).map(Duration::ofSeconds),
                Optional.ofNullable(row.dataAgeSeconds()).map(Duration::ofSeconds),
                Duration.ofSeconds(row.rtoSeconds()),
                Duration.ofSeconds(row.rpoSeconds()),
                row.phase(),
                row.failureReason(),
                row.keptUntil(),
                row.destroyedAt(),
                row.checks(),
                row.notPassed(),
                row.openIssues());
    }

    static Whole whole(DrillDesk.Detail detail) {
        RestoreDrill drill = detail.drill();
        return new Whole(
                drill.id(),
                drill.status(),
                drill.number(),
                drill.verdict(),
                drill.cause(),
                drill.planId(),
                drill.planName(),
                drill.planVersion(),
                object(drill.checks()),
                drill.checklist(),
                drill.retestOf(),
                detail.retests(),
                drill.ticket(),
                drill.sourceName(),
                drill.snapshotId(),
                drill.takenAt(),
                new Chosen(drill.choice().kind(), drill.choice().windowDays()),
                drill.place(),
                drill.targetName(),
                drill.requestedBy(),
                drill.executor(),
                drill.requestedAt(),
                drill.startedAt(),
                drill.finishedAt(),
                drill.took(),
                drill.dataAge(),
                drill.rto(),
                drill.rpo(),
                drill.policyVersion(),
                drill.attempt(),
                drill.cancelRequested(),
                drill.cancelledBy(),
                drill.phase(),
                Optional.ofNullable(drill.failureCode())
                        .map(code -> new WorkViews.Failure(code, drill.failureReason())),
                drill.failureReason(),
                detail.checks().stream().map(DrillViews::checked).toList(),
                detail.progress().map(WorkViews::moving),
                detail.phases().stream().map(WorkViews::phase).toList(),
                object(drill.facts()),
                new Left(
                        drill.keptUntil(),
                        drill.connection(),
                        drill.clusterServer(),
                        drill.clusterDirectory(),
                        drill.drillDatabase(),
                        drill.destroyedAt(),
                        drill.destroyResult()),
                drill.secondReviewer(),
                detail.signOffs().stream()
                        .map(
                                s ->
                                        new Word(
                                                s.step().name(),
                                                s.decision().name(),
                                                s.by(),
                                                s.at(),
                                                s.comment(),
                                                s.record().hex()))
                        .toList());
    }

    private static Checked checked(DrillCheck check) {
        return new Checked(
                check.kind(),
                check.name(),
                check.verdict(),
                check.demanded(),
                check.expected(),
                check.actual(),
                check.text(),
                check.took());
    }

    private static JsonObject object(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        } catch (JsonException e) {
            return Json.createObjectBuilder().add("text", text).build();
        }
    }
}
