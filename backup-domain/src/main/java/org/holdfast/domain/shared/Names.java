package org.holdfast.domain.shared;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names in a sentence. */
public final class Names {
    private Names() {}

    /** The first of them, and how many are left: {@code a, b, c and 4 more}. */
    public static String some(Collection<String> names, int most) {
        String some = names.stream().limit(most).collect(Collectors.joining(", "));
        return names.size() > most ? some + " and " + (names.size() - most) + " more" : some;
    }
}
