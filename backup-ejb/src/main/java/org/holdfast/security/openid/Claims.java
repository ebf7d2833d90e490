package org.holdfast.security.openid;

import jakarta.json.JsonString;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.people.Role;

/** Reads the claims of a token or of userinfo. */
final class Claims {
    private Claims() {}

    /**
     * The texts at a path: one where the claim is a text, any number where it is an array. A claim
     * whose very name is the path, dots and all, comes first.
     */
    static List<String> texts(Map<String, ?> claims, String path) {
        Object at = claims.get(path);
        if (at == null) {
            at = claims;
            for (String name : path.split("\\.")) {
                at = at instanceof Map<?, ?> object ? object.get(name) : null;
            }
        }
        if (at instanceof Collection<?> many) {
            return many.stream().map(Claims::text).flatMap(Optional::stream).toList();
        }
        return text(at).stream().toList();
    }

    private static Optional<String> text(Object value) {
        if (value instanceof JsonString text) {
            return Optional.of(text.getString());
        }
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The highest of the roles that groups give; empty where none gives any. */
    static Optional<Role> highest(List<String> groups, Map<String, Role> roles) {
        return groups.stream()
                .map(roles::get)
                .filter(role -> role != null)
                .min(Comparator.naturalOrder());
    }
}
