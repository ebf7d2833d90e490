package org.holdfast.work;

import jakarta.json.Json;
import jakarta.json.JsonValue;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.storage.ObjectKey;

/** A snapshot on its way into a database, and what was learned of it so far. */
abstract class Bringing {
    final Watch watch;
    final Toolbox tools;
    final Snapshot snapshot;
    final Manifest manifest;

    private final Map<String, JsonValue> learned = new LinkedHashMap<>();

    Bringing(Watch watch, Toolbox tools, Snapshot snapshot) {
        this.watch = watch;
        this.tools = tools;
        this.snapshot = snapshot;
        this.manifest = ManifestJson.read(snapshot.manifest());
    }

    /**
     * Over how many connections the rows may be brought.
     *
     * @param configured how many the settings allow
     */
    abstract int jobs(int configured);

    /** Of the restore or drill. */
    UUID id() {
        return watch.lease().id();
    }

    int attempt() {
        return watch.lease().attempt();
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

    ObjectKey dumpKey() {
        return snapshot.key().resolve(manifest.format().objectName());
    }

    /** The snapshot for a sentence: whose it is and of when. */
    String content() {
        return manifest.source().name()
                + " as of "
                + snapshot.takenAt().truncatedTo(ChronoUnit.SECONDS);
    }
}
