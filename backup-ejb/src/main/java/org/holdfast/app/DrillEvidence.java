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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.security.SigningKeys;

/**
 * The evidence of a drill as one file that an auditor can check alone: a zip that lists its files
 * with their hashes in the signed statement {@code drill.dsse.json} within it.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, AUDITOR_NAME})
public class DrillEvidence {
    private static final String STATEMENT = "drill.dsse.json";

    private DrillRecorder recorder;
    private DrillFolder folder;
    private DrillChain chain;
    private SigningKeys keys;

    protected DrillEvidence() {}

    @Inject
    public DrillEvidence(
            DrillRecorder recorder, DrillFolder folder, DrillChain chain, SigningKeys keys) {
        this.recorder = recorder;
        this.folder = folder;
        this.chain = chain;
        this.keys = keys;
    }

    /**
     * @param content the zip
     */
    public record File(String name, byte[] content) {}

    /** The published JSON Schema of {@code drill.json}. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
    public String schema() {
        return DrillFolder.resource("drill-record.schema.json");
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
        files.put(STATEMENT, DrillFolder.utf8(statement(whole.link(), number, files) + "\n"));
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
        files.put("README.txt", DrillFolder.utf8(DrillFolder.resource("evidence-readme.txt")));
        files.putAll(folder.files(whole, record));
        files.put("control-map.json", DrillFolder.utf8(DrillFolder.resource("control-map.json")));
        files.put("drill-record.schema.json", DrillFolder.utf8(schema()));
        files.put("chain.json", chain(whole.link().seq()));
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
                        DrillFolder.utf8(
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

    private byte[] chain(long last) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            chain.write(last, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toByteArray();
    }
}
