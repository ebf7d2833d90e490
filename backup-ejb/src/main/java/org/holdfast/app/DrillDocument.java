package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.shared.Masked;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.WorkRecords;

/**
 * A drill's record as JSON, as {@code drill-record.schema.json} describes it. The same facts always
 * give the same text: its SHA-256 is what people sign.
 */
final class DrillDocument {
    static final String KIND = "holdfast-drill-record/1";

    private DrillDocument() {}

    /**
     * All that a record is made of.
     *
     * @param stores names of the stores that had a copy
     */
    record Facts(
            RestoreDrill drill,
            Optional<Snapshot> snapshot,
            List<String> stores,
            List<WorkRecords.Phase> phases,
            List<DrillCheck> checks,
            List<DrillIssue> issues,
            List<SignOff> signOffs) {}

    static String text(Facts facts) {
        return CanonicalJson.text(json(facts)) + "\n";
    }

    private static JsonObject json(Facts facts) {
        RestoreDrill d = facts.drill();
        return Json.createObjectBuilder()
                .add("kind", KIND)
                .add("identity", identity(d))
                .add("source", source(d, facts))
                .add("target", target(d))
                .add("timing", timing(d, facts.phases()))
                .add("checks", checks(facts.checks()))
                .add("outcome", outcome(d, facts.checks()))
                .add("checklist", Json.createArrayBuilder(d.checklist()))
                .add("issues", issues(facts.issues()))
                .add("people", people(d, facts.signOffs()))
                .add("cleanUp", cleanUp(d))
                .build();
    }

    private static JsonObjectBuilder identity(RestoreDrill d) {
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("id", d.id().toString())
                        .add("number", d.number())
                        .add("trigger", d.cause().name())
                        .add("policyVersion", d.policyVersion());
        if (d.planId() != null) {
            json.add(
                    "plan",
                    Json.createObjectBuilder()
                            .add("id", d.planId().toString())
                            .add("name", d.planName())
                            .add("version", d.planVersion()));
        }
        if (d.slot() != null) {
            json.add("slot", d.slot().toString());
        }
        if (d.retestOf() != null) {
            json.add("retestOf", d.retestOf().toString());
        }
        if (!d.ticket().isEmpty()) {
            json.add("ticket", d.ticket());
        }
        return json;
    }

    private static JsonObjectBuilder source(RestoreDrill d, Facts facts) {
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("name", d.sourceName())
                        .add("snapshotId", d.snapshotId().toString())
                        .add("takenAt", d.takenAt().toString())
                        .add("chosen", d.choice().kind().name())
                        .add("stores", Json.createArrayBuilder(facts.stores()));
        if (d.choice().windowDays() > 0) {
            json.add("windowDays", d.choice().windowDays());
        }
        facts.snapshot()
                .ifPresent(
                        snapshot -> {
                            Manifest manifest = ManifestJson.read(snapshot.manifest());
                            JsonArrayBuilder objects = Json.createArrayBuilder();
                            manifest.objects()
                                    .forEach(
                                            o ->
                                                    objects.add(
                                                            Json.createObjectBuilder()
                                                                    .add("name", o.name())
                                                                    .add("bytes", o.size())
                                                                    .add(
                                                                            "sha256",
                                                                            o.sha256().hex())));
                            json.add("format", manifest.format().name())
                                    .add("serverVersion", manifest.source().serverVersion())
                                    .add("systemIdentifier", manifest.source().systemIdentifier())
                                    .add("rawBytes", manifest.bytes().raw())
                                    .add("storedBytes", manifest.bytes().stored())
                                    .add("manifestSha256", Sha256.of(snapshot.manifest()).hex())
                                    .add("objects", objects)
                                    .add(
                                            "recipients",
                                            Json.createArrayBuilder(manifest.recipients()));
                        });
        return json;
    }

