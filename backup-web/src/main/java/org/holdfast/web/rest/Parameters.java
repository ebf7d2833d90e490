package org.holdfast.web.rest;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Refused;

/** What stands in addresses: ids and query parameters. */
final class Parameters {
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;

    private Parameters() {}

    /** An id; text that is none is an unknown one. {@code what} is e.g. {@code "backup"}. */
    static UUID id(String what, String text) {
        return uuid(text).orElseThrow(() -> Refused.notFound(what, brief(text)));
    }

    static Optional<UUID> optionalId(String name, String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(uuid(text).orElseThrow(() -> wrong(name, "an id")));
    }

    static Optional<String> text(String name, String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        if (text.length() > 200 || !JsonRecords.clean(text)) {
            throw wrong(name, "at most 200 characters, none of them a control character");
        }
        return Optional.of(text);
    }

    static String required(String name, String text) {
        return text(name, text).orElseThrow(() -> wrong(name, "given"));
    }

    /** How many items a page has at most: 1 to 500, 50 where nothing is said. */
    static int limit(String text) {
        if (text == null || text.isEmpty()) {
            return PAGE;
        }
        return (int) number("limit", text, 1, LARGEST_PAGE);
    }

    /**
     * The same for lists that came whole before they could be paged: all of it where neither a
     * limit nor a cursor is given.
     */
    static int limitOrWhole(String limit, String cursor) {
        boolean whole = (limit == null || limit.isEmpty()) && (cursor == null || cursor.isEmpty());
        return whole ? Integer.MAX_VALUE : limit(limit);
    }

    static long after(String text) {
        return text == null || text.isEmpty() ? 0 : number("after", text, 0, Long.MAX_VALUE);
    }

    static Optional<Long> sequence(String name, String text) {
        return text == null || text.isEmpty()
                ? Optional.empty()
                : Optional.of(number(name, text, 1, Long.MAX_VALUE));
    }

    /** A moment; {@code read} takes a day as well as a time. */
    static Optional<Instant> moment(String name, String text, Function<String, Instant> read) {
        try {
            return text(name, text).map(read);
        } catch (DateTimeException e) {
            throw wrong(name, "a time such as 2026-11-21T02:00:00Z, or a day such as 2026-11-21");
        }
    }

    /** One of a few words. */
    static <E extends Enum<E>> E word(String name, String text, Class<E> known) {
        return Arrays.stream(known.getEnumConstants())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                wrong(
                                        name,
                                        "one of "
                                                + Arrays.stream(known.getEnumConstants())
                                                        .map(
                                                                one ->
                                                                        one.name()
                                                                                .toLowerCase(
                                                                                        Locale
                                                                                                .ROOT))
                                                        .collect(Collectors.joining(", "))));
    }

    /** The number of a policy version; text that is none is an unknown one. */
    static int version(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return Integer.parseInt(text);
        }
        throw Refused.notFound("policy version", brief(text));
    }

    /** Several names, separated by commas. */
    static Set<String> names(String name, String text, Set<String> known) {
        Set<String> names =
                text(name, text).stream()
                        .flatMap(all -> Arrays.stream(all.split(",")))
                        .map(String::strip)
                        .collect(Collectors.toSet());
        if (!known.containsAll(names)) {
            throw wrong(name, "of " + known.stream().sorted().collect(Collectors.joining(", ")));
        }
        return names;
    }

    private static long number(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(
                name,
                most == Long.MAX_VALUE
                        ? "a whole number from " + least
                        : "a whole number from " + least + " to " + most);
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text))
                    .filter(id -> id.toString().equalsIgnoreCase(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Refused wrong(String name, String expected) {
        return new Refused(
                "REQUEST-PARAMETER",
                "The parameter \"" + name + "\" has to be " + expected + ".",
                "Correct \"" + name + "\" in the address; see /openapi.");
    }

    private static String brief(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return JsonRecords.clean(shown) ? shown : "of this name";
    }
}
