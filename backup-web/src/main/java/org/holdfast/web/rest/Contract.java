package org.holdfast.web.rest;

import jakarta.json.JsonValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.holdfast.web.error.Problem;

/**
 * Describes bodies as {@link JsonRecords} reads and writes them. The server's own scan knows
 * neither times nor durations nor what may be left out, and takes two records of one simple name
 * for one.
 */
public class Contract implements OASFilter {
    static final List<Class<?>> RESOURCES =
            List.of(
                    AlertsResource.class,
                    ApprovalsResource.class,
                    AuditResource.class,
                    BackupsResource.class,
                    BootstrapResource.class,
                    DrillPlansResource.class,
                    DrillsResource.class,
                    ImportsResource.class,
                    KeysResource.class,
                    DrillRecordsResource.class,
                    PolicyResource.class,
                    RecoverResource.class,
                    RestoresResource.class,
                    RetentionResource.class,
                    ScheduleResource.class,
                    SourcesResource.class,
                    StoresResource.class,
                    TargetsResource.class,
                    UsersResource.class);

    private final Map<String, Schema> schemas = new TreeMap<>();

    @Override
    public void filterOpenAPI(OpenAPI api) {
        for (Class<?> resource : RESOURCES) {
            for (Method method : resource.getDeclaredMethods()) {
                operation(api, resource, method).ifPresent(found -> describe(found, method));
            }
        }
        api.getComponents().setSchemas(schemas);
    }

    private static Optional<Operation> operation(OpenAPI api, Class<?> resource, Method method) {
        Path own = method.getAnnotation(Path.class);
        String path =
                "/admin/"
                        + resource.getAnnotation(Path.class).value()
                        + (own == null ? "" : "/" + own.value());
        PathItem item = api.getPaths().getPathItem(path);
        if (item == null) {
            return Optional.empty();
        }
        if (method.isAnnotationPresent(GET.class)) {
            return Optional.ofNullable(item.getGET());
        }
        if (method.isAnnotationPresent(PUT.class)) {
            return Optional.ofNullable(item.getPUT());
        }
        return method.isAnnotationPresent(POST.class)
                ? Optional.ofNullable(item.getPOST())
                : Optional.empty();
    }

    private void describe(Operation operation, Method method) {
        Arrays.stream(method.getParameterTypes())
                .filter(Class::isRecord)
                .findFirst()
                .ifPresent(
                        body ->
                                operation.setRequestBody(
                                        OASFactory.createRequestBody()
                                                .required(true)
                                                .content(content("application/json", body))));
        Answers answers = method.getAnnotation(Answers.class);
        Type type = answers == null ? method.getGenericReturnType() : answers.with();
        int status = answers == null ? 200 : answers.status();
        operation.setResponses(
                OASFactory.createAPIResponses()
                        .addAPIResponse(
                                Integer.toString(status),
                                OASFactory.createAPIResponse()
                                        .description(description(status))
                                        .content(content("application/json", type)))
                        .addAPIResponse(
                                "default",
                                OASFactory.createAPIResponse()
                                        .description("Refused, or an error")
                                        .content(content(Problem.MEDIA_TYPE, Problem.class))));
    }

    private static String description(int status) {
        return switch (status) {
            case 201 -> "Made";
            case 202 -> "Taken on; follow the resource";
            default -> "Done";
        };
    }

    private Content content(String mediaType, Type type) {
        return OASFactory.createContent()
                .addMediaType(mediaType, OASFactory.createMediaType().schema(schema(type)));
    }

    private Schema schema(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic(generic);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return OASFactory.createSchema().ref("#/components/schemas/" + named(plain));
        }
        if (plain.isEnum()) {
            return text(null)
                    .enumeration(
                            Arrays.stream(plain.getEnumConstants())
                                    .map(constant -> (Object) ((Enum<?>) constant).name())
                                    .toList());
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return OASFactory.createSchema().type(Schema.SchemaType.BOOLEAN);
        }
        if (plain == int.class
                || plain == Integer.class
                || plain == long.class
                || plain == Long.class
                || plain == OptionalLong.class) {
            return OASFactory.createSchema()
                    .type(Schema.SchemaType.INTEGER)
                    .format(plain == int.class || plain == Integer.class ? "int32" : "int64");
        }
        if (plain == Duration.class) {
            return OASFactory.createSchema()
                    .type(Schema.SchemaType.NUMBER)
                    .minimum(BigDecimal.ZERO)
                    .description("seconds");
        }
        if (plain == Instant.class) {
            return text("date-time");
        }
        if (plain == UUID.class) {
            return text("uuid");
        }
        return plain == String.class
                ? text(null)
                : OASFactory.createSchema().type(Schema.SchemaType.OBJECT);
    }

    private Schema generic(ParameterizedType type) {
        Type[] of = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        if (raw == Optional.class) {
            return schema(of[0]);
        }
        if (raw == List.class) {
            return OASFactory.createSchema().type(Schema.SchemaType.ARRAY).items(schema(of[0]));
        }
        if (raw == Map.class) {
            return OASFactory.createSchema()
                    .type(Schema.SchemaType.OBJECT)
                    .additionalPropertiesSchema(schema(of[1]));
        }
        // Listing<T>
        return OASFactory.createSchema()
                .type(Schema.SchemaType.OBJECT)
                .addProperty(
                        "items",
                        OASFactory.createSchema()
                                .type(Schema.SchemaType.ARRAY)
                                .items(schema(of[0])))
                .addProperty(
                        "next",
                        text(null).description("to be given back; left out where nothing follows"));
    }

    private static Schema text(String format) {
        return OASFactory.createSchema().type(Schema.SchemaType.STRING).format(format);
    }

    /** The record's schema under a name of its own, e.g. BackupItem for BackupViews.Item. */
    private String named(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        String of = outer == null ? "" : outer.getSimpleName().replaceAll("(Views?|Resource)$", "");
        String simple = type.getSimpleName();
        String name = of.isEmpty() ? simple : of + (simple.equals("Whole") ? "" : simple);
        if (schemas.containsKey(name)) {
            return name;
        }
        Schema schema = OASFactory.createSchema().type(Schema.SchemaType.OBJECT);
        schemas.put(name, schema);
        List<String> required = new ArrayList<>();
        boolean request = outer != null && outer.getSimpleName().endsWith("Resource");
        for (RecordComponent component : type.getRecordComponents()) {
            schema.addProperty(component.getName(), member(component));
            if (request
                    && component.getType() != Optional.class
                    && component.getType() != List.class) {
                required.add(component.getName());
            }
        }
        if (!required.isEmpty()) {
            schema.setRequired(required);
        }
        return name;
    }

    private Schema member(RecordComponent component) {
        return JsonValue.class.isAssignableFrom(component.getType())
                ? OASFactory.createSchema().type(Schema.SchemaType.OBJECT)
                : schema(component.getGenericType());
    }
}
