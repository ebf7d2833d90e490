package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.UUID;

/** What an act on one backup is asked with, as the record of an approval keeps it. */
record AskedOfBackup(UUID snapshot, String reason) {
    static AskedOfBackup of(JsonObject parameters) {
        return new AskedOfBackup(
                UUID.fromString(parameters.getString("snapshot")), parameters.getString("reason"));
    }

    JsonObject parameters() {
        return Json.createObjectBuilder()
                .add("snapshot", snapshot.toString())
                .add("reason", reason)
                .build();
    }
}
