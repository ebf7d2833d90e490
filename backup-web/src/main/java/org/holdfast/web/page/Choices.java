package org.holdfast.web.page;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What is chosen by its name: of a few all are shown, of more those that fit what was typed. */
final class Choices {
    /** As many are shown at once. */
    static final int MOST = 12;

    private Choices() {}

    /** Those that hold what was typed, as many as are shown at once. */
    static List<String> holding(List<String> names, String typed) {
        return holding(names, Function.identity(), typed);
    }

    /**
     * The same of what is shown in other words than it is named.
     *
     * @param words that are shown of each
     */
    static <T> List<T> holding(List<T> all, Function<T, String> words, String typed) {
        String wanted = typed.strip().toLowerCase(Locale.ROOT);
        return all.stream()
                .filter(one -> words.apply(one).toLowerCase(Locale.ROOT).contains(wanted))
                .limit(MOST)
                .toList();
    }

    /** The one that is typed whole, however its letters are written. */
    static Optional<String> whole(List<String> names, String typed) {
        String wanted = typed == null ? "" : typed.strip();
        return names.stream()
                .filter(wanted::equals)
                .findFirst()
                .or(() -> names.stream().filter(wanted::equalsIgnoreCase).findFirst());
    }

    /** The same; where there is none, it is said at the page's head. */
    static Optional<String> told(List<String> names, String typed) {
        Optional<String> name = whole(names, typed);
        if (name.isEmpty()) {
            Say.warn(
                    typed == null || typed.isBlank()
                            ? Say.of("named_nothing")
                            : Say.of("named_none", typed.strip()),
                    Say.of("named_do"));
        }
        return name;
    }
}
