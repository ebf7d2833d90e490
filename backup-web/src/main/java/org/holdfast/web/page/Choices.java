package org.holdfast.web.page;

import java.util.List;
import java.util.Locale;

/** What is chosen by its name: of a few all are shown, of more those that fit what was typed. */
final class Choices {
    /** As many are shown at once. */
    static final int MOST = 12;

    private Choices() {}

    /** Those that hold what was typed, as many as are shown at once. */
    static List<String> holding(List<String> names, String typed) {
        String wanted = typed.strip().toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains(wanted))
                .limit(MOST)
                .toList();
    }
}