    private static JsonObjectBuilder target(RestoreDrill d) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("place", d.place().name());
        if (d.targetName() != null) {
            json.add("name", d.targetName());
        }
        return json.add("facts", object(d.facts()));
    }

    private static JsonValue object(String text) {
        try {
            return CanonicalJson.read(text);
        } catch (JsonException e) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
    }

    private static JsonObjectBuilder timing(RestoreDrill d, List<WorkRecords.Phase> phases) {
        JsonArrayBuilder measured = Json.createArrayBuilder();
        for (WorkRecords.Phase phase : phases) {
            JsonObjectBuilder json =
                    Json.createObjectBuilder()
                            .add("name", phase.name())
                            .add("attempt", phase.attempt())
                            .add("startedAt", phase.startedAt().toString())
                            .add("bytes", phase.bytes());
            phase.finishedAt().ifPresent(at -> json.add("finishedAt", at.toString()));
            phase.took().ifPresent(took -> json.add("seconds", seconds(took)));
            measured.add(json);
        }
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("requestedAt", d.requestedAt().toString())
                        .add("recoveryPoint", d.takenAt().toString())
                        .add("rtoSeconds", d.rto().toSeconds())
                        .add("rpoSeconds", d.rpo().toSeconds())
                        .add("phases", measured);
        time(json, "startedAt", d.startedAt());
        time(json, "finishedAt", d.finishedAt());
        d.took()
                .ifPresent(
                        took ->
                                json.add("tookSeconds", took.toSeconds())
                                        .add("withinRto", d.withinRto()));
        d.dataAge()
                .ifPresent(
                        age ->
                                json.add("dataAgeSeconds", age.toSeconds())
                                        .add("withinRpo", d.withinRpo()));
        return json;
    }

    private static JsonArrayBuilder checks(List<DrillCheck> checks) {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (DrillCheck check : checks) {
            all.add(
                    Json.createObjectBuilder()
                            .add("kind", check.kind().name())
                            .add("name", check.name())
                            .add("text", redacted(check.text()))
                            .add("demanded", check.demanded())
                            .add("expected", redacted(check.expected()))
                            .add("actual", redacted(check.actual()))
                            .add("verdict", check.verdict().name())
                            .add("seconds", seconds(check.took())));
        }
        return all;
    }

    private static JsonObjectBuilder outcome(RestoreDrill d, List<DrillCheck> checks) {
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("status", d.status().name())
                        .add("verdict", d.verdict().name());
        JsonObjectBuilder counts = Json.createObjectBuilder();
        for (DrillCheck.Verdict verdict : DrillCheck.Verdict.values()) {
            counts.add(verdict.name(), checks.stream().filter(c -> c.verdict() == verdict).count());
        }
        json.add("checks", counts);
        text(json, "failureCode", d.failureCode());
        text(json, "reason", d.failureReason() == null ? null : redacted(d.failureReason()));
        text(json, "cancelledBy", d.cancelledBy());
        return json;
    }

    private static JsonArrayBuilder issues(List<DrillIssue> issues) {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (DrillIssue issue : issues) {
            JsonObjectBuilder json =
                    Json.createObjectBuilder()
                            .add("id", issue.id().toString())
                            .add("title", issue.title())
                            .add("owner", issue.owner())
                            .add("due", issue.due().toString())
                            .add("correctiveAction", issue.correctiveAction())
                            .add("raisedBy", issue.raisedBy())
                            .add("raisedAt", issue.raisedAt().toString())
                            .add("status", issue.open() ? "OPEN" : "CLOSED");
            text(json, "check", issue.checkName().isEmpty() ? null : issue.checkName());
            text(json, "closedBy", issue.closedBy());
            time(json, "closedAt", issue.closedAt());
            text(json, "resolution", issue.resolution());
            text(
                    json,
                    "retestDrill",
                    issue.retestDrillId() == null ? null : issue.retestDrillId().toString());
            all.add(json);
        }
        return all;
    }

    private static JsonObjectBuilder people(RestoreDrill d, List<SignOff> said) {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (SignOff one : said) {
            all.add(
                    Json.createObjectBuilder()
                            .add("step", one.step().name())
                            .add("decision", one.decision().name())
                            .add("by", one.by())
                            .add("at", one.at().toString())
                            .add("comment", one.comment())
                            .add("recordSha256", one.record().hex()));
        }
        return Json.createObjectBuilder()
                .add("requestedBy", d.requestedBy())
                .add("executor", d.executor())
                .add("secondReviewer", d.secondReviewer())
                .add("signOffs", all);
    }

    private static JsonObjectBuilder cleanUp(RestoreDrill d) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        time(json, "keptUntil", d.keptUntil());
        text(json, "requestedBy", d.destroyRequestedBy());
        time(json, "destroyedAt", d.destroyedAt());
        text(json, "result", d.destroyResult() == null ? null : redacted(d.destroyResult()));
        return json;
    }

    /** What tools print may hold a connection string. */
    static String redacted(String text) {
        return text == null ? "" : Masked.passwords(text);
    }

    private static void time(JsonObjectBuilder json, String name, Instant at) {
        text(json, name, at == null ? null : at.toString());
    }

    private static void text(JsonObjectBuilder json, String name, String text) {
        if (text != null) {
            json.add(name, text);
        }
    }

    private static BigDecimal seconds(Duration took) {
        return BigDecimal.valueOf(took.toMillis(), 3).stripTrailingZeros();
    }
}
