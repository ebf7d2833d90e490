package org.holdfast.domain.shared;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list, by keyset: {@code next} is handed back to get the page after it.
 *
 * @param items at most as many as were asked for
 * @param next an opaque cursor, empty on the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {
    /**
     * A page cut from rows of which one more than it holds was asked for: that one says whether
     * there is another page.
     *
     * @param cursor of the last on this page, after which the next one begins
     */
    public static <T> Page<T> of(List<T> found, int max, Function<T, String> cursor) {
        if (found.size() <= max) {
            return new Page<>(List.copyOf(found), Optional.empty());
        }
        return new Page<>(
                List.copyOf(found.subList(0, max)), Optional.of(cursor.apply(found.get(max - 1))));
    }

    /**
     * A page of what is at hand whole, by name. What comes or goes between two pages neither
     * repeats nor hides another.
     *
     * @param name no two have the same
     * @param cursor the name after which the page begins
     */
    public static <T> Page<T> byName(
            Collection<T> all, Function<T, String> name, Optional<String> cursor, int max) {
        List<T> after =
                all.stream()
                        .filter(
                                one ->
                                        cursor.isEmpty()
                                                || name.apply(one).compareTo(cursor.get()) > 0)
                        .sorted(Comparator.comparing(name))
                        .toList();
        return of(after, max, name);
    }

    /** The same page of what is made of each. */
    public <R> Page<R> map(Function<T, R> each) {
        return new Page<>(items.stream().map(each).toList(), next);
    }
}
