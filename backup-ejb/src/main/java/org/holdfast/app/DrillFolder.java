package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.PolicyVersions;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.WorkRecords;
import org.holdfast.security.SigningKeys;

/** What evidence holds of one drill: its files by their names, in their order. */
@ApplicationScoped
public class DrillFolder {
    private static final int LINES = 1000;

    /** Checks that {@code restore-proof.json} repeats, whatever they came to. */
    private static final Set<String> PROOF =
            Set.of("RESTORED", "CONTENT", "SCHEMA", "INDEXES", "AMCHECK");

    private DrillRecords records;
    private Snapshots snapshots;
    private PolicyVersions policies;
    private WorkRecords work;
    private SigningKeys keys;

    protected DrillFolder() {}

    @Inject
    public DrillFolder(
            DrillRecords records,
            Snapshots snapshots,
            PolicyVersions policies,
            WorkRecords work,
            SigningKeys keys) {
        this.records = records;
        this.snapshots = snapshots;
        this.policies = policies;
        this.work = work;
        this.keys = keys;
    }

    /**
     * Of the record as {@code whole} sealed it, with its revisions up to that one.
     *
     * @param record its document
     */
    Map<String, byte[]> files(DrillRecords.Sealed whole, JsonObject record) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("drill.json", utf8(whole.document()));
        files.put("record.pdf", DrillPaper.pdf(record, whole.link(), keys.fingerprint()));
        files.put("checks.json", part(record.get("checks")));
        files.put("restore-result.json", part(result(record)));
        files.put("restore-proof.json", part(proof(record)));
        files.put(
                "signoffs.json",
                part(
                        Json.createObjectBuilder()
                                .add("people", record.get("people"))
                                .add("issues", record.get("issues"))
                                .build()));
        UUID snapshotId = UUID.fromString(record.getJsonObject("source").getString("snapshotId"));
        snapshots
                .find(snapshotId)
                .map(Snapshot::manifest)
                .ifPresent(manifest -> files.put("manifest.json", utf8(manifest)));
        files.put("policy.json", part(policy(record)));
        files.put("log.txt", utf8(log(whole.link().drillId())));
        for (DrillRecords.Sealed revision : records.of(whole.link().drillId())) {
            if (revision.link().seq() > whole.link().seq()) {
                break;
            }
            String name = String.format(Locale.ROOT, "revisions/%08d", revision.link().seq());
            files.put(name + ".json", utf8(revision.document()));
            files.put(name + ".dsse.json", utf8(revision.envelope() + "\n"));
        }
        return files;
    }

    private static JsonObject result(JsonObject record) {
        return Json.createObjectBuilder()
                .add("drill", record.getJsonObject("identity").getString("number"))
                .add("snapshotId", record.getJsonObject("source").getString("snapshotId"))
                .add("outcome", record.get("outcome"))
                .add("target", record.get("target"))
                .add("timing", record.get("timing"))
                .add("cleanUp", record.get("cleanUp"))
                .build();
    }

    private static JsonObject proof(JsonObject record) {
        JsonArrayBuilder checks = Json.createArrayBuilder();
        record.getJsonArray("checks").getValuesAs(JsonObject.class).stream()
                .filter(check -> PROOF.contains(check.getString("kind")))
                .forEach(checks::add);
        JsonObjectBuilder source = Json.createObjectBuilder();
        JsonObject of = record.getJsonObject("source");
        for (String name : List.of("name", "snapshotId", "takenAt", "manifestSha256", "objects")) {
            if (of.containsKey(name)) {
                source.add(name, of.get(name));
            }
        }
        return Json.createObjectBuilder().add("source", source).add("checks", checks).build();
    }

    /** The text of the version that the drill was asked for under; null where it is not known. */
    private JsonObject policy(JsonObject record) {
        String label = record.getJsonObject("identity").getString("policyVersion");
        Optional<PolicyVersion> version =
                label.matches("[0-9]{1,9}-[0-9a-f]+")
                        ? policies.find(Integer.parseInt(label.substring(0, label.indexOf('-'))))
                                .filter(found -> found.label().equals(label))
                        : Optional.empty();
        return Json.createObjectBuilder()
                .add("version", label)
                .add(
                        "document",
                        version.<JsonValue>map(v -> CanonicalJson.read(v.document()))
                                .orElse(JsonValue.NULL))
                .build();
    }

    private String log(UUID drillId) {
        StringBuilder text = new StringBuilder();
        long after = 0;
        List<WorkRecords.Line> lines;
        do {
            lines = work.log(drillId, after, LINES);
            for (WorkRecords.Line line : lines) {
                text.append(line.at())
                        .append(' ')
                        .append(line.level())
                        .append(' ')
                        .append(DrillDocument.redacted(line.text()))
                        .append('\n');
                after = line.seq();
            }
        } while (lines.size() == LINES);
        return text.toString();
    }

    static byte[] part(JsonValue value) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(text)) {
            writer.write(value);
        }
        return utf8(text.toString().strip() + "\n");
    }

    static String resource(String name) {
        try (InputStream in = DrillFolder.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
