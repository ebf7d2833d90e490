package org.holdfast.web.rest;

import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Refused;

/**
 * What a request says of the state it was made from (RFC 9110, 13.1.1). A weak tag matches nothing:
 * a change needs the very same.
 *
 * @param any whether it was an asterisk
 * @param tags strong ones, without their quotes
 */
record IfMatch(boolean any, Set<String> tags) {
    private static final String TAG = "(W/)?\"([\\x21\\x23-\\x7e]*)\"";
    private static final Pattern LIST =
            Pattern.compile("\\s*" + TAG + "(\\s*,\\s*" + TAG + ")*\\s*");

    IfMatch {
        tags = Set.copyOf(tags);
    }

    /**
     * @param header null where there is none
     * @throws Refused REQUEST-PARAMETER where it cannot be read
     */
    static Optional<IfMatch> of(String header) {
        if (header == null || header.isBlank()) {
            return Optional.empty();
        }
        if (header.strip().equals("*")) {
            return Optional.of(new IfMatch(true, Set.of()));
        }
        if (!LIST.matcher(header).matches()) {
            throw new Refused(
                    "REQUEST-PARAMETER",
                    "The header If-Match is no list of entity tags.",
                    "Give back what ETag said, with its quotes: If-Match: \"7\".");
        }
        return Optional.of(
                new IfMatch(
                        false,
                        Pattern.compile(TAG)
                                .matcher(header)
                                .results()
                                .filter(tag -> tag.group(1) == null)
                                .map((MatchResult tag) -> tag.group(2))
                                .collect(Collectors.toSet())));
    }

    boolean lets(String tag) {
        return any || tags.contains(tag);
    }
}
