package org.holdfast.web.rest;

import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.holdfast.domain.shared.Refused;

/** Request bodies: one JSON object in UTF-8 (RFC 8259) of at most 64 KiB, no member twice. */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public class RecordReader implements MessageBodyReader<Record> {
    static final int LARGEST_BODY = 64 << 10;
    private static final int MOST_DRAINED = 1 << 20;
    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());
    private static final JsonReaderFactory JSON =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    @Override
    public boolean isReadable(
            Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord();
    }

    @Override
    public Record readFrom(
            Class<Record> type,
            Type generic,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        byte[] bytes = body.readNBytes(LARGEST_BODY + 1);
        if (bytes.length > LARGEST_BODY) {
            drain(body);
            throw new Refused(
                    "REQUEST-SIZE",
                    "The body is larger than 64 KiB.",
                    "Send less; see /openapi for what is expected.");
        }
        return JsonRecords.read(type, parse(bytes));
    }

    /** A client that is still sending does not listen for the answer yet. */
    private static void drain(InputStream body) throws IOException {
        byte[] passing = new byte[8192];
        for (int left = MOST_DRAINED; left > 0; ) {
            int read = body.read(passing);
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    private static JsonObject parse(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw new Refused(
                    "REQUEST-BODY", "The body is not UTF-8.", "Send JSON encoded as UTF-8.");
        }
        requireOneValue(bytes);
        try (JsonReader reader =
                JSON.createReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
            JsonValue value = reader.readValue();
            if (value instanceof JsonObject object) {
                return object;
            }
        } catch (RuntimeException e) {
            // JsonException, and a bare one for a number of more digits than the reader takes
            throw noObject();
        }
        throw noObject();
    }

    /** A reader stops behind the first value; a parser looks at what follows. */
    private static void requireOneValue(byte[] bytes) {
        try (JsonParser parser =
                PARSERS.createParser(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
            while (parser.hasNext()) {
                parser.next();
            }
        } catch (RuntimeException e) {
            // JsonException, NoSuchElementException, and a bare one for nesting that is too deep
            throw noObject();
        }
    }

    static Refused noObject() {
        return new Refused(
                "REQUEST-BODY",
                "The body is not one JSON object.",
                "Send a JSON object such as {\"source\": \"shop\"}; no member may stand in it twice.");
    }
}
