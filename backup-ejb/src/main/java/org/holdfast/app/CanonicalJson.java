package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.TreeSet;

/** JSON whose text is the same for the same content: members by name, no blanks. */
final class CanonicalJson {
    private CanonicalJson() {}

    static String text(JsonObject object) {
        return sorted(object).toString();
    }

    static JsonObject read(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static JsonValue sorted(JsonValue value) {
        if (value instanceof JsonObject object) {
            JsonObjectBuilder json = Json.createObjectBuilder();
            new TreeSet<>(object.keySet())
                    .forEach(name -> json.add(name, sorted(object.get(name))));
            return json.build();
        }
        if (value instanceof JsonArray array) {
            JsonArrayBuilder json = Json.createArrayBuilder();
            array.forEach(item -> json.add(sorted(item)));
            return json.build();
        }
        return value;
    }
}
