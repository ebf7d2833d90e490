package org.holdfast.web.rest;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The operations of the REST API, as their annotations give them. */
public final class Operations {
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");

    private Operations() {}

    /** Each as {@code POST /admin/backups/{id}/cancel}. */
    public static Set<String> all() {
        return Contract.RESOURCES.stream()
                .flatMap(
                        resource ->
                                Arrays.stream(resource.getDeclaredMethods())
                                        .flatMap(method -> one(resource, method).stream()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param asked method and path with values, or names of values, in place of the variables
     */
    public static boolean has(String asked) {
        return all().stream().anyMatch(known -> asked.matches(pattern(known)));
    }

    private static String pattern(String known) {
        return Arrays.stream(VARIABLE.split(known, -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("[^/]+"));
    }

    private static Optional<String> one(Class<?> resource, Method method) {
        Path own = method.getAnnotation(Path.class);
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(type -> type.isAnnotationPresent(HttpMethod.class))
                .map(type -> type.getAnnotation(HttpMethod.class).value())
                .findFirst()
                .map(
                        verb ->
                                verb
                                        + " /admin/"
                                        + resource.getAnnotation(Path.class).value()
                                        + (own == null ? "" : "/" + own.value()));
    }
}
