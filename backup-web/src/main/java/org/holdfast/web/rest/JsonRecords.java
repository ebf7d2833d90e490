package org.holdfast.web.rest;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Refused;

/**
 * Records to and from JSON objects, in the order of their components.
 *
 * <p>Written: instants as ISO 8601 UTC, durations as seconds with up to three decimals, enums by
 * name, {@link JsonValue} as it is; null and empty {@link Optional} are left out.
 *
 * <p>Read strictly, unlike JSON-B does: a member that the record does not have is refused, one of
 * the wrong type too, and a component is required unless it is an {@link Optional} or a {@link
 * List}. The refusal names the member and what is expected.
 */
final class JsonRecords {
    private static final int LONGEST = 4096;

    private JsonRecords() {}

    // --- writing -----------------------------------------------------------------------------

    static void write(JsonGenerator out, Record value) {
        out.writeStartObject();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object member = bare(get(component, value));
            if (member != null) {
                out.writeKey(component.getName());
                write(out, member);
            }
        }
        out.writeEnd();
    }

    private static void write(JsonGenerator out, Object value) {
        if (value instanceof Record nested) {
            write(out, nested);
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            list.forEach(item -> write(out, item));
            out.writeEnd();
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            map.forEach(
                    (key, item) -> {
                        out.writeKey(key.toString());
                        write(out, item);
                    });
            out.writeEnd();
        } else if (value instanceof Boolean truth) {
            out.write(truth);
        } else if (value instanceof Integer || value instanceof Long) {
            out.write(((Number) value).longValue());
        } else if (value instanceof Duration duration) {
            out.write(seconds(duration));
        } else if (value instanceof JsonValue json) {
            out.write(json);
        } else {
            out.write(value.toString());
        }
    }

    private static BigDecimal seconds(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }

    private static Object bare(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.orElse(null);
        }
        if (value instanceof OptionalLong optional) {
            return optional.isPresent() ? optional.getAsLong() : null;
        }
        return value;
    }

    private static Object get(RecordComponent component, Record value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- reading -----------------------------------------------------------------------------

    /**
     * @throws Refused REQUEST-FIELD, naming the member
     */
    static <R extends Record> R read(Class<R> type, JsonObject json) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
        for (String name : json.keySet()) {
            if (!known.contains(name)) {
                throw new Refused(
                        "REQUEST-FIELD",
                        "The body has a member \"" + brief(name) + "\" that is not known.",
                        "Known members: " + String.join(", ", known) + ".");
            }
        }
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = read(components[i], json.get(components[i].getName()));
        }
        try {
            var constructor =
                    type.getDeclaredConstructor(
                            Arrays.stream(components)
                                    .map(RecordComponent::getType)
                                    .toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object read(RecordComponent component, JsonValue value) {
        boolean absent = value == null || value == JsonValue.NULL;
        if (component.getType() == Optional.class) {
            return absent
                    ? Optional.empty()
                    : Optional.of(read(component, parameter(component), value));
        }
        if (component.getType() == List.class) {
            return absent ? List.of() : list(component, value);
        }
        if (absent) {
            throw new Refused(
                    "REQUEST-FIELD",
                    "The body lacks the member \"" + component.getName() + "\".",
                    "Give \"" + component.getName() + "\": " + shape(component.getType()) + ".");
        }
        return read(component, component.getType(), value);
    }

    private static List<Object> list(RecordComponent component, JsonValue value) {
        if (!(value instanceof JsonArray array)) {
            throw wrong(component, "an array");
        }
        List<Object> items = new ArrayList<>();
        for (JsonValue item : array) {
            items.add(read(component, parameter(component), item));
        }
        return List.copyOf(items);
    }

    private static Object read(RecordComponent component, Class<?> type, JsonValue value) {
        Object read = null;
        if (type == boolean.class || type == Boolean.class) {
            read =
                    value == JsonValue.TRUE
                            ? Boolean.TRUE
                            : value == JsonValue.FALSE ? Boolean.FALSE : null;
        } else if (type == int.class || type == Integer.class) {
            read =
                    value instanceof JsonNumber number
                                    && number.isIntegral()
                                    && number.bigIntegerValue().bitLength() < 32
                            ? number.intValue()
                            : null;
        } else if (type == JsonObject.class) {
            read = value instanceof JsonObject object ? object : null;
        } else if (value instanceof JsonString string) {
            read = text(component, type, string.getString());
        }
        if (read == null) {
            throw wrong(component, shape(type));
        }
        return read;
    }

    private static Object text(RecordComponent component, Class<?> type, String text) {
        if (text.length() > LONGEST) {
            throw wrong(component, "a string of at most " + LONGEST + " characters");
        }
        if (!clean(text)) {
            throw wrong(component, "a string without control characters");
        }
        try {
            if (type == String.class) {
                return text;
            }
            if (type == UUID.class) {
                UUID id = UUID.fromString(text);
                return id.toString().equalsIgnoreCase(text) ? id : null;
            }
            if (type == Instant.class) {
                return Instant.parse(text);
            }
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return null;
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> ((Enum<?>) constant).name().equals(text))
                    .findFirst()
                    .orElse(null);
        }
        throw new IllegalStateException("No request record may hold a " + type + ".");
    }

    /** Whether PostgreSQL can keep it and a log can show it. */
    static boolean clean(String text) {
        return text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t');
    }

    private static Class<?> parameter(RecordComponent component) {
        Type argument =
                ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
        return (Class<?>) argument;
    }

    private static Refused wrong(RecordComponent component, String expected) {
        return new Refused(
                "REQUEST-FIELD",
                "The member \"" + component.getName() + "\" has to be " + expected + ".",
                "Correct \"" + component.getName() + "\"; see /openapi for the whole body.");
    }

    private static String shape(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number";
        }
        if (type == JsonObject.class) {
            return "a JSON object";
        }
        if (type == UUID.class) {
            return "an id such as 0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b";
        }
        if (type == Instant.class) {
            return "a time such as 2026-11-01T02:00:00Z";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        return "a string";
    }

    private static String brief(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
