package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
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
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.WorkRecords;
import org.holdfast.security.SigningKeys;

/**
 * The evidence of a drill as one file that an auditor can check alone: a zip whose every byte
 * follows from the signed statement {@code drill.dsse.json} within it.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, AUDITOR_NAME})
public class DrillEvidence {
    private static final String STATEMENT = "drill.dsse.json";
    private static final int LINES = 1000;
    private static final int LINKS = 1000;

    /** What must be shown to have come out right before the content counts as proved. */
    private static final Set<String> PROOF =
            Set.of("RESTORED", "CONTENT", "SCHEMA", "INDEXES", "AMCHECK");

    private DrillRecorder recorder;
    private DrillRecords records;
    private Snapshots snapshots;
    private PolicyVersions policies;
    private WorkRecords work;
    private SigningKeys keys;

    protected DrillEvidence() {}

    @Inject
    public DrillEvidence(
            DrillRecorder recorder,
            DrillRecords records,
            Snapshots snapshots,
            PolicyVersions policies,
            WorkRecords work,
            SigningKeys keys) {
        this.recorder = recorder;
        this.records = records;
        this.snapshots = snapshots;
        this.policies = policies;
        this.work = work;
        this.keys = keys;
    }

    /**
     * @param content the zip
     */
    public record File(String name, byte[] content) {}

    /** The published JSON Schema of {@code drill.json}. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
    public String schema() {
        return resource("drill-record.schema.json");
    }

    /**
     * The evidence of a drill that ended. What was not sealed yet is sealed now.
     *
     * @throws org.holdfast.domain.shared.Refused NOT-FOUND, DRILL-NOT-ENDED
     */
    public File bundle(UUID drillId) {
        DrillRecords.Sealed whole = recorder.seal(drillId);
        JsonObject record = CanonicalJson.read(whole.document());
        String number = record.getJsonObject("identity").getString("number");
        Map<String, byte[]> files = files(whole, record);
        files.put(STATEMENT, utf8(statement(whole.link(), number, files) + "\n"));
        return new File("holdfast-drill-" + number + ".zip", StoredZip.of(files));
    }

    /** The record as it is printed. */
    public File paper(UUID drillId) {
        DrillRecords.Sealed whole = recorder.seal(drillId);
        JsonObject record = CanonicalJson.read(whole.document());
        return new File(
                "holdfast-drill-" + record.getJsonObject("identity").getString("number") + ".pdf",
                DrillPaper.pdf(record, whole.link(), keys.fingerprint()));
    }

    private Map<String, byte[]> files(DrillRecords.Sealed whole, JsonObject record) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("README.txt", utf8(resource("evidence-readme.txt")));
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
        files.put("control-map.json", utf8(resource("control-map.json")));
        files.put("drill-record.schema.json", utf8(resource("drill-record.schema.json")));
        files.put("log.txt", utf8(log(whole.link().drillId())));
        files.put("chain.json", chain(whole.link().seq()));
        for (DrillRecords.Sealed revision : records.of(whole.link().drillId())) {
            String name = String.format(Locale.ROOT, "revisions/%08d", revision.link().seq());
            files.put(name + ".json", utf8(revision.document()));
            files.put(name + ".dsse.json", utf8(revision.envelope() + "\n"));
        }
        return files;
    }

    private String statement(DrillRecords.Link link, String number, Map<String, byte[]> files) {
        JsonArrayBuilder listed = Json.createArrayBuilder();
        files.forEach(
                (name, bytes) ->
                        listed.add(
                                Json.createObjectBuilder()
                                        .add("name", name)
                                        .add("bytes", bytes.length)
                                        .add("sha256", Sha256.of(bytes).hex())));
        return keys.sign(
                        Dsse.DRILL_EVIDENCE,
                        utf8(
                                CanonicalJson.text(
                                        Json.createObjectBuilder()
                                                .add("kind", "holdfast-drill-evidence/1")
                                                .add("drill", link.drillId().toString())
                                                .add("number", number)
                                                .add("at", link.at().toString())
                                                .add("chainEntries", link.seq())
                                                .add("chainHash", link.hash())
                                                .add("previousHash", link.previous())
                                                .add("record", link.record().hex())
                                                .add("files", listed)
                                                .build())))
                .json();
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

    /** The text of the version that the drill was asked for under. */
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

    /** Every link of the chain over all drills up to this one: hashes, no content. */
    private byte[] chain(long last) {
        StringBuilder text =
                new StringBuilder("{\"kind\":\"holdfast-drill-chain/1\",\"entries\":[");
        long after = 0;
        while (after < last) {
            List<DrillRecords.Link> some = records.links(after, last, LINKS);
            if (some.isEmpty()) {
                break;
            }
            for (DrillRecords.Link link : some) {
                text.append(after == 0 ? "\n" : ",\n")
                        .append(
                                Json.createObjectBuilder()
                                        .add("seq", link.seq())
                                        .add("drill", link.drillId().toString())
                                        .add("at", link.at().toString())
                                        .add("sha256", link.record().hex())
                                        .add("previous", link.previous())
                                        .add("hash", link.hash())
                                        .build());
                after = link.seq();
            }
        }
        return utf8(text.append("\n]}\n").toString());
    }

    private static byte[] part(JsonValue value) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(text)) {
            writer.write(value);
        }
        return utf8(text.toString().strip() + "\n");
    }

    private static String resource(String name) {
        try (InputStream in = DrillEvidence.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
