package org.holdfast.domain.shared;

import java.util.List;
import java.util.function.Function;

/**
 * A part of a list that is too long to be shown whole, by number.
 *
 * @param items those on this page
 * @param page counted from 1
 * @param size how many a page has at most
 * @param total of all pages
 */
public record Part<T>(List<T> items, int page, int size, long total) {
    public Part {
        items = List.copyOf(items);
        if (page != within(page, size, total)) {
            throw new IllegalArgumentException("There is no page " + page + " of " + total + ".");
        }
    }

    /** The page that is asked for, or the nearest there is; the first of nothing. */
    public static int within(int page, int size, long total) {
        long last = Math.max(1, (total + size - 1) / size);
        return (int) Math.min(Math.max(1, page), last);
    }

    public static <T> Part<T> of(List<T> all, int page, int size) {
        int there = within(page, size, all.size());
        int from = (there - 1) * size;
        return new Part<>(
                all.subList(from, Math.min(from + size, all.size())), there, size, all.size());
    }

    public <R> Part<R> map(Function<T, R> each) {
        return new Part<>(items.stream().map(each).toList(), page, size, total);
    }

    /** The number of the first on this page; 0 where there is none. */
    public long first() {
        return items.isEmpty() ? 0 : (page - 1L) * size + 1;
    }

    public long last() {
        return (page - 1L) * size + items.size();
    }

    /** Whether this page is all there is. */
    public boolean whole() {
        return total <= size;
    }

    public boolean hasBefore() {
        return page > 1;
    }

    public boolean hasAfter() {
        return last() < total;
    }
}
