package org.holdfast.work;

import jakarta.json.Json;
import jakarta.json.JsonValue;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.storage.ObjectKey;

/** One restore while it is worked on: what is to be done, and what was learned of it so far. */
final class RestoreJob {
    final Watch watch;
    final Toolbox tools;
    final RestoreRequest request;
    final Snapshot snapshot;
    final Manifest manifest;
    final TargetEnvironment target;

    /** The database that is to hold the snapshot in the end. */
    final PostgresUrl url;

    /** What was compared after the restore. */
    final List<Check> checks = new ArrayList<>();

    private final Map<String, JsonValue> learned = new LinkedHashMap<>();

    RestoreJob(
            Watch watch,
            Toolbox tools,
            RestoreRequest request,
            Snapshot snapshot,
            TargetEnvironment target,
            PostgresUrl url) {
        this.watch = watch;
        this.tools = tools;
        this.request = request;
        this.snapshot = snapshot;
        this.manifest = ManifestJson.read(snapshot.manifest());
        this.target = target;
        this.url = url;
    }

    /** Notes something for the record: of tools, jobs, the command. */
    void learned(String name, JsonValue value) {
        learned.put(name, value);
    }

    void learned(String name, String value) {
        learned(name, Json.createValue(value));
    }

    /** What was learned so far, a JSON object. */
    String learned() {
        return Json.createObjectBuilder(learned).build().toString();
    }

    int attempt() {
        return watch.lease().attempt();
    }

    ObjectKey dumpKey() {
        return snapshot.key().resolve(manifest.format().objectName());
    }

    /** The snapshot for a sentence: whose it is and of when. */
    String content() {
        return manifest.source().name()
                + " as of "
                + snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Whether the restored content was compared with the manifest and found equal. */
    boolean proved() {
        return manifest.rowProof() != RowProof.OFF
                && !checks.isEmpty()
                && checks.stream().allMatch(Check::passed);
    }
}
