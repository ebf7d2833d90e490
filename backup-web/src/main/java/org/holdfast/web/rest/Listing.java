package org.holdfast.web.rest;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.holdfast.domain.shared.Page;

/**
 * A page of a list.
 *
 * @param next to be given back as {@code cursor}; left out on the last page
 */
public record Listing<T>(List<T> items, Optional<String> next) {
    static <S, T> Listing<T> of(Page<S> page, Function<S, T> view) {
        return new Listing<>(page.items().stream().map(view).toList(), page.next());
    }

    static <S, T> Listing<T> whole(List<S> items, Function<S, T> view) {
        return new Listing<>(items.stream().map(view).toList(), Optional.empty());
    }
}
