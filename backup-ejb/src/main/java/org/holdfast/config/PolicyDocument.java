package org.holdfast.config;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonConfig;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParsingException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.shared.Sha256;

/**
 * A policy as a person wrote it, and what is wrong with it. It is good or refused whole: of a
 * document with one wrong value nothing is taken.
 *
 * @see PolicyText
 */
public final class PolicyDocument {
    /** Larger than any policy, and small enough to be shown, kept and compared. */
    public static final int LONGEST = 48 << 10;

    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private final JsonObject json;
    private final String text;
    private final List<Wrong> wrong;

    /**
     * Something wrong in a document.
     *
     * @param path e.g. {@code sources.shop.retry.attempts}; empty for the document as a whole
     * @param what the rest of a sentence that begins with the path; a whole sentence where there is
     *     none
     * @param remedy sentence: what to do
     */
    public record Wrong(String path, String what, String remedy) {
        public String sentence() {
            return (path.isEmpty() ? what : path + " " + what) + " " + remedy;
        }
    }

    private PolicyDocument(JsonObject json, List<Wrong> wrong) {
        this.json = json;
        this.text = sorted(json).toString();
        this.wrong = List.copyOf(wrong);
    }

    private static PolicyDocument unreadable(String what, String remedy) {
        return new PolicyDocument(
                JsonValue.EMPTY_JSON_OBJECT, List.of(new Wrong("", what, remedy)));
    }

    /** Reads a document; never throws. */
    public static PolicyDocument of(String text) {
        if (text.length() > LONGEST) {
            return unreadable(
                    "The policy has " + text.length() + " characters.",
                    "Keep it below " + LONGEST + ": leave out what is the default.");
        }
        try {
            requireOneValue(text);
        } catch (JsonParsingException e) {
            return unreadable(
                    "The policy is no JSON: it cannot be read beyond " + place(e) + ".",
                    "Look there for a comma, quotation mark or bracket; jq . tells the same of a"
                            + " file.");
        } catch (RuntimeException e) {
            return unreadable("The policy is no JSON object.", "Check it with jq.");
        }
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            JsonValue value = reader.readValue();
            if (value instanceof JsonObject object) {
                return of(object);
            }
            return unreadable(
                    "The policy is no JSON object.", "Begin it with { and end it with }.");
        } catch (JsonParsingException e) {
            return unreadable(
                    "A key stands twice in one object of the policy, before " + place(e) + ".",
                    "Remove one of the two.");
        } catch (RuntimeException e) {
            return unreadable("The policy is no JSON object.", "Check it with jq.");
        }
    }

    private static String place(JsonParsingException e) {
        return "line "
                + e.getLocation().getLineNumber()
                + ", column "
                + e.getLocation().getColumnNumber();
    }

    /** A reader stops behind the first value; a parser looks at what follows. */
    private static void requireOneValue(String text) {
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                parser.next();
            }
        }
    }

    public static PolicyDocument of(JsonObject json) {
        PolicyText read = new PolicyText(json);
        read.policy("", Optional.empty());
        return new PolicyDocument(json, read.wrong());
    }

    /** Reads a file; never throws. */
    public static PolicyDocument of(Path file) {
        try {
            if (Files.size(file) > 4L * LONGEST) {
                return unreadable(
                        "The policy file has " + Files.size(file) + " bytes.",
                        "See that the path is the right one.");
            }
            return of(Files.readString(file));
        } catch (CharacterCodingException e) {
            return unreadable("The policy file is not UTF-8.", "Save it as UTF-8.");
        } catch (IOException e) {
            return unreadable(
                    "No such file can be read as text.",
                    "Correct the path or the file's permissions, or remove the setting.");
        }
    }

    /** Whether nothing is wrong. */
    public boolean good() {
        return wrong.isEmpty();
    }

    public List<Wrong> wrong() {
        return wrong;
    }

    /** What is wrong, said of a file: {@code Policy file /etc/…: rpo_minutes is …}. */
    public List<String> problemsOf(Path file) {
        return wrong.stream().map(w -> "Policy file " + file + ": " + w.sentence()).toList();
    }

    /** As it is kept and hashed: members by name, no blanks. */
    public String text() {
        return text;
    }

    /** Of {@link #text()}: the same whatever the order of the members and the blanks. */
    public Sha256 sha256() {
        return Sha256.of(text);
    }

    public JsonObject json() {
        return json;
    }

    /** For people: one member a line. */
    public String pretty() {
        StringWriter out = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(out)) {
            writer.write((JsonObject) sorted(json));
        }
        return out.toString().strip();
    }

    /**
     * @param version its label
     * @param retentionDays of {@code RETENTION_DAYS}; empty where that is not set
     * @throws IllegalStateException where it is not good
     */
    public Policy policy(String version, Optional<Integer> retentionDays) {
        if (!good()) {
            throw new IllegalStateException(wrong.get(0).sentence());
        }
        return new PolicyText(json).policy(version, retentionDays);
    }

    private static JsonValue sorted(JsonValue value) {
        if (value instanceof JsonObject object) {
            JsonObjectBuilder sorted = Json.createObjectBuilder();
            new TreeSet<>(object.keySet())
                    .forEach(name -> sorted.add(name, sorted(object.get(name))));
            return sorted.build();
        }
        if (value instanceof JsonArray array) {
            JsonArrayBuilder sorted = Json.createArrayBuilder();
            array.forEach(item -> sorted.add(sorted(item)));
            return sorted.build();
        }
        return value;
    }
}
