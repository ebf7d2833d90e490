package org.holdfast.engine;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The extensions that a dump of others has its database have; bounded, whatever it tells. */
final class ToldExtensions {
    static final String TOO_MANY = "more than 10,000 extensions";

    private static final int MOST = 10_000;
    private static final int LONGEST_NAME = 256;
    private static final Pattern NAMED =
            Pattern.compile("(?s)CREATE EXTENSION (?:IF NOT EXISTS )?\"?([^\"\\s;]+)\"?.*");

    private final Set<String> names = new TreeSet<>();

    /**
     * @param statement any; only one that makes an extension counts
     * @return false where they are too many now
     */
    boolean take(String statement) {
        Matcher named = NAMED.matcher(statement);
        if (named.matches() && named.group(1).length() <= LONGEST_NAME) {
            names.add(named.group(1));
        }
        return names.size() <= MOST;
    }

    Set<String> names() {
        return Set.copyOf(names);
    }
}
