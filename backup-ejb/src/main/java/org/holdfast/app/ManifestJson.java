package org.holdfast.app;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;

/**
 * The manifest's text: JSON, one name a line, so that it can be read and compared without a tool.
 */
public final class ManifestJson {
    private ManifestJson() {}

    public static String write(Manifest m) {
        Manifest.Origin from = m.source();
        JsonObjectBuilder source =
                Json.createObjectBuilder()
                        .add("name", from.name())
                        .add("url", from.url())
                        .add("systemIdentifier", from.systemIdentifier())
                        .add("database", from.database())
                        .add("serverVersion", from.serverVersion())
                        .add("serverMajor", from.serverMajor())
                        .add("encoding", from.encoding())
                        .add("collate", from.collate())
                        .add("ctype", from.ctype())
                        .add("localeProvider", from.localeProvider());
        from.icuLocale().ifPresent(l -> source.add("icuLocale", l));
        source.add("extensions", strings(from.extensions()));
        JsonArrayBuilder objects = Json.createArrayBuilder();
        m.objects()
                .forEach(
                        o ->
                                objects.add(
                                        Json.createObjectBuilder()
                                                .add("name", o.name())
                                                .add("size", o.size())
                                                .add("sha256", o.sha256().hex())));
        JsonArrayBuilder tables = Json.createArrayBuilder();
        m.tables()
                .forEach(
                        t -> {
                            JsonObjectBuilder table =
                                    Json.createObjectBuilder()
                                            .add("schema", t.schema())
                                            .add("name", t.name())
                                            .add("rows", t.rows())
                                            .add("bytes", t.bytes());
                            t.hash().ifPresent(h -> table.add("hash", h));
                            tables.add(table);
                        });
        JsonObjectBuilder sequences = Json.createObjectBuilder();
        new TreeMap<>(m.sequences()).forEach(sequences::add);
        JsonObjectBuilder large = Json.createObjectBuilder().add("count", m.largeObjects().count());
        m.largeObjects().hash().ifPresent(h -> large.add("hash", h));
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("formatVersion", m.formatVersion())
                        .add("id", m.id().toString())
                        .add("source", source)
                        .add("tools", strings(m.tools()))
                        .add("format", m.format().name())
                        .add("requestedBy", m.requestedBy())
                        .add("policyVersion", m.policyVersion())
                        .add("takenAt", m.takenAt().toString())
                        .add("startedAt", m.startedAt().toString())
                        .add("finishedAt", m.finishedAt().toString())
                        .add(
                                "bytes",
                                Json.createObjectBuilder()
                                        .add("raw", m.bytes().raw())
                                        .add("compressed", m.bytes().compressed())
                                        .add("stored", m.bytes().stored()))
                        .add("objects", objects)
                        .add("recipients", Json.createArrayBuilder(m.recipients()))
                        .add("rowProof", m.rowProof().name())
                        .add("tables", tables)
                        .add("sequences", sequences)
                        .add("largeObjects", large);
        m.imported().ifPresent(i -> json.add("imported", imported(i)));
        StringWriter text = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(text)) {
            writer.write(json.build());
        }
        return text.toString().strip() + "\n";
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws Refused where the text is no manifest of a format version known here
     */
    public static Manifest read(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            JsonObject m = reader.readObject();
            if (m.getInt("formatVersion") != 1) {
                throw new Refused(
                        "MANIFEST-VERSION",
                        "The manifest has format version " + m.getInt("formatVersion") + ".",
                        "Use a Holdfast that knows this version; this one knows version 1.");
            }
            JsonObject from = m.getJsonObject("source");
            JsonObject bytes = m.getJsonObject("bytes");
            JsonObject large = m.getJsonObject("largeObjects");
            List<Manifest.StoredObject> objects = new ArrayList<>();
            for (JsonObject o : m.getJsonArray("objects").getValuesAs(JsonObject.class)) {
                objects.add(
                        new Manifest.StoredObject(
                                o.getString("name"),
                                o.getJsonNumber("size").longValueExact(),
                                new Sha256(o.getString("sha256"))));
            }
            List<Manifest.Table> tables = new ArrayList<>();
            for (JsonObject t : m.getJsonArray("tables").getValuesAs(JsonObject.class)) {
                tables.add(
                        new Manifest.Table(
                                t.getString("schema"),
                                t.getString("name"),
                                t.getJsonNumber("rows").longValueExact(),
                                t.containsKey("bytes")
                                        ? t.getJsonNumber("bytes").longValueExact()
                                        : 0,
                                Optional.ofNullable(t.getString("hash", null))));
            }
            Map<String, Long> sequences = new LinkedHashMap<>();
            JsonObject values = m.getJsonObject("sequences");
            values.keySet()
                    .forEach(
                            name ->
                                    sequences.put(
                                            name, values.getJsonNumber(name).longValueExact()));
            return new Manifest(
                    1,
                    UUID.fromString(m.getString("id")),
                    new Manifest.Origin(
                            from.getString("name"),
                            from.getString("url"),
                            from.getString("systemIdentifier"),
                            from.getString("database"),
                            from.getString("serverVersion"),
                            from.getInt("serverMajor"),
                            from.getString("encoding"),
                            from.getString("collate"),
                            from.getString("ctype"),
                            from.getString("localeProvider"),
                            Optional.ofNullable(from.getString("icuLocale", null)),
                            strings(from.getJsonObject("extensions"))),
                    strings(m.getJsonObject("tools")),
                    DumpFormat.valueOf(m.getString("format")),
                    m.getString("requestedBy"),
                    m.getString("policyVersion"),
                    Instant.parse(m.getString("takenAt")),
                    Instant.parse(m.getString("startedAt")),
                    Instant.parse(m.getString("finishedAt")),
                    new Manifest.Bytes(
                            bytes.getJsonNumber("raw").longValueExact(),
                            bytes.getJsonNumber("compressed").longValueExact(),
                            bytes.getJsonNumber("stored").longValueExact()),
                    List.copyOf(objects),
                    m.getJsonArray("recipients").getValuesAs(JsonString::getString),
                    RowProof.valueOf(m.getString("rowProof")),
                    List.copyOf(tables),
                    sequences,
                    new Manifest.LargeObjects(
                            large.getJsonNumber("count").longValueExact(),
                            Optional.ofNullable(large.getString("hash", null))),
                    Optional.ofNullable(m.getJsonObject("imported")).map(ManifestJson::imported));
        } catch (JsonException
                | NullPointerException
                | ClassCastException
                | ArithmeticException
                | DateTimeException
                | IllegalArgumentException e) {
            throw new Refused(
                    "MANIFEST-UNREADABLE",
                    "The manifest cannot be read: " + e.getMessage(),
                    "Check its signature; a manifest that was changed is not to be trusted.");
        }
    }

    private static JsonObjectBuilder imported(Manifest.Imported from) {
        return Json.createObjectBuilder()
                .add("place", from.place())
                .add("file", from.file())
                .add("bytes", from.bytes())
                .add("sha256", from.sha256().hex())
                .add("form", from.form())
                .add("takenBy", from.takenBy())
                .add("by", from.by())
                .add("changed", Json.createArrayBuilder(from.changed()));
    }

    private static Manifest.Imported imported(JsonObject from) {
        return new Manifest.Imported(
                from.getString("place"),
                from.getString("file"),
                from.getJsonNumber("bytes").longValueExact(),
                new Sha256(from.getString("sha256")),
                from.getString("form"),
                from.getString("takenBy"),
                from.getString("by"),
                from.getJsonArray("changed").getValuesAs(JsonString::getString));
    }

    private static JsonObjectBuilder strings(Map<String, String> map) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        new TreeMap<>(map).forEach(json::add);
        return json;
    }

    private static Map<String, String> strings(JsonObject json) {
        Map<String, String> map = new LinkedHashMap<>();
        json.forEach((name, value) -> map.put(name, text(value)));
        return map;
    }

    private static String text(JsonValue value) {
        return ((JsonString) value).getString();
    }
}
